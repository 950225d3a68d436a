//! All events exactly once, from a node that pages by time alone.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Value, json};
use streamscope_client::joule::{EventQuery, EventRead};
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Request};

use crate::suite::joule_data::joule;
use crate::suite::parameter;

/// Start and end, µs; the place in the list is the id.
type Events = Vec<(i64, i64)>;

/// Numbers that look random and are the same on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A node's answer by its own rules, with events of one instant in another order each time.
fn answer(events: &Events, chance: &mut Chance, request: &Request) -> Value {
    let number = |name: &str| parameter(request, name).map(|text| text.parse::<i64>().unwrap());
    assert_eq!(parameter(request, "return-subset").as_deref(), Some("1"));
    let (start, end) = (number("start").unwrap_or(i64::MIN), number("end").unwrap_or(i64::MAX));
    let ongoing = number("include-ongoing-events") == Some(1);
    let inside = |(from, to): &(i64, i64)| *from < end && if ongoing { *to >= start } else { *from >= start };
    let mut found: Vec<_> = events.iter().enumerate().filter(|(_, event)| inside(event)).collect();
    found.sort_by_cached_key(|(_, (from, _))| (*from, chance.below(1000)));
    found.truncate(number("limit").unwrap() as usize);
    let event = |(id, (from, to)): (usize, &(i64, i64))| json!({ "id": id, "event_stream_id": 1, "start_time": from, "end_time": to, "content": {} });
    let events: Vec<Value> = found.into_iter().map(event).collect();
    json!({ "count": events.len(), "events": events, "type": "events" })
}

fn node(events: Events, fault: impl Fn(usize, &Request, Value) -> Canned + 'static) -> MemoryTransport {
    let (chance, asked) = (RefCell::new(Chance(1)), RefCell::new(0));
    MemoryTransport::new(move |request| {
        *asked.borrow_mut() += 1;
        fault(*asked.borrow(), request, answer(&events, &mut chance.borrow_mut(), request))
    })
}

fn honest(events: Events) -> MemoryTransport {
    node(events, |_, _, answer| Canned::new(200, answer.to_string()))
}

/// Ids in the order they came, and the error at the end.
fn drain(transport: &MemoryTransport, read: &mut EventRead) -> (Vec<i64>, Option<Error>) {
    let (mut ids, mut last) = (Vec::new(), i64::MIN);
    loop {
        match transport.run(read.next_page()).expect("the read waits for nothing") {
            Ok(Some(page)) => {
                assert!(!page.is_empty());
                for event in page {
                    assert!(event.start_ns >= last);
                    last = event.start_ns;
                    ids.push(event.id);
                }
            }
            Ok(None) => return (ids, None),
            Err(error) => return (ids, Some(error)),
        }
    }
}

fn all(transport: &MemoryTransport, query: &EventQuery) -> Vec<i64> {
    let mut read = joule(transport).event_stream_read(1, query).unwrap();
    let (mut ids, error) = drain(transport, &mut read);
    assert_eq!(error, None);
    ids.sort();
    ids
}

/// Events in crowds of up to this many at one instant.
fn crowds(chance: &mut Chance, count: usize, crowd: u64) -> Events {
    let (mut events, mut at) = (Vec::new(), 0);
    while events.len() < count {
        at += 1 + chance.below(50) as i64;
        for _ in 0..=chance.below(crowd) {
            events.push((at, at + 1 + chance.below(3000) as i64));
        }
    }
    events
}

#[test]
fn every_event_comes_once_however_they_crowd() {
    let mut chance = Chance(7);
    for crowd in [1, 3, 40, 900, 1500, 5000] {
        let events = crowds(&mut chance, 6000, crowd);
        let transport = honest(events.clone());
        assert_eq!(all(&transport, &EventQuery::default()), (0..events.len() as i64).collect::<Vec<_>>());
        let last = events.last().unwrap().0;
        for _ in 0..6 {
            let start = chance.below(last as u64) as i64;
            let end = start + 1 + chance.below(last as u64) as i64;
            for (start, end, include_ongoing) in [
                (Some(start), Some(end), false),
                (Some(start), Some(end), true),
                (None, Some(end), true),
                (Some(start), None, true),
            ] {
                let query = EventQuery {
                    start_ns: start.map(|us| us * 1000),
                    end_ns: end.map(|us| us * 1000),
                    include_ongoing,
                    ..EventQuery::default()
                };
                let (from, to) = (start.unwrap_or(i64::MIN), end.unwrap_or(i64::MAX));
                let wanted = |(begin, end): &(i64, i64)| {
                    *begin < to && if include_ongoing { *end >= from } else { *begin >= from }
                };
                let wanted =
                    events.iter().enumerate().filter(|(_, event)| wanted(event)).map(|(id, _)| id as i64);
                assert_eq!(all(&transport, &query), wanted.collect::<Vec<_>>(), "{crowd} {query:?}");
            }
        }
    }
}

#[test]
fn a_list_ends_at_its_limit() {
    let transport = honest(crowds(&mut Chance(3), 5000, 4));
    let list = transport
        .run(joule(&transport).event_stream_read_list(1, &EventQuery::default(), 1234))
        .unwrap()
        .unwrap();
    assert_eq!((list.len(), transport.requests().len()), (1234, 2));
    assert!(list.is_sorted_by_key(|event| event.start_ns));
}

#[test]
fn a_read_goes_on_after_an_error() {
    let events = crowds(&mut Chance(5), 4500, 30);
    let transport = node(events.clone(), |asked, _, answer| match asked {
        3 => Canned::new(403, "403: Forbidden"),
        _ => Canned::new(200, answer.to_string()),
    });
    let mut read = joule(&transport).event_stream_read(1, &EventQuery::default()).unwrap();
    let (mut ids, error) = drain(&transport, &mut read);
    assert_eq!(error.unwrap().kind, ErrorKind::Unauthorized);
    assert!(!ids.is_empty() && ids.len() < events.len());
    let (rest, error) = drain(&transport, &mut read);
    assert_eq!(error, None);
    ids.extend(rest);
    ids.sort();
    assert_eq!(ids, (0..events.len() as i64).collect::<Vec<_>>());
}

#[test]
fn a_node_that_repeats_itself_or_knows_no_limit_is_stopped() {
    let events: Events = (0..3000).map(|at| (at, at + 1)).collect();
    let first = Rc::new(RefCell::new(None));
    let repeating = node(events.clone(), move |_, _, answer| {
        let page = first.borrow_mut().get_or_insert(answer).to_string();
        Canned::new(200, page)
    });
    let unlimited = node(events, |_, _, mut answer| {
        let page = answer["events"].as_array_mut().unwrap();
        page.push(page.last().unwrap().clone());
        Canned::new(200, answer.to_string())
    });
    for transport in [repeating, unlimited] {
        let mut read = joule(&transport).event_stream_read(1, &EventQuery::default()).unwrap();
        let (ids, error) = drain(&transport, &mut read);
        assert_eq!(error.unwrap().kind, ErrorKind::Protocol);
        assert!(ids.len() < 1000, "nothing came twice");
    }
}

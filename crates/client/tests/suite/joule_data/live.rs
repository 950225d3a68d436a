//! Live rows: each once and in order, whatever the subscription misses.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use streamscope_client::joule::LiveRead;
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Read, Step};
use streamscope_frame::{Batch, times};

use super::joule;
use crate::suite::parameter;

fn row(number: i64) -> Vec<u8> {
    [&(number * 1000).to_le_bytes()[..], &(number as f32).to_le_bytes()].concat()
}

fn rows(numbers: impl IntoIterator<Item = i64>) -> Vec<u8> {
    numbers.into_iter().flat_map(row).collect()
}

/// A node whose database has rows up to a number that grows with each question, and whose subscriptions these are. A
/// number below zero is a failure.
fn node(stored: Vec<i64>, mut subscriptions: Vec<Option<Vec<Step>>>) -> MemoryTransport {
    let asked = Rc::new(RefCell::new(0_usize));
    subscriptions.reverse();
    MemoryTransport::new(move |request| {
        if request.url.contains("/stream.json") {
            return Canned::new(
                200,
                r#"{"id": 7, "name": "s", "datatype": "float32", "layout": "float32_1"}"#,
            );
        }
        let answer = if parameter(request, "subscribe").is_some() {
            match subscriptions.pop() {
                Some(Some(steps)) => Canned::new(200, "").steps(steps),
                _ => return Canned::new(400, "400: stream is not being produced"),
            }
        } else {
            let reached = stored[(*asked.borrow()).min(stored.len() - 1)];
            *asked.borrow_mut() += 1;
            if reached < 0 {
                return Canned::new(500, "");
            }
            let start = parameter(request, "start").map_or(0, |start| start.parse::<i64>().unwrap());
            let body = rows((1..=reached).filter(|number| number * 1000 >= start));
            if body.is_empty() {
                return Canned::new(400, "this stream has no data");
            }
            Canned::new(200, body)
        };
        answer.header("joule-layout", "float32_1").header("joule-decimation", "1")
    })
}

fn next(transport: &MemoryTransport, live: &mut LiveRead) -> Batch {
    transport.run(live.next_batch()).expect("more is to come").unwrap().unwrap()
}

/// The numbers of the next rows, so many of them.
fn numbers(transport: &MemoryTransport, live: &mut LiveRead, count: usize) -> Vec<i64> {
    let mut found = Vec::new();
    while found.len() < count {
        let batch = next(transport, live);
        found.extend(times(&batch.rows).unwrap().iter().map(|ns| ns / 1_000_000));
    }
    found
}

/// The error that comes next, and stays.
fn failure(transport: &MemoryTransport, live: &mut LiveRead) -> Error {
    let mut again = || transport.run(live.next_batch()).expect("it ends").expect_err("it fails");
    let error = again();
    assert_eq!(again(), error);
    error
}

fn subscribe(transport: &MemoryTransport, from_ns: Option<i64>) -> LiveRead {
    transport.run(joule(transport).data_subscribe("/s", from_ns)).unwrap().unwrap()
}

#[test]
fn a_subscription_gives_rows_as_they_arrive() {
    let steps = vec![
        Step::Bytes(row(50)[..7].to_vec()),
        Step::Bytes(row(50)[7..].to_vec()),
        Step::Bytes(rows(51..54)),
        Step::Hang,
    ];
    let transport = node(vec![0], vec![Some(steps)]);
    let mut live = subscribe(&transport, None);
    assert_eq!(numbers(&transport, &mut live, 4), [50, 51, 52, 53]);
    assert_eq!(live.progress().rows, 4);
}

#[test]
fn rows_from_before_come_first_and_none_is_missed_in_between() {
    // The database lags behind: it has row 6 only when it is asked for the fourth time.
    let transport = node(vec![3, 3, 4, 6], vec![Some(vec![Step::Bytes(rows(6..9)), Step::Hang])]);
    let mut live = subscribe(&transport, Some(2_000_000));
    assert_eq!(numbers(&transport, &mut live, 7), [2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn what_a_broken_subscription_misses_is_read_from_the_database() {
    let first = vec![Step::Bytes(rows(1..4)), Step::Break("reset".into())];
    let second = vec![Step::Bytes(rows(8..10)), Step::Hang];
    let transport = node(vec![5, 8, 9], vec![Some(first), Some(second)]);
    let mut live = subscribe(&transport, None);
    assert_eq!(numbers(&transport, &mut live, 9), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_stream_that_nobody_produces_is_looked_at_each_second() {
    let transport = node(vec![2, 2, 2, 4, 4, 7], vec![None]);
    let mut live = subscribe(&transport, Some(0));
    assert_eq!(numbers(&transport, &mut live, 7), [1, 2, 3, 4, 5, 6, 7]);
    let waited = Duration::from_secs_f64(streamscope_client::Transport::now_ms(&transport) / 1e3);
    assert!((3..10).contains(&waited.as_secs()), "{waited:?}");
}

#[test]
fn rows_that_the_node_does_not_store_are_not_waited_for_without_end() {
    let transport = node(vec![2], vec![Some(vec![Step::Bytes(rows(6..9)), Step::Hang])]);
    let mut live = subscribe(&transport, Some(0));
    assert_eq!(numbers(&transport, &mut live, 2), [1, 2]);
    let batch = next(&transport, &mut live);
    assert_eq!(times(&batch.rows).unwrap(), [6_000_000, 7_000_000, 8_000_000]);
    assert!(batch.begins_interval, "what is missing is a gap");
}

#[test]
fn rows_before_a_fault_of_the_subscription_come_first() {
    let steps = vec![Step::Bytes([rows(1..4), row(2)].concat()), Step::Hang];
    let transport = node(vec![0], vec![Some(steps)]);
    let mut live = subscribe(&transport, None);
    assert_eq!(numbers(&transport, &mut live, 3), [1, 2, 3]);
    let error = failure(&transport, &mut live);
    assert_eq!((error.kind, error.rows, error.covered_to), (ErrorKind::Protocol, Some(3), Some(3_000_000)));
}

#[test]
fn rows_that_were_caught_up_with_come_before_the_failure_and_are_counted() {
    let transport = node(vec![2, 4, -1], vec![Some(vec![Step::Bytes(rows(6..9)), Step::Hang])]);
    let mut live = subscribe(&transport, Some(1_000_000));
    assert_eq!(numbers(&transport, &mut live, 4), [1, 2, 3, 4]);
    let error = failure(&transport, &mut live);
    assert_eq!((error.kind, error.rows, error.covered_to), (ErrorKind::Server, Some(4), Some(4_000_000)));
}

//! Event streams and their events.

use serde_json::{Value, json};
use streamscope_client::ErrorKind;
use streamscope_client::joule::{
    Condition, Event, EventAnswer, EventQuery, FieldKind, Filter, NewEvent, NewEventStream, Test,
};

use super::{Peers, ZERO, refused, shapes};

const SECOND: i64 = 1_000_000_000;

fn content(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// An event stream in the scratch folder; its path.
async fn made(peers: &Peers, name: &str) -> String {
    let stream = NewEventStream { name: name.into(), ..NewEventStream::default() };
    let folder = format!("{}/events", peers.scratch);
    peers.ours.event_stream_create(&stream, folder.as_str()).await.unwrap().path.unwrap()
}

pub(super) async fn streams(peers: &mut Peers) {
    let base = format!("{}/event streams", peers.scratch);
    let words = vec!["over \"there\"".to_string(), "ünder".to_string()];
    let fields = [
        ("kind".to_string(), FieldKind::Category(words)),
        ("value".to_string(), FieldKind::Numeric),
        ("note".to_string(), FieldKind::Text),
    ];
    let wanted = NewEventStream {
        name: "alarms".into(),
        description: "as they come".into(),
        event_fields: fields.into_iter().collect(),
        chunk_duration_ns: 3_600 * SECOND,
        keep_ns: Some(86_400 * SECOND),
    };
    let mut stream = peers.ours.event_stream_create(&wanted, base.as_str()).await.unwrap();
    assert_eq!((&stream.event_fields, stream.keep_ns), (&wanted.event_fields, wanted.keep_ns));
    let theirs = peers.theirs.call("event_stream_get", json!({ "stream": stream.path }));
    assert_eq!(shapes::event_stream(&stream), shapes::theirs(theirs));
    refused(peers.ours.event_stream_create(&wanted, base.as_str()).await, ErrorKind::Refused);
    let arguments = json!({
        "stream": { "name": "theirs", "event_fields": { "n": "numeric", "k": "category:[\"a\"]" } }, "folder": base,
    });
    let theirs = shapes::theirs(peers.theirs.call("event_stream_create", arguments));
    let ours = peers.ours.event_stream_get(format!("{base}/theirs")).await.unwrap();
    assert_eq!(shapes::event_stream(&ours), theirs);
    peers.count("event_stream_create");

    stream.name = "renamed".into();
    stream.keep_ns = None;
    stream.chunk_duration_ns = 0;
    stream.event_fields.insert("more".into(), FieldKind::Text);
    peers.ours.event_stream_update(&stream).await.unwrap();
    let theirs = shapes::theirs(peers.theirs.call("event_stream_get", json!({ "stream": stream.id })));
    assert_eq!(shapes::event_stream(&stream), theirs);
    let mut changed = theirs;
    changed["description"] = json!("changed by them");
    peers.theirs.call("event_stream_update", json!({ "stream": changed }));
    assert_eq!(peers.ours.event_stream_get(&stream).await.unwrap().description, "changed by them");
    peers.count("event_stream_update");

    peers.ours.event_stream_move(&stream, format!("{base}/below")).await.unwrap();
    let moved = peers.theirs.call("event_stream_get", json!({ "stream": format!("{base}/below/renamed") }));
    assert_eq!(moved["id"], stream.id);
    peers.theirs.call("event_stream_move", json!({ "stream": stream.id, "folder": base }));
    assert_eq!(peers.ours.event_stream_get(format!("{base}/renamed")).await.unwrap().id, stream.id);
    peers.count("event_stream_move");

    let empty = peers.ours.event_stream_info(&stream).await.unwrap();
    assert_eq!((empty.start_ns, empty.end_ns, empty.event_count), (None, None, 0));
    peers.ours.event_stream_delete(&stream).await.unwrap();
    peers.theirs.attempt("event_stream_get", json!({ "stream": stream.id })).unwrap_err();
    refused(peers.ours.event_stream_delete(&stream).await, ErrorKind::NotFound);
    peers.theirs.call("event_stream_delete", json!({ "stream": format!("{base}/theirs") }));
    refused(peers.ours.event_stream_get(format!("{base}/theirs")).await, ErrorKind::NotFound);
    peers.count("event_stream_delete");
}

/// What one writes the other reads; more than one block, and contents of every kind.
pub(super) async fn written(peers: &mut Peers) {
    let path = made(peers, "written").await;
    let contents = [
        json!({}),
        json!({ "text": "é \"quoted\" % _ '", "number": 0.1, "whole": 9_007_199_254_740_991_i64, "no": null }),
        json!({ "list": [1, "two", { "three": 3 }], "yes": true }),
    ];
    let event = |at: i64| NewEvent {
        start_ns: ZERO + at * SECOND + 7_000,
        end_ns: ZERO + at * SECOND + 8_000 + at * 1000,
        content: content(contents[at as usize % 3].clone()),
    };
    let new: Vec<NewEvent> = (0..1200).map(event).collect();
    let kept = peers.ours.event_stream_write(path.as_str(), &new).await.unwrap();
    let back = |event: &Event| (event.start_ns, event.end_ns, event.content.clone());
    assert_eq!(
        kept.iter().map(back).collect::<Vec<_>>(),
        new.iter().map(|new| (new.start_ns, new.end_ns, new.content.clone())).collect::<Vec<_>>()
    );
    let theirs = shapes::theirs(peers.theirs.call("event_stream_read_list", json!({ "stream": path })));
    assert_eq!(kept.iter().map(shapes::event).collect::<Value>(), theirs);

    let more: Vec<Value> = (0..700)
        .map(|at| json!({ "start_time": ZERO / 1000 - 5_000_000 - at, "end_time": ZERO / 1000 + at, "content": { "n": at } }))
        .collect();
    peers.theirs.call("event_stream_write", json!({ "stream": path, "events": more }));
    peers.count("event_stream_write");
    let ours =
        peers.ours.event_stream_read_list(path.as_str(), &EventQuery::default(), 10_000).await.unwrap();
    assert_eq!(ours.len(), 1900);
    for (call, extra) in [("event_stream_read_list", json!({})), ("event_stream_read", json!({}))] {
        let mut arguments = extra;
        arguments["stream"] = json!(path);
        let theirs = shapes::theirs(peers.theirs.call(call, arguments));
        assert_eq!(ours.iter().map(shapes::event).collect::<Value>(), theirs);
        peers.count(call);
    }

    let mut changed = vec![kept[0].clone(), kept[700].clone()];
    changed[0].content = content(json!({ "changed": true }));
    changed[1].end_ns += SECOND;
    assert_eq!(peers.ours.event_stream_rewrite(path.as_str(), &changed).await.unwrap(), changed);
    let query = EventQuery { start_ns: Some(kept[700].start_ns), ..EventQuery::default() };
    assert_eq!(peers.ours.event_stream_read_list(path.as_str(), &query, 1).await.unwrap(), changed[1..]);
    assert_eq!(peers.ours.event_stream_count(path.as_str(), &EventQuery::default()).await.unwrap(), 1900);
    let foreign = Event { event_stream_id: kept[0].event_stream_id + 1, ..kept[0].clone() };
    refused(peers.ours.event_stream_rewrite(path.as_str(), &[foreign]).await, ErrorKind::InvalidInput);
}

/// Ranges and filters give both clients the same events.
pub(super) async fn chosen(peers: &mut Peers) {
    let path = made(peers, "chosen").await;
    let kinds = ["over", "under", "it's"];
    let event = |at: i64| NewEvent {
        start_ns: ZERO + at * SECOND,
        end_ns: ZERO + at * SECOND + [1, 500, 3][at as usize % 3] * SECOND,
        content: content(json!({
            "kind": kinds[at as usize % 3], "value": at as f64 / 2.0 - 20.0, "note": format!("n{at} é"),
        })),
    };
    let new: Vec<NewEvent> = (0..300).map(event).collect();
    peers.ours.event_stream_write(path.as_str(), &new).await.unwrap();

    let texts =
        [("is", Test::Is("over".into())), ("not", Test::Not("over".into())), ("is", Test::Is("it's".into()))];
    let patterns = [("like", Test::Like("n1_ é".into())), ("unlike", Test::Unlike("n1%".into()))];
    let numbers = [
        ("gt", Test::Gt(-0.5)),
        ("gte", Test::Gte(-0.5)),
        ("lt", Test::Lt(12.5)),
        ("lte", Test::Lte(12.5)),
        ("eq", Test::Eq(3.0)),
        ("neq", Test::Neq(3.0)),
    ];
    let mut conditions: Vec<(&str, &str, Test)> = Vec::new();
    conditions.extend(texts.map(|(operator, test)| ("kind", operator, test)));
    conditions.extend(patterns.map(|(operator, test)| ("note", operator, test)));
    conditions.extend(numbers.map(|(operator, test)| ("value", operator, test)));
    let mut filters = vec![(Filter::default(), None)];
    for (field, operator, test) in &conditions {
        let words = json!([[[field, operator, operand(test)]]]);
        filters.push((Filter::all([Condition::new(*field, test.clone())]), Some(words)));
    }
    let group = |one: usize, other: usize| {
        let pair = [&conditions[one], &conditions[other]];
        let ours = pair.map(|(field, _, test)| Condition::new(*field, test.clone())).to_vec();
        (ours, json!(pair.map(|(field, operator, test)| json!([field, operator, operand(test)]))))
    };
    let ((one, one_words), (two, two_words)) = (group(0, 5), group(2, 7));
    filters.push((Filter { any: vec![one, two] }, Some(json!([one_words, two_words]))));

    let ranges = [(None, None), (Some(100), None), (None, Some(50)), (Some(99), Some(201))];
    let ranges = ranges.iter().flat_map(|range| [(range, false), (range, true)]).enumerate();
    for (turn, ((start, end), include_ongoing)) in ranges {
        for (number, (filter, words)) in filters.iter().enumerate() {
            // Every range and every filter, but not every pair of them.
            if number > 0 && (number + turn) % 4 > 0 {
                continue;
            }
            let at = |s: i64| ZERO + s * SECOND;
            let (start_ns, end_ns) = (start.map(at), end.map(at));
            let query = EventQuery { start_ns, end_ns, include_ongoing, filter: filter.clone() };
            compare(peers, &path, &query, words.as_ref()).await;
        }
    }
    let query = EventQuery { filter: filters[1].0.clone(), ..EventQuery::default() };
    histogram(peers, &path, &query).await;
    histogram(peers, &path, &EventQuery { start_ns: Some(ZERO + 100 * SECOND), ..EventQuery::default() })
        .await;
    let none = EventQuery { start_ns: Some(ZERO + 9000 * SECOND), ..EventQuery::default() };
    assert_eq!(peers.ours.event_stream_histogram(path.as_str(), &none).await.unwrap().count, 0);
    let answer = peers.ours.event_stream_overview(path.as_str(), &none, 0).await.unwrap();
    assert_eq!(answer, EventAnswer::Events(Vec::new()));
    refused(peers.ours.event_stream_count("/no/such", &none).await, ErrorKind::NotFound);
}

fn operand(test: &Test) -> Value {
    match test {
        Test::Is(text) | Test::Not(text) | Test::Like(text) | Test::Unlike(text) => json!(text),
        Test::Gt(number) | Test::Gte(number) | Test::Lt(number) => json!(number),
        Test::Lte(number) | Test::Eq(number) | Test::Neq(number) => json!(number),
    }
}

/// A query's events and their number, by both.
async fn compare(peers: &mut Peers, path: &str, query: &EventQuery, filter: Option<&Value>) {
    let mut arguments = json!({
        "stream": path,
        "start": query.start_ns.map(|ns| ns / 1000),
        "end": query.end_ns.map(|ns| ns / 1000),
        "include_on_going_events": query.include_ongoing,
    });
    if let Some(filter) = filter {
        arguments["json_filter"] = json!(filter.to_string());
    }
    let count = peers.ours.event_stream_count(path, query).await.unwrap();
    assert_eq!(json!(count), peers.theirs.call("event_stream_count", arguments.clone()), "{query:?}");
    peers.count("event_stream_count");
    let ours = peers.ours.event_stream_read_list(path, query, 10_000).await.unwrap();
    assert_eq!(ours.len() as u64, count, "{query:?}");
    let mut theirs = shapes::theirs(peers.theirs.call("event_stream_read_list", arguments));
    if let Some(start) = query.start_ns {
        // After a first page of events that all began before the range, their second one has some that ended before it.
        let inside = |event: &Value| event["end_time"].as_i64().unwrap() >= start / 1000;
        theirs.as_array_mut().unwrap().retain(inside);
    }
    assert_eq!(ours.iter().map(shapes::event).collect::<Value>(), theirs, "{query:?}");
    peers.count("event_stream_read_list");
    let answer = peers.ours.event_stream_overview(path, query, count.max(1) as u32).await.unwrap();
    assert_eq!(answer, EventAnswer::Events(ours), "{query:?}");
}

/// A histogram's buckets hold as many events as begin in them.
async fn histogram(peers: &mut Peers, path: &str, query: &EventQuery) {
    let count = peers.ours.event_stream_count(path, query).await.unwrap();
    let histogram = peers.ours.event_stream_histogram(path, query).await.unwrap();
    assert_eq!((histogram.count, histogram.buckets.iter().map(|bucket| bucket.count).sum()), (count, count));
    assert!(histogram.buckets.windows(2).all(|pair| pair[0].start_ns < pair[1].start_ns));
    let events = peers.ours.event_stream_read_list(path, query, 10_000).await.unwrap();
    for (at, bucket) in histogram.buckets.iter().enumerate() {
        let last = at + 1 == histogram.buckets.len();
        let inside =
            |event: &&Event| event.start_ns >= bucket.start_ns && (last || event.start_ns < bucket.end_ns);
        assert_eq!(events.iter().filter(inside).count() as u64, bucket.count, "{bucket:?}");
    }
    let answer = peers.ours.event_stream_overview(path, query, 10).await.unwrap();
    assert_eq!(answer, EventAnswer::Histogram(histogram));
}

/// More events at one instant than a page holds come each once.
pub(super) async fn crowded(peers: &mut Peers) {
    let path = made(peers, "crowded").await;
    let start = |at: i64| ZERO + if at < 1500 { 0 } else { (at - 1500) / 3 * SECOND };
    let event = |at: i64| NewEvent {
        start_ns: start(at),
        end_ns: ZERO + 5_000 * SECOND + at * 1000,
        content: content(json!({ "n": at })),
    };
    let new: Vec<NewEvent> = (0..3600).map(event).collect();
    peers.ours.event_stream_write(path.as_str(), &new).await.unwrap();
    for (start_ns, ongoing) in [(None, false), (Some(ZERO), false), (Some(ZERO + 4_000 * SECOND), true)] {
        let query = EventQuery { start_ns, include_ongoing: ongoing, ..EventQuery::default() };
        let mut read = peers.ours.event_stream_read(path.as_str(), &query).unwrap();
        let (mut seen, mut last, mut pages) = (Vec::new(), i64::MIN, 0);
        while let Some(page) = read.next_page().await.unwrap() {
            pages += 1;
            for event in page {
                assert!(event.start_ns >= last, "events come by their start");
                last = event.start_ns;
                seen.push(event.content["n"].as_i64().unwrap());
            }
        }
        assert!(pages > 2, "all events came on {pages} pages");
        seen.sort();
        assert_eq!(seen, (0..3600).collect::<Vec<_>>(), "{query:?}");
    }
}

/// Removal follows the node's rule, and a filter.
pub(super) async fn removed(peers: &mut Peers) {
    let path = made(peers, "removed").await;
    let event = |at: i64| NewEvent {
        start_ns: ZERO + at * 10 * SECOND,
        end_ns: ZERO + (at * 10 + 5) * SECOND,
        content: content(json!({ "n": at, "odd": if at % 2 == 1 { "yes" } else { "no" } })),
    };
    let new: Vec<NewEvent> = (0..30).map(event).collect();
    peers.ours.event_stream_write(path.as_str(), &new).await.unwrap();
    let odd = Filter::all([Condition::new("odd", Test::Is("yes".into()))]);
    let (from, to) = (Some(ZERO + 53 * SECOND), Some(ZERO + 80 * SECOND));
    peers.ours.event_stream_remove(path.as_str(), from, to, &odd).await.unwrap();
    // Of 50 to 55, 60 to 65 and 70 to 75, the odd ones: the first began before the range.
    assert_eq!(numbers(peers, &path), (0..30).filter(|at| ![5, 7].contains(at)).collect::<Vec<_>>());
    peers.ours.event_stream_remove(path.as_str(), from, from, &Filter::default()).await.unwrap();
    peers
        .ours
        .event_stream_remove(path.as_str(), Some(ZERO + 285 * SECOND), None, &Filter::default())
        .await
        .unwrap();
    assert_eq!(numbers(peers, &path), (0..28).filter(|at| ![5, 7].contains(at)).collect::<Vec<_>>());
    let arguments = json!({ "stream": path, "end": ZERO / 1000 + 100_000_000 });
    peers.theirs.call("event_stream_remove", arguments);
    assert_eq!(peers.ours.event_stream_count(path.as_str(), &EventQuery::default()).await.unwrap(), 18);
    peers.ours.event_stream_remove(path.as_str(), None, None, &Filter::default()).await.unwrap();
    assert!(numbers(peers, &path).is_empty());
    peers.count("event_stream_remove");
}

/// What the official client finds left.
fn numbers(peers: &mut Peers, path: &str) -> Vec<i64> {
    let theirs = peers.theirs.call("event_stream_read_list", json!({ "stream": path }));
    theirs.as_array().unwrap().iter().map(|event| event["content"]["n"].as_i64().unwrap()).collect()
}

//! Events, against what a real node (joule 1.0.1) answered over the same ones.

use serde_json::{Value, json};
use streamscope_sandbox::Sandbox;

use super::{get, json, refused, send};
use crate::fixture::{sandbox, text};

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/joule/events_alarms_first300.json")).expect("JSON")
}

/// A sandbox with the fixture's events in `/test/alarms`.
fn alarms() -> Sandbox {
    let sandbox = sandbox();
    let stream = json!({ "id": null, "name": "alarms", "description": "", "event_fields": { "value": "numeric" },
        "chunk_duration_us": 0, "keep_us": -1 });
    let made = json(send(&sandbox, "POST", "/event.json", json!({ "stream": stream, "dest_path": "/test" })));
    assert_eq!(made["event_fields"], json!({ "value": "numeric" }));
    let mut events = fixture()["events"].take();
    for event in events.as_array_mut().expect("events") {
        event["id"] = Value::Null;
    }
    let written =
        json(send(&sandbox, "POST", "/event/data.json", json!({ "path": "/test/alarms", "events": events })));
    assert_eq!((&written["count"], &written["events"][299]["id"]), (&json!(300), &json!(300)));
    sandbox
}

/// Events without the number of their stream.
fn plain(mut answer: Value) -> Value {
    for event in answer["events"].as_array_mut().expect("events") {
        event.as_object_mut().expect("an event").remove("event_stream_id");
    }
    answer
}

#[test]
fn events_come_back() {
    let sandbox = alarms();
    let all = json(get(&sandbox, "/event/data.json?path=/test/alarms&limit=300"));
    assert_eq!(plain(all), plain(fixture()));
    let some = |query: &str| {
        let answer = json(get(&sandbox, &format!("/event/data.json?path=/test/alarms&return-subset{query}")));
        assert_eq!(answer["type"], "events");
        let ids = answer["events"]
            .as_array()
            .expect("events")
            .iter()
            .map(|event| event["id"].as_i64().expect("an id"));
        ids.collect::<Vec<_>>()
    };
    let times = |id: usize| {
        let event = &fixture()["events"][id - 1];
        (event["start_time"].as_i64().expect("µs"), event["end_time"].as_i64().expect("µs"))
    };
    assert_eq!(some("&limit=2"), [1, 2]);
    assert_eq!(some(&format!("&limit=2&start={}", times(7).0)), [7, 8]);
    assert_eq!(
        some(&format!("&limit=2&end={}", times(7).0)),
        [5, 6],
        "an end without a start: the last ones"
    );
    let ongoing = times(7).1;
    assert!(some(&format!("&limit=1&start={ongoing}")) > vec![7]);
    assert!(some(&format!("&limit=300&start={ongoing}&include-ongoing-events=1")).contains(&7));
    let filtered = |filter: &str| {
        let filter = filter.replace('%', "%25").replace('"', "%22");
        json(get(&sandbox, &format!("/event/data/count.json?path=/test/alarms&filter={filter}")))["count"]
            .clone()
    };
    assert_eq!(filtered(r#"[[["kind","is","over"]]]"#), 150);
    assert_eq!(filtered(r#"[[["kind","is","over"],["value","lt","10"]]]"#), 10);
    assert_eq!(filtered(r#"[[["value","eq",1]],[["value","gte",149]]]"#), 1 + 2);
    assert_eq!(filtered(r#"[[["note","like","n1_ %"]]]"#), 10);
    assert_eq!(filtered(r#"[[["note","unlike","n%"]]]"#), 0);
    assert_eq!(filtered(r#"[[["none","not","x"]]]"#), 0, "what is not there meets nothing");
}

#[test]
fn too_many_events_are_counted() {
    let sandbox = alarms();
    let expected: Value =
        serde_json::from_str(include_str!("../fixtures/joule/events_alarms_histogram_sparse.json"))
            .expect("JSON");
    let window = "start=1700000000000000&end=1700000050000000";
    let answer = json(get(&sandbox, &format!("/event/data.json?path=/test/alarms&limit=5&{window}")));
    assert_eq!(answer, expected);
}

#[test]
fn events_are_changed_and_removed() {
    let sandbox = alarms();
    let first =
        json(get(&sandbox, "/event/data.json?path=/test/alarms&limit=1&return-subset"))["events"][0].clone();
    let mut changed = first.clone();
    changed["content"] = json!({ "kind": "new" });
    let write = |events: Value| {
        send(&sandbox, "POST", "/event/data.json", json!({ "path": "/test/alarms", "events": events }))
    };
    assert_eq!(json(write(json!([changed])))["events"][0]["id"], first["id"]);
    // The same number of another stream is another event.
    changed["event_stream_id"] = json!(1);
    assert_eq!(json(write(json!([changed])))["events"][0]["id"], 301);
    assert_eq!(
        refused(write(json!([{ "id": 1 }]))),
        (400, "400: all events must have an event_stream_id".into())
    );
    changed["end_time"] = changed["start_time"].clone();
    assert_eq!(write(json!([changed])).status, 500);
    let count = || json(get(&sandbox, "/event/data/count.json?path=/test/alarms"))["count"].clone();
    assert_eq!(count(), 301);
    let filter = "%5B%5B%5B%22kind%22,%22is%22,%22new%22%5D%5D%5D";
    let removed =
        send(&sandbox, "DELETE", &format!("/event/data.json?path=/test/alarms&filter={filter}"), json!(null));
    assert_eq!((text(removed), count()), ("ok".into(), json!(299)));
    assert_eq!(text(send(&sandbox, "DELETE", "/event/data.json?path=/test/alarms", json!(null))), "ok");
    assert_eq!(count(), 0);
    changed["end_time"] = json!(1_800_000_000_000_000i64);
    assert_eq!(json(write(json!([changed])))["events"][0]["id"], 302, "no number is given twice");
}

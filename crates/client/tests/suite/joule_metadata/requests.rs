//! What is sent: method, address and body of every call, and what is refused before it is sent.

use std::future::Future;

use serde_json::{Value, json};
use streamscope_client::joule::{
    Annotation, Condition, Element, Event, EventQuery, FieldKind, Filter, Joule, MasterKind, NewAnnotation,
    NewDataStream, NewEvent, NewEventStream, Test,
};
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport};

use super::run;

/// The first request of a call: method and URL after the base, and the body.
fn sent<T, F: Future<Output = Result<T, Error>>>(call: impl FnOnce(Joule) -> F) -> (String, Value) {
    let transport = MemoryTransport::new(|_| Canned::new(418, "no"));
    assert!(run(&transport, call).is_err());
    let requests = transport.requests();
    let request = requests.first().expect("nothing was sent");
    assert!(requests.iter().all(|one| one == request), "one call, one request");
    let body = request.body.as_ref().map_or(Value::Null, |body| serde_json::from_slice(body).unwrap());
    let typed =
        request.headers.iter().any(|(name, value)| name == "Content-Type" && value == "application/json");
    assert_eq!(typed, request.body.is_some());
    let place = request.url.strip_prefix("https://node.example/joule").unwrap();
    (format!("{} {place}", request.method.as_str()), body)
}

/// A call that is refused before anything is sent, in these words.
fn unsent<T, F: Future<Output = Result<T, Error>>>(words: &str, call: impl FnOnce(Joule) -> F) {
    let transport = MemoryTransport::queue([]);
    let Err(error) = run(&transport, call) else { panic!("{words}: not refused") };
    assert_eq!((error.kind, transport.requests().len()), (ErrorKind::InvalidInput, 0), "{error}");
    assert!(error.message.contains(words), "{error}");
}

fn is(call: (String, Value), line: &str, body: Value) {
    assert_eq!(call, (line.to_string(), body));
}

#[test]
fn folders() {
    is(sent(async |joule| joule.folder_root().await), "GET /folders.json", json!(null));
    is(sent(async |joule| joule.folder_root_with_info().await), "GET /folders.json?data-info=", json!(null));
    is(
        sent(async |joule| joule.folder_get("/a b/ü").await),
        "GET /folder.json?path=%2Fa%20b%2F%C3%BC",
        json!(null),
    );
    let moved = json!({ "src_path": "/a", "dest_id": 3 });
    is(sent(async |joule| joule.folder_move("/a", 3).await), "PUT /folder/move.json", moved);
    is(
        sent(async |joule| joule.folder_delete(7, true).await),
        "DELETE /folder.json?id=7&recursive=1",
        json!(null),
    );
    is(
        sent(async |joule| joule.folder_delete(7, false).await),
        "DELETE /folder.json?id=7&recursive=0",
        json!(null),
    );
}

#[test]
fn data_streams() {
    is(sent(async |joule| joule.data_stream_get(5).await), "GET /stream.json?id=5&no-info=", json!(null));
    is(
        sent(async |joule| joule.data_stream_info("/a/b").await),
        "GET /stream.json?path=%2Fa%2Fb",
        json!(null),
    );
    let moved = json!({ "src_id": 5, "dest_path": "/c" });
    is(sent(async |joule| joule.data_stream_move(5, "/c").await), "PUT /stream/move.json", moved);
    is(
        sent(async |joule| joule.data_stream_delete("/a/b").await),
        "DELETE /stream.json?path=%2Fa%2Fb",
        json!(null),
    );
    let unsaid = Element { plottable: None, ..Element::new("y", "") };
    let stream = NewDataStream {
        keep_ns: Some(5_000),
        ..NewDataStream::new("s", "int16", vec![Element::new("x", "V"), unsaid])
    };
    let element = |index: u32, name: &str, units: &str| {
        json!({
            "id": null, "index": index, "name": name, "units": units, "plottable": true, "display_type": "CONTINUOUS",
            "offset": 0.0, "scale_factor": 1.0, "default_max": null, "default_min": null,
        })
    };
    let body = json!({
        "dest_path": "/f",
        "stream": {
            "id": null, "name": "s", "description": "", "datatype": "int16", "keep_us": 5, "decimate": true,
            "is_configured": false, "is_source": false, "is_destination": false,
            "elements": [element(0, "x", "V"), element(1, "y", "")],
        },
    });
    is(sent(async |joule| joule.data_stream_create(&stream, "/f").await), "POST /stream.json", body);
    let range = "DELETE /stream/annotations.json?stream_id=5&start=1&end=2";
    is(
        sent(async |joule| joule.data_stream_annotation_delete(5, Some(1_000), Some(2_001)).await),
        range,
        json!(null),
    );
    let odd = NewDataStream { keep_ns: Some(-5), ..stream.clone() };
    unsent("keep_ns is -5", async |joule| joule.data_stream_create(&odd, "/f").await);
    let odd = NewDataStream { keep_ns: Some(1_500), ..stream };
    unsent("keep_ns is 1500 ns, which is no whole microsecond", async |joule| {
        joule.data_stream_create(&odd, "/f").await
    });
}

#[test]
fn a_path_that_nodes_misread_is_refused() {
    for path in ["", "a", "a/b", "/a/", "//a", "/a//b"] {
        unsent("give the path from the root", async |joule| joule.folder_get(path).await);
        unsent("give the path from the root", async |joule| joule.data_stream_move(1, path).await);
        unsent("give the path from the root", async |joule| joule.annotation_info(path).await);
        unsent("give the path from the root", async |joule| {
            joule.event_stream_read_list(path, &EventQuery::default(), 1).await
        });
        unsent("give the path from the root", async |joule| {
            joule.event_stream_write(path, &[event(0, 1_000)]).await
        });
    }
}

#[test]
fn annotations() {
    let get = "GET /annotations.json?stream_path=%2Fa&start=2&end=2";
    // The node's end is inclusive, ours is not; bounds between microseconds choose whole ones.
    is(sent(async |joule| joule.annotation_get("/a", Some(1_001), Some(2_001)).await), get, json!(null));
    is(
        sent(async |joule| joule.annotation_get(3, None, None).await),
        "GET /annotations.json?stream_id=3",
        json!(null),
    );
    is(
        sent(async |joule| joule.annotation_info(3).await),
        "GET /annotations/info.json?stream_id=3",
        json!(null),
    );
    is(sent(async |joule| joule.annotation_delete(9).await), "DELETE /annotation.json?id=9", json!(null));
    let new = NewAnnotation { title: "t".into(), content: "c".into(), start_ns: -5_000, end_ns: Some(7_000) };
    let body = json!({ "stream_id": 3, "title": "t", "content": "c", "start": -5, "end": 7 });
    is(sent(async |joule| joule.annotation_create(&new, 3).await), "POST /annotation.json", body);
    let kept =
        Annotation { id: 4, stream_id: 3, title: "t".into(), content: "c".into(), start_ns: 0, end_ns: None };
    let body = json!({ "id": 4, "title": "t", "content": "c" });
    is(sent(async |joule| joule.annotation_update(&kept).await), "PUT /annotation.json", body);
    let odd = |new: NewAnnotation, words: &str| {
        unsent(words, async move |joule| joule.annotation_create(&new, 3).await)
    };
    odd(NewAnnotation { title: String::new(), ..new.clone() }, "title is empty");
    odd(NewAnnotation { start_ns: 1, ..new.clone() }, "start_ns is 1 ns");
    odd(NewAnnotation { end_ns: Some(-5_000), ..new }, "end_ns is not after start_ns");
    unsent("start_ns (2) is after end_ns (1)", async |joule| joule.annotation_get(3, Some(2), Some(1)).await);
}

fn event(start_ns: i64, end_ns: i64) -> NewEvent {
    NewEvent { start_ns, end_ns, content: serde_json::Map::from_iter([("n".to_string(), json!(1))]) }
}

#[test]
fn event_streams() {
    is(sent(async |joule| joule.event_stream_get("/a").await), "GET /event.json?path=%2Fa", json!(null));
    is(sent(async |joule| joule.event_stream_info(1).await), "GET /event.json?id=1", json!(null));
    is(sent(async |joule| joule.event_stream_delete(1).await), "DELETE /event.json?id=1", json!(null));
    let moved = json!({ "src_id": 1, "dest_path": "/" });
    is(sent(async |joule| joule.event_stream_move(1, "/").await), "PUT /event/move.json", moved);
    let fields =
        [("k".to_string(), FieldKind::Category(vec!["a\"b".into()])), ("t".to_string(), FieldKind::Text)];
    let stream = NewEventStream {
        name: "e".into(),
        event_fields: fields.into_iter().collect(),
        ..NewEventStream::default()
    };
    let body = json!({
        "dest_id": 2,
        "stream": {
            "id": null, "name": "e", "description": "", "event_fields": { "k": "category:[\"a\\\"b\"]", "t": "string" },
            "chunk_duration_us": 0, "keep_us": -1,
        },
    });
    is(sent(async |joule| joule.event_stream_create(&stream, 2).await), "POST /event.json", body);
    for (words, category) in [("no category", vec![]), ("no colon", vec!["a:b".to_string()])] {
        let mut odd = stream.clone();
        odd.event_fields.insert("k".into(), FieldKind::Category(category));
        unsent(words, async |joule| joule.event_stream_create(&odd, 2).await);
    }
}

#[test]
fn events_written_and_removed() {
    let wire = |id: Value, stream: Value| json!([{ "id": id, "event_stream_id": stream, "start_time": 0, "end_time": 1, "content": { "n": 1 } }]);
    let body = json!({ "path": "/a", "events": wire(json!(null), json!(null)) });
    is(
        sent(async |joule| joule.event_stream_write("/a", &[event(0, 1_000)]).await),
        "POST /event/data.json",
        body,
    );
    let kept = Event { id: 8, event_stream_id: 3, start_ns: 0, end_ns: 1_000, content: event(0, 1).content };
    let body = json!({ "id": 3, "events": wire(json!(8), json!(3)) });
    let rewrite = async |joule: Joule| joule.event_stream_rewrite(3, std::slice::from_ref(&kept)).await;
    is(sent(rewrite), "POST /event/data.json", body);
    unsent("event 8 belongs to event stream 3, not 4", async |joule| {
        joule.event_stream_rewrite(4, std::slice::from_ref(&kept)).await
    });
    for (words, start, end) in
        [("not after its start", 5_000, 5_000), ("start_ns is 1 ns", 1, 5_000), ("end_ns is 5001", 0, 5_001)]
    {
        unsent(words, async move |joule| {
            joule.event_stream_write(3, &[event(0, 1_000), event(start, end)]).await
        });
    }
    let filter = Filter::all([Condition::new("n", Test::Gt(1.0))]);
    let line = "DELETE /event/data.json?id=3&start=1&filter=%5B%5B%5B%22n%22%2C%22gt%22%2C1.0%5D%5D%5D";
    is(sent(async |joule| joule.event_stream_remove(3, Some(1_000), None, &filter).await), line, json!(null));
    // Nothing lies in an empty range; without its bounds the node would remove everything.
    let transport = MemoryTransport::queue([]);
    let nothing =
        run(&transport, async |joule| joule.event_stream_remove(3, Some(1_001), Some(1_999), &filter).await);
    assert_eq!((nothing, transport.requests().len()), (Ok(()), 0));
}

#[test]
fn events_chosen() {
    let conditions = [Condition::new("k", Test::Is("it's".into())), Condition::new("v", Test::Lte(-0.5))];
    let other = vec![Condition::new("k", Test::Unlike("a%".into()))];
    let query = EventQuery {
        start_ns: Some(1),
        end_ns: Some(9_000),
        include_ongoing: true,
        filter: Filter { any: vec![conditions.to_vec(), other] },
    };
    let rest = "id=3&start=1&end=9&include-ongoing-events=1&filter=\
                %5B%5B%5B%22k%22%2C%22is%22%2C%22it%27s%22%5D%2C%5B%22v%22%2C%22lte%22%2C-0.5%5D%5D%2C\
                %5B%5B%22k%22%2C%22unlike%22%2C%22a%25%22%5D%5D%5D";
    let count = sent(async |joule| joule.event_stream_count(3, &query).await);
    is(count, &format!("GET /event/data/count.json?{rest}"), json!(null));
    let overview = sent(async |joule| joule.event_stream_overview(3, &query, 0).await);
    is(overview, &format!("GET /event/data.json?{rest}&limit=1"), json!(null));
    for (words, filter) in [
        ("empty group", Filter { any: vec![vec![]] }),
        ("compares v with NaN", Filter::all([Condition::new("v", Test::Eq(f64::NAN))])),
        ("compares v with inf", Filter::all([Condition::new("v", Test::Lt(f64::INFINITY))])),
    ] {
        let query = EventQuery { filter, ..EventQuery::default() };
        unsent(words, async |joule| joule.event_stream_count(3, &query).await);
        unsent(words, async |joule| joule.event_stream_read_list(3, &query, 1).await);
    }
    let empty = EventQuery { start_ns: Some(5), end_ns: Some(5), ..EventQuery::default() };
    let transport = MemoryTransport::queue([]);
    assert_eq!(run(&transport, async |joule| joule.event_stream_count(3, &empty).await), Ok(0));
    assert_eq!(
        run(&transport, async |joule| joule.event_stream_read_list(3, &empty, 9).await),
        Ok(Vec::new())
    );
    assert!(transport.requests().is_empty());
}

#[test]
fn modules_and_access() {
    is(sent(async |joule| joule.module_list(true).await), "GET /modules.json?statistics=1", json!(null));
    is(sent(async |joule| joule.module_get("a b").await), "GET /module.json?name=a%20b", json!(null));
    is(sent(async |joule| joule.module_logs(4).await), "GET /module/logs.json?id=4", json!(null));
    is(sent(async |joule| joule.proxy_list().await), "GET /proxies.json", json!(null));
    is(sent(async |joule| joule.proxy_get("p").await), "GET /proxy.json?name=p", json!(null));
    is(sent(async |joule| joule.master_list().await), "GET /masters.json", json!(null));
    let body = json!({ "master_type": "lumen", "identifier": "u", "lumen_params": null, "api_key": "k" });
    let add = async |joule: Joule| joule.master_add(MasterKind::LumenNode, "u", None, Some("k")).await;
    is(sent(add), "POST /master.json", body);
    let delete = async |joule: Joule| joule.master_delete(MasterKind::JouleNode, "n").await;
    is(sent(delete), "DELETE /master.json?master_type=joule&name=n", json!(null));
    is(sent(async |joule| joule.follower_list().await), "GET /followers.json", json!(null));
    is(sent(async |joule| joule.follower_delete("f").await), "DELETE /follower.json?name=f", json!(null));
    is(sent(async |joule| joule.database_info().await), "GET /dbinfo", json!(null));
    is(sent(async |joule| joule.db_connection_info().await), "GET /db/connection.json", json!(null));
}

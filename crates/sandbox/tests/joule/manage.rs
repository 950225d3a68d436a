//! Folders, streams, annotations and masters: made, changed, moved and removed.

use std::sync::Arc;

use serde_json::{Value, json};
use streamscope_sandbox::{MemoryStore, Options, Sandbox, SqliteStore, Store, demo};

use super::{create, get, int16, json, refused, request, send, write};
use crate::fixture::{NOW, sandbox, text};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|item| item["name"].as_str()).collect()
}

#[test]
fn the_tree_has_everything() {
    let sandbox = sandbox();
    let root = json(get(&sandbox, "/folders.json?data-info"));
    assert_eq!((&root["name"], &root["locked"], &root["id"]), (&json!("root"), &json!(true), &json!(1)));
    assert_eq!(names(&root["children"]), ["site A", "site B", "live"]);
    assert_eq!(names(&root["children"][0]["children"]), ["mains", "hvac", "lab"]);
    let mains = &root["children"][0]["children"][0];
    assert_eq!(names(&mains["streams"]), ["power", "snapshots", "energy", "distortion"]);
    assert_eq!(mains["event_streams"][0]["data_info"]["event_count"], 1500);
    assert!(mains["streams"][0]["data_info"]["rows"].as_u64().is_some_and(|rows| rows > 90_000));
    let live = &root["children"][2]["streams"][0];
    assert_eq!((&live["active"], &root["active_data_streams"]), (&json!(true), &json!([live["id"]])));
    assert_eq!(
        json(get(&sandbox, "/folder.json?path=/site A/hvac"))["streams"][1]["elements"][2]["display_type"],
        "EVENT"
    );
    assert!(json(get(&sandbox, "/stream.json?path=/site A/hvac/relays&no-info")).get("data_info").is_none());
}

#[test]
fn streams_are_made_moved_and_removed() {
    let sandbox = sandbox();
    let made = create(&sandbox, "s", "int16", 2, true);
    assert_eq!(
        (&made["layout"], &made["elements"][1]["display_type"]),
        (&json!("int16_2"), &json!("CONTINUOUS"))
    );
    let id = made["id"].clone();
    let mut given = json(get(&sandbox, &format!("/stream.json?id={id}&no-info")));
    let again = json!({ "stream": given, "dest_path": "/test" });
    let taken = "400: Invalid stream specification: stream with the same name exists in the folder";
    assert_eq!(refused(send(&sandbox, "POST", "/stream.json", again)), (400, taken.into()));
    given["name"] = json!("a/b");
    let named = send(&sandbox, "PUT", "/stream.json", json!({ "id": id, "stream": given }));
    assert_eq!(
        refused(named),
        (400, "400: Invalid stream specification: invalid name, '\\' not allowed".into())
    );
    given["name"] = json!("renamed");
    given["elements"][0]["units"] = json!("V");
    given["elements"][0]["display_type"] = json!("discrete");
    let named = json(send(&sandbox, "PUT", "/stream.json", json!({ "id": id, "stream": given })));
    assert_eq!(
        (&named["name"], &named["elements"][0]["display_type"]),
        (&json!("renamed"), &json!("DISCRETE"))
    );
    let moved = json!({ "src_path": "/test/renamed", "dest_path": "/new/deep" });
    assert_eq!(json(send(&sandbox, "PUT", "/stream/move.json", moved))["stream"]["id"], id);
    assert_eq!(text(write(&sandbox, &format!("/data?id={id}"), int16([(1, [1, 2])]))), "ok");
    assert_eq!(json(get(&sandbox, "/data.json?path=/new/deep/renamed"))["data"], json!([[[1, 1, 2]]]));
    let locked = send(&sandbox, "DELETE", "/stream.json?path=/live/house", Value::Null);
    assert_eq!(refused(locked), (400, "400: stream is locked".into()));
    assert_eq!(text(send(&sandbox, "DELETE", &format!("/stream.json?id={id}"), Value::Null)), "ok");
    assert_eq!(get(&sandbox, &format!("/data?id={id}")).status, 404);
    let wrong = json!({ "stream": { "elements": [] }, "dest_path": "/test" });
    let missing = "400: Invalid or missing stream attribute: 'id'";
    assert_eq!(refused(send(&sandbox, "POST", "/stream.json", wrong)), (400, missing.into()));
    let wrong = json!({ "stream": {}, "dest_path": "test" });
    let invalid = "400: Destination error: invalid path [test]";
    assert_eq!(refused(send(&sandbox, "POST", "/stream.json", wrong)), (400, invalid.into()));
}

#[test]
fn folders_are_moved_and_removed() {
    let sandbox = sandbox();
    create(&sandbox, "s", "int16", 2, true);
    let moved = |from: &str, to: &str| {
        send(&sandbox, "PUT", "/folder/move.json", json!({ "src_path": from, "dest_path": to }))
    };
    assert_eq!(moved("/test", "/site B").status, 200);
    assert_eq!(get(&sandbox, "/stream.json?path=/site B/test/s").status, 200);
    let inside = moved("/site B", "/site B/test/below");
    assert_eq!(refused(inside), (400, "400: cannot place a parent in a child folder".into()));
    assert_eq!(
        get(&sandbox, "/folder.json?path=/site B/test/below").status,
        404,
        "nothing is left of what is refused"
    );
    assert_eq!(refused(moved("/live", "/site B")), (400, "400: folder is locked".into()));
    let id = json(get(&sandbox, "/folder.json?path=/site B/test"))["id"].clone();
    let named = json!({ "id": id, "folder": { "name": "other", "description": "d" } });
    assert_eq!(json(send(&sandbox, "PUT", "/folder.json", named))["description"], "d");
    let deleted =
        |query: &str| send(&sandbox, "DELETE", &format!("/folder.json?path=/site B{query}"), Value::Null);
    assert_eq!(refused(deleted("")), (400, "400: specify [recursive] or remove child folders first".into()));
    assert_eq!(text(deleted("&recursive=1")), "ok");
    for gone in [
        "/stream.json?path=/site B/other/s",
        "/folder.json?path=/site B",
        "/event.json?path=/site B/inspections",
    ] {
        assert_eq!(get(&sandbox, gone).status, 404, "{gone}");
    }
}

#[test]
fn annotations_mark_times() {
    let sandbox = sandbox();
    create(&sandbox, "s", "int16", 2, true);
    let make = |body: Value| send(&sandbox, "POST", "/annotation.json", body);
    let range =
        json!({ "stream_path": "/test/s", "title": "range", "content": null, "start": 10, "end": 20 });
    let made = json(make(range));
    assert_eq!((&made["start"], &made["end"], &made["content"]), (&json!(10), &json!(20), &json!(null)));
    let point =
        json!({ "stream_id": made["stream_id"], "title": "point", "content": "c", "start": 30, "end": null });
    assert_eq!(json(make(point))["end"], json!(null));
    let empty = json!({ "stream_path": "/test/s", "title": "", "start": 1 });
    assert_eq!(refused(make(empty)), (400, "400: title is reqiured".into()));
    let list = |query: &str| json(get(&sandbox, &format!("/annotations.json?stream_path=/test/s{query}")));
    assert_eq!(list("").as_array().map(Vec::len), Some(2));
    assert_eq!(list("&start=30&end=30")[0]["title"], "point", "both ends count");
    assert_eq!(
        json(get(&sandbox, "/annotations/info.json?stream_path=/test/s")),
        json!({ "start": 10, "end": 30, "count": 2 })
    );
    let changed = json!({ "id": made["id"], "title": "new", "content": "c", "start": 5 });
    let changed = json(send(&sandbox, "PUT", "/annotation.json", changed));
    assert_eq!((&changed["title"], &changed["start"]), (&json!("new"), &json!(10)));
    let gone = format!("/annotation.json?id={}", made["id"]);
    assert_eq!(text(send(&sandbox, "DELETE", &gone, Value::Null)), "ok");
    assert_eq!(
        refused(send(&sandbox, "DELETE", &gone, Value::Null)),
        (404, "404: annotation does not exist".into())
    );
    let all = "/stream/annotations.json?stream_path=/test/s&start=31";
    assert_eq!(text(send(&sandbox, "DELETE", all, Value::Null)), "ok");
    assert_eq!(list("").as_array().map(Vec::len), Some(1));
    assert_eq!(text(send(&sandbox, "DELETE", "/stream.json?path=/test/s", Value::Null)), "ok");
    let of = format!("/annotations.json?stream_id={}", made["stream_id"]);
    assert_eq!(json(get(&sandbox, &of)), json!([]), "they go with their stream");
}

#[test]
fn a_new_master_has_a_key_of_its_own() {
    let sandbox = sandbox();
    let add = |body: Value| send(&sandbox, "POST", "/master.json", body);
    let key = json(add(
        json!({ "master_type": "user", "identifier": "ann", "lumen_params": null, "api_key": null }),
    ))["key"]
        .clone();
    let mut own = request("GET", "/masters.json");
    own.headers = vec![("X-API-KEY".into(), key.as_str().expect("a key").into())];
    let masters = json(sandbox.handle(&own, NOW));
    assert_eq!(names(&masters), ["demo", "ann"]);
    assert!(!masters.to_string().contains(key.as_str().expect("a key")));
    assert_eq!(
        refused(add(json!({ "master_type": "user", "identifier": "ann" }))),
        (400, "400: User already exists".into())
    );
    let short = add(json!({ "master_type": "user", "identifier": "bob", "api_key": "short" }));
    assert_eq!(refused(short), (400, "400: API Key must be at least 32 characters".into()));
    let remove = |name: &str| {
        send(&sandbox, "DELETE", &format!("/master.json?name={name}&master_type=user"), Value::Null)
    };
    assert_eq!(remove("demo").status, 400, "nobody locks himself out");
    assert_eq!(text(remove("ann")), "ok");
    assert_eq!(sandbox.handle(&own, NOW).status, 403);
}

#[test]
fn what_visitors_change_stays() {
    let stores: [Arc<dyn Store>; 2] =
        [Arc::new(MemoryStore::default()), Arc::new(SqliteStore::in_memory().expect("a database"))];
    for store in stores {
        demo::ensure(store.as_ref(), demo::Size::Small, &mut |_| {}).expect("the demo is made");
        let open = || Sandbox::open(store.clone(), &Options::default()).expect("the demo opens");
        let first = open();
        create(&first, "s", "int16", 2, true);
        let rows = int16((1..50_000).map(|time| (time, [1, 2])));
        assert_eq!(text(write(&first, "/data?path=/test/s", rows.clone())), "ok");
        assert_eq!(text(send(&first, "DELETE", "/stream.json?path=/site A/mains/energy", Value::Null)), "ok");
        demo::ensure(store.as_ref(), demo::Size::Small, &mut |line| panic!("made again: {line}"))
            .expect("there");
        let second = open();
        assert!(super::rows(get(&second, "/data?path=/test/s")).2 == rows);
        assert_eq!(get(&second, "/stream.json?path=/site A/mains/energy").status, 404);
        let next = create(&second, "t", "int16", 1, true);
        assert!(next["id"].as_i64() > json(get(&second, "/stream.json?path=/test/s"))["id"].as_i64());
    }
}

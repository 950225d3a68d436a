//! POST, PUT, PATCH and DELETE.

use serde_json::{Value, json};
use streamscope_sandbox::{Options, Sandbox, testing};

use super::{get, json, list, refused, request, sandbox, send};
use crate::fixture::{NOW, text};

fn walk() -> Value {
    json!({ "name": "walk", "start": 353_163_129_199_i64, "end": 353_163_139_199_i64, "user": "/api/user/99/" })
}

#[test]
fn a_range_is_made_changed_and_deleted() {
    let sandbox = sandbox();
    let response = send(&sandbox, "POST", "/api/range/", walk());
    let location = response.header("Location").expect("a place").to_owned();
    assert_eq!((response.status, &*location), (201, "http://127.0.0.1:1234/hexoskin/api/range/1000001/"));
    let made = json(response);
    assert_eq!((&made["name"], &made["rank"], &made["status"]), (&json!("walk"), &json!(0), &json!("empty")));
    let uri = made["resource_uri"].as_str().expect("a URI");
    let response = send(&sandbox, "PATCH", uri, json!({ "name": "stroll", "status": "complete" }));
    assert_eq!(response.status, 202);
    assert_eq!(json(response)["status"], "empty", "what is read-only stays");
    let whole = json!({ "name": "hike", "start": 1.5, "end": 2, "user": "/api/account/99/" });
    assert_eq!(send(&sandbox, "PUT", uri, whole).status, 202);
    let changed = list(&sandbox, uri);
    assert_eq!(
        (&changed["name"], &changed["start"], &changed["user"]),
        (&json!("hike"), &json!(1), &json!("/api/user/99/"))
    );
    let gone = send(&sandbox, "DELETE", uri, Value::Null);
    assert_eq!((gone.status, text(gone)), (204, String::new()));
    assert_eq!(get(&sandbox, uri).status, 404);
    assert_eq!(send(&sandbox, "PUT", uri, walk()).status, 404, "PUT makes nothing");
}

#[test]
fn an_annotation_comes_back_as_a_place_alone() {
    let sandbox = sandbox();
    let body =
        json!({ "annotation": "a note", "start": 353_163_129_199_i64, "datatype": "/api/datatype/208/" });
    let response = send(&sandbox, "POST", "/api/annotation/", body);
    let place = response.header("Location").expect("a place").to_owned();
    assert_eq!((response.status, text(response)), (201, String::new()));
    let response = send(&sandbox, "PATCH", &place, json!({ "annotation": "another" }));
    assert_eq!((response.status, text(response)), (204, String::new()));
    let note = list(&sandbox, &place);
    assert_eq!(
        (&note["annotation"], &note["start_date"]),
        (&json!("another"), &json!("2013-09-18T22:31:13.43359375+00:00"))
    );
}

#[test]
fn a_list_is_patched_at_once_or_not_at_all() {
    let sandbox = sandbox();
    let objects = json!({ "objects": [{ "resource_uri": "/api/range/1/", "name": "one" }, walk()] });
    let response = send(&sandbox, "PATCH", "/api/range/", objects);
    assert_eq!(response.status, 202);
    assert_eq!(json(response)["objects"][1]["name"], "walk");
    assert_eq!(list(&sandbox, "/api/range/1/")["name"], "one");
    let broken =
        json!({ "objects": [{ "resource_uri": "/api/range/1/", "name": "two" }, { "name": "no start" }] });
    assert_eq!(refused(send(&sandbox, "PATCH", "/api/range/", broken)).0, 400);
    assert_eq!(list(&sandbox, "/api/range/1/")["name"], "one");
}

#[test]
fn changes_that_cannot_be_are_refused() {
    let sandbox = sandbox();
    let post = |body: Value| refused(send(&sandbox, "POST", "/api/range/", body)).0;
    assert_eq!(post(json!({ "name": "no times" })), 400);
    assert_eq!(post(json!({ "name": "backwards", "start": 5, "end": 4 })), 400);
    assert_eq!(post(json!("text")), 400);
    assert_eq!(post(json!({ "name": "not mine", "start": 1, "end": 2, "user": "/api/user/123/" })), 403);
    let mut broken = request("POST", "/api/range/");
    broken.body = b"{".to_vec();
    assert_eq!(refused(sandbox.handle(&broken, NOW)).0, 400);
    let others =
        [("PATCH", "/api/annotation/3/"), ("PUT", "/api/range/3/"), ("DELETE", "/api/record/100001/")];
    for (method, path) in others {
        assert_eq!(refused(send(&sandbox, method, path, walk())).0, 403, "{method} {path}");
    }
}

#[test]
fn changes_outlive_the_sandbox() {
    let store = testing::small_demo().expect("the demo is made");
    let open = || Sandbox::open(store.clone(), &Options::default()).expect("the demo opens");
    send(&open(), "PATCH", "/api/range/1/", json!({ "name": "kept" }));
    assert_eq!(list(&open(), "/api/range/1/")["name"], "kept");
}

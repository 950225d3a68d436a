//! Tokens, sessions, braincubes that are open and that are not.

use serde_json::{Value, json};
use streamscope_sandbox::Request;

use super::{get, refused, request};
use crate::fixture::{NOW, sandbox, text};

const ME: &str = "/braincube/sso-server/ws/user/me";

#[test]
fn a_token_or_a_session_opens_the_platform() {
    let sandbox = sandbox();
    let session = Request::get("/braincube/sso-server/ws/oauth2/session");
    let given = session.clone().with_header("authorization", "Bearer demo-braincube-oauth2");
    let token: Value = serde_json::from_str(&text(sandbox.handle(&given, NOW))).expect("JSON");
    let token = token["token"].as_str().expect("a token");
    let status = |request: Request| sandbox.handle(&request, NOW).status;
    assert_eq!(status(Request::get(ME).with_header("IPLSSOTOKEN", token)), 200);
    assert_eq!(status(Request::get(ME).with_header("X-API-KEY", "demo-braincube")), 200);
    for stranger in [
        session.clone(),
        session.with_header("authorization", "Bearer demo-braincube"),
        Request::get(ME),
        Request::get(ME).with_header("X-API-KEY", "demo-braincube-oauth2"),
        Request::get(ME).with_header("IPLSSOTOKEN", "demo-braincube"),
        Request::get("/braincube/braincube/nowhere/braincube/mb/all/summary"),
    ] {
        assert_eq!(refused(sandbox.handle(&stranger, NOW)).0, 401, "{stranger:?}");
    }
    let both = Request::get(ME).with_header("X-API-KEY", "demo-braincube").with_header("IPLSSOTOKEN", token);
    assert_eq!(refused(sandbox.handle(&both, NOW)).0, 400);
}

#[test]
fn the_list_of_braincubes_has_those_that_are_open_and_other_products() {
    let list = get(&sandbox(), ME);
    let products = list["accessList"].as_array().expect("a list");
    let names: Vec<[&str; 2]> = products
        .iter()
        .map(|entry| ["name", "type"].map(|key| entry["product"][key].as_str().expect("a text")))
        .collect();
    assert_eq!(names, [["Paper mill", "braincube"], ["pilot", "braincube"], ["Reports", "application"]]);
}

#[test]
fn a_braincube_is_named_in_either_form_of_a_path() {
    let sandbox = sandbox();
    let whole = get(&sandbox, "/braincube/braincube/Paper%20mill/braincube/mb/20/extended");
    assert_eq!(get(&sandbox, "/braincube/Paper%20mill/braincube/mb/20/extended/"), whole);
    let status = |path: &str| refused(sandbox.handle(&request("GET", path), NOW)).0;
    assert_eq!(status("/braincube/Pulp%20mill/braincube/mb/all/summary"), 403);
    assert_eq!(status("/braincube/braincube/paper/braincube/mb/all/summary"), 404);
    assert_eq!(status("/braincube/braincube/Paper%20mill"), 404);
    assert_eq!(status("/braincube/"), 404);
}

#[test]
fn info_names_addresses_keys_bases_and_variables() {
    let sandbox = sandbox();
    let request = Request::get("/sandbox/info.json").with_header("host", "127.0.0.1:1234");
    let info: Value = serde_json::from_str(&text(sandbox.handle(&request, NOW))).expect("JSON");
    let braincube = &info["platforms"]["braincube"];
    for url in ["url", "sso_base_url", "braincube_base_url"] {
        assert_eq!(braincube[url], "http://127.0.0.1:1234/braincube");
    }
    assert_eq!(braincube["credentials"]["api_key"], "demo-braincube");
    let machine =
        json!({ "id": "mb20", "name": "Paper machine", "braincube": "Paper mill", "variables": 20 });
    assert_eq!(braincube["subjects"][0], machine);
    let speed = json!({
        "id": "mb20/d2000002", "name": "Machine speed, m/min", "subject_id": "mb20", "type": "NUMERIC",
        "rows": 43_200, "min_time": 1_709_251_200, "max_time": 1_709_251_200 + 43_199 * 60,
    });
    assert_eq!(braincube["streams"][1], speed);
    let streams = braincube["streams"].as_array().expect("streams");
    let listed = |base: &str| streams.iter().filter(|stream| stream["subject_id"] == base).count();
    assert_eq!(["mb24", "mb1"].map(listed), [100, 2]);
    assert_eq!(
        streams.iter().find(|stream| stream["subject_id"] == "mb1").expect("one")["min_time"],
        Value::Null
    );
}

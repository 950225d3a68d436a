//! The Hexoskin stand-in: sign-in, resources, data in four forms, and what it refuses.

mod auth;
mod data;
mod files;
mod model;
mod resources;
mod writes;

use serde_json::Value;
use streamscope_sandbox::{Options, Request, Response, Sandbox, testing};

use crate::fixture::{NOW, text};

/// The record of one hour.
const LONG: i64 = 99_999;
/// Its first tick.
const START: i64 = 1_709_971_200 * 256;

/// A stand-in that serves any number of requests a second.
fn sandbox() -> Sandbox {
    let store = testing::small_demo().expect("the demo is made");
    Sandbox::open(store, &Options { hexoskin_rate: None, ..Options::default() }).expect("the demo opens")
}

/// A request of the demo's user, by login alone.
fn request(method: &str, target: &str) -> Request {
    // demo@example.org:demo-password
    let login = "Basic ZGVtb0BleGFtcGxlLm9yZzpkZW1vLXBhc3N3b3Jk";
    let mut request = Request::get(&format!("/hexoskin{target}"));
    request.method = method.into();
    request.with_header("Authorization", login).with_header("Host", "127.0.0.1:1234")
}

fn send(sandbox: &Sandbox, method: &str, target: &str, body: Value) -> Response {
    let mut request = request(method, target);
    request.body = body.to_string().into_bytes();
    sandbox.handle(&request, NOW)
}

fn get(sandbox: &Sandbox, target: &str) -> Response {
    sandbox.handle(&request("GET", target), NOW)
}

/// The body of an answer that must be a success.
fn json(response: Response) -> Value {
    let status = response.status;
    let text = text(response);
    assert!((200..300).contains(&status), "{status} {text}");
    serde_json::from_str(&text).expect("JSON")
}

fn list(sandbox: &Sandbox, target: &str) -> Value {
    json(get(sandbox, target))
}

/// Ids of a list's objects.
fn ids(list: &Value) -> Vec<i64> {
    let objects = list["objects"].as_array().expect("objects");
    objects.iter().map(|object| object["id"].as_i64().expect("an id")).collect()
}

/// Status and error of a refusal; the error is empty when the body is.
fn refused(response: Response) -> (u16, String) {
    let status = response.status;
    let body: Value = serde_json::from_str(&text(response)).unwrap_or_default();
    (status, body["error"].as_str().unwrap_or_default().to_owned())
}

/// Times and values of one datatype of one record, within a query.
fn values(sandbox: &Sandbox, datatype: i64, query: &str) -> Vec<(i64, f64)> {
    let all = list(sandbox, &format!("/api/data/?datatype={datatype}&{query}"));
    let rows = all[0]["data"][datatype.to_string()].as_array().expect("rows").clone();
    rows.iter().map(|row| (row[0].as_i64().expect("a time"), row[1].as_f64().expect("a value"))).collect()
}

/// A file in one of the binary forms.
fn download(sandbox: &Sandbox, accept: &str, query: &str) -> Vec<u8> {
    let request = request("GET", &format!("/api/data/?{query}")).with_header("Accept", accept);
    let response = sandbox.handle(&request, NOW);
    assert_eq!(response.status, 200, "{query}");
    assert_eq!(response.header("Content-Type"), Some(accept));
    response.body.bytes().expect("a body")
}

/// The raw value that the generator makes.
fn raw(record: i64, datatype: i64, number: u32) -> i64 {
    streamscope_sandbox::demo::hexoskin::sample(record, datatype, number).expect("a sample")
}

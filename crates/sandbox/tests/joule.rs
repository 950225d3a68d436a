//! The Joule node: reads, writes and everything it manages, as a real node answers.

mod data;
mod events;
mod manage;
mod write;

use serde_json::Value;
use streamscope_sandbox::{Body, Request, Response, Sandbox};

use crate::fixture::{NOW, text};

/// A request with the demo's key.
fn request(method: &str, target: &str) -> Request {
    let mut request = Request::get(&format!("/joule{}", target.replace(' ', "%20")));
    request.method = method.into();
    request.with_header("x-api-key", "demo-joule-key")
}

fn send(sandbox: &Sandbox, method: &str, target: &str, body: Value) -> Response {
    let mut request = request(method, target).with_header("Content-Type", "application/json");
    request.body = body.to_string().into_bytes();
    sandbox.handle(&request, NOW)
}

fn get(sandbox: &Sandbox, target: &str) -> Response {
    sandbox.handle(&request("GET", target), NOW)
}

fn json(response: Response) -> Value {
    let status = response.status;
    let text = text(response);
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Status and body of a refusal.
fn refused(response: Response) -> (u16, String) {
    (response.status, text(response))
}

/// Layout, decimation and bytes of an answer.
fn rows(response: Response) -> (String, String, Vec<u8>) {
    assert_eq!(response.status, 200);
    let header = |name: &str| response.header(name).expect("a header").to_owned();
    (header("joule-layout"), header("Joule-Decimation"), response.body.bytes().expect("a body"))
}

fn write(sandbox: &Sandbox, target: &str, body: Vec<u8>) -> Response {
    let mut request = request("POST", target);
    request.body = body;
    sandbox.handle(&request, NOW)
}

/// Makes a stream `/test/NAME` whose elements are called `e0`, `e1`, ….
fn create(sandbox: &Sandbox, name: &str, datatype: &str, elements: usize, decimate: bool) -> Value {
    let element = |index: usize| {
        serde_json::json!({ "id": null, "index": index, "name": format!("e{index}"), "units": "", "plottable": true,
            "display_type": "continuous", "offset": 0.0, "scale_factor": 1.0, "default_max": null, "default_min": null })
    };
    let stream = serde_json::json!({
        "id": null, "name": name, "description": "", "datatype": datatype, "layout": format!("{datatype}_{elements}"),
        "keep_us": -1, "is_configured": false, "is_source": false, "is_destination": false, "decimate": decimate,
        "elements": (0..elements).map(element).collect::<Vec<_>>(),
    });
    let body = serde_json::json!({ "stream": stream, "dest_path": "/test" });
    json(send(sandbox, "POST", "/stream.json", body))
}

/// Rows of int16 elements.
fn int16(rows: impl IntoIterator<Item = (i64, [i16; 2])>) -> Vec<u8> {
    let row = |(time, [a, b]): (i64, [i16; 2])| {
        time.to_le_bytes().into_iter().chain(a.to_le_bytes()).chain(b.to_le_bytes()).collect::<Vec<_>>()
    };
    rows.into_iter().flat_map(row).collect()
}

/// What a live body gives at a time.
fn due(body: &mut Body, now: i64) -> Vec<u8> {
    assert!(matches!(body, Body::Live(_)), "{body:?}");
    if let Body::Live(due) = body { due(now) } else { Vec::new() }
}

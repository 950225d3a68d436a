//! Braincube: signing in, lists and single resources, rows and the filters on them.

mod access;
mod filters;
mod resources;
mod rows;

use serde_json::{Value, json};
use streamscope_sandbox::{Request, Response, Sandbox};

use crate::fixture::{NOW, text};

/// Where the mill's metadata are.
const MILL: &str = "/braincube/braincube/Paper%20mill/braincube/mb";

fn request(method: &str, target: &str) -> Request {
    let mut request = Request::get(target);
    request.method = method.into();
    request.with_header("x-api-key", "demo-braincube")
}

fn get(sandbox: &Sandbox, target: &str) -> Value {
    parsed(sandbox.handle(&request("GET", target), NOW))
}

fn post(sandbox: &Sandbox, target: &str, body: &Value) -> Response {
    let mut request = request("POST", target);
    request.body = body.to_string().into_bytes();
    sandbox.handle(&request, NOW)
}

fn parsed(response: Response) -> Value {
    let status = response.status;
    let text = text(response);
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Status and message of a refusal.
fn refused(response: Response) -> (u16, String) {
    let status = response.status;
    let body: Value = serde_json::from_str(&text(response)).expect("JSON");
    assert_eq!(body["status"], status, "{body}");
    (status, body["message"].as_str().expect("a message").to_owned())
}

/// A question for rows of a base of the mill.
fn ask(sandbox: &Sandbox, base: u32, order: &str, variables: &[u32], filter: Option<Value>) -> Response {
    let definitions: Vec<String> = variables.iter().map(|id| format!("mb{base}/d{id}")).collect();
    let mut body = json!({ "order": order, "definitions": definitions, "context": { "dataSource": format!("mb{base}") } });
    if let Some(filter) = filter {
        body["context"]["filter"] = filter;
    }
    post(sandbox, &format!("/braincube/braincube/Paper%20mill/braindata/mb{base}/LF"), &body)
}

/// The cells of each column, in the answer's order.
fn columns(response: Response) -> Vec<Vec<Value>> {
    let answer = parsed(response);
    let columns = answer["datadefs"].as_array().expect("columns");
    let cells = |column: &Value| column["data"].as_array().cloned().expect("cells");
    let columns: Vec<Vec<Value>> = columns.iter().map(cells).collect();
    assert!(columns.iter().all(|column| answer["resultLength"] == column.len()), "{answer:.300}");
    columns
}

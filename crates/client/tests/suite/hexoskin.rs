//! Hexoskin over canned answers: what the platform's own client document shows, and what goes wrong.

pub(super) mod data;
mod lists;
mod oauth;
mod objects;
mod signing;
mod source;

use std::future::Future;
use std::rc::Rc;

use serde_json::{Map, Value, json};
use streamscope_client::hexoskin::{Config, Credentials, Hexoskin};
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Request};

const BASE: &str = "https://api.example";

fn config() -> Config {
    Config {
        url: BASE.into(),
        key: Some("demo-hexo".into()),
        secret: Some("demo-hexo-secret".into()),
        credentials: Some(Credentials::user("demo@example.org:demo-password").unwrap()),
        ..Config::default()
    }
}

fn connect(config: &Config, transport: &MemoryTransport) -> Hexoskin {
    Hexoskin::new(config, Rc::new(transport.clone())).unwrap()
}

pub(super) fn api(transport: &MemoryTransport) -> Hexoskin {
    connect(&config(), transport)
}

pub(super) fn run<T>(transport: &MemoryTransport, future: impl Future<Output = T>) -> T {
    transport.run(future).expect("the call waits for nothing")
}

/// A schema as the server sends it, cut to what is looked at.
fn schema(name: &str) -> Option<Value> {
    let link = json!({ "type": "related", "related_type": "to_one", "nullable": true, "readonly": false });
    let plain = json!({ "type": "string", "nullable": false, "readonly": false });
    let ops = json!(["exact", "in", "gt", "gte", "lt", "lte", "range"]);
    let methods = |list: &[&str], detail: &[&str]| (json!(list), json!(detail));
    let all = ["get", "put", "patch", "delete"];
    let (fields, filtering, ordering, (list, detail)) = match name {
        "user" => (
            json!({ "first_name": plain, "profile": link }),
            json!({ "id": ops, "profile": 2, "search": ["exact"] }),
            json!(["id", "username"]),
            methods(&["get"], &["get", "put", "patch"]),
        ),
        "account" => (json!({ "email": plain }), json!(null), json!(["id"]), methods(&["get"], &[])),
        "record" => (
            json!({ "user": link, "device": link, "status": plain }),
            json!({ "start": ["exact", "range", "gt", "gte", "lt", "lte"], "user": ops, "device": ops }),
            json!(["id", "start"]),
            methods(&["get", "post"], &["get", "put", "patch"]),
        ),
        "range" => (
            json!({ "name": plain, "user": link, "parent": link }),
            json!({ "user": ops, "start": ops, "end": ops, "trainingroutine": 2, "include_autodetected": ["true"] }),
            json!(["id", "start"]),
            methods(&["get", "post", "patch"], &all),
        ),
        "datatype" => (
            json!({ "name": plain, "unit": link, "unit_raw": link }),
            json!({ "id": ops }),
            json!(null),
            methods(&["get"], &["get"]),
        ),
        "annotation" => (
            json!({ "annotation": plain, "user": link }),
            json!({ "user": ops }),
            json!([]),
            methods(&["get", "post"], &["get", "put"]),
        ),
        "data" => (
            json!({}),
            json!({ "record": ["exact"], "range": ["exact"], "user": ["exact"], "datatype": ops, "start": ["exact"],
                    "end": ["exact"], "timestamp": ["range", "gt", "gte", "lt", "lte"], "seconds": ["exact"],
                    "flat": ["exact"], "no_timestamps": ["exact"], "max_values": ["exact"] }),
            json!(null),
            methods(&["get"], &[]),
        ),
        "unit" => (json!({}), json!({ "id": ops }), json!(null), methods(&["get"], &["get"])),
        "device" | "profile" => (json!({}), json!({}), json!([]), methods(&["get"], &["get", "patch"])),
        _ => return None,
    };
    Some(json!({
        "fields": fields, "filtering": filtering, "ordering": ordering, "default_limit": 20,
        "allowed_list_http_methods": list, "allowed_detail_http_methods": detail,
    }))
}

const RESOURCES: [&str; 10] =
    ["account", "annotation", "data", "datatype", "device", "profile", "range", "record", "unit", "user"];

/// Method and path with query of a request.
fn line(request: &Request) -> String {
    format!("{} {}", request.method.as_str(), request.url.strip_prefix(BASE).unwrap_or(&request.url))
}

/// A server with schemas; all else is answered by the closure, which is given method and path with query.
fn server(mut answer: impl FnMut(&str, &Request) -> Canned + 'static) -> MemoryTransport {
    MemoryTransport::new(move |request| {
        let line = line(request);
        if line == "GET /api/" {
            let mut list: Map<String, Value> = RESOURCES
                .iter()
                .map(|name| {
                    let place = json!({ "list_endpoint": format!("/api/{name}/"), "schema": format!("/api/{name}/schema/") });
                    (name.to_string(), place)
                })
                .collect();
            let odd = json!({ "list_endpoint": "/api/x/", "schema": "/api/x/schema/" });
            list.insert("import".into(), odd.clone());
            list.insert("studymember/(?P<x>.*)".into(), odd);
            return Canned::new(200, Value::from(list).to_string());
        }
        let name = line.strip_prefix("GET /api/").and_then(|rest| rest.strip_suffix("/schema/"));
        match name.and_then(schema) {
            Some(schema) => Canned::new(200, schema.to_string()),
            None => answer(&line, request),
        }
    })
}

pub(super) fn ok(body: Value) -> Canned {
    Canned::new(200, body.to_string())
}

fn lost(line: &str) -> Canned {
    Canned::new(404, format!("nothing is at {line}"))
}

/// Requests so far, without those for the API's list and schemas.
fn lines(transport: &MemoryTransport) -> Vec<String> {
    let lines = transport.requests().iter().map(line).collect::<Vec<_>>();
    lines.into_iter().filter(|line| line != "GET /api/" && !line.ends_with("/schema/")).collect()
}

fn header(request: &Request, name: &str) -> Option<String> {
    let found = request.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone())
}

fn body(request: &Request) -> Value {
    request.body.as_ref().map_or(Value::Null, |body| serde_json::from_slice(body).unwrap())
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The error of a call that must fail before anything but schemas is asked for.
fn unsent<T>(transport: &MemoryTransport, outcome: Result<T, Error>, words: &str) {
    let Err(error) = outcome else { panic!("{words}: not refused") };
    assert_eq!(error.kind, ErrorKind::InvalidInput, "{error}");
    assert!(error.message.contains(words), "{error}");
    assert_eq!(lines(transport), [""; 0], "nothing is sent");
}

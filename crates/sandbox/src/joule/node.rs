//! The node itself, its modules and proxies.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Node;
use super::parameters::Parameters;
use super::reply::{self, Refusal, Result};
use crate::{Request, Response};

/// The release whose interface this is.
pub(super) const VERSION: &str = "1.0.1";

/// When the one module was started: with the demo recordings, Unix s.
const STARTED: i64 = 1_708_700_000;

pub(super) fn version(node: &Arc<Node>) -> Response {
    let catalogue = node.read();
    reply::json(&json!({ "version": VERSION, "name": catalogue.name, "uuid": catalogue.uuid }))
}

/// How modules reach a node's database. There is none here: the name is one that leads nowhere.
pub(super) fn connection() -> Response {
    reply::json(&json!({
        "username": "joule_module", "password": "of-no-database", "port": 5432, "database": "joule", "host": "database.invalid",
    }))
}

/// Sizes in bytes, as a node says them whose database is elsewhere; the store's own is not known here.
pub(super) fn database() -> Response {
    reply::json(&json!({
        "path": "--remote-database--", "other": -1, "reserved": -1, "free": -1, "size": -1,
    }))
}

/// The modules: one for each live stream.
fn workers(node: &Arc<Node>, statistics: bool) -> Vec<Value> {
    let catalogue = node.read();
    let live = catalogue.streams.iter().filter(|stream| stream.live);
    let worker = |(id, stream): (usize, &super::catalogue::Stream)| {
        let mut worker = json!({
            "id": id,
            "name": format!("meter {}", stream.name),
            "description": "a meter that reads ten times a second",
            "is_app": false,
            "inputs": {},
            "outputs": { "output": catalogue.path_in(stream.folder, &stream.name) },
        });
        if statistics {
            worker["statistics"] = json!({ "pid": 4000 + id, "create_time": STARTED as f64, "cpu_percent": 0.5, "memory_percent": 0.25 });
        }
        worker
    };
    live.enumerate().map(|(id, stream)| worker((id, stream))).collect()
}

pub(super) fn modules(node: &Arc<Node>, request: &Request) -> Response {
    let statistics = Parameters::of(request).get("statistics").is_some_and(|value| value != "0");
    reply::json(&json!(workers(node, statistics)))
}

pub(super) fn module(node: &Arc<Node>, request: &Request) -> Result<Response> {
    Ok(reply::json(&worker(node, request, "specify a name or id")?))
}

/// The module that a query names; `unnamed` is the answer to a query that names none.
fn worker(node: &Arc<Node>, request: &Request, unnamed: &str) -> Result<Value> {
    let parameters = Parameters::of(request);
    let is_wanted: Box<dyn Fn(&Value) -> bool> = match (parameters.get("name"), parameters.id("id")) {
        (Some(name), _) => Box::new(move |worker| worker["name"] == name),
        (None, id) => {
            let id = id?.ok_or_else(|| Refusal::bare(400, unnamed))?;
            Box::new(move |worker| worker["id"] == id)
        }
    };
    let found = workers(node, true).into_iter().find(|worker| is_wanted(worker));
    found.ok_or_else(|| Refusal::bare(404, "module does not exist"))
}

/// What a module has said: that it was started.
pub(super) fn logs(node: &Arc<Node>, request: &Request) -> Result<Response> {
    worker(node, request, "specify a name")?;
    let time = Timestamp::from_second(STARTED).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S");
    Ok(reply::json(&json!([format!("[{time}]: ---starting module---")])))
}

pub(super) fn apps(node: &Arc<Node>) -> Response {
    let catalogue = node.read();
    let apps =
        catalogue.proxies.iter().map(|proxy| json!({ "id": format!("p{}", proxy.id), "name": proxy.name }));
    reply::json(&json!(apps.collect::<Vec<_>>()))
}

pub(super) fn proxies(node: &Arc<Node>) -> Response {
    reply::json(&json!(node.read().proxies))
}

pub(super) fn proxy(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.read();
    let found = match (parameters.get("name"), parameters.id("id")) {
        (Some(name), _) => catalogue.proxies.iter().find(|proxy| proxy.name == name),
        (None, id) => {
            let id = id?.ok_or_else(Refusal::no_address)?;
            catalogue.proxies.iter().find(|proxy| proxy.id == id)
        }
    };
    Ok(reply::json(&json!(found.ok_or_else(|| Refusal::missing("proxy does not exist"))?)))
}

//! Braincube: the worked examples of its wire document, and servers that do otherwise.

mod conditions;
mod config;
mod data;
mod filtered;
mod filters;
mod lists;
mod source;
mod spans;

use std::rc::Rc;

use serde_json::{Value, json};
use streamscope_client::braincube::{BaseId, Braincube, Config};
use streamscope_client::{Canned, MemoryTransport, Request};

const KEY: &str = "personal-access-token";

fn config() -> Config {
    Config { domain: Some("plant.example".into()), api_key: Some(KEY.into()), ..Config::default() }
}

pub(super) fn braincube(transport: &MemoryTransport) -> Braincube {
    Braincube::new(&config(), Rc::new(transport.clone())).unwrap()
}

fn base() -> BaseId {
    BaseId::new("mill", 7)
}

/// Path and query of a request of memory base 7, behind its common beginning.
pub(super) fn path(request: &Request) -> &str {
    let known = [
        "https://api.plant.example/braincube/mill/braincube/mb/7/",
        "https://api.plant.example/braincube/mill/",
    ];
    known.iter().find_map(|prefix| request.url.strip_prefix(prefix)).unwrap_or(&request.url)
}

/// Answers with JSON by path; nothing else is expected.
fn serve(answer: impl Fn(&str) -> Option<Value> + 'static) -> MemoryTransport {
    MemoryTransport::new(move |request| match answer(path(request)) {
        Some(body) => Canned::new(200, body.to_string()),
        None => Canned::new(404, json!({"message": format!("no {}", path(request))}).to_string()),
    })
}

/// What was asked for, in order.
fn asked(transport: &MemoryTransport) -> Vec<String> {
    transport.requests().iter().map(|request| path(request).to_string()).collect()
}

fn header(request: &Request, name: &str) -> Option<String> {
    request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

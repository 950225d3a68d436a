//! What a request asks for: its query and its JSON body.

use serde_json::{Map, Value};

use super::reply::{Refusal, Result};
use crate::Request;

/// The parameters of a query. A parameter may be present without a value.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(request: &Request) -> Self {
        Self(form_urlencoded::parse(request.query.as_bytes()).into_owned().collect())
    }

    /// The first value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a parameter is there, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// An optional whole number.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>> {
        let parse = |text: &str| text.trim().parse().ok();
        match self.get(name).map(parse) {
            Some(None) => Err(Refusal::bad(format!("parameter {name} must be an int"))),
            Some(number) => Ok(number),
            None => Ok(None),
        }
    }

    /// `start` and `end`, µs.
    pub(super) fn window(&self) -> Result<Window> {
        let window = Window { start: self.integer("start")?, end: self.integer("end")? };
        match window {
            Window { start: Some(start), end: Some(end) } if start >= end => {
                Err(Refusal::bad("[start] must be before [end]"))
            }
            _ => Ok(window),
        }
    }

    /// An id. The node has no words for one that is no number.
    pub(super) fn id(&self, name: &str) -> Result<Option<i64>> {
        self.get(name).map(|text| text.trim().parse().map_err(|_| Refusal::failed())).transpose()
    }
}

/// A stretch of time, `[start, end)` in µs, either end open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Window {
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
}

impl Window {
    pub(crate) fn contains(&self, time: i64) -> bool {
        self.start.is_none_or(|start| start <= time) && self.end.is_none_or(|end| time < end)
    }
}

/// The JSON object of a request's body.
pub(super) fn body(request: &Request) -> Result<Map<String, Value>> {
    let kind = request.header("Content-Type").unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Refusal::bad("content-type must be application/json"));
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::failed()),
        Err(_) => Err(Refusal::bad("invalid json")),
    }
}

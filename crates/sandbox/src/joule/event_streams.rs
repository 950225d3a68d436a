//! `/event.json` and `/event/move.json`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Node;
use super::catalogue::{Catalogue, EventStream};
use super::events::{Events, addressed};
use super::folders::{destination, valid_name};
use super::parameters::{Parameters, body};
use super::reply::{self, Refusal, Result};
use crate::{Request, Response};

/// An event stream, with what is known of its events.
pub(super) fn get(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let catalogue = node.read();
    let stream = addressed(&catalogue, &Parameters::of(request))?;
    Ok(reply::json(&stream.json(Some(&Events::load(&node.store, stream.id)?.info()))))
}

/// Makes an event stream in a folder, which is made if need be.
pub(super) fn create(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    let given = body.get("stream").ok_or_else(|| Refusal::bad("provide a stream"))?;
    let given = given.as_object().ok_or_else(Refusal::failed)?;
    node.edit(|catalogue, _| {
        let folder = destination(catalogue, &body, now)?;
        let mut stream = EventStream {
            id: 0,
            folder,
            name: String::new(),
            description: None,
            event_fields: Map::new(),
            chunk_duration_us: 0,
            keep_us: -1,
            updated_at: now,
        };
        for name in ["id", "name", "description", "event_fields", "chunk_duration_us", "keep_us"] {
            let missing = || Refusal::bare(400, format!("Invalid or missing stream attribute: '{name}'"));
            given.get(name).ok_or_else(missing)?;
        }
        let invalid = |error: &str| Refusal::bare(400, format!("Invalid stream specification: {error}"));
        stream.set(given).map_err(invalid)?;
        if catalogue.has_name(folder, &stream.name, None) {
            return Err(invalid(TAKEN));
        }
        stream.id = catalogue.next_id.event_stream();
        catalogue.touch(folder, now);
        let answer = reply::json(&stream.json(None));
        catalogue.event_streams.push(stream);
        Ok(answer)
    })
}

/// Changes what is given of an event stream.
pub(super) fn update(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    let id = body.get("id").filter(|id| !id.is_null());
    let id = id.ok_or_else(|| Refusal::bad("Invalid request: specify id"))?.as_i64();
    node.edit(|catalogue, _| {
        let position = catalogue.event_streams.iter().position(|stream| Some(stream.id) == id);
        let mut stream =
            position.and_then(|at| catalogue.event_streams.get(at)).ok_or_else(Refusal::no_stream)?.clone();
        let given =
            body.get("stream").ok_or_else(|| Refusal::bad("Invalid request: specify stream as JSON"))?;
        let given =
            given.as_object().ok_or_else(|| Refusal::bad("error: [stream] attribute must be JSON"))?;
        let invalid = |error: &str| Refusal::bad(format!("Invalid stream specification: {error}"));
        stream.set(given).map_err(invalid)?;
        stream.updated_at = now;
        if catalogue.has_name(stream.folder, &stream.name, Some(stream.id)) {
            return Err(invalid(TAKEN));
        }
        catalogue.touch(stream.folder, now);
        let answer = reply::json(&stream.json(None));
        if let Some(known) = position.and_then(|at| catalogue.event_streams.get_mut(at)) {
            *known = stream;
        }
        Ok(answer)
    })
}

/// Moves an event stream into another folder, which is made if need be.
pub(super) fn move_to(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    node.edit(|catalogue, _| {
        let stream = source(catalogue, &body)?;
        let (id, folder, name) = (stream.id, stream.folder, stream.name.clone());
        let target = destination(catalogue, &body, now)?;
        if catalogue.has_name(target, &name, None) {
            return Err(Refusal::bad("stream with the same name exists in the destination folder"));
        }
        catalogue.touch(folder, now);
        catalogue.touch(target, now);
        let moved = catalogue.event_streams.iter_mut().find(|stream| stream.id == id);
        let moved = moved.ok_or_else(Refusal::no_stream)?;
        moved.folder = target;
        Ok(reply::json(&json!({ "stream": moved.json(None) })))
    })
}

/// Removes an event stream with its events.
pub(super) fn delete(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    node.edit(|catalogue, gone| {
        let stream = addressed(catalogue, &parameters)?;
        let (id, folder) = (stream.id, stream.folder);
        gone.event_streams.push(id);
        catalogue.event_streams.retain(|stream| stream.id != id);
        catalogue.touch(folder, now);
        Ok(reply::ok())
    })
}

const TAKEN: &str = "stream with the same name exists in the folder";

/// The event stream that a body's `src_path` or `src_id` names.
fn source<'a>(catalogue: &'a Catalogue, body: &Map<String, Value>) -> Result<&'a EventStream> {
    let found = match (body.get("src_path"), body.get("src_id")) {
        (Some(path), _) => catalogue.find_event_stream(path.as_str().unwrap_or_default()),
        (None, Some(id)) => id.as_i64().and_then(|id| catalogue.event_stream(id)),
        (None, None) => return Err(Refusal::no_address()),
    };
    found.ok_or_else(Refusal::no_stream)
}

impl EventStream {
    /// Sets what is given, or says what is wrong with it, in the node's words.
    fn set(&mut self, given: &Map<String, Value>) -> std::result::Result<(), &'static str> {
        if let Some(name) = given.get("name") {
            self.name = valid_name(name)?;
        }
        if let Some(description) = given.get("description") {
            self.description = description.as_str().map(str::to_owned);
        }
        if let Some(fields) = given.get("event_fields") {
            self.event_fields = valid_fields(fields)?;
        }
        let whole = |value: &Value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        if let Some(duration) = given.get("chunk_duration_us") {
            let duration = whole(duration).ok_or("invalid chunk_duration_us, must be an integer")?;
            self.chunk_duration_us = duration;
            if duration < 0 {
                return Err("invalid chunk_duration_us, must be > 0");
            }
        }
        if let Some(keep) = given.get("keep_us") {
            self.keep_us = whole(keep).ok_or("invalid keep_us, must be an integer")?;
            if self.keep_us < -1 {
                return Err("invalid keep_us, must be -1 (KEEP_ALL) or >= 0");
            }
        }
        Ok(())
    }
}

/// Names with types: `string`, `numeric` or `category:` and a JSON list of texts.
fn valid_fields(fields: &Value) -> std::result::Result<Map<String, Value>, &'static str> {
    let fields = fields.as_object().ok_or("event_fields must be a dictionary")?;
    for kind in fields.values() {
        let (kind, categories) =
            kind.as_str().map(|kind| kind.split_once(':').unwrap_or((kind, ""))).unwrap_or_default();
        match kind {
            "string" | "numeric" => {}
            "category" => {
                let list = serde_json::from_str::<Vec<String>>(categories).unwrap_or_default();
                if list.is_empty() {
                    return Err(
                        "invalid value in event_fields, category type must a have JSON list of categories after a ':'",
                    );
                }
            }
            _ => {
                return Err("invalid value in event_fields, must be [numeric|string|category:cat1,cat2,...]");
            }
        }
    }
    Ok(fields.clone())
}

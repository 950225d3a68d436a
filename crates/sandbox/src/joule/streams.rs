//! `/stream.json` and `/stream/move.json`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Node;
use super::catalogue::{Catalogue, DisplayType, Element, Stream};
use super::data::stream;
use super::folders::{destination, valid_name};
use super::layout::DataType;
use super::parameters::{Parameters, body};
use super::recording::Recording;
use super::reply::{self, Refusal, Result, json};
use crate::{Request, Response};

/// A stream, with what is known of its rows unless `no-info` is given.
pub(super) fn get(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.read();
    let stream = stream(&catalogue, &parameters)?;
    let info = match parameters.has("no-info") {
        true => None,
        false => Some(Recording::open(&node.store, stream, now)?.info()?),
    };
    Ok(json(&stream.json(info.as_ref(), node.is_writing(stream.id))))
}

/// Makes a stream in a folder, which is made if need be.
pub(super) fn create(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    let given = body.get("stream").ok_or_else(|| Refusal::bad("provide a stream"))?;
    let given = given.as_object().ok_or_else(Refusal::failed)?;
    node.edit(|catalogue, _| {
        let folder = destination(catalogue, &body, now)?;
        let mut stream = Stream::from_json(given)?;
        if catalogue.has_name(folder, &stream.name, None) {
            return Err(invalid("stream with the same name exists in the folder"));
        }
        stream.id = catalogue.next_id.stream();
        stream.folder = folder;
        stream.updated_at = now;
        for element in &mut stream.elements {
            element.id = catalogue.next_id.element();
        }
        catalogue.touch(folder, now);
        let answer = json(&stream.json(None, false));
        catalogue.streams.push(stream);
        Ok(answer)
    })
}

/// Changes what is given of a stream; its type and the number of its elements cannot change.
pub(super) fn update(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    let id = body.get("id").ok_or_else(|| Refusal::bad("Invalid request: specify id"))?.as_i64();
    node.edit(|catalogue, _| {
        let position = catalogue.streams.iter().position(|stream| Some(stream.id) == id);
        let stream = position.and_then(|at| catalogue.streams.get(at)).ok_or_else(Refusal::no_stream)?;
        let mut stream = unlocked(node, stream)?.clone();
        let given =
            body.get("stream").ok_or_else(|| Refusal::bad("Invalid request: specify stream as JSON"))?;
        let given =
            given.as_object().ok_or_else(|| Refusal::bad("error: [stream] attribute must be JSON"))?;
        stream.set(given)?;
        stream.updated_at = now;
        if catalogue.has_name(stream.folder, &stream.name, Some(stream.id)) {
            return Err(invalid("stream with the same name exists in the folder"));
        }
        catalogue.touch(stream.folder, now);
        let answer = json(&stream.json(None, false));
        if let Some(known) = position.and_then(|at| catalogue.streams.get_mut(at)) {
            *known = stream;
        }
        Ok(answer)
    })
}

/// Moves a stream into another folder, which is made if need be.
pub(super) fn move_to(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let body = body(request)?;
    node.edit(|catalogue, _| {
        let stream = unlocked(node, source(catalogue, &body)?)?;
        let (id, folder, name) = (stream.id, stream.folder, stream.name.clone());
        let target = destination(catalogue, &body, now)?;
        if catalogue.has_name(target, &name, None) {
            return Err(Refusal::bad("stream with the same name exists in the destination folder"));
        }
        catalogue.touch(folder, now);
        catalogue.touch(target, now);
        let moved =
            catalogue.streams.iter_mut().find(|stream| stream.id == id).ok_or_else(Refusal::no_stream)?;
        moved.folder = target;
        moved.updated_at = now;
        Ok(json(&json!({ "stream": moved.json(None, false) })))
    })
}

/// Removes a stream with its rows and annotations.
pub(super) fn delete(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    node.edit(|catalogue, gone| {
        let stream = unlocked(node, stream(catalogue, &parameters)?)?;
        let (id, folder) = (stream.id, stream.folder);
        gone.streams.push(id);
        catalogue.streams.retain(|stream| stream.id != id);
        catalogue.touch(folder, now);
        Ok(reply::ok())
    })
}

/// The stream that a body's `src_path` or `src_id` names.
fn source<'a>(catalogue: &'a Catalogue, body: &Map<String, Value>) -> Result<&'a Stream> {
    let found = match (body.get("src_path"), body.get("src_id")) {
        (Some(path), _) => catalogue.find_stream(path.as_str().unwrap_or_default()),
        (None, Some(id)) => id.as_i64().and_then(|id| catalogue.stream(id)),
        (None, None) => return Err(Refusal::bad("specify a source id or a path")),
    };
    found.ok_or_else(Refusal::no_stream)
}

/// A stream that nobody produces.
fn unlocked<'a>(node: &Node, stream: &'a Stream) -> Result<&'a Stream> {
    let locked = stream.live || node.is_writing(stream.id);
    if locked { Err(Refusal::bad("stream is locked")) } else { Ok(stream) }
}

fn invalid(error: impl std::fmt::Display) -> Refusal {
    Refusal::bad(format!("Invalid stream specification: {error}"))
}

/// A value that must be there.
fn required<'a>(given: &'a Map<String, Value>, name: &str) -> Result<&'a Value> {
    let missing = || Refusal::bad(format!("Invalid or missing stream attribute: '{name}'"));
    given.get(name).ok_or_else(missing)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Stream {
    /// A stream without id and place.
    fn from_json(given: &Map<String, Value>) -> Result<Self> {
        let elements = required(given, "elements")?.as_array().ok_or_else(Refusal::failed)?;
        let element = |(index, value): (usize, &Value)| {
            Element::from_json(index, value.as_object().ok_or_else(Refusal::failed)?)
        };
        let elements = elements.iter().enumerate().map(element).collect::<Result<Vec<_>>>()?;
        for name in ["id", "is_configured", "is_source", "is_destination"] {
            required(given, name)?;
        }
        let name = valid_name(required(given, "name")?).map_err(invalid)?;
        let datatype = required(given, "datatype")?.as_str().unwrap_or_default();
        let names = || DataType::ALL.map(|(_, name)| name).join(", ");
        let unknown =
            || invalid(format!("invalid datatype [{}], choose from [{}]", datatype.to_uppercase(), names()));
        let stream = Self {
            id: 0,
            folder: 0,
            name,
            description: text(required(given, "description")?),
            datatype: DataType::named(datatype).ok_or_else(unknown)?,
            keep_us: required(given, "keep_us")?.as_i64().ok_or_else(Refusal::failed)?,
            decimate: required(given, "decimate")?.as_bool().ok_or_else(Refusal::failed)?,
            updated_at: 0,
            elements,
            live: false,
        };
        if stream.elements.is_empty() {
            return Err(invalid("stream must have at least one element"));
        }
        let mut names: Vec<_> = stream.elements.iter().map(|element| &element.name).collect();
        names.sort();
        names.dedup();
        if names.len() < stream.elements.len() {
            return Err(invalid("element names must be unique"));
        }
        Ok(stream)
    }

    /// Sets what is given.
    fn set(&mut self, given: &Map<String, Value>) -> Result<()> {
        if let Some(name) = given.get("name") {
            self.name = valid_name(name).map_err(invalid)?;
        }
        if let Some(description) = given.get("description") {
            self.description = text(description);
        }
        if let Some(keep) = given.get("keep_us") {
            self.keep_us = keep.as_i64().ok_or_else(Refusal::failed)?;
        }
        if let Some(decimate) = given.get("decimate") {
            self.decimate = decimate.as_bool().ok_or_else(Refusal::failed)?;
        }
        if let Some(elements) = given.get("elements") {
            let elements = elements.as_array().ok_or_else(Refusal::failed)?;
            if elements.len() != self.elements.len() {
                return Err(invalid("incorrect number of elements"));
            }
            for (element, given) in self.elements.iter_mut().zip(elements) {
                element.set(given.as_object().ok_or_else(Refusal::failed)?)?;
            }
        }
        Ok(())
    }
}

impl Element {
    fn from_json(index: usize, given: &Map<String, Value>) -> Result<Self> {
        for name in [
            "id",
            "name",
            "units",
            "plottable",
            "display_type",
            "offset",
            "scale_factor",
            "default_max",
            "default_min",
        ] {
            required(given, name)?;
        }
        let mut element = Self {
            id: 0,
            index,
            name: String::new(),
            units: None,
            plottable: None,
            display_type: DisplayType::Continuous,
            offset: 0.0,
            scale_factor: 1.0,
            default_max: None,
            default_min: None,
        };
        element.set(given)?;
        Ok(element)
    }

    /// Sets what is given.
    fn set(&mut self, given: &Map<String, Value>) -> Result<()> {
        if let Some(name) = given.get("name") {
            let name = text(name).filter(|name| !name.is_empty());
            self.name = name.ok_or_else(|| invalid("missing name"))?;
        }
        if let Some(units) = given.get("units") {
            self.units = text(units);
        }
        if let Some(plottable) = given.get("plottable") {
            self.plottable = plottable.as_bool();
        }
        if let Some(kind) = given.get("display_type") {
            let kind = kind.as_str().unwrap_or_default().to_uppercase();
            let unknown = || {
                let known = "discrete, continuous, event";
                invalid(format!("invalid display_type [{kind}], choose from [{known}]"))
            };
            self.display_type = serde_json::from_value(json!(kind)).map_err(|_| unknown())?;
        }
        let number = |value: &Value| {
            let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
            number.ok_or_else(|| invalid(format!("Invalid element configuration: {value} is no number")))
        };
        let optional = |value: &Value| if value.is_null() { Ok(None) } else { number(value).map(Some) };
        if let Some(offset) = given.get("offset") {
            self.offset = number(offset)?;
        }
        if let Some(factor) = given.get("scale_factor") {
            self.scale_factor = number(factor)?;
        }
        if let Some(most) = given.get("default_max") {
            self.default_max = optional(most)?;
        }
        if let Some(least) = given.get("default_min") {
            self.default_min = optional(least)?;
        }
        if self.default_max.zip(self.default_min).is_some_and(|(most, least)| most <= least) {
            return Err(invalid("[default_min] must be > [default_max]"));
        }
        Ok(())
    }
}

//! `/annotations.json`, `/annotation.json` and what is beside them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Node;
use super::catalogue::{Annotation, Catalogue};
use super::parameters::{Parameters, body};
use super::reply::{self, Refusal, Result};
use crate::{Request, Response};

/// The annotations of streams that begin in a window, both ends included.
pub(super) fn list(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let window = Bounds::of(&parameters)?;
    if !parameters.has("stream_id") && !parameters.has("stream_path") {
        return Err(Refusal::bare(400, "must specify at least one stream_id or stream_path"));
    }
    let catalogue = node.read();
    let ids = parameters.all("stream_id").map(|id| id.trim().parse::<i64>().map_err(|_| Refusal::failed()));
    let paths = parameters
        .all("stream_path")
        .map(|path| catalogue.find_stream(path).map(|stream| stream.id).ok_or_else(Refusal::no_stream));
    let streams = ids.chain(paths).collect::<Result<Vec<_>>>()?;
    let of =
        |stream: i64| catalogue.annotations.iter().filter(move |annotation| annotation.stream_id == stream);
    let found = streams.into_iter().flat_map(of).filter(|annotation| window.contain(annotation));
    Ok(reply::json(&json!(found.collect::<Vec<_>>())))
}

/// How many annotations a stream has, and where the first and the last begin.
pub(super) fn info(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let catalogue = node.read();
    let stream = stream(&catalogue, &Parameters::of(request))?;
    let starts = || {
        catalogue
            .annotations
            .iter()
            .filter(|annotation| annotation.stream_id == stream)
            .map(|found| found.start)
    };
    Ok(reply::json(&json!({ "start": starts().min(), "end": starts().max(), "count": starts().count() })))
}

/// Marks a time, or a stretch of time, of a stream.
pub(super) fn create(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let body = body(request)?;
    node.edit(|catalogue, _| {
        let found = match (body.get("stream_id"), body.get("stream_path")) {
            (Some(id), _) => id.as_i64().and_then(|id| catalogue.stream(id)),
            (None, Some(path)) => catalogue.find_stream(path.as_str().unwrap_or_default()),
            (None, None) => return Err(Refusal::bad("specify a stream_id")),
        };
        let stream_id = found.ok_or_else(Refusal::no_stream)?.id;
        let invalid = || Refusal::bad("invalid values for annotation");
        let time = |value: &Value| {
            let number = value.as_i64().or_else(|| Some(value.as_f64()? as i64));
            number.or_else(|| value.as_str()?.trim().parse().ok()).ok_or_else(invalid)
        };
        let title = body.get("title").ok_or_else(invalid)?.as_str().unwrap_or_default();
        let start = time(body.get("start").ok_or_else(invalid)?)?;
        let end = body.get("end").filter(|end| !end.is_null()).map(time).transpose()?;
        if title.is_empty() {
            return Err(Refusal::bad("title is reqiured"));
        }
        if end.is_some_and(|end| start >= end) {
            return Err(Refusal::bad("[start] must be before [end]"));
        }
        let content = body.get("content").and_then(Value::as_str).map(str::to_owned);
        let id = catalogue.next_id.annotation();
        let annotation = Annotation { id, title: title.into(), content, start, stream_id, end };
        let answer = reply::json(&json!(annotation));
        catalogue.annotations.push(annotation);
        Ok(answer)
    })
}

/// Gives an annotation another title or content; its times cannot change.
pub(super) fn update(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let body = body(request)?;
    let id = body.get("id").ok_or_else(|| Refusal::bad("specify an id"))?.as_i64();
    node.edit(|catalogue, _| {
        let found = catalogue.annotations.iter_mut().find(|annotation| Some(annotation.id) == id);
        let annotation = found.ok_or_else(|| Refusal::missing("annotation does not exist"))?;
        if let Some(title) = body.get("title") {
            annotation.title = title.as_str().unwrap_or_default().into();
        }
        if let Some(content) = body.get("content") {
            annotation.content = content.as_str().map(str::to_owned);
        }
        if annotation.title.is_empty() {
            return Err(Refusal::bad("annotation title is reqiured"));
        }
        Ok(reply::json(&json!(annotation)))
    })
}

/// Removes an annotation.
pub(super) fn delete(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let id = Parameters::of(request).id("id")?.ok_or_else(|| Refusal::bad("specify an id"))?;
    node.edit(|catalogue, _| {
        let count = catalogue.annotations.len();
        catalogue.annotations.retain(|annotation| annotation.id != id);
        let removed = catalogue.annotations.len() < count;
        if removed { Ok(reply::ok()) } else { Err(Refusal::missing("annotation does not exist")) }
    })
}

/// Removes the annotations of a stream that begin in a window, both ends included.
pub(super) fn delete_all(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let window = Bounds::of(&parameters)?;
    node.edit(|catalogue, _| {
        let id = stream(catalogue, &parameters)?;
        catalogue.annotations.retain(|annotation| annotation.stream_id != id || !window.contain(annotation));
        Ok(reply::ok())
    })
}

/// The stream that `stream_id` or `stream_path` names.
fn stream(catalogue: &Catalogue, parameters: &Parameters) -> Result<i64> {
    let found = match (parameters.id("stream_id"), parameters.get("stream_path")) {
        (Ok(None), None) => return Err(Refusal::no_address()),
        (Ok(None), Some(path)) => catalogue.find_stream(path),
        (id, _) => catalogue.stream(id?.unwrap_or_default()),
    };
    found.map(|stream| stream.id).ok_or_else(Refusal::no_stream)
}

/// Times (µs), both included.
struct Bounds {
    start: Option<i64>,
    end: Option<i64>,
}

impl Bounds {
    fn of(parameters: &Parameters) -> Result<Self> {
        let wrong = |_| Refusal::bad("[start] and [end] must be microsecond utc timestamps");
        let bound = |name| parameters.integer(name).map_err(wrong);
        Ok(Self { start: bound("start")?, end: bound("end")? })
    }

    fn contain(&self, annotation: &Annotation) -> bool {
        self.start.is_none_or(|start| start <= annotation.start)
            && self.end.is_none_or(|end| annotation.start <= end)
    }
}

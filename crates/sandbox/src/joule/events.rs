//! `/event/data.json` and what is below it.

mod filter;
mod list;

use std::sync::Arc;

use serde_json::{Value, json};

pub(crate) use list::Events;

use super::Node;
use super::catalogue::{Catalogue, EventStream};
use super::parameters::{Parameters, Window, body};
use super::reply::{self, Refusal, Result};
use crate::{Request, Response};
use filter::Filter;
use list::Event;

/// Buckets of a histogram, about.
const BUCKETS: i64 = 100;

/// Events, or a histogram of them when there are more than `limit` and no `return-subset`.
pub(super) fn read(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.read();
    let stream = addressed(&catalogue, &parameters)?;
    let limit = parameters.get("limit").ok_or_else(|| Refusal::bad("limit parameter is required"))?;
    let limit: usize =
        limit.trim().parse().map_err(|_| Refusal::bad("limit parameter must be an integer > 0"))?;
    let wanted = Wanted::of(&parameters)?;
    let events = Events::load(&node.store, stream.id)?;
    let mut found: Vec<&Event> = events.events.iter().filter(|event| wanted.has(event)).collect();
    if !parameters.has("return-subset") && found.len() > limit {
        let buckets = events.histogram(wanted.window, |event| wanted.filter.accepts(event), BUCKETS);
        let buckets = buckets.ok_or_else(Refusal::failed)?;
        return Ok(reply::json(&json!({ "count": found.len(), "events": buckets, "type": "histogram" })));
    }
    if limit == 0 {
        // Nothing to count and nothing to give: the node has no answer to that.
        return Err(Refusal::failed());
    }
    found.sort_by_key(|event| event.start_time);
    // With an end and no start, the last events are wanted.
    let skipped = match wanted.window {
        Window { start: None, end: Some(_) } => found.len().saturating_sub(limit),
        _ => 0,
    };
    let found: Vec<_> =
        found.into_iter().skip(skipped).take(limit).map(|event| event.json(stream.id)).collect();
    Ok(reply::json(&json!({ "count": found.len(), "events": found, "type": "events" })))
}

/// How many events there are.
pub(super) fn count(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.read();
    let stream = addressed(&catalogue, &parameters)?;
    let wanted = Wanted::of(&parameters)?;
    let events = Events::load(&node.store, stream.id)?;
    let count = events.events.iter().filter(|event| wanted.has(event)).count();
    Ok(reply::json(&json!({ "count": count })))
}

/// Adds events, and changes those whose ids the stream has.
pub(super) fn write(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let body = body(request)?;
    let catalogue = node.edit_rows();
    let stream = match (body.get("path"), body.get("id")) {
        (Some(path), _) => catalogue.find_event_stream(path.as_str().unwrap_or_default()),
        (None, Some(id)) => id.as_i64().and_then(|id| catalogue.event_stream(id)),
        (None, None) => return Err(Refusal::no_address()),
    };
    let stream = stream.ok_or_else(Refusal::no_stream)?.id;
    let given = body.get("events").ok_or_else(|| Refusal::bad("specify events to add"))?;
    let mut given = given.as_array().ok_or_else(Refusal::failed)?.clone();
    let mut events = Events::load(&node.store, stream)?;
    for event in &mut given {
        let object = event.as_object_mut().ok_or_else(Refusal::failed)?;
        let of = object.get("event_stream_id");
        let of = of.ok_or_else(|| Refusal::bad("all events must have an event_stream_id"))?.as_i64();
        let id = object.get("id").and_then(Value::as_i64).filter(|_| of == Some(stream));
        let time = |name: &str| object.get(name).and_then(Value::as_i64).ok_or_else(Refusal::failed);
        let (start_time, end_time) = (time("start_time")?, time("end_time")?);
        // The node has no words for what is no event.
        let content = object.get("content").and_then(Value::as_object).ok_or_else(Refusal::failed)?.clone();
        if start_time >= end_time {
            return Err(Refusal::failed());
        }
        let id = events.put(Event { id: id.unwrap_or_default(), start_time, end_time, content });
        object.insert("id".into(), json!(id));
        object.insert("event_stream_id".into(), json!(stream));
    }
    node.store.edit(&mut |writer| events.write(writer, stream))?;
    Ok(reply::json(&json!({ "count": given.len(), "events": given })))
}

/// Removes the events that go on in a window.
pub(super) fn remove(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.edit_rows();
    let stream = addressed(&catalogue, &parameters)?.id;
    let wanted = Wanted { ongoing: true, ..Wanted::of(&parameters)? };
    let mut events = Events::load(&node.store, stream)?;
    events.events.retain(|event| !wanted.has(event));
    node.store.edit(&mut |writer| events.write(writer, stream))?;
    Ok(reply::ok())
}

/// The event stream that a query names.
pub(super) fn addressed<'a>(catalogue: &'a Catalogue, parameters: &Parameters) -> Result<&'a EventStream> {
    let found = match (parameters.get("path"), parameters.id("id")) {
        (Some(path), _) => catalogue.find_event_stream(path),
        (None, id) => catalogue.event_stream(id?.ok_or_else(Refusal::no_address)?),
    };
    found.ok_or_else(Refusal::no_stream)
}

/// Which events a request wants.
struct Wanted {
    window: Window,
    /// Whether events count that have begun before the window and end in it or later.
    ongoing: bool,
    filter: Filter,
}

impl Wanted {
    fn of(parameters: &Parameters) -> Result<Self> {
        let ongoing = parameters.integer("include-ongoing-events")?.is_some_and(|number| number != 0);
        let filter = Filter::parse(parameters.get("filter").unwrap_or_default()).map_err(Refusal::bad)?;
        Ok(Self { window: parameters.window()?, ongoing, filter })
    }

    fn has(&self, event: &Event) -> bool {
        let Window { start, end } = self.window;
        let counted_from = if self.ongoing { event.end_time } else { event.start_time };
        start.is_none_or(|start| start <= counted_from)
            && end.is_none_or(|end| event.start_time < end)
            && self.filter.accepts(event)
    }
}

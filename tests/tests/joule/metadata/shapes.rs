//! Our types in the official API's shape: its names, microseconds, null for what is empty.

use serde_json::{Map, Value, json};
use streamscope_client::joule::{Annotation, DataStream, Element, Event, EventStream, Folder};

pub(super) fn folder(folder: &Folder) -> Value {
    json!({
        "id": folder.id,
        "name": folder.name,
        "description": folder.description,
        "locked": folder.locked,
        "children": folder.children.iter().map(self::folder).collect::<Vec<_>>(),
        "data_streams": folder.data_streams.iter().map(data_stream).collect::<Vec<_>>(),
        "event_streams": folder.event_streams.iter().map(event_stream).collect::<Vec<_>>(),
    })
}

pub(super) fn data_stream(stream: &DataStream) -> Value {
    json!({
        "id": stream.id,
        "name": stream.name,
        "description": stream.description,
        "datatype": stream.datatype,
        "layout": stream.layout,
        "keep_us": keep(stream.keep_ns),
        "is_configured": stream.is_configured,
        "is_source": stream.is_source,
        "is_destination": stream.is_destination,
        "locked": stream.locked,
        "active": stream.active,
        "decimate": stream.decimate,
        "elements": stream.elements.iter().map(element).collect::<Vec<_>>(),
    })
}

fn element(element: &Element) -> Value {
    json!({
        "id": element.id,
        "index": element.index,
        "name": element.name,
        "units": element.units,
        "plottable": element.plottable,
        "display_type": element.display_type,
        "offset": element.offset,
        "scale_factor": element.scale_factor,
        "default_max": element.default_max,
        "default_min": element.default_min,
    })
}

pub(super) fn event_stream(stream: &EventStream) -> Value {
    let fields = stream.event_fields.iter().map(|(name, kind)| (name.clone(), kind.wire().into()));
    json!({
        "id": stream.id,
        "name": stream.name,
        "description": stream.description,
        "event_fields": fields.collect::<Map<String, Value>>(),
        "chunk_duration_us": stream.chunk_duration_ns / 1000,
        "keep_us": keep(stream.keep_ns),
    })
}

pub(super) fn event(event: &Event) -> Value {
    json!({
        "id": event.id,
        "event_stream_id": event.event_stream_id,
        "start_time": event.start_ns / 1000,
        "end_time": event.end_ns / 1000,
        "content": event.content,
    })
}

pub(super) fn annotation(annotation: &Annotation) -> Value {
    json!({
        "id": annotation.id,
        "stream_id": annotation.stream_id,
        "title": annotation.title,
        "content": annotation.content,
        "start": annotation.start_ns / 1000,
        "end": annotation.end_ns.map(|end| end / 1000),
    })
}

fn keep(keep_ns: Option<i64>) -> i64 {
    keep_ns.map_or(-1, |ns| ns / 1000)
}

/// What the official API gives, with empty text for null and without what it alone has.
pub(super) fn theirs(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = theirs(item.take())),
        Value::Object(members) => {
            members.remove("node_uuid");
            for (name, member) in members.iter_mut() {
                match member {
                    Value::Null if ["description", "units", "content"].contains(&name.as_str()) => {
                        *member = json!("")
                    }
                    // What an event holds is its own.
                    _ if name == "content" => {}
                    _ => *member = theirs(member.take()),
                }
            }
        }
        _ => {}
    }
    value
}

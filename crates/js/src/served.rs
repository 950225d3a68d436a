//! What a platform told, as plain objects.

use std::collections::BTreeMap;

use js_sys::{Array, BigInt, JSON, Object};
use serde::Serialize;
use serde_json::{Map, Value};
use streamscope_client::rune::{self, Item};
use wasm_bindgen::prelude::*;

use crate::options::Given;
use crate::value::camel_case;

/// What stands below these names is the person's own, and keeps the names it came with.
const VERBATIM: [&str; 2] = ["payload", "parameters"];

#[wasm_bindgen(module = "/src/face.js")]
extern "C" {
    fn marked(item: JsValue, kind: &str, key: &str) -> JsValue;
}

/// An item as JavaScript, from which a set can tell what it is.
pub(crate) fn item<T: Item>(item: T) -> JsValue {
    marked(told(&item), T::KIND, &item.key())
}

/// Items as a list.
pub(crate) fn items<T: Item>(set: rune::Set<T>) -> JsValue {
    set.into_iter().map(item).collect::<Array>().into()
}

/// The client's types as JavaScript, with names in camelCase. `None` is `null`; integers are numbers, as in JSON.
pub(crate) fn told(value: impl Serialize) -> JsValue {
    respelt(as_served(value))
}

/// JSON as JavaScript has it, with the names as served.
pub(crate) fn as_served(value: impl Serialize) -> JsValue {
    let text = serde_json::to_string(&value).unwrap_or_default();
    JSON::parse(&text).unwrap_or(JsValue::NULL)
}

fn respelt(value: JsValue) -> JsValue {
    if let Some(list) = value.dyn_ref::<Array>() {
        return list.iter().map(respelt).collect::<Array>().into();
    }
    if !value.is_object() {
        return value;
    }
    let entry = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        let name = entry.get(0).as_string().unwrap_or_default();
        let value = if VERBATIM.contains(&name.as_str()) { entry.get(1) } else { respelt(entry.get(1)) };
        Array::of2(&camel_case(&name).into(), &value)
    };
    let entries: Array = Object::entries(value.unchecked_ref()).iter().map(entry).collect();
    // Entries become properties of the object itself, whatever their names (`__proto__` among them).
    Object::from_entries(&entries).map_or(JsValue::NULL, Into::into)
}

/// What stands below these names of a node is the person's own, or named by it.
const OWN: [&str; 4] = ["content", "event_fields", "inputs", "outputs"];

/// A node's types as JavaScript: as [`told`], but instants and durations (`…_ns`) are `bigint`, which is exact.
pub(crate) fn exact(value: impl Serialize) -> JsValue {
    serde_json::to_value(&value).map_or(JsValue::NULL, |value| exactly("", &value))
}

fn exactly(name: &str, value: &Value) -> JsValue {
    match value {
        Value::Object(_) if OWN.contains(&name) => as_served(value),
        Value::Object(members) => {
            let entry = |(name, value): (&String, &Value)| {
                Array::of2(&camel_case(name).into(), &exactly(name, value))
            };
            let entries: Array = members.iter().map(entry).collect();
            Object::from_entries(&entries).map_or(JsValue::NULL, Into::into)
        }
        Value::Array(list) => list.iter().map(|item| exactly(name, item)).collect::<Array>().into(),
        Value::Number(number) if name.ends_with("_ns") => {
            number.as_i64().map_or(JsValue::NULL, |ns| BigInt::from(ns).into())
        }
        Value::Number(number) => number.as_f64().map_or(JsValue::NULL, JsValue::from),
        Value::String(text) => text.into(),
        Value::Bool(flag) => (*flag).into(),
        Value::Null => JsValue::NULL,
    }
}

/// The other way: an object with the names that Rust has. A `bigint` is an integer.
pub(crate) fn sent(value: &JsValue) -> Result<Value, String> {
    sent_as("", value)
}

fn sent_as(name: &str, value: &JsValue) -> Result<Value, String> {
    if value.is_bigint() {
        return i64::given(value).map(Value::from);
    }
    if let Some(list) = value.dyn_ref::<Array>() {
        return list.iter().map(|item| sent_as(name, &item)).collect();
    }
    if !value.is_object() || OWN.contains(&name) {
        let text = JSON::stringify(value).map_err(|_| format!("`{name}` cannot be written as JSON"))?;
        return serde_json::from_str(&String::from(text)).map_err(|_| format!("`{name}` is not JSON"));
    }
    let mut members = Map::new();
    for entry in Object::entries(value.unchecked_ref()) {
        let entry: Array = entry.unchecked_into();
        let (name, value) = (snake_case(&entry.get(0).as_string().unwrap_or_default()), entry.get(1));
        if !value.is_undefined() {
            let sent = sent_as(&name, &value)?;
            members.insert(name, sent);
        }
    }
    Ok(members.into())
}

/// `startNs` as `start_ns`.
fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// One time series' metadata. Times are Unix seconds.
#[derive(Serialize)]
pub(crate) struct StreamMetadata<'a> {
    /// Id.
    id: &'a str,
    /// When the stream was made.
    created_at: Option<f64>,
    /// How the data were processed (`name.version`).
    algorithm: &'a str,
    /// Bare id of the device; empty where there is none.
    device_id: &'a str,
    /// Bare id of the patient.
    patient_id: &'a str,
    /// Columns and meaning.
    stream_type: &'a rune::StreamType,
    /// First sample.
    min_time: Option<f64>,
    /// Last sample.
    max_time: Option<f64>,
    /// Labels: `category` and `measurement` among them.
    parameters: BTreeMap<&'a str, &'a str>,
}

impl<'a> From<&'a rune::StreamMetadata> for StreamMetadata<'a> {
    fn from(given: &'a rune::StreamMetadata) -> Self {
        Self {
            id: &given.id,
            created_at: given.created_at,
            algorithm: &given.algorithm,
            device_id: &given.device_id,
            patient_id: &given.patient_id,
            stream_type: &given.stream_type,
            min_time: given.min_time,
            max_time: given.max_time,
            parameters: given
                .parameters
                .iter()
                .map(|label| (label.key.as_str(), label.value.as_str()))
                .collect(),
        }
    }
}

/// Streams as JavaScript.
pub(crate) fn streams(given: rune::Set<rune::StreamMetadata>) -> JsValue {
    let stream = |stream: &rune::StreamMetadata| {
        marked(told(StreamMetadata::from(stream)), rune::StreamMetadata::KIND, &stream.key())
    };
    given.iter().map(stream).collect::<Array>().into()
}

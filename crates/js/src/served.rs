//! What a platform told, as plain objects.

use std::collections::BTreeMap;

use js_sys::{Array, JSON, Object};
use serde::Serialize;
use streamscope_client::rune;
use wasm_bindgen::{JsCast, JsValue};

use crate::value::camel_case;

/// What stands below these names is the person's own, and keeps the names it came with.
const VERBATIM: [&str; 2] = ["payload", "parameters"];

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
    told(given.iter().map(StreamMetadata::from).collect::<Vec<_>>())
}

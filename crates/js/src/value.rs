//! Results as plain objects, with names in camelCase.

use std::collections::BTreeMap;

use js_sys::{Array, JSON, Map, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use streamscope_client::rune;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::camel_case;

/// What stands below these names is the person's own, and keeps the names it came with.
const VERBATIM: [&str; 2] = ["payload", "parameters"];

/// One of this crate's structs as JavaScript. `None` is `null`; 64-bit integers are `bigint`.
pub(crate) fn to_js(value: impl Serialize) -> JsValue {
    plain(serialized(value), false, true)
}

/// What a platform told, as JavaScript. `None` is `null`; integers are numbers, as in JSON.
pub(crate) fn told(value: impl Serialize) -> JsValue {
    plain(serialized(value), false, false)
}

fn serialized(value: impl Serialize) -> JsValue {
    let serializer =
        Serializer::new().serialize_missing_as_null(true).serialize_large_number_types_as_bigints(true);
    value.serialize(&serializer).unwrap_or(JsValue::NULL)
}

/// JSON as JavaScript has it, with the names as served.
pub(crate) fn as_served(value: impl Serialize) -> JsValue {
    let text = serde_json::to_string(&value).unwrap_or_default();
    JSON::parse(&text).unwrap_or(JsValue::NULL)
}

fn plain(value: JsValue, verbatim: bool, bigints: bool) -> JsValue {
    if value.is_bigint() && !bigints {
        return u64::try_from(value.clone())
            .map(|whole| whole as f64)
            .or_else(|_| i64::try_from(value).map(|whole| whole as f64))
            .map_or(JsValue::NULL, JsValue::from);
    }
    if let Some(list) = value.dyn_ref::<Array>() {
        return list.iter().map(|item| plain(item, verbatim, bigints)).collect::<Array>().into();
    }
    // Structs come as objects, maps as `Map`.
    let entries = match value.dyn_ref::<Map>() {
        Some(map) => Array::from(map),
        None if value.is_object() => Object::entries(value.unchecked_ref()),
        None => return value,
    };
    let entry = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        let name = entry.get(0).as_string().unwrap_or_default();
        let value = plain(entry.get(1), verbatim || VERBATIM.contains(&name.as_str()), bigints);
        let name = if verbatim { name } else { camel_case(&name) };
        Array::of2(&name.into(), &value)
    };
    let entries: Array = entries.iter().map(entry).collect();
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

//! Items of Rune as plain objects.

use std::collections::BTreeMap;

use js_sys::Array;
use serde::Serialize;
use streamscope_client::rune::{self, Item};
use wasm_bindgen::prelude::*;

use crate::rune::SPELLING;

#[wasm_bindgen(module = "/src/face.js")]
extern "C" {
    fn marked(item: JsValue, kind: &str, key: &str) -> JsValue;
}

/// An item as JavaScript, from which a set can tell what it is.
pub(crate) fn item<T: Item>(item: T) -> JsValue {
    marked(SPELLING.told(&item), T::KIND, &item.key())
}

/// Items as a list.
pub(crate) fn items<T: Item>(set: rune::Set<T>) -> JsValue {
    set.into_iter().map(item).collect::<Array>().into()
}

/// One time series' metadata. Times are Unix seconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
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
        marked(SPELLING.told(&StreamMetadata::from(stream)), rune::StreamMetadata::KIND, &stream.key())
    };
    given.iter().map(stream).collect::<Array>().into()
}

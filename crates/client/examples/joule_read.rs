//! A Joule stream as columns, in a browser: what `cargo xtask bench` measures beside curl.

#![cfg(target_arch = "wasm32")]

use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use js_sys::{Array, BigInt64Array, Float32Array};
use streamscope_client::joule::{Config, DataQuery, Joule};
use streamscope_client::{Error, FetchTransport, Read};
use streamscope_frame::{RecordBatch, times};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A stream of 32-bit floats, as Arrow columns.
#[wasm_bindgen]
pub struct Columns(Vec<RecordBatch>);

#[wasm_bindgen]
impl Columns {
    /// For each frame, in order: an array of its times (ns), and of each element's values.
    pub fn arrays(&self) -> Array {
        let frames = self.0.iter().map(|frame| {
            let columns = Array::of1(&BigInt64Array::from(times(frame).unwrap_or_default()));
            for column in frame.columns().iter().skip(1) {
                columns.push(&Float32Array::from(&column.as_primitive::<Float32Type>().values()[..]));
            }
            columns
        });
        frames.collect()
    }
}

/// Reads all of a stream.
#[wasm_bindgen]
pub async fn read(url: String, api_key: String, path: String) -> Result<Columns, JsError> {
    let frames = frames(&Config { url, api_key }, &path).await;
    frames.map(Columns).map_err(|error| JsError::new(&error.message))
}

async fn frames(config: &Config, path: &str) -> Result<Vec<RecordBatch>, Error> {
    let joule = Joule::new(config, Rc::new(FetchTransport::new()))?;
    let mut read = joule.data_read(&DataQuery::new(path)).await?;
    let mut frames = Vec::new();
    while let Some(batch) = read.next_batch().await? {
        frames.push(batch.rows);
    }
    Ok(frames)
}

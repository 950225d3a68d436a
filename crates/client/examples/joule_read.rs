//! A Joule stream as typed arrays, in a browser: what `cargo xtask bench` measures beside curl.

#![cfg(target_arch = "wasm32")]

use std::rc::Rc;
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use js_sys::{Array, BigInt64Array, Float32Array};
use streamscope_client::joule::{Config, DataQuery, Joule};
use streamscope_client::{Error, FetchTransport, Read, Transport};
use streamscope_frame::{RecordBatch, times};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Reads all of a stream of 32-bit floats: an array of its times (ns), and of each element's values.
#[wasm_bindgen]
pub async fn read(url: String, api_key: String, path: String) -> Result<Array, JsError> {
    let frames =
        frames(&Config { url, api_key }, &path).await.map_err(|error| JsError::new(&error.message))?;
    let rows = frames.iter().map(RecordBatch::num_rows).sum::<usize>() as u32;
    let all = BigInt64Array::new_with_length(rows);
    let mut at = 0;
    for frame in &frames {
        let end = at + frame.num_rows() as u32;
        all.subarray(at, end).copy_from(times(frame).unwrap_or_default());
        at = end;
    }
    let columns = Array::of1(&all);
    for element in 1..frames.first().map_or(0, RecordBatch::num_columns) {
        // Megabytes are copied for each: others get a turn in between.
        FetchTransport::new().sleep(Duration::ZERO).await;
        let all = Float32Array::new_with_length(rows);
        let mut at = 0;
        for frame in &frames {
            let end = at + frame.num_rows() as u32;
            all.subarray(at, end).copy_from(frame.column(element).as_primitive::<Float32Type>().values());
            at = end;
        }
        columns.push(&all);
    }
    Ok(columns)
}

async fn frames(config: &Config, path: &str) -> Result<Vec<RecordBatch>, Error> {
    let joule = Joule::new(config, Rc::new(FetchTransport::new()))?;
    let mut read = joule.data_read(&DataQuery::new(path)).await?;
    let mut frames = Vec::new();
    while let Some(frame) = read.next_frame().await? {
        frames.push(frame);
    }
    Ok(frames)
}

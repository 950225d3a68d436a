//! Frames out: Arrow columns as typed arrays.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampNanosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use js_sys::{BigInt64Array, Float64Array, Int32Array, Uint8Array};
use streamscope_frame::RecordBatch;
use wasm_bindgen::prelude::*;

use crate::error::type_error;

/// Rows as columns. Holds wasm memory until `free()` (or until the garbage collector comes by).
#[wasm_bindgen]
pub struct Frame {
    frame: RecordBatch,
}

impl Frame {
    pub(crate) fn new(frame: RecordBatch) -> Self {
        Self { frame }
    }

    fn get(&self, column: usize) -> Result<&ArrayRef, JsValue> {
        self.frame.columns().get(column).ok_or_else(|| type_error("there is no such column"))
    }
}

/// The values of a column that has one width.
enum Values<'a> {
    Int64(&'a [i64]),
    Float64(&'a [f64]),
    Int32(&'a [i32]),
}

fn values(column: &ArrayRef) -> Option<Values<'_>> {
    Some(match column.data_type() {
        DataType::Timestamp(_, _) => Values::Int64(column.as_primitive::<TimestampNanosecondType>().values()),
        DataType::Int64 => Values::Int64(column.as_primitive::<Int64Type>().values()),
        DataType::Float64 => Values::Float64(column.as_primitive::<Float64Type>().values()),
        DataType::Dictionary(_, _) => Values::Int32(column.as_dictionary::<Int32Type>().keys().values()),
        _ => return None,
    })
}

#[wasm_bindgen]
impl Frame {
    /// Number of rows.
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> usize {
        self.frame.num_rows()
    }

    /// Column names, left to right.
    #[wasm_bindgen(getter)]
    pub fn names(&self) -> Vec<String> {
        self.frame.schema_ref().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Column types: `time`, `float`, `int`, `bool`, `text` or `json`.
    #[wasm_bindgen(getter)]
    pub fn types(&self) -> Vec<String> {
        let kind = |column: &ArrayRef| match column.data_type() {
            DataType::Timestamp(_, _) => "time",
            DataType::Float64 => "float",
            DataType::Int64 => "int",
            DataType::Boolean => "bool",
            DataType::Dictionary(_, _) => "text",
            _ => "json",
        };
        self.frame.columns().iter().map(|column| kind(column).to_string()).collect()
    }

    /// A column's values where they lie, without a copy: `BigInt64Array` (time in ns since the epoch, int),
    /// `Float64Array` (float) or `Int32Array` (text: indices into `dictionary`).
    ///
    /// The view dies with the frame, and with the next call into this module that needs memory: read it, or hand it
    /// to WebGL or a canvas, at once. `undefined` for bool and json, which have no such array.
    /// Under a null lies NaN (float), the least BigInt (time) or 0.
    #[wasm_bindgen(unchecked_return_type = "BigInt64Array | Float64Array | Int32Array | undefined")]
    pub fn view(&self, column: usize) -> Result<JsValue, JsValue> {
        // SAFETY: the views point into buffers that `self` keeps alive; the documentation says how long they last.
        Ok(match values(self.get(column)?) {
            Some(Values::Int64(values)) => unsafe { BigInt64Array::view(values) }.into(),
            Some(Values::Float64(values)) => unsafe { Float64Array::view(values) }.into(),
            Some(Values::Int32(values)) => unsafe { Int32Array::view(values) }.into(),
            None => JsValue::UNDEFINED,
        })
    }

    /// A column's values in memory of their own: as `view`, and for bool a `Uint8Array` of 0 and 1.
    /// `undefined` for json: see `strings`.
    #[wasm_bindgen(
        unchecked_return_type = "BigInt64Array | Float64Array | Int32Array | Uint8Array | undefined"
    )]
    pub fn copy(&self, column: usize) -> Result<JsValue, JsValue> {
        let column = self.get(column)?;
        if let Some(flags) = column.as_boolean_opt() {
            let bytes: Vec<u8> = flags.values().iter().map(u8::from).collect();
            return Ok(Uint8Array::from(bytes.as_slice()).into());
        }
        Ok(match values(column) {
            Some(Values::Int64(values)) => BigInt64Array::from(values).into(),
            Some(Values::Float64(values)) => Float64Array::from(values).into(),
            Some(Values::Int32(values)) => Int32Array::from(values).into(),
            None => JsValue::UNDEFINED,
        })
    }

    /// Which rows have a value: one byte each, 1 where there is one and 0 where it is null. `undefined` when no row is
    /// null.
    pub fn validity(&self, column: usize) -> Result<Option<Uint8Array>, JsValue> {
        let nulls = self.get(column)?.nulls();
        Ok(nulls.map(|nulls| {
            let bytes: Vec<u8> = nulls.iter().map(u8::from).collect();
            Uint8Array::from(bytes.as_slice())
        }))
    }

    /// The different texts of a text column, which its values index. `undefined` for other types.
    pub fn dictionary(&self, column: usize) -> Result<Option<Vec<String>>, JsValue> {
        let texts = self.get(column)?.as_dictionary_opt::<Int32Type>();
        let texts = texts.and_then(|texts| texts.values().as_string_opt::<i32>());
        Ok(texts.map(|texts| texts.iter().map(|text| text.unwrap_or_default().to_string()).collect()))
    }

    /// The documents of a json column, one a row; empty where null. `undefined` for other types.
    pub fn strings(&self, column: usize) -> Result<Option<Vec<String>>, JsValue> {
        let texts = self.get(column)?.as_string_opt::<i32>();
        Ok(texts.map(|texts| texts.iter().map(|text| text.unwrap_or_default().to_string()).collect()))
    }
}

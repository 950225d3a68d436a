//! Frames and tables, as JavaScript holds them.

use js_sys::{Float64Array, Uint8Array};
use streamscope_frame::RecordBatch;
use wasm_bindgen::prelude::*;

use crate::columns::Columns;
use crate::value::told;

/// A batch of rows as columns. Holds wasm memory until `free()` (or until the garbage collector comes by).
#[wasm_bindgen]
pub struct Frame(Columns, Option<bool>);

/// All rows of a read as columns. Holds wasm memory until `free()` (or until the garbage collector comes by).
#[wasm_bindgen]
pub struct Table(Columns);

impl Frame {
    pub(crate) fn new(frame: RecordBatch) -> Self {
        Self(Columns::of_frame(frame, None), None)
    }

    /// A frame of a read whose server may declare gaps.
    pub(crate) fn after(frame: RecordBatch, begins_interval: Option<bool>) -> Self {
        Self(Columns::of_frame(frame, begins_interval), begins_interval)
    }
}

impl Table {
    /// `declared` are the rows before which the server declared a gap, where it declares them at all.
    pub(crate) fn new(table: streamscope_frame::Table, declared: Option<Vec<usize>>) -> Self {
        Self(Columns::new(table, declared))
    }
}

#[wasm_bindgen]
impl Frame {
    /// Whether the server declared a gap before the first row. `undefined` where servers declare none, so that gaps show
    /// in the times alone.
    #[wasm_bindgen(getter, js_name = beginsInterval)]
    pub fn begins_interval(&self) -> Option<bool> {
        self.1
    }

    /// A column's values where they lie, without a copy: `BigInt64Array` (time in ns since the epoch, int),
    /// `Float64Array` (float), `Float32Array` (float32), `Int32Array` (int32; text: indices into `dictionary`) or
    /// `Int16Array` (int16).
    ///
    /// The view dies with the frame, and with the next call into this module that needs memory: read it, or hand it
    /// to WebGL or a canvas, at once. `undefined` for bool and json, which have no such array.
    /// Under a null lies NaN (float), the least BigInt (time) or 0.
    #[wasm_bindgen(
        unchecked_return_type = "BigInt64Array | Float64Array | Float32Array | Int32Array | Int16Array | undefined"
    )]
    pub fn view(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number | string")] column: &JsValue,
    ) -> Result<JsValue, JsValue> {
        // SAFETY: the documentation says how long the view lasts.
        unsafe { self.0.view(column) }
    }
}

/// What frames and tables have in common.
macro_rules! columns {
    ($class:ident) => {
        #[wasm_bindgen]
        impl $class {
            /// Number of rows.
            #[wasm_bindgen(getter)]
            pub fn rows(&self) -> usize {
                self.0.rows()
            }

            /// Column names, left to right.
            #[wasm_bindgen(getter)]
            pub fn names(&self) -> Vec<String> {
                self.0.names()
            }

            /// Column types, left to right.
            #[wasm_bindgen(getter, unchecked_return_type = "ColumnType[]")]
            pub fn types(&self) -> JsValue {
                told(&self.0.infos().into_iter().map(|info| info.r#type).collect::<Vec<_>>())
            }

            /// The columns, left to right: name, type, unit and quantity.
            #[wasm_bindgen(getter, unchecked_return_type = "ColumnInfo[]")]
            pub fn columns(&self) -> JsValue {
                told(&self.0.infos())
            }

            /// A column's values in memory of their own, by the column's name or place: `BigInt64Array` (time in ns
            /// since the epoch, int), `Float64Array` (float), `Float32Array` (float32), `Int32Array` (int32; text:
            /// indices into `dictionary`), `Int16Array` (int16) or `Uint8Array` of 0 and 1 (bool). `undefined` for
            /// json: see `strings`.
            /// Under a null lies NaN (float), the least BigInt (time) or 0.
            #[wasm_bindgen(
                unchecked_return_type = "BigInt64Array | Float64Array | Float32Array | Int32Array | Int16Array | Uint8Array | undefined"
            )]
            pub fn copy(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number | string")] column: &JsValue,
            ) -> Result<JsValue, JsValue> {
                self.0.copy(column)
            }

            /// A time column as Unix seconds, which charts understand; exact to about 0.2 µs. NaN where null.
            /// `undefined` for other types.
            pub fn seconds(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number | string")] column: &JsValue,
            ) -> Result<Option<Float64Array>, JsValue> {
                self.0.seconds(column)
            }

            /// Which rows have a value: one byte each, 1 where there is one and 0 where it is null. `undefined` when
            /// no row is null.
            pub fn validity(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number | string")] column: &JsValue,
            ) -> Result<Option<Uint8Array>, JsValue> {
                self.0.validity(column)
            }

            /// The different texts of a text column, which its values index. `undefined` for other types.
            pub fn dictionary(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number | string")] column: &JsValue,
            ) -> Result<Option<Vec<String>>, JsValue> {
                self.0.dictionary(column)
            }

            /// The documents of a json column, one a row; empty where null. `undefined` for other types.
            pub fn strings(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number | string")] column: &JsValue,
            ) -> Result<Option<Vec<String>>, JsValue> {
                self.0.strings(column)
            }

            /// The rows as an Arrow IPC stream: for Arrow, DuckDB, pandas and the like. Times are nanoseconds, UTC.
            #[wasm_bindgen(js_name = toArrowIPC)]
            pub fn to_arrow_ipc(&self) -> Result<Uint8Array, JsValue> {
                self.0.to_arrow()
            }
        }

        #[cfg(feature = "tools")]
        #[wasm_bindgen]
        impl $class {
            /// A column as an array of plain values, by the column's name or place: numbers, `bigint` (time in ns since
            /// the epoch, int), texts, truth values; `null` where there is no value.
            #[wasm_bindgen(unchecked_return_type = "(number | bigint | string | boolean | null)[]")]
            pub fn values(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number | string")] column: &JsValue,
            ) -> Result<JsValue, JsValue> {
                self.0.plain(column)
            }

            /// What a line chart draws of one or several columns of numbers: Unix seconds, then an array for each
            /// column, all of one length. Where a line must break there is `null`: at nulls, at NaN, and in the middle
            /// of every gap in time, which gets a row of its own.
            #[wasm_bindgen(unchecked_return_type = "[Float64Array, ...(number | null)[][]]")]
            pub fn lines(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number | string | (number | string)[]")]
                columns: &JsValue,
            ) -> Result<js_sys::Array, JsValue> {
                match columns.dyn_ref::<js_sys::Array>() {
                    Some(columns) => self.0.lines(&columns.to_vec()),
                    None => self.0.lines(std::slice::from_ref(columns)),
                }
            }

            /// The rows as CSV, the header first.
            #[wasm_bindgen(js_name = toCSV)]
            pub fn to_csv(
                &self,
                #[wasm_bindgen(unchecked_optional_param_type = "WriteOptions")] options: JsValue,
            ) -> Result<String, JsValue> {
                self.0.to_csv(options)
            }
        }
    };
}

columns!(Frame);
columns!(Table);

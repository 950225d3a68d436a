//! Plain objects in, a table out.

use js_sys::{Array, JSON};
use serde_json::value::RawValue;
use streamscope_client::rune;
use wasm_bindgen::prelude::*;

use crate::error::{thrown, type_error};
use crate::frame::Table;

/// Plain objects as a table, one row each: metadata, events or nights on their way to Arrow or CSV. Columns are the
/// objects' keys, in the order in which they come; a column whose values are objects or lists holds them as JSON.
#[wasm_bindgen(js_name = tableOf)]
pub fn table_of(
    #[wasm_bindgen(unchecked_param_type = "readonly object[]")] items: &JsValue,
) -> Result<Table, JsValue> {
    if !Array::is_array(items) {
        return Err(type_error("items must be an array of objects."));
    }
    let text: String = JSON::stringify(items)?.into();
    let rows: Vec<Box<RawValue>> =
        serde_json::from_str(&text).map_err(|error| type_error(&error.to_string()))?;
    let frame = rune::table(&rows).map_err(|error| thrown(&error, &[]))?;
    let mut table = streamscope_frame::Table::new(frame.schema());
    table.push(frame);
    Ok(Table::new(table, None))
}

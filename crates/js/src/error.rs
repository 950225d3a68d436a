//! Errors as JavaScript sees them.

use js_sys::{Error, Reflect};
use streamscope_frame::ParseError;
use wasm_bindgen::JsValue;

/// An `Error` with the message and, beside it, `column`, `record`, `line` and `byte`.
pub(crate) fn parse_error(error: &ParseError) -> JsValue {
    let thrown = Error::new(&error.to_string());
    thrown.set_name("ParseError");
    let properties = [
        ("column", error.column.as_deref().map_or(JsValue::UNDEFINED, JsValue::from)),
        ("record", JsValue::from(error.record as f64)),
        ("line", JsValue::from(error.line as f64)),
        ("byte", JsValue::from(error.byte as f64)),
    ];
    for (name, value) in properties {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&thrown, &name.into(), &value);
    }
    thrown.into()
}

/// A `TypeError` for arguments that make no sense.
pub(crate) fn type_error(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}

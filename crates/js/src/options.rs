//! Options and arguments in: JavaScript values as Rust types.
//!
//! [`read`] refuses names that it does not know, so that a misspelt option is an error and not without effect. Refusals
//! name the option and say what it should be. They never repeat what was given: it may be a secret.
//!
//! Serde reads them. The core alone goes without it: there, JavaScript checks what is given, in fewer bytes.

#[cfg(feature = "tools")]
mod by_serde;
#[cfg(not(feature = "tools"))]
mod in_script;

use wasm_bindgen::prelude::*;

use crate::error::type_error;

#[cfg(feature = "tools")]
pub(crate) use by_serde::*;
#[cfg(not(feature = "tools"))]
pub(crate) use in_script::*;

/// An argument that is a text. What JavaScript programs pass can be anything.
pub(crate) fn text(name: &str, given: &JsValue) -> Result<String, JsValue> {
    given.as_string().ok_or_else(|| type_error(&format!("{name} must be a string.")))
}

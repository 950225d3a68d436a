//! Results out, as plain objects, by serde.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// `None` is `null`, 64-bit integers are `bigint`, maps are maps.
const SERIALIZER: Serializer =
    Serializer::new().serialize_missing_as_null(true).serialize_large_number_types_as_bigints(true);

#[wasm_bindgen(module = "/src/face.js")]
extern "C" {
    fn plain(value: JsValue, verbatim: &str, exact: bool) -> JsValue;
}

/// A result of this crate's, whose names serde spells in camelCase: 64-bit integers are `bigint`.
pub(crate) fn told(result: &(impl Serialize + ?Sized)) -> JsValue {
    // Nothing here fails: it holds no map whose keys are no texts.
    result.serialize(&SERIALIZER).unwrap_or(JsValue::NULL)
}

/// How the client's types become plain objects. Their names get JavaScript's spelling.
pub(crate) struct Spelling {
    /// What stands below these names, separated by a space, is the person's own and keeps its names.
    pub(crate) verbatim: &'static str,
    /// Whether integers whose name ends in `_ns` are `bigint`. All others are numbers, as in JSON.
    pub(crate) exact: bool,
}

impl Spelling {
    /// A value of the client's.
    pub(crate) fn told(&self, value: &(impl Serialize + ?Sized)) -> JsValue {
        plain(told(value), self.verbatim, self.exact)
    }
}

/// JSON as JavaScript has it, with the names as served.
#[cfg(feature = "tools")]
pub(crate) fn as_served(value: impl Serialize) -> JsValue {
    let text = serde_json::to_string(&value).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}

/// Any JSON, as `JSON.stringify` writes it.
#[cfg(feature = "tools")]
pub(crate) struct Json<T>(pub(crate) T);

#[cfg(feature = "tools")]
impl<'de, T: serde::de::DeserializeOwned> serde::Deserialize<'de> for Json<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;

        let value: JsValue = serde_wasm_bindgen::preserve::deserialize(deserializer)?;
        let text = js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string());
        let text = text.ok_or_else(|| D::Error::custom("cannot be written as JSON"))?;
        serde_json::from_str(&text).map(Self).map_err(|_| D::Error::custom("is not an object"))
    }
}

/// The name of a variant, as JavaScript spells it: `InvalidInput` is `invalidInput`. The generated types do the same.
pub(crate) fn literal(variant: impl std::fmt::Debug) -> String {
    let mut name = format!("{variant:?}");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

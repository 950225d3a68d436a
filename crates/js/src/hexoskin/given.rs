//! What calls are given: ids, filters, and the fields of objects that are written.

use serde::de::{self, Deserialize, Deserializer};
use serde_json::{Map, Value};
use serde_wasm_bindgen::preserve;
use streamscope_client::hexoskin::{Filters, Id};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** An object's id (of some, a text), its URI, or itself. */
export type HexoskinId = number | string | HexoskinObject;

/** What a filter is compared with. An object stands for its URI. */
export type HexoskinFilterValue = string | number | bigint | boolean | HexoskinObject;

/**
 * Filters, order and page of a list, under the server's names: `{ start__lt: 347477726132, order_by: "-start", limit: 50 }`.
 * Several values are joined by commas. What the resource's schema does not allow is refused before anything is sent.
 */
export interface HexoskinFilters {
    readonly [filter: string]: HexoskinFilterValue | readonly HexoskinFilterValue[] | undefined;
}

/** Fields of an object that is written, under the server's names. An object among them stands for its URI. */
export interface HexoskinFields {
    readonly [field: string]: unknown;
}
"#;

#[wasm_bindgen(module = "/src/hexoskin/face.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn written(value: &JsValue) -> Result<JsValue, JsValue>;
}

/// JSON in which objects of the server are their URIs.
struct Written(Value);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: JsValue = preserve::deserialize(deserializer)?;
        let said = |cause: JsValue| match cause.dyn_into::<js_sys::Error>() {
            Ok(error) => String::from(error.message()),
            Err(_) => "cannot be written as JSON".into(),
        };
        let text = written(&value).map_err(|cause| de::Error::custom(said(cause)))?.as_string();
        let text = text.ok_or_else(|| de::Error::custom("cannot be written as JSON"))?;
        serde_json::from_str(&text).map(Self).map_err(|_| de::Error::custom("cannot be written as JSON"))
    }
}

/// An object's id or URI.
pub(crate) struct HexoskinId(pub(crate) Id);

impl<'de> Deserialize<'de> for HexoskinId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)?.0 {
            Value::String(text) => Ok(Self(Id::from(text))),
            Value::Number(number) if number.is_i64() => Ok(Self(Id::Id(number.to_string()))),
            _ => Err(de::Error::custom(
                "is not an id: give an integer, a text, a URI or an object of the server",
            )),
        }
    }
}

/// Fields of an object that is written.
#[derive(Default)]
pub(crate) struct HexoskinFields(pub(crate) Map<String, Value>);

impl<'de> Deserialize<'de> for HexoskinFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)?.0 {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(de::Error::custom("is not an object of fields")),
        }
    }
}

/// Filters of a list.
#[derive(Default)]
pub(crate) struct HexoskinFilters(pub(crate) Filters);

impl<'de> Deserialize<'de> for HexoskinFilters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let HexoskinFields(fields) = HexoskinFields::deserialize(deserializer)?;
        let mut filters = Filters::new();
        for (name, value) in fields {
            let refuse = || -> D::Error {
                de::Error::custom(format!("has no value for `{name}` that can be compared"))
            };
            let text = match value {
                Value::Array(values) => {
                    let texts: Option<Vec<String>> = values.into_iter().map(text).collect();
                    texts.map(|texts| texts.join(","))
                }
                value => text(value),
            };
            let text = text.ok_or_else(refuse)?;
            filters = filters.with(name, text);
        }
        Ok(Self(filters))
    }
}

/// A single value as it stands in a URL.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

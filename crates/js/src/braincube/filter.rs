//! Filters in and out.

use serde::de::{self, Deserialize, Deserializer};
use serde_json::Value as Json;
use serde_wasm_bindgen::{from_value, preserve};
use streamscope_client::Filter;
use streamscope_client::braincube::read_filter;
use wasm_bindgen::prelude::*;

use super::told;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A value that cells are compared with: a number, a state, or an instant in nanoseconds since the epoch. */
export type FilterValue = number | bigint | string | { readonly timeNs: bigint };

/**
 * Which rows are wanted. Streams are named by their ids. A row whose cell is null meets no comparison.
 * `{ and: [{ greater: ["2000002", 3] }, { not: { equals: ["2000013", "Kraft 80"] } }] }`
 */
export type Filter =
    | { readonly equals: readonly [stream: string, value: FilterValue] }
    | { readonly between: readonly [stream: string, low: FilterValue, high: FilterValue] }
    | { readonly less: readonly [stream: string, value: FilterValue] }
    | { readonly lessEquals: readonly [stream: string, value: FilterValue] }
    | { readonly greater: readonly [stream: string, value: FilterValue] }
    | { readonly greaterEquals: readonly [stream: string, value: FilterValue] }
    | { readonly not: Filter }
    | { readonly and: readonly Filter[] }
    | { readonly or: readonly Filter[] };

/** A filter in Braincube's own grammar: `{ "BETWEEN": ["mb20/d2000003", -1, 1] }`. */
export interface BraincubeWireFilter {
    readonly [operator: string]: readonly unknown[];
}

/** A filter in either spelling, or several, all of which must be met. */
export type BraincubeFilter = Filter | BraincubeWireFilter | readonly (Filter | BraincubeWireFilter)[];
"#;

/// A filter as programs give it.
pub(crate) struct BraincubeFilter(pub(crate) Option<Filter>);

impl<'de> Deserialize<'de> for BraincubeFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: JsValue = preserve::deserialize(deserializer)?;
        let filters = match value.dyn_ref::<js_sys::Array>() {
            Some(list) => list.iter().map(one).collect::<Result<Vec<_>, _>>(),
            None => one(value).map(|filter| vec![filter]),
        };
        filters.map(|filters| Self(Filter::all(filters))).map_err(de::Error::custom)
    }
}

/// One filter. Braincube's operators begin with a capital, ours do not.
fn one(value: JsValue) -> Result<Filter, String> {
    if !value.is_object() {
        return Err("is not a filter".into());
    }
    let key =
        js_sys::Object::keys(value.unchecked_ref::<js_sys::Object>()).get(0).as_string().unwrap_or_default();
    if !key.starts_with(|first: char| first.is_ascii_uppercase()) {
        return from_value(value).map_err(|_| "is not a filter".to_string());
    }
    let text = js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string()).unwrap_or_default();
    let json: Json = serde_json::from_str(&text).map_err(|_| "is not a filter".to_string())?;
    read_filter(&json).map_err(|error| error.message)
}

/// Filters as JavaScript: whole numbers are numbers, instants `bigint`.
pub(crate) fn shown(filters: &[Filter]) -> JsValue {
    told(serde_json::to_value(filters).map(exact).unwrap_or_default())
}

/// The name by which instants are told apart from other integers.
fn exact(json: Json) -> Json {
    match json {
        Json::Array(list) => list.into_iter().map(exact).collect(),
        Json::Object(members) => {
            let spelt = |name: String| if name == "timeNs" { "time_ns".into() } else { name };
            members.into_iter().map(|(name, value)| (spelt(name), exact(value))).collect()
        }
        other => other,
    }
}

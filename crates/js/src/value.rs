//! Results as plain objects: structs get camelCase names; maps (labels, payloads) keep the names they came with.

use js_sys::{Array, Map, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::camel_case;

/// A value as JavaScript. `None` is `null`; 64-bit integers are `bigint`.
pub(crate) fn to_js(value: &impl Serialize) -> JsValue {
    // Structs come out as objects and maps as `Map`, which tells them apart below.
    let serializer =
        Serializer::new().serialize_missing_as_null(true).serialize_large_number_types_as_bigints(true);
    value.serialize(&serializer).map_or(JsValue::NULL, plain)
}

fn plain(value: JsValue) -> JsValue {
    if let Some(list) = value.dyn_ref::<Array>() {
        return list.iter().map(plain).collect::<Array>().into();
    }
    let (entries, named) = match value.dyn_ref::<Map>() {
        Some(map) => (Array::from(map), false),
        None if value.is_object() => (Object::entries(value.unchecked_ref()), true),
        None => return value,
    };
    let entry = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        let name = entry.get(0);
        let name = match name.as_string().filter(|_| named) {
            Some(field) => camel_case(&field).into(),
            None => name,
        };
        Array::of2(&name, &plain(entry.get(1)))
    };
    let entries: Array = entries.iter().map(entry).collect();
    // Entries become properties of the object itself, whatever their names (`__proto__` among them).
    Object::from_entries(&entries).map_or(JsValue::NULL, Into::into)
}

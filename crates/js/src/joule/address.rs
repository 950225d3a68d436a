//! How things of a node are named in a call.

use serde::de::{self, Deserialize, Deserializer};
use serde_wasm_bindgen::{from_value, preserve};
use streamscope_client::joule::{Address, ModuleId};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A folder, data stream or event stream of a node: its id, its path from the root, or what a call gave. */
export type JouleAddress = number | string | { readonly id: number };

/** A module or proxy of a node: its id, its name, or what a call gave. */
export type JouleModuleId = number | string | { readonly id: number };
"#;

/// Something of a node: its id, or its path or name.
enum Named {
    Id(i64),
    Text(String),
}

impl Named {
    /// `texts` is what a text would be.
    fn read<'de, D: Deserializer<'de>>(deserializer: D, texts: &str) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Thing {
            id: i64,
        }
        let value: JsValue = preserve::deserialize(deserializer)?;
        if let Some(text) = value.as_string() {
            return Ok(Self::Text(text));
        }
        let id = match value.is_object() {
            true => from_value(value).map(|Thing { id }| id),
            false => from_value(value),
        };
        let words =
            |_| de::Error::custom(format_args!("is neither an id, nor a {texts}, nor something with an id"));
        id.map(Self::Id).map_err(words)
    }
}

/// A folder or stream.
pub(crate) struct JouleAddress(Address);

impl<'de> Deserialize<'de> for JouleAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Named::read(deserializer, "path")? {
            Named::Id(id) => Address::Id(id),
            Named::Text(path) => Address::Path(path),
        }))
    }
}

impl From<JouleAddress> for Address {
    fn from(given: JouleAddress) -> Self {
        given.0
    }
}

/// A module or proxy.
pub(crate) struct JouleModuleId(ModuleId);

impl<'de> Deserialize<'de> for JouleModuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Named::read(deserializer, "name")? {
            Named::Id(id) => ModuleId::Id(id),
            Named::Text(name) => ModuleId::Name(name),
        }))
    }
}

impl From<JouleModuleId> for ModuleId {
    fn from(given: JouleModuleId) -> Self {
        given.0
    }
}

//! What calls are given: memory bases, ids, and which part of a list.

use serde::de::{self, Deserialize, Deserializer};
use serde_wasm_bindgen::preserve;
use streamscope_client::braincube::BaseId;
use wasm_bindgen::prelude::*;

use crate::options::Strict;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** An id of anything, as the server has it. */
export type BraincubeId = string | number;

/** A memory base: the name of its braincube, and its id there. */
export interface BraincubeBase {
    braincube: string;
    base: BraincubeId;
}
"#;

/// An id, as text or as a number.
pub(crate) struct BraincubeId(pub(crate) String);

impl<'de> Deserialize<'de> for BraincubeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: JsValue = preserve::deserialize(deserializer)?;
        let number = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
        let id = value.as_string().or_else(|| number.map(|number| (number as i64).to_string()));
        id.map(Self).ok_or_else(|| de::Error::custom("is not an id: give a string or an integer"))
    }
}

/// A memory base.
#[derive(serde::Deserialize)]
pub(crate) struct BraincubeBase {
    braincube: String,
    base: BraincubeId,
}

impl From<BraincubeBase> for BaseId {
    fn from(given: BraincubeBase) -> Self {
        Self::new(given.braincube, given.base.0)
    }
}

/// Which part of a list; all of it unless a page is given.
#[derive(serde::Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BraincubeListOptions {
    /// One page alone, counted from 0.
    page: Option<u32>,
    /// Items asked for at a time; the settings' unless given.
    page_size: Option<u32>,
}

/// The page and its size.
pub(crate) fn part(given: Option<Strict<BraincubeListOptions>>) -> (Option<u32>, Option<u32>) {
    let Strict(given) = given.unwrap_or(Strict(BraincubeListOptions::default()));
    (given.page, given.page_size)
}

//! A Joule node: its data, by path or id.

use std::rc::Rc;

use js_sys::Reflect;
use streamscope_client::FetchTransport;
use streamscope_client::joule::{self, Address};
use wasm_bindgen::prelude::*;

use crate::error::thrown;
use crate::options::{self, Call, Given, Options, Time, given};
use crate::read::{Opened, Read};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A folder, data stream or event stream of a node: its id, its path from the root, or what a call gave. */
export type JouleAddress = number | string | { readonly id: number };

/**
 * Why a read gave no row: the stream holds no data at all, none in the window, is not decimated, or has too few rows for
 * one bin of the level asked for.
 */
export type JouleEmptiness = "noData" | "outsideWindow" | "notDecimated" | "tooCoarse";
"#;

/// Options that messages of the client speak of.
pub(crate) const NAMES: &[&str] = &[
    "api_key",
    "max_rows",
    "decimation_level",
    "start_ns",
    "end_ns",
    "keep_ns",
    "max_gap_ns",
    "chunk_duration_ns",
];

/// Where a node is, and its key.
pub(crate) struct JouleConfig {
    /// Base URL of the node, such as `https://node.example.org/joule`.
    url: String,
    /// The API key, sent to the node and nowhere else.
    api_key: String,
}

given!(JouleConfig { url, api_key });

/// Which data of a stream, and how finely.
pub(crate) struct JouleDataQuery {
    /// The stream.
    stream: Address,
    /// First instant; open unless given.
    start_time: Option<Time>,
    /// First instant after; open unless given.
    end_time: Option<Time>,
    /// About how many rows are wanted at most. Where there are more, they come as mean, minimum and maximum per bin.
    max_rows: Option<u32>,
    /// Bins of exactly so many rows, a power of 4, as the node keeps them.
    decimation_level: Option<u32>,
}

given!(JouleDataQuery { stream, start_time, end_time, max_rows, decimation_level });

impl From<JouleDataQuery> for joule::DataQuery {
    fn from(given: JouleDataQuery) -> Self {
        Self {
            stream: given.stream,
            start_ns: given.start_time.map(Time::ns),
            end_ns: given.end_time.map(Time::ns),
            max_rows: given.max_rows.map(u64::from),
            decimation_level: given.decimation_level.map(u64::from),
        }
    }
}

impl Given for Address {
    fn given(value: &JsValue) -> Result<Self, String> {
        if let Some(path) = value.as_string() {
            return Ok(Self::Path(path));
        }
        let id = if value.is_object() {
            Reflect::get(value, &"id".into()).unwrap_or_default()
        } else {
            value.clone()
        };
        i64::given(&id)
            .map(Self::Id)
            .map_err(|_| "is neither an id, nor a path, nor something with an id".into())
    }
}

/// A connection to a Joule node.
#[wasm_bindgen]
pub struct Joule(pub(crate) Rc<joule::Joule>);

#[wasm_bindgen]
impl Joule {
    /// A connection with this address and key. Throws when they are incomplete; nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "JouleConfig")] config: JsValue,
    ) -> Result<Joule, JsValue> {
        let JouleConfig { url, api_key } = options::read("the configuration", config)?;
        let made = joule::Joule::new(&joule::Config { url, api_key }, Rc::new(FetchTransport::new()));
        made.map(|node| Self(Rc::new(node))).map_err(|error| thrown(&error, NAMES))
    }

    /// Reads a stream's rows as they arrive: `time`, and its elements in their own types. Reduced rows
    /// (`read.level` above 1) have for each element first the means (`name_mean`), then the minima, then the maxima.
    /// Frames never span a gap: `frame.beginsInterval` tells where one lies.
    #[wasm_bindgen(js_name = dataRead)]
    pub fn data_read(
        &self,
        #[wasm_bindgen(unchecked_param_type = "JouleDataQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let query: joule::DataQuery = options::read::<JouleDataQuery>("the query", query)?.into();
        let node = self.0.clone();
        let opening = async move { node.data_read(&query).await.map(|read| Opened::Node(Box::new(read))) };
        Ok(Read::new(opening, JouleDataQuery::NAMES, Call::read(call)?))
    }
}

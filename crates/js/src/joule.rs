//! A Joule node: its data, by path or id.

mod address;
mod data;
mod events;
mod given;
mod given_events;
mod node;

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use streamscope_client::joule::{self, DataRead};
use streamscope_client::{FetchTransport, Result as Answered};
use wasm_bindgen::prelude::*;

use crate::call::Call;
use crate::error::thrown;
use crate::options::{self, names};
use crate::read::{Opened, Read, Rows};
use crate::time::Time;
use crate::value::{Spelling, literal};
use address::JouleAddress;

/// Options that messages of the client speak of.
const NAMES: &[&str] =
    &["apiKey", "maxRows", "decimationLevel", "startNs", "endNs", "keepNs", "maxGapNs", "chunkDurationNs"];

/// What people enter, and what a node names, keeps its names. Instants and durations are `bigint`.
const SPELLING: Spelling = Spelling { verbatim: "content event_fields inputs outputs", exact: true };

/// A node's types as JavaScript.
fn told(value: impl serde::Serialize) -> JsValue {
    SPELLING.told(&value)
}

/// Where a node is, and its key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleConfig {
    /// Base URL of the node, such as `https://node.example.org/joule`.
    url: String,
    /// The API key, sent to the node and nowhere else.
    api_key: String,
}

/// Which data of a stream, and how finely.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleDataQuery {
    /// The stream.
    stream: JouleAddress,
    /// First instant; open unless given.
    start_time: Option<Time>,
    /// First instant after; open unless given.
    end_time: Option<Time>,
    /// About how many rows are wanted at most. Where there are more, they come as mean, minimum and maximum per bin.
    max_rows: Option<u32>,
    /// Bins of exactly so many rows, a power of 4, as the node keeps them.
    decimation_level: Option<u32>,
}

impl From<JouleDataQuery> for joule::DataQuery {
    fn from(given: JouleDataQuery) -> Self {
        Self {
            stream: given.stream.into(),
            start_ns: given.start_time.map(Time::ns),
            end_ns: given.end_time.map(Time::ns),
            max_rows: given.max_rows.map(u64::from),
            decimation_level: given.decimation_level.map(u64::from),
        }
    }
}

/// A read that the node may reduce, and that is asked why there is nothing.
struct NodeRows(DataRead);

impl Rows for NodeRows {
    fn read(&mut self) -> &mut dyn streamscope_client::Read {
        &mut self.0
    }

    fn level(&self) -> Option<f64> {
        Some(self.0.level() as f64)
    }

    fn emptiness(&self) -> LocalBoxFuture<'_, Answered<Option<String>>> {
        Box::pin(async { self.0.why_empty().await.map(|why| Some(literal(why))) })
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
        let opening =
            async move { node.data_read(&query).await.map(|read| Box::new(NodeRows(read)) as Opened) };
        Ok(Read::new(opening, names::<JouleDataQuery>(), Call::read(call)?))
    }
}

//! Streams of numbers.

use serde::{Deserialize, Deserializer, Serialize};

use crate::joule::{Address, time};
use crate::lenient::lenient;

/// A stream of numbers and its metadata (`GET /stream.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataStream {
    /// The node's id; data streams are counted apart from event streams and folders.
    pub id: i64,
    /// Name, unique within the folder.
    pub name: String,
    /// Path from the root, built from the names. `None` where the stream was asked for by id.
    #[serde(skip_deserializing)]
    pub path: Option<String>,
    /// What it holds, in words.
    #[serde(default, deserialize_with = "lenient")]
    pub description: String,
    /// Type of every element: `float32`, `float64`, `int16`, `int32` or `int64`.
    pub datatype: String,
    /// Data type and number of elements (`float32_3`).
    pub layout: String,
    /// How long rows are kept, ns: `None` for ever, `Some(0)` not at all.
    #[serde(default, rename(deserialize = "keep_us"), deserialize_with = "time::keep")]
    pub keep_ns: Option<i64>,
    /// Whether a configuration file of the node defines it.
    #[serde(default, deserialize_with = "lenient")]
    pub is_configured: bool,
    /// Whether a module reads it now: the stream is the module's source.
    #[serde(default, deserialize_with = "lenient")]
    pub is_source: bool,
    /// Whether a module writes it now: the stream is the module's destination. Only then can it be subscribed to.
    #[serde(default, deserialize_with = "lenient")]
    pub is_destination: bool,
    /// Whether it is active or configured, so that it cannot be changed.
    #[serde(default, deserialize_with = "lenient")]
    pub locked: bool,
    /// Whether a module writes or reads it now.
    #[serde(default, deserialize_with = "lenient")]
    pub active: bool,
    /// Whether the node keeps decimated levels of it.
    #[serde(default = "yes")]
    pub decimate: bool,
    /// When its metadata last changed, ISO 8601.
    #[serde(default, deserialize_with = "lenient")]
    pub updated_at: String,
    /// Its columns, in order.
    #[serde(default, deserialize_with = "lenient")]
    pub elements: Vec<Element>,
    /// What is stored of it, where that was asked for.
    #[serde(default)]
    pub data_info: Option<DataInfo>,
}

fn yes() -> bool {
    true
}

impl From<&DataStream> for Address {
    fn from(stream: &DataStream) -> Self {
        Self::Id(stream.id)
    }
}

/// One column of a data stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// The node's id; 0 before the node has given one.
    #[serde(default, deserialize_with = "lenient")]
    pub id: i64,
    /// Place among the stream's columns, from 0. The node gives it by the order of creation.
    #[serde(default, deserialize_with = "lenient")]
    pub index: u32,
    /// Name, unique within the stream.
    #[serde(default, deserialize_with = "lenient")]
    pub name: String,
    /// Unit, in any words.
    #[serde(default, deserialize_with = "lenient")]
    pub units: String,
    /// Whether it is meant to be drawn; `None` where nobody said (elements of a module's stream).
    #[serde(default)]
    pub plottable: Option<bool>,
    /// How it is drawn.
    #[serde(default)]
    pub display_type: DisplayType,
    /// Shown is `(value - offset) * scale_factor`; stored are the values as measured.
    #[serde(default, deserialize_with = "lenient")]
    pub offset: f64,
    /// See `offset`.
    #[serde(default = "one")]
    pub scale_factor: f64,
    /// Upper end of the axis, as shown, where it is fixed.
    #[serde(default)]
    pub default_max: Option<f64>,
    /// Lower end of the axis, as shown, where it is fixed.
    #[serde(default)]
    pub default_min: Option<f64>,
}

fn one() -> f64 {
    1.0
}

impl Element {
    /// A continuous element, shown as it is.
    pub fn new(name: impl Into<String>, units: impl Into<String>) -> Self {
        Self {
            id: 0,
            index: 0,
            name: name.into(),
            units: units.into(),
            plottable: Some(true),
            display_type: DisplayType::Continuous,
            offset: 0.0,
            scale_factor: 1.0,
            default_max: None,
            default_min: None,
        }
    }
}

/// How an element is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DisplayType {
    /// A line. Also what is not known here.
    #[default]
    Continuous,
    /// States: a value holds until the next.
    Discrete,
    /// Moments.
    Event,
}

impl<'de> Deserialize<'de> for DisplayType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name: String = lenient(deserializer)?;
        Ok(match name.to_ascii_uppercase().as_str() {
            "DISCRETE" => Self::Discrete,
            "EVENT" => Self::Event,
            _ => Self::Continuous,
        })
    }
}

/// What a node stores of a data stream. `rows` and `bytes` are estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataInfo {
    /// Time of the first row, ns; `None` when there is no row.
    #[serde(default, rename(deserialize = "start"), deserialize_with = "time::maybe_ns")]
    pub start_ns: Option<i64>,
    /// Time of the last row itself, ns (not the instant after it); `None` when there is no row.
    #[serde(default, rename(deserialize = "end"), deserialize_with = "time::maybe_ns")]
    pub end_ns: Option<i64>,
    /// About how many rows.
    #[serde(default, deserialize_with = "lenient")]
    pub rows: u64,
    /// About how many bytes on the node's disk.
    #[serde(default, deserialize_with = "lenient")]
    pub bytes: u64,
    /// From the first row to the last, gaps included, ns.
    #[serde(default, rename(deserialize = "total_time"), deserialize_with = "time::ns")]
    pub total_time_ns: i64,
}

/// A data stream to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewDataStream {
    /// Name, unique within the folder, without `/`.
    pub name: String,
    /// What it holds, in words.
    #[serde(default)]
    pub description: String,
    /// Type of every element: `float32`, `float64`, `int16`, `int32` or `int64`.
    pub datatype: String,
    /// How long rows are kept, ns: `None` for ever, `Some(0)` not at all.
    #[serde(default)]
    pub keep_ns: Option<i64>,
    /// Whether the node keeps decimated levels of it.
    #[serde(default = "yes")]
    pub decimate: bool,
    /// Its columns, in order; at least one, with names of their own.
    pub elements: Vec<Element>,
}

impl NewDataStream {
    /// A stream that is kept for ever and decimated.
    pub fn new(name: impl Into<String>, datatype: impl Into<String>, elements: Vec<Element>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            datatype: datatype.into(),
            keep_ns: None,
            decimate: true,
            elements,
        }
    }
}

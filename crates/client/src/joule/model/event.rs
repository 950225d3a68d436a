//! Streams of events, and their events.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Filter;
use crate::joule::{Address, time};
use crate::lenient::lenient;
use crate::{Error, Result};

/// A stream of events and its metadata (`GET /event.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventStream {
    /// The node's id; event streams are counted apart from data streams and folders.
    pub id: i64,
    /// Name, unique within the folder.
    pub name: String,
    /// Path from the root, built from the names. `None` where the stream was asked for by id.
    #[serde(skip_deserializing)]
    pub path: Option<String>,
    /// What it holds, in words.
    #[serde(default, deserialize_with = "lenient")]
    pub description: String,
    /// Fields that its events' content is meant to have. Nodes do not check events against them.
    #[serde(default, deserialize_with = "lenient")]
    pub event_fields: IndexMap<String, FieldKind>,
    /// Stretch of time that the node keeps in one piece, ns; 0 where it does not cut the stream.
    #[serde(default, rename(deserialize = "chunk_duration_us"), deserialize_with = "time::ns")]
    pub chunk_duration_ns: i64,
    /// How long events are kept, ns: `None` for ever.
    #[serde(default, rename(deserialize = "keep_us"), deserialize_with = "time::keep")]
    pub keep_ns: Option<i64>,
    /// When its metadata last changed, ISO 8601.
    #[serde(default, deserialize_with = "lenient")]
    pub updated_at: String,
    /// What is stored of it, where the node told.
    #[serde(default)]
    pub data_info: Option<EventInfo>,
}

impl From<&EventStream> for Address {
    fn from(stream: &EventStream) -> Self {
        Self::Id(stream.id)
    }
}

/// What a field of events holds. Written and read in the node's words: `string`, `numeric`, `category:["a","b"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// A number.
    Numeric,
    /// One of these words.
    Category(Vec<String>),
    /// What is not known here, in the node's words.
    Other(String),
}

impl FieldKind {
    /// In the node's words.
    pub fn wire(&self) -> String {
        match self {
            Self::Text => "string".into(),
            Self::Numeric => "numeric".into(),
            Self::Category(words) => format!("category:{}", Value::from(words.clone())),
            Self::Other(words) => words.clone(),
        }
    }

    /// The same for a field that a node is to keep. It would misread a colon within a category.
    pub(in crate::joule) fn checked(&self, field: &str) -> Result<String> {
        if let Self::Category(words) = self {
            if words.is_empty() {
                return Err(Error::invalid(format!(
                    "event field {field} has no category: give at least one."
                )));
            }
            if let Some(word) = words.iter().find(|word| word.contains(':')) {
                return Err(Error::invalid(format!(
                    "event field {field} has the category \"{word}\": nodes take no colon in a category."
                )));
            }
        }
        Ok(self.wire())
    }
}

impl Serialize for FieldKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.wire())
    }
}

impl<'de> Deserialize<'de> for FieldKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let words = text.strip_prefix("category:").map(serde_json::from_str);
        Ok(match (text.as_str(), words) {
            ("string", _) => Self::Text,
            ("numeric", _) => Self::Numeric,
            (_, Some(Ok(words))) => Self::Category(words),
            _ => Self::Other(text),
        })
    }
}

/// What a node stores of an event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventInfo {
    /// Start of the first event, ns; `None` when there is none.
    #[serde(default, rename(deserialize = "start"), deserialize_with = "time::maybe_ns")]
    pub start_ns: Option<i64>,
    /// Latest end of an event, ns; `None` when there is none.
    #[serde(default, rename(deserialize = "end"), deserialize_with = "time::maybe_ns")]
    pub end_ns: Option<i64>,
    /// How many events.
    #[serde(default, deserialize_with = "lenient")]
    pub event_count: u64,
    /// Bytes on the node's disk; nodes leave it 0.
    #[serde(default, deserialize_with = "lenient")]
    pub bytes: u64,
    /// From the first start to the latest end, ns.
    #[serde(default, rename(deserialize = "total_time"), deserialize_with = "time::ns")]
    pub total_time_ns: i64,
}

/// An event stream to be made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewEventStream {
    /// Name, unique within the folder, without `/`.
    pub name: String,
    /// What it holds, in words.
    pub description: String,
    /// Fields that its events' content is meant to have.
    pub event_fields: IndexMap<String, FieldKind>,
    /// Stretch of time that the node keeps in one piece, ns; 0 so that it does not cut the stream.
    pub chunk_duration_ns: i64,
    /// How long events are kept, ns: `None` for ever.
    pub keep_ns: Option<i64>,
}

/// An event of a stream (`GET /event/data.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The node's id, unique within the stream.
    pub id: i64,
    /// The event stream it is in.
    pub event_stream_id: i64,
    /// When it began, ns.
    #[serde(rename(deserialize = "start_time"), deserialize_with = "time::ns")]
    pub start_ns: i64,
    /// When it ended, ns.
    #[serde(rename(deserialize = "end_time"), deserialize_with = "time::ns")]
    pub end_ns: i64,
    /// What it was, by field.
    #[serde(default, deserialize_with = "lenient")]
    pub content: Map<String, Value>,
}

/// An event to be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewEvent {
    /// When it began, ns; a whole microsecond.
    pub start_ns: i64,
    /// When it ended, ns, after its start; a whole microsecond.
    pub end_ns: i64,
    /// What it was, by field.
    #[serde(default)]
    pub content: Map<String, Value>,
}

/// Which events of a stream.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventQuery {
    /// Events that begin at this time or later, ns.
    pub start_ns: Option<i64>,
    /// Events that begin before this time, ns.
    pub end_ns: Option<i64>,
    /// Also those that began before `start_ns` and end then or later.
    pub include_ongoing: bool,
    /// Events with this content.
    pub filter: Filter,
}

/// The events that were asked for, or, where there are more than a limit, how many there are when.
#[derive(Debug, Clone, PartialEq)]
pub enum EventAnswer {
    /// All of them, by their start.
    Events(Vec<Event>),
    /// Too many: their number over time.
    Histogram(Histogram),
}

/// How many events begin when.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Histogram {
    /// How many events in all.
    pub count: u64,
    /// About a hundred stretches of time of one length; empty ones may be left out. The first may begin before the range
    /// asked for; the last has no length.
    pub buckets: Vec<Bucket>,
}

/// One stretch of time of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// First instant inside, ns.
    pub start_ns: i64,
    /// First instant after, ns.
    pub end_ns: i64,
    /// How many events begin in it.
    pub count: u64,
}

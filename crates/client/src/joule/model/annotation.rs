//! Notes on data streams.

use serde::{Deserialize, Serialize};

use crate::joule::time;
use crate::lenient::lenient;

/// A note on a moment or a stretch of a data stream (`GET /annotations.json`).
///
/// Nodes pass an annotation's times through a double: they may come back a microsecond before what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The node's id.
    pub id: i64,
    /// The data stream it is on.
    pub stream_id: i64,
    /// Title.
    #[serde(default, deserialize_with = "lenient")]
    pub title: String,
    /// More words; empty when there are none.
    #[serde(default, deserialize_with = "lenient")]
    pub content: String,
    /// The moment, or where the stretch begins, ns.
    #[serde(rename(deserialize = "start"), deserialize_with = "time::ns")]
    pub start_ns: i64,
    /// Where the stretch ends, ns; `None` for a moment.
    #[serde(default, rename(deserialize = "end"), deserialize_with = "time::maybe_ns")]
    pub end_ns: Option<i64>,
}

/// An annotation to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAnnotation {
    /// Title; not empty.
    pub title: String,
    /// More words.
    #[serde(default)]
    pub content: String,
    /// The moment, or where the stretch begins, ns; a whole microsecond.
    pub start_ns: i64,
    /// Where the stretch ends, ns, after its start; `None` for a moment.
    #[serde(default)]
    pub end_ns: Option<i64>,
}

/// How many annotations a stream has, and where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotationInfo {
    /// Start of the first, ns.
    #[serde(default, rename(deserialize = "start"), deserialize_with = "time::maybe_ns")]
    pub start_ns: Option<i64>,
    /// Start of the last, ns.
    #[serde(default, rename(deserialize = "end"), deserialize_with = "time::maybe_ns")]
    pub end_ns: Option<i64>,
    /// How many.
    pub count: u64,
}

//! What a node knows besides samples: folders, streams, annotations, masters.
//!
//! Flat lists with parents by id, as the node's own database has them. Times are Unix µs.

use serde::{Deserialize, Serialize};

use super::layout::{DataType, Layout};

/// Everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) name: String,
    pub(crate) uuid: String,
    pub(crate) folders: Vec<Folder>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) event_streams: Vec<EventStream>,
    pub(crate) annotations: Vec<Annotation>,
    pub(crate) masters: Vec<Master>,
    pub(crate) proxies: Vec<Proxy>,
    pub(crate) next_id: NextId,
}

/// The next free id of each kind; an id is never used twice.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct NextId {
    folder: i64,
    stream: i64,
    element: i64,
    event_stream: i64,
    annotation: i64,
    master: i64,
}

impl NextId {
    pub(crate) fn folder(&mut self) -> i64 {
        next(&mut self.folder)
    }

    pub(crate) fn stream(&mut self) -> i64 {
        next(&mut self.stream)
    }

    pub(crate) fn element(&mut self) -> i64 {
        next(&mut self.element)
    }

    pub(crate) fn event_stream(&mut self) -> i64 {
        next(&mut self.event_stream)
    }

    pub(crate) fn annotation(&mut self) -> i64 {
        next(&mut self.annotation)
    }

    pub(crate) fn master(&mut self) -> i64 {
        next(&mut self.master)
    }
}

/// Ids start at 1.
fn next(last: &mut i64) -> i64 {
    *last += 1;
    *last
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Folder {
    pub(crate) id: i64,
    /// `None` for the root.
    pub(crate) parent: Option<i64>,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) updated_at: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stream {
    pub(crate) id: i64,
    pub(crate) folder: i64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) datatype: DataType,
    /// -1 keeps all, 0 nothing.
    pub(crate) keep_us: i64,
    pub(crate) decimate: bool,
    pub(crate) updated_at: i64,
    pub(crate) elements: Vec<Element>,
    /// Whether a module produces it, for ever: its rows follow from the clock and are not stored.
    pub(crate) live: bool,
}

impl Stream {
    pub(crate) fn layout(&self) -> Layout {
        Layout { datatype: self.datatype, elements: self.elements.len() }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Element {
    pub(crate) id: i64,
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) units: Option<String>,
    pub(crate) plottable: Option<bool>,
    pub(crate) display_type: DisplayType,
    /// What is shown is `(value - offset) * scale_factor`; what is stored and sent is the value.
    pub(crate) offset: f64,
    pub(crate) scale_factor: f64,
    pub(crate) default_max: Option<f64>,
    pub(crate) default_min: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum DisplayType {
    Discrete,
    Continuous,
    Event,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventStream {
    pub(crate) id: i64,
    pub(crate) folder: i64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Name to type: `string`, `numeric` or `category:["a","b"]`.
    pub(crate) event_fields: serde_json::Map<String, serde_json::Value>,
    pub(crate) chunk_duration_us: i64,
    pub(crate) keep_us: i64,
    pub(crate) updated_at: i64,
}

/// As the node sends it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Annotation {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) content: Option<String>,
    pub(crate) start: i64,
    pub(crate) stream_id: i64,
    pub(crate) end: Option<i64>,
}

/// Who may use the node.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Master {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// `USER`, `JOULE_NODE` or `LUMEN_NODE`.
    pub(crate) kind: String,
    pub(crate) grantor_id: Option<i64>,
    pub(crate) key: String,
}

impl std::fmt::Debug for Master {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Master").field("name", &self.name).finish_non_exhaustive()
    }
}

/// As the node sends it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Proxy {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) url: String,
}

//! The tree of folders.

use serde::{Deserialize, Serialize};

use super::{DataStream, EventStream};
use crate::joule::Address;
use crate::lenient::lenient;

/// A folder and all that lies below it (`GET /folders.json`, `/folder.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Folder {
    /// The node's id; folders are counted apart from streams.
    #[serde(default, deserialize_with = "lenient")]
    pub id: i64,
    /// Name, unique within the parent ("root" for the root).
    pub name: String,
    /// Path from the root ("/" for the root itself), built from the names. `None` where a folder was asked for by id.
    #[serde(skip_deserializing)]
    pub path: Option<String>,
    /// What it holds, in words.
    #[serde(default, deserialize_with = "lenient")]
    pub description: String,
    /// Whether it cannot be moved, changed or deleted: the root, and whatever holds a locked stream.
    #[serde(default, deserialize_with = "lenient")]
    pub locked: bool,
    /// When it or something in it last changed, ISO 8601.
    #[serde(default, deserialize_with = "lenient")]
    pub updated_at: String,
    /// Folders in it, in the node's order, which is not by name.
    #[serde(default, deserialize_with = "lenient")]
    pub children: Vec<Folder>,
    /// Streams of numbers in it.
    #[serde(default, deserialize_with = "lenient", rename(deserialize = "streams"))]
    pub data_streams: Vec<DataStream>,
    /// Streams of events in it.
    #[serde(default, deserialize_with = "lenient")]
    pub event_streams: Vec<EventStream>,
}

impl Folder {
    /// This folder and all below it, parents before their children, each with its children in the node's order.
    pub fn walk(&self) -> Vec<&Folder> {
        let mut found = vec![self];
        for child in &self.children {
            found.extend(child.walk());
        }
        found
    }

    /// Writes down the paths of this folder, which lies at `path`, and of all below it.
    pub(in crate::joule) fn place(&mut self, path: &str) {
        let below = |name: &str| format!("{}/{name}", path.trim_end_matches('/'));
        self.data_streams.iter_mut().for_each(|stream| stream.path = Some(below(&stream.name)));
        self.event_streams.iter_mut().for_each(|stream| stream.path = Some(below(&stream.name)));
        self.children.iter_mut().for_each(|child| child.place(&below(&child.name)));
        self.path = Some(path.to_string());
    }
}

impl From<&Folder> for Address {
    fn from(folder: &Folder) -> Self {
        Self::Id(folder.id)
    }
}

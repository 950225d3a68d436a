//! How a folder or stream of a node is named in a call.

/// A folder, data stream or event stream of a node: by its id, or by its path from the root (`/site/power`).
///
/// A path survives a rebuilt node, an id survives a move. Objects that came from the node convert into their id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// The node's id. Data streams, event streams and folders count their ids apart.
    Id(i64),
    /// The path from the root, beginning with `/`.
    Path(String),
}

impl From<i64> for Address {
    fn from(id: i64) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for Address {
    fn from(path: &str) -> Self {
        Self::Path(path.into())
    }
}

impl From<String> for Address {
    fn from(path: String) -> Self {
        Self::Path(path)
    }
}

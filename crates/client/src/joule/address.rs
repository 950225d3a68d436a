//! How things of a node are named in a call.

use super::{Module, Proxy};

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

/// A module or proxy of a node: by its id or its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ModuleId {
    /// The node's id. Modules and proxies count their ids apart.
    Id(i64),
    /// The name.
    Name(String),
}

impl From<i64> for ModuleId {
    fn from(id: i64) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for ModuleId {
    fn from(name: &str) -> Self {
        Self::Name(name.into())
    }
}

impl From<&Module> for ModuleId {
    fn from(module: &Module) -> Self {
        Self::Id(module.id)
    }
}

impl From<&Proxy> for ModuleId {
    fn from(proxy: &Proxy) -> Self {
        Self::Id(proxy.id)
    }
}

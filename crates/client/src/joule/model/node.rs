//! What runs on a node, and who may use it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::joule::Config;
use crate::lenient::lenient;

/// A program that a node runs on streams (`GET /modules.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// The node's id.
    pub id: i64,
    /// Name, unique on the node.
    pub name: String,
    /// What it does, in words.
    #[serde(default, deserialize_with = "lenient")]
    pub description: String,
    /// Whether it has a web page.
    #[serde(default, deserialize_with = "lenient")]
    pub is_app: bool,
    /// Paths of the data streams it reads, by the name of its pipe.
    #[serde(default, deserialize_with = "lenient")]
    pub inputs: BTreeMap<String, String>,
    /// Paths of the data streams it writes, by the name of its pipe.
    #[serde(default, deserialize_with = "lenient")]
    pub outputs: BTreeMap<String, String>,
    /// What it uses, where that was asked for.
    #[serde(default)]
    pub statistics: Option<ModuleStatistics>,
}

/// What a module uses. All is `None` while it does not run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModuleStatistics {
    /// Id of its process.
    pub pid: Option<i64>,
    /// When its process was started, ns.
    #[serde(rename(deserialize = "create_time"), deserialize_with = "seconds")]
    pub create_time_ns: Option<i64>,
    /// Share of one processor, percent.
    pub cpu_percent: Option<f64>,
    /// Share of the machine's memory, percent.
    pub memory_percent: Option<f64>,
}

/// Unix seconds with a fraction, as ns. The only time that nodes tell so; it is good to about a microsecond.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let seconds = Option::<f64>::deserialize(deserializer)?.filter(|seconds| seconds.is_finite());
    Ok(seconds.map(|seconds| (seconds * 1e6).round() as i64).map(|us| us.saturating_mul(1000)))
}

/// A web page that a node passes on (`GET /proxies.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxy {
    /// The node's id.
    pub id: i64,
    /// Name, unique on the node.
    pub name: String,
    /// Where the page is.
    pub url: String,
}

/// A person, node or Lumen server with access to this node (`GET /masters.json`). Nodes do not tell its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Master {
    /// The node's id.
    pub id: i64,
    /// Name: a person's, a node's, or a URL.
    pub name: String,
    /// What it is.
    #[serde(rename(deserialize = "type"))]
    pub kind: MasterKind,
    /// The master who gave it access.
    #[serde(default)]
    pub grantor_id: Option<i64>,
}

/// What a master is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MasterKind {
    /// A person.
    User,
    /// Another node.
    JouleNode,
    /// A Lumen server.
    LumenNode,
}

impl MasterKind {
    /// As nodes take it.
    pub(in crate::joule) fn wire(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::JouleNode => "joule",
            Self::LumenNode => "lumen",
        }
    }
}

/// A master just added. `Debug` prints no key, and it is not serialized with the rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMaster {
    /// What the node answered: for a person the name of this node, for others their own.
    pub name: String,
    /// A person's API key. The node tells it this once.
    #[serde(default, skip_serializing)]
    pub key: Option<String>,
}

impl fmt::Debug for NewMaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMaster").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A node that this node has access to (`GET /followers.json`). `Debug` prints no key, nor is it serialized.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// The node's id for it.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its base URL.
    pub location: String,
    /// The API key for it.
    #[serde(default, skip_serializing)]
    pub key: String,
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Follower");
        debug.field("id", &self.id).field("name", &self.name).field("location", &self.location);
        debug.finish_non_exhaustive()
    }
}

impl From<&Follower> for Config {
    /// What a connection to the follower itself is made from.
    fn from(follower: &Follower) -> Self {
        Self { url: follower.location.clone(), api_key: follower.key.clone() }
    }
}

/// The disk a node's data are on (`GET /dbinfo`), bytes. `None` where the node does not know (a database elsewhere).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseInfo {
    /// Folder of the database.
    pub path: String,
    /// Taken by other things.
    #[serde(deserialize_with = "known")]
    pub other: Option<u64>,
    /// Kept back by the system.
    #[serde(deserialize_with = "known")]
    pub reserved: Option<u64>,
    /// Free.
    #[serde(deserialize_with = "known")]
    pub free: Option<u64>,
    /// Taken by the database.
    #[serde(deserialize_with = "known")]
    pub size: Option<u64>,
}

/// A number of bytes, or -1.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<i64>::deserialize(deserializer)?.and_then(|bytes| u64::try_from(bytes).ok()))
}

/// How a program on the node's network reads its database (`GET /db/connection.json`). `Debug` prints no password, nor
/// is it serialized.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionInfo {
    /// Host, as the node sees it: `127.0.0.1` means the node's own.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Name of the database.
    pub database: String,
    /// User name; it may only read.
    pub username: String,
    /// Password.
    #[serde(default, skip_serializing)]
    pub password: String,
}

impl fmt::Debug for ConnectionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ConnectionInfo");
        debug.field("host", &self.host).field("port", &self.port).field("database", &self.database);
        debug.field("username", &self.username).finish_non_exhaustive()
    }
}

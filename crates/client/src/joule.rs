//! Joule: a node's folders, streams of numbers, events, annotations and modules, over HTTP with an API key.
//!
//! [`Joule`] offers a node in full. Times at this edge are nanoseconds; a node's own are microseconds.

mod address;
mod annotations;
mod config;
mod connector;
mod data;
mod event_writer;
mod events;
mod folders;
mod model;
mod modules;
mod node;
mod reproduce;
mod source;
mod streams;
mod time;

use std::cell::RefCell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

pub use address::{Address, ModuleId};
pub use config::Config;
pub use connector::{Connector, PLATFORM};
pub use data::{DataQuery, DataRead, DataWriter, Emptiness, LiveRead};
pub use events::EventRead;
pub use model::{
    Annotation, AnnotationInfo, Bucket, Condition, ConnectionInfo, DataInfo, DataStream, DatabaseInfo,
    DisplayType, Element, Event, EventAnswer, EventInfo, EventQuery, EventStream, FieldKind, Filter, Folder,
    Follower, Histogram, Master, MasterKind, Module, ModuleStatistics, NewAnnotation, NewDataStream,
    NewEvent, NewEventStream, NewMaster, Proxy, Test,
};

use crate::http::{Auth, Http, Policy};
use crate::transport::Transport;
use crate::{Result, url};

/// A connection to a Joule node. Clones share transport and credentials.
#[derive(Clone)]
pub struct Joule {
    http: Http,
    url: String,
    /// The tree as it was last asked for, for those who look at one folder after the other.
    tree: Rc<RefCell<Option<Rc<Folder>>>>,
}

impl Joule {
    /// A connection with this address and key. Fails when they are incomplete; nothing is sent.
    pub fn new(config: &Config, transport: Rc<dyn Transport>) -> Result<Self> {
        let auth: Rc<dyn Auth> = Rc::new(config.key()?);
        let http = Http::new(transport, PLATFORM, auth);
        Ok(Self { url: url::base(PLATFORM, "url", &config.url)?, http, tree: Rc::default() })
    }

    /// What the node is (`GET /version.json`): the cheapest check of address and key.
    pub async fn info(&self) -> Result<NodeInfo> {
        self.get("/version.json", &Vec::new()).await
    }

    /// The same connection with another policy. Clones made before keep theirs.
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { http: self.http.with_policy(policy), ..self }
    }
}

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeInfo {
    /// Version of the Joule software ("1.0.1").
    pub version: String,
    /// The node's name.
    pub name: String,
    /// The node's unique id.
    pub uuid: String,
}

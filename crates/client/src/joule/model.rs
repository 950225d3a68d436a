//! What nodes tell: folders, streams, events, annotations, modules and who may use the node.
//!
//! Read from a node's JSON with its names and microseconds; written (for JavaScript, for files) with the names here and
//! times in nanoseconds since the Unix epoch, UTC. Fields that an older node leaves out read as empty.

mod annotation;
mod event;
mod filter;
mod folder;
mod node;
mod stream;

pub use annotation::{Annotation, AnnotationInfo, NewAnnotation};
pub use event::{
    Bucket, Event, EventAnswer, EventInfo, EventQuery, EventStream, FieldKind, Histogram, NewEvent,
    NewEventStream,
};
pub use filter::{Condition, Filter, Test};
pub use folder::Folder;
pub use node::{
    ConnectionInfo, DatabaseInfo, Follower, Master, MasterKind, Module, ModuleStatistics, NewMaster, Proxy,
};
pub use stream::{DataInfo, DataStream, DisplayType, Element, NewDataStream};

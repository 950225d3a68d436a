//! What the GraphQL API tells. Fields have the official client's names and order, times are Unix seconds, as served.
//! What a server sends beyond the fields is kept in `attributes`.

mod events;
mod people;
mod projects;
mod streams;

use serde_json::{Map, Value};

pub use events::{Classification, Event};
pub use people::{Device, Org, Patient, User};
pub use projects::{Cohort, Metric, Project, ProjectPatient};
pub use streams::{Dimension, Parameter, StreamCriteria, StreamMetadata, StreamType};

pub(super) use crate::lenient::lenient;

/// Attributes beyond the fields, by name.
pub type Attributes = Map<String, Value>;

//! What the GraphQL API tells. Fields have the official client's names and order, times are Unix seconds, as served.
//! What a server sends beyond the fields is kept in `attributes`.

mod events;
mod people;
mod projects;
mod streams;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

pub use events::{Classification, Event};
pub use people::{Device, Org, Patient, User};
pub use projects::{Cohort, Metric, Project, ProjectPatient};
pub use streams::{Dimension, Parameter, StreamCriteria, StreamMetadata, StreamType};

/// Attributes beyond the fields, by name.
pub type Attributes = Map<String, Value>;

/// Null reads as the default.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

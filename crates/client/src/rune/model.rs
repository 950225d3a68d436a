//! What the GraphQL API tells. Fields have the official client's names; times are Unix seconds, as served. Read with
//! the wire's names, null where a server leaves something out.

use serde::{Deserialize, Deserializer, Serialize};

/// Null reads as the default.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The person (or program) the credentials belong to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct User {
    /// Id as served (`user-…,user`); see [`ids::user`](super::ids::user).
    pub id: String,
    /// Name to show.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// When the account was made.
    pub created_at: Option<f64>,
    /// The active organization's id as served (`org-…,org`), if there is one.
    pub active_org_id: Option<String>,
    /// The active organization's name.
    pub active_org_name: Option<String>,
}

/// An organization: a laboratory, a clinical site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Org {
    /// Bare id.
    pub id: String,
    /// Name to show.
    #[serde(rename(deserialize = "displayName"), default, deserialize_with = "lenient")]
    pub name: String,
    /// When it was made.
    #[serde(rename(deserialize = "created"), default)]
    pub created_at: Option<f64>,
    /// Tags.
    #[serde(rename(deserialize = "orgTags"), default, deserialize_with = "lenient")]
    pub tags: Vec<String>,
}

/// A patient and all devices.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Patient {
    /// Bare id.
    pub id: String,
    /// Code name.
    pub name: String,
    /// When the record was made.
    pub created_at: Option<f64>,
    /// Devices, each once.
    pub devices: Vec<Device>,
}

/// A sensor of a patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Device {
    /// Bare id; unique for its patient only.
    pub id: String,
    /// The patient's bare id.
    pub patient_id: String,
    /// Alias.
    pub name: String,
    /// When the record was made.
    pub created_at: Option<f64>,
    /// Kind of device.
    pub device_type_id: String,
    /// Whether it was taken out of use.
    pub disabled: bool,
    /// When it was.
    pub disabled_at: Option<f64>,
    /// When the record last changed.
    pub updated_at: Option<f64>,
}

/// What a stream measures, and its columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StreamType {
    /// Id ("acceleration").
    pub id: String,
    /// Name to show.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Columns, in order.
    pub dimensions: Vec<Dimension>,
}

/// One column of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Column name.
    #[serde(rename(deserialize = "identifier"))]
    pub id: String,
    /// Data type ("timestamp", "sfloat", …).
    #[serde(rename(deserialize = "dataType"), default, deserialize_with = "lenient")]
    pub data_type: String,
    /// Quantity in words.
    #[serde(rename(deserialize = "quantityName"), default, deserialize_with = "lenient")]
    pub quantity_name: String,
    /// Quantity abbreviated.
    #[serde(rename(deserialize = "quantityAbbrev"), default, deserialize_with = "lenient")]
    pub quantity_abbrev: String,
    /// Unit in words.
    #[serde(rename(deserialize = "unitName"), default, deserialize_with = "lenient")]
    pub unit_name: String,
    /// Unit abbreviated.
    #[serde(rename(deserialize = "unitAbbrev"), default, deserialize_with = "lenient")]
    pub unit_abbrev: String,
}

/// A label of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Name ("category").
    pub key: String,
    /// Value ("neural").
    #[serde(default, deserialize_with = "lenient")]
    pub value: String,
}

/// One time series' metadata.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StreamMetadata {
    /// Id.
    pub id: String,
    /// When the stream was made.
    pub created_at: Option<f64>,
    /// How the data were processed (`name.version`).
    pub algorithm: String,
    /// Bare id of the device; empty where there is none.
    pub device_id: String,
    /// Bare id of the patient.
    pub patient_id: String,
    /// Columns and meaning.
    pub stream_type: StreamType,
    /// First sample.
    pub min_time: Option<f64>,
    /// Last sample.
    pub max_time: Option<f64>,
    /// Labels, in the order served.
    pub parameters: Vec<Parameter>,
}

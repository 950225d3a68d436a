//! Users, organizations, patients and devices.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use streamscope_frame::ColumnType;

use super::{Attributes, lenient};
use crate::rune::{Item, Set, ids};

/// The person (or program) the credentials belong to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct User {
    /// Name to show.
    pub name: Option<String>,
    /// When the account was made.
    pub created_at: Option<f64>,
    /// The active organization's id as served (`org-…,org`), if there is one.
    pub active_org_id: Option<String>,
    /// The active organization's name.
    pub active_org_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Id as served (`user-…,user`); see [`ids::user`].
    pub id: String,
}

/// An organization: a laboratory, a clinical site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Org {
    /// Name to show.
    #[serde(rename(deserialize = "displayName"), default, deserialize_with = "lenient")]
    pub name: String,
    /// When it was made.
    #[serde(rename(deserialize = "created"), default)]
    pub created_at: Option<f64>,
    /// Tags.
    #[serde(rename(deserialize = "orgTags"), default, deserialize_with = "lenient")]
    pub tags: Vec<String>,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Bare id.
    pub id: String,
}

impl Item for Org {
    const KIND: &'static str = "organization";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("name", ColumnType::Text),
        ("created_at", ColumnType::Float),
        ("tags", ColumnType::Json),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn is(&self, id: &str) -> bool {
        ids::org(id) == self.id
    }
}

/// A patient and all devices.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Patient {
    /// Code name.
    pub name: String,
    /// When the record was made.
    pub created_at: Option<f64>,
    /// Devices, each once.
    pub devices: Set<Device>,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Bare id.
    pub id: String,
}

impl Item for Patient {
    const KIND: &'static str = "patient";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("name", ColumnType::Text),
        ("created_at", ColumnType::Float),
        ("devices", ColumnType::Json),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn is(&self, id: &str) -> bool {
        ids::patient(id) == self.id
    }
}

impl Set<Patient> {
    /// All patients' devices.
    pub fn devices(&self) -> Set<Device> {
        self.iter().flat_map(|patient| &patient.devices).cloned().collect()
    }
}

/// A sensor of a patient.
///
/// Its id is unique for its patient only: watches of two patients may share one. A set of devices therefore goes by
/// the full id (`patient-…,device-…`) and finds a device by its bare id as well, the first where there are several.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Device {
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
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Bare id; unique for its patient only.
    pub id: String,
}

impl Item for Device {
    const KIND: &'static str = "device";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("patient_id", ColumnType::Text),
        ("name", ColumnType::Text),
        ("created_at", ColumnType::Float),
        ("device_type_id", ColumnType::Text),
        ("disabled", ColumnType::Bool),
        ("disabled_at", ColumnType::Float),
        ("updated_at", ColumnType::Float),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(ids::full_device(&self.patient_id, &self.id))
    }

    fn is(&self, id: &str) -> bool {
        let patient = id.split_once(',').map(|(patient, _)| ids::patient(patient));
        ids::device(id) == self.id && patient.is_none_or(|patient| patient == self.patient_id)
    }
}

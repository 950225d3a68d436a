//! The GraphQL API's documents as served: nested, with their own names, and null where something is missing.
//!
//! What is not known here is kept, and handed on as attributes.

mod events;
mod projects;

use serde::Deserialize;

pub(super) use events::EventList;
pub(super) use projects::{Members, Project, ProjectList};

use super::model::Attributes;
use super::{ids, model};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    #[serde(default)]
    pub(super) end_cursor: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Id {
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    id: String,
    created: Option<f64>,
    display_name: Option<String>,
    email: Option<String>,
    default_membership: Option<Membership>,
    #[serde(flatten)]
    attributes: Attributes,
}

#[derive(Deserialize)]
pub(super) struct Membership {
    pub(super) org: Option<model::Org>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct MembershipList {
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) page_info: PageInfo,
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) memberships: Vec<Membership>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Patient {
    pub(super) id: String,
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) code_name: String,
    pub(super) created_at: Option<f64>,
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) device_list: DeviceList,
    #[serde(flatten)]
    attributes: Attributes,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceList {
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) page_info: PageInfo,
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) devices: Vec<Device>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Device {
    device_short_id: String,
    #[serde(default, deserialize_with = "model::lenient")]
    alias: String,
    created_at: Option<f64>,
    device_type: Option<Id>,
    #[serde(default, deserialize_with = "model::lenient")]
    disabled: bool,
    disabled_at: Option<f64>,
    updated_at: Option<f64>,
    #[serde(flatten)]
    attributes: Attributes,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatientAccessList {
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) page_info: PageInfo,
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) patient_access: Vec<PatientAccess>,
}

#[derive(Deserialize)]
pub(super) struct PatientAccess {
    pub(super) patient: Option<Patient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StreamTypes {
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) stream_types: Vec<StreamType>,
}

#[derive(Deserialize)]
pub(super) struct StreamType {
    id: String,
    #[serde(default, deserialize_with = "model::lenient")]
    name: String,
    #[serde(default, deserialize_with = "model::lenient")]
    description: String,
    #[serde(default, deserialize_with = "model::lenient")]
    shape: Shape,
    #[serde(flatten)]
    attributes: Attributes,
}

#[derive(Deserialize, Default)]
pub(super) struct Shape {
    #[serde(default, deserialize_with = "model::lenient")]
    dimensions: Vec<model::Dimension>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct StreamList {
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) page_info: PageInfo,
    #[serde(default, deserialize_with = "model::lenient")]
    pub(super) streams: Vec<Stream>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stream {
    id: String,
    created_at: Option<f64>,
    #[serde(default, deserialize_with = "model::lenient")]
    algorithm: String,
    #[serde(default, deserialize_with = "model::lenient")]
    device_id: String,
    #[serde(default, deserialize_with = "model::lenient")]
    patient_id: String,
    stream_type: StreamType,
    #[serde(default, deserialize_with = "model::lenient")]
    parameters: Vec<model::Parameter>,
    min_time: Option<f64>,
    max_time: Option<f64>,
    #[serde(flatten)]
    attributes: Attributes,
}

impl From<User> for model::User {
    fn from(user: User) -> Self {
        let org = user.default_membership.and_then(|membership| membership.org);
        let (active_org_id, active_org_name) = org.map(|org| (org.id, org.name)).unzip();
        Self {
            id: user.id,
            name: user.display_name,
            email: user.email,
            created_at: user.created,
            active_org_id,
            active_org_name,
            attributes: user.attributes,
        }
    }
}

impl Device {
    pub(super) fn of(self, patient_id: &str) -> model::Device {
        model::Device {
            id: self.device_short_id,
            patient_id: patient_id.to_string(),
            name: self.alias,
            created_at: self.created_at,
            device_type_id: self.device_type.map(|kind| kind.id).unwrap_or_default(),
            disabled: self.disabled,
            disabled_at: self.disabled_at,
            updated_at: self.updated_at,
            attributes: self.attributes,
        }
    }
}

impl From<StreamType> for model::StreamType {
    fn from(kind: StreamType) -> Self {
        let StreamType { id, name, description, shape, attributes } = kind;
        Self { id, name, description, dimensions: shape.dimensions, attributes }
    }
}

impl From<Stream> for model::StreamMetadata {
    fn from(stream: Stream) -> Self {
        Self {
            id: stream.id,
            created_at: stream.created_at,
            algorithm: stream.algorithm,
            device_id: ids::device(&stream.device_id).to_string(),
            patient_id: ids::patient(&stream.patient_id).to_string(),
            stream_type: stream.stream_type.into(),
            min_time: stream.min_time,
            max_time: stream.max_time,
            parameters: stream.parameters,
            attributes: stream.attributes,
        }
    }
}

impl From<Patient> for model::Patient {
    fn from(patient: Patient) -> Self {
        let id = ids::patient(&patient.id).to_string();
        Self {
            name: patient.code_name,
            created_at: patient.created_at,
            devices: patient.device_list.devices.into_iter().map(|device| device.of(&id)).collect(),
            attributes: patient.attributes,
            id,
        }
    }
}

//! What the platform knows besides samples: people, devices, streams, events, projects.
//!
//! These are at once the stored form (JSON) and, for the most part, the GraphQL objects. Times are Unix seconds.

use std::sync::Arc;

use arrow_schema::SchemaRef;
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use streamscope_frame::{Column, ColumnType, Layout};

/// Everything.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) user: User,
    pub(crate) orgs: Vec<Org>,
    pub(crate) patients: Vec<Patient>,
    pub(crate) accesses: Vec<Access>,
    pub(crate) stream_types: Vec<StreamType>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) projects: Vec<Project>,
}

impl Catalogue {
    pub(crate) fn org(&self, id: &str) -> Option<&Org> {
        self.orgs.iter().find(|org| plain_org(&org.id) == plain_org(id))
    }

    pub(crate) fn patient(&self, id: &str) -> Option<&Patient> {
        let id = id.strip_prefix("patient-").unwrap_or(id);
        self.patients.iter().find(|patient| patient.id == id)
    }

    pub(crate) fn stream(&self, id: &str) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.id == id)
    }

    pub(crate) fn stream_type(&self, id: &str) -> Option<&StreamType> {
        self.stream_types.iter().find(|kind| kind.id == id)
    }
}

/// An organization's id without `org-` and `,org`.
pub(crate) fn plain_org(id: &str) -> &str {
    let id = id.strip_prefix("org-").unwrap_or(id);
    id.strip_suffix(",org").unwrap_or(id)
}

#[derive(Debug, Default, Serialize, Deserialize, SimpleObject)]
#[graphql(complex)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) created: f64,
    pub(crate) display_name: String,
    pub(crate) email: String,
    /// The active organization at the start.
    #[graphql(skip)]
    pub(crate) org_id: String,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Org {
    pub(crate) id: String,
    pub(crate) created: f64,
    pub(crate) display_name: String,
    pub(crate) org_tags: Vec<String>,
}

/// That an organization may see a patient, and since when.
#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(complex, name = "PatientAccess")]
pub(crate) struct Access {
    #[graphql(skip)]
    pub(crate) patient_id: String,
    #[graphql(skip)]
    pub(crate) org_id: String,
    pub(crate) start_time: f64,
    pub(crate) end_time: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Patient {
    pub(crate) id: String,
    pub(crate) code_name: String,
    pub(crate) created_at: f64,
    #[graphql(skip)]
    pub(crate) devices: Vec<Device>,
    #[graphql(skip)]
    pub(crate) events: Vec<Event>,
    /// One JSON object per night, as the sleep endpoint returns it, sorted by its `date`.
    #[graphql(skip)]
    pub(crate) nights: Vec<serde_json::Value>,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct Device {
    pub(crate) device_short_id: String,
    pub(crate) alias: String,
    pub(crate) created_at: f64,
    pub(crate) device_type: DeviceType,
    pub(crate) disabled: bool,
    pub(crate) disabled_at: Option<f64>,
    pub(crate) updated_at: f64,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct DeviceType {
    pub(crate) id: String,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct StreamType {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) shape: Shape,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct Shape {
    pub(crate) dimensions: Vec<Dimension>,
}

/// A column of a stream type. The first is the time that rows are sorted and found by.
#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct Dimension {
    pub(crate) identifier: String,
    pub(crate) data_type: String,
    pub(crate) quantity_name: String,
    pub(crate) quantity_abbrev: String,
    pub(crate) unit_name: String,
    pub(crate) unit_abbrev: String,
    /// Names of the values 0, 1, 2, … of an enum.
    #[graphql(skip)]
    pub(crate) enum_values: Vec<String>,
}

/// The column that every stream has after its dimensions.
pub(crate) const DURATION: &str = "measurement_duration_ns";

impl StreamType {
    /// The columns of the stream's rows as they are stored: enums as integers.
    pub(crate) fn stored(&self) -> SchemaRef {
        let columns = self.shape.dimensions.iter().map(|dimension| {
            let kind = match dimension.data_type.as_str() {
                "timestamp" => ColumnType::Time,
                "sfloat" | "ufloat" => ColumnType::Float,
                "bool" => ColumnType::Bool,
                "sint" | "uint" | "enum" => ColumnType::Int,
                _ => ColumnType::Json,
            };
            Column::new(&dimension.identifier, kind)
        });
        let duration = Column::new(DURATION, ColumnType::Int);
        Arc::new(Layout::new(columns.chain([duration]).collect()).schema())
    }

    /// Whether this is a time and one number: what daily aggregates and windows are made for.
    pub(crate) fn is_series(&self) -> bool {
        let kinds: Vec<_> =
            self.shape.dimensions.iter().map(|dimension| dimension.data_type.as_str()).collect();
        matches!(kinds[..], ["timestamp", "sfloat" | "ufloat" | "sint" | "uint"])
    }
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Stream {
    pub(crate) id: String,
    pub(crate) created_at: f64,
    pub(crate) algorithm: String,
    pub(crate) patient_id: String,
    pub(crate) parameters: Vec<Parameter>,
    /// Times of the first and the last row; null when there is none.
    pub(crate) min_time: Option<f64>,
    pub(crate) max_time: Option<f64>,
    #[graphql(skip)]
    pub(crate) device_short_id: String,
    #[graphql(skip)]
    pub(crate) stream_type_id: String,
    /// What people call it; the platform itself has no such name.
    #[graphql(skip)]
    pub(crate) name: String,
    #[graphql(skip)]
    pub(crate) rows: u64,
}

impl Stream {
    /// The device's full id.
    pub(crate) fn device(&self) -> String {
        format!("patient-{},device-{}", self.patient_id, self.device_short_id)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, SimpleObject)]
#[graphql(name = "StreamParameter")]
pub(crate) struct Parameter {
    pub(crate) key: String,
    pub(crate) value: String,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) custom_detail: Option<CustomDetail>,
    pub(crate) duration: Option<Duration>,
    /// A JSON object as text, or empty.
    pub(crate) payload: String,
    pub(crate) classification: EventClass,
    pub(crate) tags: Option<Vec<Tag>>,
    pub(crate) method: Option<String>,
    pub(crate) created_at: f64,
    pub(crate) updated_at: f64,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct CustomDetail {
    pub(crate) display_name: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(name = "EventDuration")]
pub(crate) struct Duration {
    pub(crate) start_time: f64,
    pub(crate) end_time: Option<f64>,
    pub(crate) end_time_max: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(name = "EventClassification")]
pub(crate) struct EventClass {
    pub(crate) namespace: String,
    pub(crate) category: String,
    #[graphql(name = "enum")]
    pub(crate) value: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
pub(crate) struct Tag {
    pub(crate) name: String,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) status: String,
    pub(crate) description: String,
    #[graphql(name = "type")]
    pub(crate) kind: String,
    pub(crate) organization_id: String,
    pub(crate) created_at: f64,
    pub(crate) updated_at: f64,
    pub(crate) started_at: f64,
    pub(crate) created_by: String,
    pub(crate) updated_by: String,
    #[graphql(skip)]
    pub(crate) cohorts: Vec<Cohort>,
    #[graphql(skip)]
    pub(crate) patients: Vec<ProjectPatient>,
}

#[derive(Debug, Serialize, Deserialize, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Cohort {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) organization_id: String,
    pub(crate) created_at: f64,
    pub(crate) updated_at: f64,
    pub(crate) created_by: String,
    pub(crate) updated_by: String,
    #[graphql(skip)]
    pub(crate) patients: Vec<ProjectPatient>,
}

#[derive(Debug, Clone, Serialize, Deserialize, SimpleObject)]
#[graphql(complex)]
pub(crate) struct ProjectPatient {
    #[graphql(skip)]
    pub(crate) patient_id: String,
    pub(crate) code_name: String,
    pub(crate) created_at: f64,
    pub(crate) updated_at: f64,
    pub(crate) created_by: String,
    pub(crate) updated_by: String,
    #[graphql(skip)]
    pub(crate) metrics: Vec<Metric>,
}

#[derive(Debug, Clone, Serialize, Deserialize, SimpleObject)]
pub(crate) struct Metric {
    pub(crate) id: String,
    pub(crate) created_at: f64,
    pub(crate) updated_at: f64,
    #[graphql(name = "type")]
    pub(crate) kind: String,
    pub(crate) data_type: String,
    pub(crate) value: Option<f64>,
    pub(crate) time_interval: String,
}

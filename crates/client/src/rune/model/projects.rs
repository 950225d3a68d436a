//! Projects, cohorts, and the patients in them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use streamscope_frame::{ColumnType, RecordBatch};

use super::{Attributes, lenient};
use crate::Result;
use crate::rune::{Item, Set, ids, table};

/// A study: patients, some of them grouped in cohorts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Project {
    /// Title.
    pub title: String,
    /// When the record was made.
    pub created_at: Option<f64>,
    /// When the project began.
    pub started_at: Option<f64>,
    /// When the record last changed.
    pub updated_at: Option<f64>,
    /// Who made the record.
    pub created_by: String,
    /// Who changed it last.
    pub updated_by: String,
    /// How it stands ("ACTIVE").
    pub status: String,
    /// Kind: EXPLORATORY, CLINICAL_TRIAL, RETROSPECTIVE_STUDY, PROSPECTIVE_STUDY or SANDBOX.
    #[serde(rename = "type")]
    pub kind: String,
    /// Cohorts.
    pub cohorts: Set<Cohort>,
    /// In words.
    pub description: String,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Id.
    pub id: String,
}

impl Item for Project {
    const KIND: &'static str = "project";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("title", ColumnType::Text),
        ("created_at", ColumnType::Float),
        ("started_at", ColumnType::Float),
        ("updated_at", ColumnType::Float),
        ("created_by", ColumnType::Text),
        ("updated_by", ColumnType::Text),
        ("status", ColumnType::Text),
        ("type", ColumnType::Text),
        ("cohorts", ColumnType::Json),
        ("description", ColumnType::Text),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// A group of a project's patients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// Title.
    #[serde(default, deserialize_with = "lenient")]
    pub title: String,
    /// When the record was made.
    #[serde(rename(deserialize = "createdAt"), default)]
    pub created_at: Option<f64>,
    /// When the record last changed.
    #[serde(rename(deserialize = "updatedAt"), default)]
    pub updated_at: Option<f64>,
    /// Who made the record.
    #[serde(rename(deserialize = "createdBy"), default, deserialize_with = "lenient")]
    pub created_by: String,
    /// Who changed it last.
    #[serde(rename(deserialize = "updatedBy"), default, deserialize_with = "lenient")]
    pub updated_by: String,
    /// In words.
    #[serde(default, deserialize_with = "lenient")]
    pub description: String,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Id.
    pub id: String,
}

impl Item for Cohort {
    const KIND: &'static str = "cohort";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("title", ColumnType::Text),
        ("created_at", ColumnType::Float),
        ("updated_at", ColumnType::Float),
        ("created_by", ColumnType::Text),
        ("updated_by", ColumnType::Text),
        ("description", ColumnType::Text),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// A patient's part in a project or a cohort.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProjectPatient {
    /// The patient's code name in the project.
    pub project_code_name: String,
    /// Since when the project's organization may see the patient's data; `None` when it never could.
    pub start_time: Option<f64>,
    /// Until when; `None` for no end.
    pub end_time: Option<f64>,
    /// When the record was made.
    pub created_at: Option<f64>,
    /// When the record last changed.
    pub updated_at: Option<f64>,
    /// Who made the record.
    pub created_by: String,
    /// Who changed it last.
    pub updated_by: String,
    /// Figures about the patient's data, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Set<Metric>>,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// The patient's bare id.
    pub id: String,
}

impl Item for ProjectPatient {
    const KIND: &'static str = "patient of the project";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("project_code_name", ColumnType::Text),
        ("start_time", ColumnType::Float),
        ("end_time", ColumnType::Float),
        ("created_at", ColumnType::Float),
        ("updated_at", ColumnType::Float),
        ("created_by", ColumnType::Text),
        ("updated_by", ColumnType::Text),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn is(&self, id: &str) -> bool {
        ids::patient(id) == self.id
    }
}

/// Columns of a patient's table of metrics, in the official client's order.
const METRICS: &[(&str, ColumnType)] = &[
    ("created_at", ColumnType::Float),
    ("updated_at", ColumnType::Float),
    ("created_by", ColumnType::Text),
    ("updated_by", ColumnType::Text),
    ("project_patient_code_name", ColumnType::Text),
    ("id", ColumnType::Text),
    ("metric_type", ColumnType::Text),
    ("metric_data_type", ColumnType::Text),
    ("metric_value", ColumnType::Float),
    ("metric_time_interval", ColumnType::Text),
    ("metric_created_at", ColumnType::Float),
    ("metric_updated_at", ColumnType::Float),
    ("metric_id", ColumnType::Text),
];

/// One row of that table.
#[derive(Serialize)]
struct MetricRow<'a> {
    created_at: Option<f64>,
    updated_at: Option<f64>,
    created_by: &'a str,
    updated_by: &'a str,
    project_patient_code_name: &'a str,
    id: &'a str,
    metric_type: &'a str,
    metric_data_type: &'a str,
    metric_value: Option<f64>,
    metric_time_interval: &'a str,
    metric_created_at: Option<f64>,
    metric_updated_at: Option<f64>,
    metric_id: &'a str,
}

impl ProjectPatient {
    /// The metrics as a table, one row each, beside the patient's own figures (`get_patient_metadata_dataframe` of the
    /// official client). Empty where they were not asked for.
    pub fn metrics_table(&self) -> Result<RecordBatch> {
        let rows = self.metrics.iter().flatten().map(|metric| MetricRow {
            created_at: self.created_at,
            updated_at: self.updated_at,
            created_by: &self.created_by,
            updated_by: &self.updated_by,
            project_patient_code_name: &self.project_code_name,
            id: &self.id,
            metric_type: &metric.kind,
            metric_data_type: &metric.data_type,
            metric_value: metric.value,
            metric_time_interval: &metric.time_interval,
            metric_created_at: metric.created_at,
            metric_updated_at: metric.updated_at,
            metric_id: &metric.id,
        });
        table::of(&rows.collect::<Vec<_>>(), METRICS)
    }
}

/// A figure about a patient's data in a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Kind: TOTAL_HOURS, LATEST_DATA or LAST_UPLOAD.
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    pub kind: String,
    /// What data it is about ("APPLEWATCH_TREMOR").
    #[serde(rename(deserialize = "dataType"), default, deserialize_with = "lenient")]
    pub data_type: String,
    /// The figure: hours or Unix seconds; `None` without data.
    #[serde(default)]
    pub value: Option<f64>,
    /// Over which time: FOURTEEN_DAYS, NINETY_DAYS or PROJECT_ALL.
    #[serde(rename(deserialize = "timeInterval"), default, deserialize_with = "lenient")]
    pub time_interval: String,
    /// When it was first computed.
    #[serde(rename(deserialize = "createdAt"), default)]
    pub created_at: Option<f64>,
    /// When it was last computed.
    #[serde(rename(deserialize = "updatedAt"), default)]
    pub updated_at: Option<f64>,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Id.
    pub id: String,
}

impl Item for Metric {
    const KIND: &'static str = "metric";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("type", ColumnType::Text),
        ("data_type", ColumnType::Text),
        ("value", ColumnType::Float),
        ("time_interval", ColumnType::Text),
        ("created_at", ColumnType::Float),
        ("updated_at", ColumnType::Float),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

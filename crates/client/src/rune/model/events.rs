//! What patients and their devices logged.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use streamscope_frame::{ColumnType, RecordBatch};

use super::{Attributes, lenient};
use crate::Result;
use crate::rune::{Item, table};

/// A medication taken, a symptom felt, an activity, a mood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// The patient's bare id.
    pub patient_id: String,
    /// When it began.
    pub start_time: Option<f64>,
    /// When it ended: the latest end that is possible, where ends are not certain. `None` when nobody knows.
    pub end_time: Option<f64>,
    /// What it was.
    pub classification: Classification,
    /// Name to show: the person's own, where there is one.
    pub display_name: String,
    /// Details; an empty object when there are none.
    pub payload: Value,
    /// How it was logged ("manual").
    pub method: Option<String>,
    /// When the record was made.
    pub created_at: Option<f64>,
    /// When the record last changed.
    pub updated_at: Option<f64>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Id.
    pub id: String,
}

/// What an event was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Who defined the category ("patient").
    pub namespace: String,
    /// Category ("medication").
    pub category: String,
    /// Kind within the category ("carbidopa-levodopa").
    #[serde(rename = "enum", default, deserialize_with = "lenient")]
    pub value: Option<String>,
}

/// One row of a table of events.
#[derive(Serialize)]
struct Row<'a> {
    patient_id: &'a str,
    start_time: Option<f64>,
    end_time: Option<f64>,
    namespace: &'a str,
    category: &'a str,
    #[serde(rename = "enum")]
    value: Option<&'a str>,
    display_name: &'a str,
    method: Option<&'a str>,
    payload: &'a Value,
    tags: &'a [String],
    created_at: Option<f64>,
    updated_at: Option<f64>,
    id: &'a str,
}

impl Event {
    fn row(&self) -> Row<'_> {
        Row {
            patient_id: &self.patient_id,
            start_time: self.start_time,
            end_time: self.end_time,
            namespace: &self.classification.namespace,
            category: &self.classification.category,
            value: self.classification.value.as_deref(),
            display_name: &self.display_name,
            method: self.method.as_deref(),
            payload: &self.payload,
            tags: &self.tags,
            created_at: self.created_at,
            updated_at: self.updated_at,
            id: &self.id,
        }
    }
}

/// Times that are not known come last.
fn earlier(one: Option<f64>, other: Option<f64>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}

impl Item for Event {
    const KIND: &'static str = "event";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("patient_id", ColumnType::Text),
        ("start_time", ColumnType::Time),
        ("end_time", ColumnType::Time),
        ("namespace", ColumnType::Text),
        ("category", ColumnType::Text),
        ("enum", ColumnType::Text),
        ("display_name", ColumnType::Text),
        ("method", ColumnType::Text),
        ("payload", ColumnType::Json),
        ("tags", ColumnType::Json),
        ("created_at", ColumnType::Time),
        ("updated_at", ColumnType::Time),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    /// In order of start and end, with the classification in three columns and points in time instead of seconds.
    fn table(items: &[&Self]) -> Result<RecordBatch> {
        let mut events = items.to_vec();
        events.sort_by(|one, other| {
            earlier(one.start_time, other.start_time).then(earlier(one.end_time, other.end_time))
        });
        table::of(&events.into_iter().map(Self::row).collect::<Vec<_>>(), Self::COLUMNS)
    }
}

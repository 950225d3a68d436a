//! Stream types and streams.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use streamscope_frame::ColumnType;

use super::{Attributes, lenient};
use crate::rune::{Item, Set, StreamFilter, ids};

/// What a stream measures, and its columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StreamType {
    /// Name to show.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Columns, in order.
    pub dimensions: Vec<Dimension>,
    /// Attributes beyond these.
    #[serde(flatten)]
    pub attributes: Attributes,
    /// Id ("acceleration").
    pub id: String,
}

impl Item for StreamType {
    const KIND: &'static str = "stream type";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("name", ColumnType::Text),
        ("description", ColumnType::Text),
        ("dimensions", ColumnType::Json),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// One column of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Data type ("timestamp", "sfloat", …).
    #[serde(rename(deserialize = "dataType"), default, deserialize_with = "lenient")]
    pub data_type: String,
    /// Quantity in words.
    #[serde(rename(deserialize = "quantityName"), default, deserialize_with = "lenient")]
    pub quantity_name: String,
    /// Unit in words.
    #[serde(rename(deserialize = "unitName"), default, deserialize_with = "lenient")]
    pub unit_name: String,
    /// Quantity abbreviated.
    #[serde(rename(deserialize = "quantityAbbrev"), default, deserialize_with = "lenient")]
    pub quantity_abbrev: String,
    /// Unit abbreviated.
    #[serde(rename(deserialize = "unitAbbrev"), default, deserialize_with = "lenient")]
    pub unit_abbrev: String,
    /// Column name.
    #[serde(rename(deserialize = "identifier"))]
    pub id: String,
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
///
/// Its dictionary holds each label twice, as the official client's does: in `parameters` (a map), and beside the other
/// attributes, unless it has the name of one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamMetadata {
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
    /// Attributes beyond these.
    pub attributes: Attributes,
    /// Id.
    pub id: String,
}

impl StreamMetadata {
    /// The value of a label.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        // Where a key comes twice, the last one counts, as in the official client's dictionary.
        let found = self.parameters.iter().rev().find(|label| label.key == key);
        found.map(|label| label.value.as_str())
    }

    /// Labels, each key once.
    pub(in crate::rune) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let first =
            |place: usize, key: &str| !self.parameters.iter().take(place).any(|label| label.key == key);
        let once = self.parameters.iter().enumerate().filter(move |(place, label)| first(*place, &label.key));
        once.map(|(_, label)| (label.key.as_str(), self.parameter(&label.key).unwrap_or_default()))
    }
}

/// Labels as a map.
struct Labels<'a>(&'a StreamMetadata);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.labels())
    }
}

impl Serialize for StreamMetadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("algorithm", &self.algorithm)?;
        map.serialize_entry("device_id", &self.device_id)?;
        map.serialize_entry("patient_id", &self.patient_id)?;
        map.serialize_entry("stream_type", &self.stream_type)?;
        map.serialize_entry("min_time", &self.min_time)?;
        map.serialize_entry("max_time", &self.max_time)?;
        map.serialize_entry("parameters", &Labels(self))?;
        let own = |name: &str| Self::COLUMNS.iter().any(|(own, _)| *own == name);
        for (key, value) in self.labels().filter(|(key, _)| !own(key)) {
            map.serialize_entry(key, value)?;
        }
        for (key, value) in
            self.attributes.iter().filter(|(key, _)| self.parameter(key).is_none() && !own(key))
        {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("id", &self.id)?;
        map.end()
    }
}

impl Item for StreamMetadata {
    const KIND: &'static str = "stream";
    const COLUMNS: &'static [(&'static str, ColumnType)] = &[
        ("created_at", ColumnType::Float),
        ("algorithm", ColumnType::Text),
        ("device_id", ColumnType::Text),
        ("patient_id", ColumnType::Text),
        ("stream_type", ColumnType::Json),
        ("min_time", ColumnType::Float),
        ("max_time", ColumnType::Float),
        ("parameters", ColumnType::Json),
        ("id", ColumnType::Text),
    ];

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// Which streams of a set are wanted; all that is set must match, empty texts count as not set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamCriteria {
    /// With this id.
    pub stream_id: Option<String>,
    /// Of this patient.
    pub patient_id: Option<String>,
    /// What else must match.
    pub filter: StreamFilter,
}

impl StreamCriteria {
    /// Whether a stream matches.
    pub fn accept(&self, stream: &StreamMetadata) -> bool {
        is(&self.stream_id, |id| stream.id == id)
            && is(&self.patient_id, |id| stream.patient_id == ids::patient(id))
            && self.filter.accept(stream)
    }
}

impl StreamFilter {
    /// Whether a stream that is at hand matches; empty texts count as not set.
    pub fn accept(&self, stream: &StreamMetadata) -> bool {
        let labelled = |key: &str, value: &str| stream.parameter(key) == Some(value);
        is(&self.device_id, |id| stream.device_id == ids::device(id))
            && is(&self.stream_type_id, |id| stream.stream_type.id == id)
            && is(&self.algorithm, |name| stream.algorithm == name)
            && is(&self.category, |name| labelled("category", name))
            && is(&self.measurement, |name| labelled("measurement", name))
            && self.parameters.iter().all(|(key, value)| labelled(key, value))
    }
}

/// Whether what is wanted matches, or nothing is.
fn is(wanted: &Option<String>, matches: impl Fn(&str) -> bool) -> bool {
    wanted.as_deref().filter(|wanted| !wanted.is_empty()).is_none_or(matches)
}

impl Set<StreamMetadata> {
    /// The streams that match, as a set of their own. For conditions of your own there is [`Set::filter`].
    pub fn select(&self, criteria: &StreamCriteria) -> Self {
        self.filter(|stream| criteria.accept(stream))
    }
}

//! What a connection offers: subjects, devices, streams and their dimensions.

use std::collections::BTreeMap;

use super::TimeRange;

/// Who or what was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Id on the platform (Rune: the patient id without prefix; Joule: the folder's path).
    pub id: String,
    /// Name to show (Rune: code name; Joule: the folder's name).
    pub name: String,
    /// Id of the subject it lies in, where subjects form a tree (folders; a user's records).
    pub parent: Option<String>,
    /// Whether more subjects lie in it that were not listed with it: they are asked for by its id.
    pub has_inner: bool,
    /// Devices, where the platform knows them.
    pub devices: Vec<Device>,
}

/// Where samples came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Id on the platform.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Type id ("apple-watch").
    pub kind: String,
}

/// One dimension of a stream: a column, and what the platform calls it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// Column name.
    pub id: String,
    /// The platform's data type ("timestamp", "sfloat", "enum", …).
    pub data_type: String,
    /// Quantity in words ("Acceleration").
    pub quantity: String,
    /// Unit in words and abbreviated ("Standard Gravity", "g").
    pub unit: String,
    /// Abbreviated unit.
    pub unit_abbrev: String,
    /// How its values are shown.
    pub display: Display,
}

/// How the values of a dimension are shown. What is read, kept and exported are the platform's own values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Display {
    /// Shown is `(value - offset) * scale` (Joule: the element's offset and scale factor).
    pub offset: f64,
    /// See `offset`; neither zero nor NaN.
    pub scale: f64,
    /// Values name states: they are drawn as bands, not as a line (Joule: discrete elements).
    pub states: bool,
    /// Lower and upper end of the axis, in shown units, where the platform names them.
    pub limits: Option<(f64, f64)>,
}

impl Display {
    /// Whether values are shown as they are.
    pub fn is_plain(&self) -> bool {
        self.offset == 0.0 && self.scale == 1.0
    }

    /// A value as it is shown.
    pub fn shown(&self, value: f64) -> f64 {
        (value - self.offset) * self.scale
    }
}

impl Default for Display {
    fn default() -> Self {
        Self { offset: 0.0, scale: 1.0, states: false, limits: None }
    }
}

/// A stream and its metadata.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StreamInfo {
    /// Id on the platform.
    pub id: String,
    /// The subject it belongs to.
    pub subject_id: String,
    /// The device it was recorded from, when there is one.
    pub device_id: Option<String>,
    /// Name to show (Rune: the stream type's name).
    pub name: String,
    /// Stream type id ("acceleration").
    pub stream_type: String,
    /// One sentence about the stream type.
    pub description: String,
    /// Algorithm label.
    pub algorithm: String,
    /// Dimensions in column order, time first where there is one.
    pub dimensions: Vec<Dimension>,
    /// Labels (Rune: parameters; `category` and `measurement` among them).
    pub labels: BTreeMap<String, String>,
    /// From when to when it has samples.
    pub extent: Extent,
}

impl StreamInfo {
    /// Whether its rows have a time. Those that have none begin with their value, and are in an order of their own.
    pub fn has_time(&self) -> bool {
        !matches!(self.dimensions.as_slice(), [value] if value.data_type != "timestamp")
    }

    /// The range that holds all samples, as far as it is known.
    pub fn span(&self) -> Option<TimeRange> {
        match self.extent {
            Extent::Known(range) => Some(range),
            Extent::Empty | Extent::Unknown => None,
        }
    }
}

/// The range that holds all samples of several streams, as far as it is known.
pub fn whole_span<'a>(streams: impl IntoIterator<Item = &'a StreamInfo>) -> Option<TimeRange> {
    streams.into_iter().filter_map(StreamInfo::span).reduce(TimeRange::hull)
}

/// What is known of the time that a stream covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// From the first sample to the first instant after the last one.
    Known(TimeRange),
    /// There is no sample.
    Empty,
    /// Nobody said.
    #[default]
    Unknown,
}

impl Extent {
    /// The same with its range elsewhere.
    pub fn moved(self, range: impl FnOnce(TimeRange) -> TimeRange) -> Self {
        match self {
            Self::Known(known) => Self::Known(range(known)),
            other => other,
        }
    }

    /// From the first sample's time and the first instant after the last one (ns), where a platform tells both.
    pub fn of(start: Option<i64>, end: Option<i64>) -> Option<Self> {
        let range = TimeRange { start: start?, end: end? };
        Some(if range.start < range.end { Self::Known(range) } else { Self::Empty })
    }
}

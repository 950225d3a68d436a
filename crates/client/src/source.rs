//! The one face the explorer sees: subjects, streams, frames and aggregates, whatever the platform.

use std::collections::BTreeMap;

use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Layout, RecordBatch};
use streamscope_signal::{AggregateFunction, Availability, BatchOperation, DailyAggregate, WindowAggregate};

use crate::Result;

/// A kind of server (or a file).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Platform {
    Rune,
    Joule,
    Hexoskin,
    Braincube,
    File,
}

impl Platform {
    /// The platform's name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rune => "Rune",
            Self::Joule => "Joule",
            Self::Hexoskin => "Hexoskin",
            Self::Braincube => "Braincube",
            Self::File => "The file",
        }
    }
}

/// Who or what was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Id on the platform (Rune: the patient id without prefix; Joule: the folder's path).
    pub id: String,
    /// Name to show (Rune: code name; Joule: the folder's name).
    pub name: String,
    /// Id of the subject it lies in, where subjects form a tree (Joule's folders). A parent comes before its children.
    pub parent: Option<String>,
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
#[derive(Debug, Clone, PartialEq)]
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
    /// First sample's time, ns.
    pub min_time: Option<i64>,
    /// First instant after the last sample, ns: the end of a range that holds all of them.
    pub max_time: Option<i64>,
}

/// Something noted beside the samples: a dose, a symptom, an annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Id on the platform.
    pub id: String,
    /// When it began, ns.
    pub start: i64,
    /// When it ended, ns: the start itself for a moment, `None` where nobody noted it.
    pub end: Option<i64>,
    /// Name to show.
    pub name: String,
    /// Kind of event (Rune: the category, "medication").
    pub category: String,
    /// What else was noted, by name (Joule: an event's content; an annotation's `title` and `content`).
    pub fields: Vec<(String, String)>,
    /// Id of the [`Place`] that it can be edited in; `None` where it cannot.
    pub place: Option<String>,
}

/// Where events can be written: a list with fields of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Id, as events name it.
    pub id: String,
    /// Name to show ("alarms", "Annotations of power").
    pub name: String,
    /// What an event of it says.
    pub fields: Vec<Field>,
    /// Whether an event's times can be changed once it is written.
    pub movable: bool,
}

/// One thing that an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The platform's name for it.
    pub name: String,
    /// What can be written.
    pub kind: FieldKind,
    /// Whether it must be there.
    pub required: bool,
}

/// What a [`Field`] takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A number, written as text.
    Number,
    /// One of these.
    Choice(Vec<String>),
}

/// An event to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When it began, ns.
    pub start: i64,
    /// When it ended, ns: the start itself for a moment.
    pub end: i64,
    /// What it says, by the names of its place's fields.
    pub fields: Vec<(String, String)>,
}

/// Half-open range of time `[start, end)`, ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// First instant inside.
    pub start: i64,
    /// First instant after.
    pub end: i64,
}

/// How far a read has come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// Rows delivered.
    pub rows: u64,
    /// Body bytes received.
    pub bytes: u64,
    /// Pages begun.
    pub pages: u64,
    /// Time of the last row delivered, ns: all before it is covered.
    pub covered_to: Option<i64>,
}

/// A read under way: ask for frames until `None`. Dropping it cancels its requests.
pub trait Read {
    /// The columns of every frame.
    fn layout(&self) -> &Layout;
    /// The next frame: rows in time order, each exactly once over retries and resumes; `None` at the end.
    /// Never works longer than a few milliseconds between two turns of the event loop.
    fn next_frame(&mut self) -> LocalBoxFuture<'_, Result<Option<RecordBatch>>>;
    /// Whether the server says where gaps are. What lies between two rows is then a gap only when
    /// [`begins_interval`](Self::begins_interval) says so, however far apart they are.
    fn declares_gaps(&self) -> bool {
        false
    }
    /// Whether the server declared a gap before the first row of the frame handed out last. Gaps that nobody declares
    /// show in the times alone.
    fn begins_interval(&self) -> bool {
        false
    }
    /// How many samples a row stands for, about: more than one where the platform reduced them. Known with the first
    /// frame.
    fn samples_a_row(&self) -> u64 {
        1
    }
    /// How far it has come.
    fn progress(&self) -> Progress;
}

/// Writes events, where a platform has such and the credentials allow it.
pub trait Notes {
    /// Where events of a subject can be written.
    fn places<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<Place>>>;
    /// Writes a new event.
    fn create<'a>(&'a self, place_id: &'a str, note: &'a Note) -> LocalBoxFuture<'a, Result<()>>;
    /// Writes an event anew, under its id.
    fn update<'a>(&'a self, event: &'a Event, note: &'a Note) -> LocalBoxFuture<'a, Result<()>>;
    /// Takes an event away.
    fn remove<'a>(&'a self, event: &'a Event) -> LocalBoxFuture<'a, Result<()>>;
}

/// A connection to a platform, as the explorer uses it. Dropping a future cancels its requests.
pub trait Source {
    /// The platform.
    fn platform(&self) -> Platform;
    /// All subjects the credentials reach, devices included.
    fn subjects(&self) -> LocalBoxFuture<'_, Result<Vec<Subject>>>;
    /// All streams of a subject.
    fn streams<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<StreamInfo>>>;
    /// A subject's events that touch a range, in order of their start.
    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>>;
    /// The way to write events; `None` where the platform has none.
    fn notes(&self) -> Option<&dyn Notes> {
        None
    }
    /// Reads a stream's rows in a range (enums as text).
    fn read(&self, stream: &StreamInfo, range: TimeRange) -> Result<Box<dyn Read>>;
    /// Rows as they are recorded, from an instant (ns) on: a read that waits for more and does not end by itself. `None`
    /// where the platform only keeps recordings.
    fn live(&self, stream: &StreamInfo, from: i64) -> Option<Result<Box<dyn Read>>> {
        let _ = (stream, from);
        None
    }
    /// What a range looks like in about `max_rows` rows at most, where the platform keeps reduced rows: a mean, minimum
    /// and maximum of each dimension in columns of their own (`V_mean`, `V_min`, `V_max`), for every stretch of samples
    /// that a row stands for. `None` where it keeps none.
    fn envelope(
        &self,
        stream: &StreamInfo,
        range: TimeRange,
        max_rows: u32,
    ) -> Option<Result<Box<dyn Read>>> {
        let _ = (stream, range, max_rows);
        None
    }
    /// Who computes [`availability`](Self::availability), [`daily_aggregate`](Self::daily_aggregate) and
    /// [`aggregate_window`](Self::aggregate_window), in a few words for a chart: "the server".
    fn aggregates_by(&self) -> &'static str {
        "the server"
    }
    /// Availability of one stream, or of several joined by `operation`.
    fn availability<'a>(
        &'a self,
        stream_ids: &'a [String],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>>;
    /// The average day over `n_days` 24-hour days from `start` (ns). Slots are UTC times of day.
    fn daily_aggregate<'a>(
        &'a self,
        stream_id: &'a str,
        start: i64,
        resolution_s: u32,
        n_days: u32,
    ) -> LocalBoxFuture<'a, Result<DailyAggregate>>;
    /// Sum or mean per aligned window.
    fn aggregate_window<'a>(
        &'a self,
        stream_id: &'a str,
        range: TimeRange,
        resolution_s: u32,
        function: AggregateFunction,
    ) -> LocalBoxFuture<'a, Result<WindowAggregate>>;
}

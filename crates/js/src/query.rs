//! Queries in: the client's, with JavaScript's spelling and times.

use std::collections::BTreeMap;

use serde::Deserialize;
use streamscope_client::rune::{self, Times};
use streamscope_signal as signal;

use crate::columns::Timestamp;
use crate::options::Time;

/// Which of a patient's streams are wanted; all that is given must match.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StreamFilter {
    /// Recorded from this device.
    device_id: Option<String>,
    /// Of this stream type.
    stream_type_id: Option<String>,
    /// Made by this algorithm.
    algorithm: Option<String>,
    /// Label `category`.
    category: Option<String>,
    /// Label `measurement`.
    measurement: Option<String>,
    /// Further labels.
    parameters: Option<BTreeMap<String, String>>,
}

impl From<StreamFilter> for rune::StreamFilter {
    fn from(given: StreamFilter) -> Self {
        Self {
            device_id: given.device_id,
            stream_type_id: given.stream_type_id,
            algorithm: given.algorithm,
            category: given.category,
            measurement: given.measurement,
            parameters: given.parameters.into_iter().flatten().collect(),
        }
    }
}

/// The form of a body on the wire.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Comma-separated values: the fastest to read.
    Csv,
    /// Parallel arrays in JSON.
    Json,
}

impl From<Format> for rune::Format {
    fn from(given: Format) -> Self {
        match given {
            Format::Csv => Self::Csv,
            Format::Json => Self::Json,
        }
    }
}

fn times(timestamp: Option<Timestamp>, timezone: Option<i32>, timezone_name: Option<String>) -> Times {
    Times { timestamp: timestamp.map(Into::into).unwrap_or_default(), timezone, timezone_name }
}

/// One column of a stream, as stream metadata have it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GivenDimension {
    /// Column name.
    id: String,
    /// Data type ("timestamp", "sfloat", …).
    data_type: String,
    /// Quantity in words.
    quantity_name: Option<String>,
    /// Unit abbreviated.
    unit_abbrev: Option<String>,
}

/// What to read of a stream: `GET /v2/streams/{stream_id}`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataQuery {
    /// The stream.
    stream_id: String,
    /// The stream's dimensions (`stream.streamType.dimensions`); saves the request that asks for them.
    dimensions: Option<Vec<GivenDimension>>,
    /// First instant. Not together with `startTimeNs`.
    start_time: Option<Time>,
    /// First instant, ns.
    start_time_ns: Option<i64>,
    /// First instant after. Not together with `endTimeNs`.
    end_time: Option<Time>,
    /// First instant after, ns.
    end_time_ns: Option<i64>,
    /// At most this many rows over all pages; 0 for all.
    limit: Option<u32>,
    /// The form of the pages; `csv` unless given.
    format: Option<Format>,
    /// How times are written on the wire; `unixns` unless given. They arrive as nanoseconds whatever is chosen.
    timestamp: Option<Timestamp>,
    /// Offset from UTC in seconds, for ISO text on the wire. Not together with `timezoneName`.
    timezone: Option<i32>,
    /// IANA time zone, for ISO text on the wire.
    timezone_name: Option<String>,
    /// Whether enum values come as their names instead of integers; `true` unless given.
    translate_enums: Option<bool>,
}

impl DataQuery {
    /// The query, and the dimensions when they were given.
    pub(crate) fn split(self) -> (rune::DataQuery, Option<Vec<rune::Dimension>>) {
        let dimension = |given: GivenDimension| rune::Dimension {
            id: given.id,
            data_type: given.data_type,
            quantity_name: given.quantity_name.unwrap_or_default(),
            quantity_abbrev: String::new(),
            unit_name: String::new(),
            unit_abbrev: given.unit_abbrev.unwrap_or_default(),
        };
        let end_of = |time: Option<Time>, ns: Option<i64>| match time {
            Some(Time::Seconds(seconds)) => (Some(seconds), ns),
            // The client refuses both together, in words; so both are handed on.
            Some(Time::Nanoseconds(_)) if ns.is_some() => (time.map(Time::seconds), ns),
            Some(Time::Nanoseconds(time)) => (None, Some(time)),
            None => (None, ns),
        };
        let (start_time, start_time_ns) = end_of(self.start_time, self.start_time_ns);
        let (end_time, end_time_ns) = end_of(self.end_time, self.end_time_ns);
        let query = rune::DataQuery {
            stream_id: self.stream_id,
            start_time,
            start_time_ns,
            end_time,
            end_time_ns,
            limit: self.limit.map(u64::from),
            format: self.format.map(Into::into).unwrap_or_default(),
            times: times(self.timestamp, self.timezone, self.timezone_name),
            translate_enums: self.translate_enums.unwrap_or(true),
        };
        (query, self.dimensions.map(|dimensions| dimensions.into_iter().map(dimension).collect()))
    }
}

/// How several streams are joined.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BatchOperation {
    /// At least one stream has data in the window.
    Any,
    /// Every stream has data in the window.
    All,
}

/// Which windows of time hold data: `GET /v2/streams/{stream_id}/availability`, and `/v2/batch/availability` for
/// several streams.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AvailabilityQuery {
    /// The stream or streams.
    stream_id: OneOrMore,
    /// How several streams are joined; required when there are several.
    batch_operation: Option<BatchOperation>,
    /// First instant; floored to the resolution.
    start_time: Time,
    /// First instant after; ceiled to the resolution.
    end_time: Time,
    /// Length of a window, s: 300 to 86400.
    resolution: u32,
    /// At most this many windows over all pages; 0 for all.
    limit: Option<u32>,
    /// The form of the pages on the wire; `csv` unless given.
    format: Option<Format>,
    /// How times are written on the wire.
    timestamp: Option<Timestamp>,
    /// Offset from UTC in seconds, for ISO text on the wire. Not together with `timezoneName`.
    timezone: Option<i32>,
    /// IANA time zone, for ISO text on the wire.
    timezone_name: Option<String>,
}

/// One text or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<AvailabilityQuery> for rune::AvailabilityQuery {
    fn from(given: AvailabilityQuery) -> Self {
        Self {
            stream_ids: match given.stream_id {
                OneOrMore::One(id) => vec![id],
                OneOrMore::More(ids) => ids,
            },
            batch_operation: given.batch_operation.map(|operation| match operation {
                BatchOperation::Any => signal::BatchOperation::Any,
                BatchOperation::All => signal::BatchOperation::All,
            }),
            start_time: given.start_time.seconds(),
            end_time: given.end_time.seconds(),
            resolution: given.resolution,
            limit: given.limit.map(u64::from),
            format: given.format.map(Into::into).unwrap_or_default(),
            times: times(given.timestamp, given.timezone, given.timezone_name),
        }
    }
}

/// The average day: `GET /v2/streams/{stream_id}/daily_aggregate`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DailyQuery {
    /// The stream; its type has exactly two dimensions.
    stream_id: String,
    /// Where the first 24-hour day begins.
    start_time: Time,
    /// Length of a slot, s: 60 to 86400, a divisor of 86400.
    resolution: u32,
    /// Days: 1 to 14.
    n_days: u32,
}

impl From<DailyQuery> for rune::DailyQuery {
    fn from(given: DailyQuery) -> Self {
        Self {
            stream_id: given.stream_id,
            start_time: given.start_time.seconds(),
            resolution: given.resolution,
            n_days: given.n_days,
        }
    }
}

/// What is computed over the values of a window.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AggregateFunction {
    Sum,
    Mean,
}

/// Sum or mean per window: `GET /v2/streams/{stream_id}/aggregate_window`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WindowQuery {
    /// The stream; its type has exactly two dimensions.
    stream_id: String,
    /// First instant; floored to the resolution.
    start_time: Time,
    /// First instant after; ceiled to the resolution.
    end_time: Time,
    /// Length of a window, s: 60 to 604800; a divisor of 86400, or whole days.
    resolution: u32,
    /// What is computed.
    aggregate_function: AggregateFunction,
    /// How times are written on the wire.
    timestamp: Option<Timestamp>,
    /// Offset from UTC in seconds, for ISO text on the wire. Not together with `timezoneName`.
    timezone: Option<i32>,
    /// IANA time zone, for ISO text on the wire.
    timezone_name: Option<String>,
}

impl From<WindowQuery> for rune::WindowQuery {
    fn from(given: WindowQuery) -> Self {
        Self {
            stream_id: given.stream_id,
            start_time: given.start_time.seconds(),
            end_time: given.end_time.seconds(),
            resolution: given.resolution,
            aggregate_function: match given.aggregate_function {
                AggregateFunction::Sum => signal::AggregateFunction::Sum,
                AggregateFunction::Mean => signal::AggregateFunction::Mean,
            },
            times: times(given.timestamp, given.timezone, given.timezone_name),
        }
    }
}

/// Which events are wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventFilter {
    /// Who defined the category ("patient").
    namespace: String,
    /// Category: `activity`, `medication`, `symptom` or `wellbeing` among others.
    category: String,
    /// Kind within the category; any unless given.
    #[serde(rename = "enum")]
    value: Option<String>,
}

/// Which of a patient's events are wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventQuery {
    /// First instant.
    start_time: Time,
    /// First instant after.
    end_time: Time,
    /// Events that match one of these; all unless given.
    include_filters: Option<Vec<EventFilter>>,
}

impl EventQuery {
    /// Start and end in Unix seconds, and the filters.
    pub(crate) fn split(self) -> (f64, f64, Vec<rune::EventFilter>) {
        let filter = |given: EventFilter| rune::EventFilter {
            namespace: given.namespace,
            category: given.category,
            value: given.value.unwrap_or_else(|| "*".into()),
        };
        let filters = self.include_filters.into_iter().flatten().map(filter).collect();
        (self.start_time.seconds(), self.end_time.seconds(), filters)
    }
}

/// From when to when.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimeQuery {
    /// First instant.
    start_time: Time,
    /// First instant after.
    end_time: Time,
}

impl TimeQuery {
    /// Start and end in Unix seconds.
    pub(crate) fn split(self) -> (f64, f64) {
        (self.start_time.seconds(), self.end_time.seconds())
    }
}

/// From one date to another, both inclusive.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DateQuery {
    /// First date, `YYYY-MM-DD`.
    pub(crate) start_date: String,
    /// Last date, `YYYY-MM-DD`.
    pub(crate) end_date: String,
}

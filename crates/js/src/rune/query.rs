//! Queries in: the client's, with JavaScript's spelling and times.

use serde::{Deserialize, Deserializer, de};
use serde_wasm_bindgen::{from_value, preserve};
use streamscope_client::rune::{self, Times};
use streamscope_signal as signal;
use wasm_bindgen::prelude::*;

use crate::columns::Timestamp;
#[cfg(not(feature = "tools"))]
use crate::options::{Value, Values};
use crate::time::Time;

/// The form of a body on the wire.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Comma-separated values: the fastest to read.
    Csv,
    /// Parallel arrays in JSON.
    #[cfg(feature = "rune")]
    Json,
}

#[cfg(not(feature = "tools"))]
crate::options::chosen!(Format: Csv);

impl From<Format> for rune::Format {
    fn from(given: Format) -> Self {
        match given {
            Format::Csv => Self::CSV,
            #[cfg(feature = "rune")]
            Format::Json => Self::JSON,
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

#[cfg(not(feature = "tools"))]
impl Value for GivenDimension {
    fn of(dimension: JsValue) -> Self {
        let mut values = Values::of(dimension);
        Self {
            id: values.next(),
            data_type: values.next(),
            quantity_name: values.next(),
            unit_abbrev: values.next(),
        }
    }
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

#[cfg(not(feature = "tools"))]
crate::options::given!(DataQuery {
    stream_id: "streamId" "text!",
    dimensions: "dimensions" "objects(id:text! dataType:text! quantityName:text unitAbbrev:text)",
    start_time: "startTime" "time",
    start_time_ns: "startTimeNs" "i64",
    end_time: "endTime" "time",
    end_time_ns: "endTimeNs" "i64",
    limit: "limit" "u32",
    format: "format" "one[csv]",
    timestamp: "timestamp" "one[unix unixns iso]",
    timezone: "timezone" "i32",
    timezone_name: "timezoneName" "text",
    translate_enums: "translateEnums" "bool",
});

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

#[cfg(not(feature = "tools"))]
crate::options::chosen!(BatchOperation: Any All);

/// Which windows of time hold data: `GET /v2/streams/{stream_id}/availability`, and `/v2/batch/availability` for
/// several streams.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AvailabilityQuery {
    /// The stream or streams.
    stream_id: StreamIds,
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

#[cfg(not(feature = "tools"))]
crate::options::given!(AvailabilityQuery {
    stream_id: "streamId" "ids!",
    batch_operation: "batchOperation" "one[any all]",
    start_time: "startTime" "time!",
    end_time: "endTime" "time!",
    resolution: "resolution" "u32!",
    limit: "limit" "u32",
    format: "format" "one[csv]",
    timestamp: "timestamp" "one[unix unixns iso]",
    timezone: "timezone" "i32",
    timezone_name: "timezoneName" "text",
});

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The id of a stream, or the ids of several. */
export type StreamIds = string | string[];
"#;

/// The ids of one stream or several.
struct StreamIds(Vec<String>);

impl<'de> Deserialize<'de> for StreamIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: JsValue = preserve::deserialize(deserializer)?;
        if let Some(one) = value.as_string() {
            return Ok(Self(vec![one]));
        }
        let more = value.is_object().then(|| from_value(value).ok()).flatten();
        more.map(Self).ok_or_else(|| de::Error::custom("is neither a string nor an array of strings"))
    }
}

#[cfg(not(feature = "tools"))]
impl Value for StreamIds {
    fn of(ids: JsValue) -> Self {
        Self(Vec::of(ids))
    }
}

impl From<AvailabilityQuery> for rune::AvailabilityQuery {
    fn from(given: AvailabilityQuery) -> Self {
        Self {
            stream_ids: given.stream_id.0,
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

#[cfg(not(feature = "tools"))]
crate::options::given!(DailyQuery {
    stream_id: "streamId" "text!",
    start_time: "startTime" "time!",
    resolution: "resolution" "u32!",
    n_days: "nDays" "u32!",
});

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

#[cfg(not(feature = "tools"))]
crate::options::chosen!(AggregateFunction: Sum Mean);

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

#[cfg(not(feature = "tools"))]
crate::options::given!(WindowQuery {
    stream_id: "streamId" "text!",
    start_time: "startTime" "time!",
    end_time: "endTime" "time!",
    resolution: "resolution" "u32!",
    aggregate_function: "aggregateFunction" "one[sum mean]!",
    timestamp: "timestamp" "one[unix unixns iso]",
    timezone: "timezone" "i32",
    timezone_name: "timezoneName" "text",
});

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

//! The parameters of the V2 Stream API, checked before a request leaves. Each message names the field, the limit and
//! what to do.

use std::fmt;

use streamscope_frame::{CsvOptions, CsvParser, JsonOptions, JsonParser, Layout, PushParser, TimeFormat};
use streamscope_signal::{AggregateFunction, BatchOperation, SECOND};

use crate::{Error, Result};

const DAY_S: u32 = 86_400;

/// Query parameters: names that need no encoding, and values.
pub(super) type Pairs = Vec<(&'static str, String)>;

/// The form of a body.
///
/// A form brings its parser along, so that a program that names only one of them holds no other parser.
#[derive(Clone, Copy)]
pub struct Format {
    /// Its name in a query.
    pub(super) name: &'static str,
    pub(super) parser: fn(Layout, TimeFormat) -> Box<dyn PushParser>,
}

impl Format {
    /// Comma-separated values: the fastest to read.
    pub const CSV: Self = Self {
        name: "csv",
        parser: |layout, times| {
            let (layout, time_format) = (Some(layout), Some(times));
            Box::new(CsvParser::new(CsvOptions { layout, time_format, ..Default::default() }))
        },
    };
    /// Parallel arrays in JSON; a page's rows are there when all of it is.
    pub const JSON: Self = Self {
        name: "json",
        parser: |layout, times| {
            let (layout, time_format) = (Some(layout), Some(times));
            Box::new(JsonParser::new(JsonOptions { layout, time_format, ..Default::default() }))
        },
    };
}

impl Default for Format {
    fn default() -> Self {
        Self::CSV
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// How times are written in answers. They arrive here as nanoseconds whatever is chosen; only `unixns` and `iso` are
/// exact on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Times {
    /// Seconds, nanoseconds or ISO text.
    pub timestamp: TimeFormat,
    /// Offset from UTC in seconds, for ISO text. Not together with `timezone_name`.
    pub timezone: Option<i32>,
    /// IANA time zone, for ISO text.
    pub timezone_name: Option<String>,
}

/// What to read of a stream.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataQuery {
    /// The stream.
    pub stream_id: String,
    /// First instant, Unix seconds. Not together with `start_time_ns`.
    pub start_time: Option<f64>,
    /// First instant, ns.
    pub start_time_ns: Option<i64>,
    /// First instant after, Unix seconds. Not together with `end_time_ns`.
    pub end_time: Option<f64>,
    /// First instant after, ns.
    pub end_time_ns: Option<i64>,
    /// At most this many rows over all pages; `None` or 0 for all.
    pub limit: Option<u64>,
    /// The form of the pages.
    pub format: Format,
    /// The form of times.
    pub times: Times,
    /// Whether enum values come as their names instead of integers.
    pub translate_enums: bool,
}

/// Which windows of time hold data, of one stream or several.
#[derive(Debug, Clone, PartialEq)]
pub struct AvailabilityQuery {
    /// The streams.
    pub stream_ids: Vec<String>,
    /// How several streams are joined; required when there are several.
    pub batch_operation: Option<BatchOperation>,
    /// First instant, Unix seconds; floored to the resolution.
    pub start_time: f64,
    /// First instant after, Unix seconds; ceiled to the resolution.
    pub end_time: f64,
    /// Length of a window, s: 300 to 86400.
    pub resolution: u32,
    /// At most this many windows over all pages; `None` or 0 for all.
    pub limit: Option<u64>,
    /// The form of the pages.
    pub format: Format,
    /// The form of times.
    pub times: Times,
}

/// The average day.
#[derive(Debug, Clone, PartialEq)]
pub struct DailyQuery {
    /// The stream; its type has exactly two dimensions.
    pub stream_id: String,
    /// Where the first 24-hour day begins, Unix seconds.
    pub start_time: f64,
    /// Length of a slot, s: 60 to 86400, a divisor of 86400.
    pub resolution: u32,
    /// Days: 1 to 14.
    pub n_days: u32,
}

/// Sum or mean per window.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowQuery {
    /// The stream; its type has exactly two dimensions.
    pub stream_id: String,
    /// First instant, Unix seconds; floored to the resolution.
    pub start_time: f64,
    /// First instant after, Unix seconds; ceiled to the resolution.
    pub end_time: f64,
    /// Length of a window, s: 60 to 604800; a divisor of 86400, or whole days.
    pub resolution: u32,
    /// What is computed.
    pub aggregate_function: AggregateFunction,
    /// The form of times.
    pub times: Times,
}

impl Times {
    fn pairs(&self) -> Result<Pairs> {
        let mut pairs = vec![("timestamp", timestamp_name(self.timestamp).to_string())];
        if let Some(timezone) = self.timezone {
            if self.timezone_name.is_some() {
                return Err(Error::invalid(
                    "timezone and timezone_name must not be given together: leave one of them out.",
                ));
            }
            if timezone.unsigned_abs() >= DAY_S {
                return Err(Error::invalid(format!(
                    "timezone is {timezone}; it is an offset in seconds, between -86399 and 86399."
                )));
            }
            pairs.push(("timezone", timezone.to_string()));
        }
        if let Some(name) = &self.timezone_name {
            let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
            if name.is_empty() || !name.bytes().all(usual) {
                return Err(Error::invalid(format!(
                    "timezone_name is \"{name}\"; give a name of the IANA database, such as America/Los_Angeles."
                )));
            }
            pairs.push(("timezone_name", name.clone()));
        }
        Ok(pairs)
    }
}

fn timestamp_name(format: TimeFormat) -> &'static str {
    match format {
        TimeFormat::Unix => "unix",
        TimeFormat::UnixNs => "unixns",
        TimeFormat::Iso => "iso",
    }
}

/// A batch operation's name.
pub(super) fn batch_name(operation: BatchOperation) -> &'static str {
    match operation {
        BatchOperation::Any => "any",
        BatchOperation::All => "all",
    }
}

fn check_id(name: &str, id: &str) -> Result<()> {
    let usable = !matches!(id, "" | "." | "..") && !id.chars().any(char::is_whitespace);
    usable
        .then_some(())
        .ok_or_else(|| Error::invalid(format!("{name} is \"{id}\"; give the id of a stream.")))
}

/// Unix seconds as ns; fails for what is no time.
pub(super) fn nanoseconds(name: &str, seconds: f64) -> Result<i64> {
    let whole = seconds.floor();
    // The years 1677 to 2262 fit; a little is left at either end.
    if whole.abs() < 9.2e9 {
        return Ok(whole as i64 * SECOND + ((seconds - whole) * SECOND as f64).round() as i64);
    }
    // Floats are never printed here, so that the smallest npm entry goes without what prints them.
    let found = match seconds {
        _ if seconds.is_nan() => "NaN".into(),
        _ if seconds.is_infinite() => "infinite".into(),
        _ => (whole as i128).to_string(),
    };
    Err(Error::invalid(format!("{name} is {found}; give Unix seconds (not ms or ns).")))
}

fn check_order(start: Option<i64>, end: Option<i64>) -> Result<()> {
    match (start, end) {
        (Some(start), Some(end)) if start >= end => {
            Err(Error::invalid("The end must come after the start: swap them, or widen the range."))
        }
        _ => Ok(()),
    }
}

fn check_resolution(resolution: u32, least: u32, most: u32) -> Result<()> {
    if (least..=most).contains(&resolution) {
        return Ok(());
    }
    Err(Error::invalid(format!("resolution is {resolution} s; it must be between {least} and {most} s.")))
}

impl DataQuery {
    /// The range asked for, ns, where it has ends.
    pub(super) fn range(&self) -> Result<(Option<i64>, Option<i64>)> {
        let end_of = |name: &str, seconds: Option<f64>, ns: Option<i64>| match (seconds, ns) {
            (Some(_), Some(_)) => Err(Error::invalid(format!(
                "{name} and {name}_ns must not be given together: leave one of them out."
            ))),
            (Some(seconds), None) => nanoseconds(name, seconds).map(Some),
            (None, ns) => Ok(ns),
        };
        let start = end_of("start_time", self.start_time, self.start_time_ns)?;
        let end = end_of("end_time", self.end_time, self.end_time_ns)?;
        check_order(start, end)?;
        Ok((start, end))
    }

    /// Everything but start, limit and page token.
    pub(super) fn pairs(&self) -> Result<Pairs> {
        check_id("stream_id", &self.stream_id)?;
        let mut pairs = vec![("format", self.format.name.to_string())];
        pairs.extend(self.times.pairs()?);
        pairs.push(("translate_enums", self.translate_enums.to_string()));
        pairs.extend(self.end_time.map(|end| ("end_time", in_seconds(end))));
        pairs.extend(self.end_time_ns.map(|end| ("end_time_ns", end.to_string())));
        Ok(pairs)
    }

    /// The start as it was given.
    pub(super) fn start(&self) -> Option<(&'static str, String)> {
        let seconds = self.start_time.map(|start| ("start_time", in_seconds(start)));
        seconds.or_else(|| self.start_time_ns.map(|start| ("start_time_ns", start.to_string())))
    }
}

impl AvailabilityQuery {
    /// Everything but streams, limit and page token.
    pub(super) fn pairs(&self) -> Result<Pairs> {
        if self.stream_ids.is_empty() {
            return Err(Error::invalid("stream_ids is empty: name at least one stream."));
        }
        self.stream_ids.iter().try_for_each(|id| check_id("stream_ids", id))?;
        if self.stream_ids.len() > 1 && self.batch_operation.is_none() {
            return Err(Error::invalid(
                "batch_operation is required for several streams: any (at least one has data) or all (every one has).",
            ));
        }
        check_resolution(self.resolution, 300, DAY_S)?;
        check_span(self.start_time, self.end_time)?;
        let mut pairs = vec![
            ("start_time", in_seconds(self.start_time)),
            ("end_time", in_seconds(self.end_time)),
            ("resolution", self.resolution.to_string()),
            ("format", self.format.name.to_string()),
        ];
        pairs.extend(self.times.pairs()?);
        Ok(pairs)
    }
}

impl DailyQuery {
    pub(super) fn pairs(&self) -> Result<Pairs> {
        check_id("stream_id", &self.stream_id)?;
        nanoseconds("start_time", self.start_time)?;
        check_resolution(self.resolution, 60, DAY_S)?;
        if !DAY_S.is_multiple_of(self.resolution) {
            return Err(Error::invalid(format!(
                "resolution is {} s; it must divide a day of 86400 s: use 60, 300, 900, 3600, …",
                self.resolution
            )));
        }
        if !(1..=14).contains(&self.n_days) {
            return Err(Error::invalid(format!(
                "n_days is {}; it must be between 1 and 14: split longer times.",
                self.n_days
            )));
        }
        Ok(vec![
            ("start_time", in_seconds(self.start_time)),
            ("resolution", self.resolution.to_string()),
            ("n_days", self.n_days.to_string()),
        ])
    }
}

impl WindowQuery {
    pub(super) fn pairs(&self) -> Result<Pairs> {
        check_id("stream_id", &self.stream_id)?;
        check_resolution(self.resolution, 60, 7 * DAY_S)?;
        // The documents allow up to a week and ask for a divisor of a day, which nothing above a day is. Whole days
        // are the only reading that leaves every window aligned.
        if !DAY_S.is_multiple_of(self.resolution) && !self.resolution.is_multiple_of(DAY_S) {
            return Err(Error::invalid(format!(
                "resolution is {} s; it must divide a day of 86400 s (60, 300, 900, 3600, …) or be whole days.",
                self.resolution
            )));
        }
        check_span(self.start_time, self.end_time)?;
        let function = match self.aggregate_function {
            AggregateFunction::Sum => "sum",
            AggregateFunction::Mean => "mean",
        };
        let mut pairs = vec![
            ("start_time", in_seconds(self.start_time)),
            ("end_time", in_seconds(self.end_time)),
            ("resolution", self.resolution.to_string()),
            ("aggregate_function", function.to_string()),
        ];
        pairs.extend(self.times.pairs()?);
        Ok(pairs)
    }
}

/// Seconds as a query has them: whole ones as integers.
fn in_seconds(seconds: f64) -> String {
    let whole = seconds as i64;
    if whole as f64 == seconds { whole.to_string() } else { serde_json::Value::from(seconds).to_string() }
}

fn check_span(start: f64, end: f64) -> Result<()> {
    check_order(Some(nanoseconds("start_time", start)?), Some(nanoseconds("end_time", end)?))
}

/// Start of the window that holds a time in Unix seconds, ns.
pub(super) fn floored(seconds: f64, resolution: u32) -> i64 {
    (seconds / resolution as f64).floor() as i64 * resolution as i64 * SECOND
}

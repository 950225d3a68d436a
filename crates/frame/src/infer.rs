//! Column types from names and values, when nobody has declared them.
//!
//! The first [`SAMPLE_ROWS`] records (or as many as fit [`SAMPLE_BYTES`]) decide, by these rules, first match first:
//! - no value at all: float;
//! - named `time`, or beginning with `timestamp`, `start_time` or `end_time`, and every value has one time format
//!   (numbers from 10¹⁵ on are nanoseconds, numbers below 10¹¹ are seconds, what lies between is no time): time;
//! - `true` and `false` only: bool; whole numbers without leading zeros: int; numbers: float;
//! - every value begins with `{` or `[`: JSON; else text.
//!
//! NaN among whole numbers makes them floats, where floats are exact; where one is not, they are int and NaN is null.
//! A whole number that neither a 64-bit integer nor a float holds makes its column text.
//!
//! These are the rules for pages of a server. Files have more ways to write times: see [`file`].

mod file;

use crate::column::{Manner, is_nan};
use crate::time::{IsoReader, TimeSpelling};
use crate::{ColumnType, TimeFormat, number, time};
#[cfg(feature = "files")]
pub use file::counted_unit;
pub use file::may_name_times;
pub(crate) use file::{Refusal, Sampled, guess_in_file, has_decimal_comma};

/// Records that decide the types.
pub(crate) const SAMPLE_ROWS: u64 = 250;
/// Bytes of records after which the types are decided too.
pub(crate) const SAMPLE_BYTES: usize = 1 << 20;

const FIRST_NANOSECONDS: f64 = 1e15;
const LAST_SECONDS: f64 = 1e11;

/// What a column's values look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guess {
    pub(crate) kind: ColumnType,
    /// How its times are written, when they are times.
    pub(crate) times: Option<TimeSpelling>,
    /// Whether NaN is null in this column of integers.
    pub(crate) nan_is_null: bool,
    /// Whether its dates name a zone. Without one they are taken for UTC.
    #[cfg_attr(not(feature = "files"), expect(dead_code, reason = "only files tell of their zone"))]
    pub(crate) names_zone: bool,
}

impl Guess {
    /// The format in which a page writes these times.
    pub(crate) fn page_format(&self) -> TimeFormat {
        match self.times {
            Some(TimeSpelling::Unix) => TimeFormat::Unix,
            Some(TimeSpelling::UnixNs) => TimeFormat::UnixNs,
            _ => TimeFormat::Iso,
        }
    }
}

/// The type of a page's column, from its name and a sample of its cells that are not empty.
pub(crate) fn guess(name: &str, texts: &[&[u8]]) -> Guess {
    let times = if texts.is_empty() { None } else { time_format(texts) };
    let (kind, nan_is_null) = match times {
        Some(_) if is_time_name(name) => (ColumnType::Time, false),
        _ => plain_kind(texts, &Manner::default()),
    };
    Guess { kind, times, nan_is_null, names_zone: false }
}

/// The type of values that are no times, and whether NaN is null among them.
fn plain_kind(texts: &[&[u8]], manner: &Manner) -> (ColumnType, bool) {
    let all = |check: &dyn Fn(&[u8]) -> bool| texts.iter().all(|text| check(text));
    let kind = if texts.is_empty() {
        ColumnType::Float
    } else if all(&|text| text.len() > 1 && number::boolean(text).is_some()) {
        ColumnType::Bool
    } else if all(&is_plain_int) {
        ColumnType::Int
    } else if all(&|text| manner.exact_float(text).is_some() && !is_padded(text)) {
        ColumnType::Float
    } else if all(&|text| is_nan(text) || is_plain_int(text)) {
        return (ColumnType::Int, true);
    } else if all(&|text| matches!(text.first(), Some(b'{' | b'['))) {
        ColumnType::Json
    } else {
        ColumnType::Text
    };
    (kind, false)
}

fn is_time_name(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    name == "time" || ["timestamp", "start_time", "end_time"].iter().any(|prefix| name.starts_with(prefix))
}

/// The one format that all of these have.
fn time_format(texts: &[&[u8]]) -> Option<TimeSpelling> {
    let all = |check: &dyn Fn(&[u8]) -> bool| texts.iter().all(|text| check(text));
    let size = |text: &[u8]| number::float(text, 0, text.len()).map_or(f64::NAN, f64::abs);
    if all(&|text| IsoReader::default().time(text, 0, text.len()).is_some()) {
        Some(TimeSpelling::Iso)
    } else if all(&|text| is_plain_int(text) && size(text) >= FIRST_NANOSECONDS) {
        Some(TimeSpelling::UnixNs)
    } else if all(&|text| time::unix(text, 0, text.len()).is_some() && size(text) < LAST_SECONDS) {
        Some(TimeSpelling::Unix)
    } else {
        None
    }
}

fn is_plain_int(text: &[u8]) -> bool {
    number::int(text, 0, text.len()).is_some() && !is_padded(text)
}

/// Whether a number begins with zeros that would get lost, as article numbers do.
fn is_padded(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    matches!(digits, [b'0', b'0'..=b'9', ..])
}

//! Column types from names and values, when nobody has declared them.
//!
//! The first [`SAMPLE_ROWS`] records (or as many as fit [`SAMPLE_BYTES`]) decide, by these rules, first match first:
//! - no value at all: float;
//! - named `time`, or beginning with `timestamp`, `start_time` or `end_time`, and every value has one time format
//!   (numbers from 10¹⁵ on are nanoseconds, numbers below 10¹¹ are seconds, what lies between is no time): time;
//! - `true` and `false` only: bool; whole numbers without leading zeros: int; numbers: float;
//! - every value begins with `{` or `[`: JSON; else text.

use crate::time::IsoReader;
use crate::{ColumnType, TimeFormat, number, time};

/// Records that decide the types.
pub(crate) const SAMPLE_ROWS: u64 = 250;
/// Bytes of records after which the types are decided too.
pub(crate) const SAMPLE_BYTES: usize = 1 << 20;

const FIRST_NANOSECONDS: f64 = 1e15;
const LAST_SECONDS: f64 = 1e11;

/// What a column's values look like.
pub(crate) struct Guess {
    pub(crate) kind: ColumnType,
    /// The format of its times, when they have one.
    pub(crate) time_format: Option<TimeFormat>,
}

/// The type of a column, from its name and a sample of its cells that are not empty.
pub(crate) fn guess(name: &str, texts: &[Vec<u8>]) -> Guess {
    let all = |check: &dyn Fn(&[u8]) -> bool| texts.iter().all(|text| check(text));
    let time_format = if texts.is_empty() { None } else { time_format(texts) };
    let kind = if texts.is_empty() {
        ColumnType::Float
    } else if time_format.is_some() && is_time_name(name) {
        ColumnType::Time
    } else if all(&|text| text.len() > 1 && number::boolean(text).is_some()) {
        ColumnType::Bool
    } else if all(&|text| is_plain_int(text)) {
        ColumnType::Int
    } else if all(&|text| number::float(text, 0, text.len()).is_some() && !is_padded(text)) {
        ColumnType::Float
    } else if all(&|text| matches!(text.first(), Some(b'{' | b'['))) {
        ColumnType::Json
    } else {
        ColumnType::Text
    };
    Guess { kind, time_format }
}

fn is_time_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "time" || ["timestamp", "start_time", "end_time"].iter().any(|prefix| name.starts_with(prefix))
}

/// The one format that all of these have.
fn time_format(texts: &[Vec<u8>]) -> Option<TimeFormat> {
    let all = |check: &dyn Fn(&[u8]) -> bool| texts.iter().all(|text| check(text));
    let size = |text: &[u8]| number::float(text, 0, text.len()).map_or(f64::NAN, f64::abs);
    if all(&|text| IsoReader::default().time(text, 0, text.len()).is_some()) {
        Some(TimeFormat::Iso)
    } else if all(&|text| is_plain_int(text) && size(text) >= FIRST_NANOSECONDS) {
        Some(TimeFormat::UnixNs)
    } else if all(&|text| time::unix(text, 0, text.len()).is_some() && size(text) < LAST_SECONDS) {
        Some(TimeFormat::Unix)
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

//! Parameters of the V2 Stream API: what they may be, and their refusal.

use std::ops::RangeInclusive;

use streamscope_frame::TimeFormat;
use streamscope_signal::{SECOND, TimeZone};

use super::Result;
use crate::query::Query;
use crate::rune::refusal::Refusal;
use crate::zone;

/// How a response is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Json,
}

/// How times are written.
#[derive(Debug, Clone)]
pub(super) struct TimeStyle {
    pub(super) format: TimeFormat,
    pub(super) zone: TimeZone,
}

pub(super) fn format(query: &Query) -> Result<Format> {
    match query.get("format").unwrap_or("csv") {
        "csv" => Ok(Format::Csv),
        "json" => Ok(Format::Json),
        other => Err(Refusal::invalid(format!("format must be csv or json, not {other}"))),
    }
}

pub(super) fn time_style(query: &Query) -> Result<TimeStyle> {
    let format = match query.get("timestamp").unwrap_or("unix") {
        "unix" => TimeFormat::Unix,
        "unixns" => TimeFormat::UnixNs,
        "iso" => TimeFormat::Iso,
        other => return Err(Refusal::invalid(format!("timestamp must be unix, unixns or iso, not {other}"))),
    };
    let zone = match (query.get("timezone"), query.get("timezone_name")) {
        (None, None) => TimeZone::utc(),
        (Some(_), None) => {
            let offset = integer(query, "timezone", -86_340..=86_340)?.unwrap_or(0);
            if offset % 60 != 0 {
                return Err(Refusal::invalid("timezone must be a whole number of minutes, in seconds"));
            }
            TimeZone::fixed("", offset as i32)
        }
        (None, Some(name)) => {
            zone::named(name).ok_or_else(|| Refusal::invalid(format!("unknown timezone_name {name}")))?
        }
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid("timezone and timezone_name cannot be given together"));
        }
    };
    Ok(TimeStyle { format, zone })
}

/// Truth in any case: the official Python client sends `True`.
pub(super) fn boolean(query: &Query, name: &str) -> Result<bool> {
    match query.get(name).map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Refusal::invalid(format!("{name} must be true or false, not {other}"))),
    }
}

pub(super) fn integer(query: &Query, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let value = text.parse().ok().filter(|value| range.contains(value));
    let (low, high) = (range.start(), range.end());
    value.map(Some).ok_or_else(|| {
        Refusal::invalid(format!("{name} must be a whole number from {low} to {high}, not {text}"))
    })
}

pub(super) fn required<T>(name: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Refusal::invalid(format!("{name} is required")))
}

/// A time in Unix seconds with an optional fraction, as ns.
pub(super) fn seconds(query: &Query, name: &str) -> Result<Option<i64>> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let refusal = || Refusal::invalid(format!("{name} must be a Unix timestamp in seconds, not {text}"));
    nanoseconds(text).map(Some).ok_or_else(refusal)
}

/// Reads decimal seconds exactly, down to the nanosecond; with an exponent, as a double.
fn nanoseconds(text: &str) -> Option<i64> {
    if text.contains(['e', 'E']) {
        let time = text.parse::<f64>().ok()? * SECOND as f64;
        return (time.abs() < i64::MAX as f64).then_some(time.round() as i64);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let nine: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    let time = whole.checked_mul(SECOND)?.checked_add(nine.parse().ok()?)?;
    Some(if negative { -time } else { time })
}

/// One end of a range of rows: seconds, or nanoseconds, or neither.
pub(super) fn bound(query: &Query, name: &str) -> Result<Option<i64>> {
    let name_ns = format!("{name}_ns");
    match (seconds(query, name)?, integer(query, &name_ns, i64::MIN..=i64::MAX)?) {
        (Some(_), Some(_)) => Err(Refusal::invalid(format!("{name} and {name_ns} cannot be given together"))),
        (seconds, nanoseconds) => Ok(seconds.or(nanoseconds)),
    }
}

/// Refuses a range that ends before it starts.
pub(super) fn ordered(start: Option<i64>, end: Option<i64>) -> Result<()> {
    match (start, end) {
        (Some(start), Some(end)) if end < start => {
            Err(Refusal::invalid("the end of the range lies before its start"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_to_the_nanosecond() {
        let cases = [
            ("1709280000", 1_709_280_000_000_000_000),
            ("1709280000.25", 1_709_280_000_250_000_000),
            ("1709280000.123456789", 1_709_280_000_123_456_789),
            ("1709280000.1234567899", 1_709_280_000_123_456_789),
            ("-0.5", -500_000_000),
            (".5", 500_000_000),
            ("1e3", 1_000_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(nanoseconds(text), Some(expected), "{text}");
        }
        for text in ["", ".", "-", "abc", "1.2.3", "1,5", "99999999999", "1e30", "nan", "inf", "+5", "0x10"] {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }
}

//! One value of a variable, how the wire writes it, and how it compares.
//!
//! A cell is text on the wire, whatever its type: `"12.5"`, `"20240301_080000"`, `"Kraft 80"`. Missing values have no one
//! form: `"nan"`, `"null"`, `"?"`, an empty text and JSON's `null` all occur. Numbers and times compare exactly, integers
//! beyond 2^53 too. What is missing, is no number, or is no date compares with nothing: no condition on it holds.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::io::Write;

use jiff::civil::{Date, DateTime};
use serde_json::Value as Json;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A value as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// The number `digits / 10^decimals`; an integer when there are no decimals.
    Decimal { digits: i64, decimals: u8 },
    /// A wall clock's time: seconds since 1970-01-01 00:00 of the same clock.
    Time(i64),
    /// Any other text.
    Text(Cow<'static, str>),
    /// A number that the wire carries as a JSON number.
    Bare(f64),
    /// JSON's null.
    Null,
}

impl Cell {
    /// A number rounded to some decimals.
    pub(crate) fn rounded(value: f64, decimals: u8) -> Self {
        Self::Decimal { digits: (value * 10f64.powi(i32::from(decimals))).round() as i64, decimals }
    }

    /// An integer.
    pub(crate) fn integer(digits: i64) -> Self {
        Self::Decimal { digits, decimals: 0 }
    }

    /// A text that the program knows.
    pub(crate) fn text(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Appends the JSON form.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        // Writing to a vector does not fail.
        let _ = match self {
            Self::Decimal { digits, decimals: 0 } => write!(out, "\"{digits}\""),
            Self::Decimal { digits, decimals } => write_decimal(out, *digits, *decimals),
            Self::Time(seconds) => write_time(out, *seconds),
            Self::Text(text) => write!(out, "{}", Json::from(text.as_ref())),
            Self::Bare(number) => write!(out, "{}", Json::from(*number)),
            Self::Null => out.write_all(b"null"),
        };
    }

    /// What it compares as, in a variable of some kind; `None` when it is missing.
    pub(super) fn value(&self, kind: Kind) -> Option<Value<'_>> {
        match (kind, self) {
            (Kind::Number, Self::Decimal { digits, decimals: 0 }) => {
                Some(Value::Integer(i128::from(*digits)))
            }
            // Both numbers are exact, so the quotient is what the text means to a reader of doubles.
            (Kind::Number, Self::Decimal { digits, decimals }) => {
                Some(Value::Float(*digits as f64 / 10f64.powi(i32::from(*decimals))))
            }
            (Kind::Number, Self::Bare(number)) => Value::float(*number),
            (Kind::Number, Self::Text(text)) => Value::number(text),
            (Kind::Time, Self::Time(seconds)) => Some(Value::Time(*seconds)),
            (Kind::Time, Self::Text(text)) => Value::time(text),
            (Kind::Text, Self::Text(text)) if !["", "?", "null"].contains(&text.as_ref()) => {
                Some(Value::Text(text.clone()))
            }
            _ => None,
        }
    }
}

/// `"12.50"`: every decimal is written.
fn write_decimal(out: &mut Vec<u8>, digits: i64, decimals: u8) -> std::io::Result<()> {
    let scale = 10u64.pow(u32::from(decimals));
    let size = digits.unsigned_abs();
    let sign = if digits < 0 { "-" } else { "" };
    write!(out, "\"{sign}{}.{:0width$}\"", size / scale, size % scale, width = usize::from(decimals))
}

/// `"YYYYMMDD_HHMMSS"`.
fn write_time(out: &mut Vec<u8>, seconds: i64) -> std::io::Result<()> {
    let days = i32::try_from(seconds.div_euclid(DAY)).unwrap_or_default();
    let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap_or(Date::MAX);
    let second = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    write!(out, "\"{:04}{:02}{:02}_{hour:02}{minute:02}{second:02}\"", date.year(), date.month(), date.day())
}

/// How values of a variable compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As numbers.
    Number,
    /// As times.
    Time,
    /// They are equal or not.
    Text,
}

/// What compares: of a cell, or of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Integer(i128),
    Float(f64),
    Time(i64),
    Text(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// Reads a number; `None` for any other text, and for the one that says it is not a number.
    pub(super) fn number(text: &str) -> Option<Self> {
        text.parse().map(Self::Integer).ok().or_else(|| Self::float(text.parse().ok()?))
    }

    fn float(number: f64) -> Option<Self> {
        (!number.is_nan()).then_some(Self::Float(number))
    }

    /// Reads `YYYYMMDD_HHMMSS`; `None` for any other text and for a date that does not exist.
    pub(super) fn time(text: &str) -> Option<Self> {
        let plain = text.len() == 15
            && text.bytes().enumerate().all(|(place, byte)| match place {
                8 => byte == b'_',
                _ => byte.is_ascii_digit(),
            });
        let time = plain.then(|| DateTime::strptime("%Y%m%d_%H%M%S", text).ok()).flatten()?;
        let days = Date::constant(1970, 1, 1).until(time.date()).ok()?.get_days();
        let clock = time.time();
        let second =
            i64::from(clock.hour()) * 3600 + i64::from(clock.minute()) * 60 + i64::from(clock.second());
        Some(Self::Time(i64::from(days) * DAY + second))
    }

    /// How this compares with a value of the same kind; `None` when it is of another.
    pub(super) fn compare(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(one), Value::Integer(other)) => Some(one.cmp(other)),
            (Self::Float(one), Value::Float(other)) => one.partial_cmp(other),
            (Self::Integer(one), Value::Float(other)) => integer_and_float(*one, *other),
            (Self::Float(one), Value::Integer(other)) => {
                integer_and_float(*other, *one).map(Ordering::reverse)
            }
            (Self::Time(one), Value::Time(other)) => Some(one.cmp(other)),
            (Self::Text(one), Value::Text(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

/// Compares without rounding either.
fn integer_and_float(integer: i128, float: f64) -> Option<Ordering> {
    // Beyond this every integer of the wire is smaller.
    const LARGE: f64 = 1e36;
    if float.abs() > LARGE {
        return 0f64.partial_cmp(&float);
    }
    let fraction = 0f64.partial_cmp(&float.fract())?;
    Some(integer.cmp(&(float.trunc() as i128)).then(fraction))
}

//! What reading data needs of a record: its span, and how its times count.

use serde_json::Value;
use streamscope_frame::TickRate;
use streamscope_frame::civil::days_from_civil;

use crate::hexoskin::object::Object;
use crate::{Error, Result};

/// A record or range, as reads see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hexoskin) struct Span {
    /// The URI.
    pub(in crate::hexoskin) uri: String,
    /// The resource ("record"), which is also the filter's name.
    pub(in crate::hexoskin) kind: String,
    pub(in crate::hexoskin) id: String,
    pub(in crate::hexoskin) ticks: TickRate,
    /// First tick.
    pub(in crate::hexoskin) start: i64,
    /// Where it ends; `None` while it is recorded.
    pub(in crate::hexoskin) end: Option<i64>,
}

impl Span {
    pub(in crate::hexoskin) fn of(object: &Object) -> Result<Self> {
        let fields = object.fields();
        let tick = |name: &str| fields.get(name).and_then(Value::as_i64);
        let start = tick("start").ok_or_else(|| {
            Error::protocol(format!(
                "{} does not say when it began, so that its data have no times.",
                object.resource_uri()
            ))
        })?;
        let date = fields.get("start_date").and_then(Value::as_str).and_then(unix_seconds);
        Ok(Self {
            uri: object.resource_uri(),
            kind: object.resource().into(),
            id: object.id().into(),
            ticks: rate(start, date),
            start,
            end: tick("end").filter(|end| *end > start),
        })
    }

    /// First tick that can hold no sample: slow signals have one at the very end.
    pub(in crate::hexoskin) fn after(&self) -> Option<i64> {
        self.end.map(|end| end + 1)
    }
}

/// How many ticks a second has: the start says the same in ticks and, where there is one, as a date. Without it, a tick
/// of 1/256 s is what the server's documents mean.
fn rate(start: i64, date: Option<i64>) -> TickRate {
    let off = |rate: TickRate, date: i64| (start / rate.per_second()).abs_diff(date);
    match date {
        Some(date) if off(TickRate::T1000, date) < off(TickRate::T256, date) => TickRate::T1000,
        _ => TickRate::T256,
    }
}

/// Whole Unix seconds of `2014-07-17T19:38:06+00:00`; without an offset it is UTC.
fn unix_seconds(text: &str) -> Option<i64> {
    let number = |at: std::ops::Range<usize>| text.get(at)?.parse::<i64>().ok();
    let (month, day) = (number(5..7)?, number(8..10)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_from_civil(number(0..4)?, month as u32, day as u32);
    let clock = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
    let rest = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match rest.split_at_checked(1) {
        Some((sign @ ("+" | "-"), offset)) => {
            let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
            let minutes = digits.get(0..2)?.parse::<i64>().ok()? * 60
                + digits.get(2..4).unwrap_or("0").parse::<i64>().ok()?;
            if sign == "-" { -minutes * 60 } else { minutes * 60 }
        }
        _ => 0,
    };
    Some(days * 86_400 + clock - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_told_by_the_date() {
        let date = unix_seconds("2014-07-17T19:38:06+00:00");
        assert_eq!(date, Some(1_405_625_886));
        assert_eq!(unix_seconds("2014-07-17T15:38:06.25-04:00"), date);
        assert_eq!(unix_seconds("2014-07-17T19:38:06Z"), date);
        assert_eq!((unix_seconds("yesterday"), unix_seconds("2014-17-17T19:38:06")), (None, None));
        assert_eq!(rate(359_840_226_870, date), TickRate::T256);
        assert_eq!(rate(1_405_625_886_210, date), TickRate::T1000);
        assert_eq!(rate(1_405_625_886_210, None), TickRate::T256);
    }
}

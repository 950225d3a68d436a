//! Microseconds at the edge, nanoseconds inside.
//!
//! A node counts whole microseconds since the Unix epoch. Those of 1677-09-21 to 2262-04-11 fit nanoseconds; others are
//! an error, never a wrong time. An instant on its way to a node must be a whole microsecond: rounding would move it.
//! The bounds of a range are rounded up, which selects exactly the whole microseconds of the half-open range.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::{Error, Result};

/// The earliest microsecond whose nanoseconds fit.
pub(super) const EARLIEST_US: i64 = i64::MIN / 1000;

/// Nanoseconds of a node's microseconds.
pub(super) fn to_ns(us: i64) -> Option<i64> {
    us.checked_mul(1000)
}

/// Microseconds of an instant that a node is to keep. `name` is the field's.
pub(super) fn to_us(name: &str, ns: i64) -> Result<i64> {
    if ns % 1000 == 0 {
        return Ok(ns / 1000);
    }
    Err(Error::invalid(format!(
        "{name} is {ns} ns, which is no whole microsecond, and nodes keep no less: round it to a multiple of 1000."
    )))
}

/// Microseconds of a bound of a half-open range, rounded up.
pub(super) fn bound_us(ns: i64) -> i64 {
    ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) > 0)
}

/// Start and end in microseconds, where given.
pub(super) type Bounds = (Option<i64>, Option<i64>);

/// The bounds of a half-open range, in microseconds; `None` when it holds no microsecond, which nodes refuse.
pub(super) fn range(start_ns: Option<i64>, end_ns: Option<i64>) -> Result<Option<Bounds>> {
    if let (Some(from), Some(to)) = (start_ns, end_ns)
        && from > to
    {
        return Err(Error::invalid(format!("start_ns ({from}) is after end_ns ({to}).")));
    }
    let (start, end) = (start_ns.map(bound_us), end_ns.map(bound_us));
    let empty = start.zip(end).is_some_and(|(start, end)| start >= end);
    Ok((!empty).then_some((start, end)))
}

/// A time in microseconds, read as nanoseconds.
pub(super) fn ns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let us = i64::deserialize(deserializer)?;
    to_ns(us).ok_or_else(|| D::Error::custom(beyond(us)))
}

/// The same, where there may be none.
pub(super) fn maybe_ns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(us) = Option::<i64>::deserialize(deserializer)? else { return Ok(None) };
    to_ns(us).map(Some).ok_or_else(|| D::Error::custom(beyond(us)))
}

/// How long data are kept, µs, read as ns: -1 means for ever (`None`). 292 years and more count as 292 years.
pub(super) fn keep<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let us = Option::<i64>::deserialize(deserializer)?.unwrap_or(-1);
    Ok((us >= 0).then(|| us.saturating_mul(1000)))
}

/// The node's word for how long data are kept.
pub(super) fn keep_us(keep_ns: Option<i64>) -> Result<i64> {
    match keep_ns {
        None => Ok(-1),
        Some(i64::MAX) => Ok(i64::MAX / 1000),
        Some(ns) if ns < 0 => Err(Error::invalid(format!(
            "keep_ns is {ns}: give how many nanoseconds of data to keep, 0 for none, or leave it out to keep all."
        ))),
        Some(ns) => to_us("keep_ns", ns),
    }
}

fn beyond(us: i64) -> String {
    format!("the time {us} µs lies outside 1677-09-21 to 2262-04-11, beyond what nanoseconds hold")
}

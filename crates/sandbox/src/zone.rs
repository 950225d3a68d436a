//! Time zones by name, from the bundled IANA database.

use jiff::Timestamp;
use streamscope_signal::{SECOND, TimeZone};

/// The zone of a name, over all times that an `i64` of nanoseconds holds; `None` when the database lacks it.
pub(crate) fn named(name: &str) -> Option<TimeZone> {
    let zone = jiff::tz::db().get(name).ok()?;
    let (first, last) = (timestamp(i64::MIN), timestamp(i64::MAX));
    let changes = zone.following(first).take_while(|change| change.timestamp() <= last);
    let changes = changes.map(|change| {
        let instant = change.timestamp().as_second().saturating_mul(SECOND);
        (instant, change.offset().seconds())
    });
    Some(TimeZone::new(name, zone.to_offset(first).seconds(), changes.collect()))
}

fn timestamp(time: i64) -> Timestamp {
    // Every i64 of nanoseconds lies within the years that the library knows.
    Timestamp::from_nanosecond(i128::from(time)).unwrap_or(Timestamp::UNIX_EPOCH)
}

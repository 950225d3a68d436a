//! Time zones of the database that comes with the program.

use jiff::Timestamp;
use streamscope_signal::{SECOND, TimeZone};

/// A zone's table over all times that an `i64` of nanoseconds holds; `None` for a name that the database lacks.
pub(crate) fn table(name: &str) -> Option<TimeZone> {
    let zone = jiff::tz::db().get(name).ok()?;
    let ends = [i64::MIN, i64::MAX].map(|time| Timestamp::from_nanosecond(i128::from(time)));
    let [Ok(first), Ok(last)] = ends else { return None };
    let changes = zone.following(first).take_while(|change| change.timestamp() <= last).map(|change| {
        let instant = change.timestamp().as_second().saturating_mul(SECOND);
        (instant, change.offset().seconds())
    });
    Some(TimeZone::new(name, zone.to_offset(first).seconds(), changes.collect()))
}

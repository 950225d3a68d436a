//! The time zone of a memory base, and its wall clock.

use std::rc::Rc;

use streamscope_frame::WallClock;
use streamscope_signal::TimeZone;

/// Names of UTC.
const UTC: [&str; 8] = ["UTC", "GMT", "Z", "UCT", "Etc/UTC", "Etc/GMT", "Etc/UCT", "Etc/Zulu"];

/// A zone of one offset for ever, by its name: `UTC`, `Etc/GMT-1` (an hour east, as the zone database has it),
/// `GMT+01:00` or `+01:00`.
pub(super) fn fixed(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    if UTC.contains(&name) {
        return Some(TimeZone::utc());
    }
    let (offset, reversed) = match name.strip_prefix("Etc/GMT") {
        Some(offset) => (offset, true),
        None => (name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC")).unwrap_or(name), false),
    };
    let (east, digits) = match offset.as_bytes().first()? {
        b'+' => (!reversed, offset.get(1..)?),
        b'-' => (reversed, offset.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() <= 2).map(i32::from);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = hours * 3600 + minutes * 60;
    (hours <= 14 && minutes < 60).then(|| TimeZone::fixed(name, if east { seconds } else { -seconds }))
}

/// The clock on the wall of a memory base.
pub(super) struct BaseClock(pub(super) Rc<TimeZone>);

impl WallClock for BaseClock {
    fn instant(&self, local_ns: i64, before: Option<i64>) -> i64 {
        let first = self.0.local_to_utc(local_ns);
        match before {
            Some(before) if first < before => second(&self.0, local_ns, first).unwrap_or(first),
            _ => first,
        }
    }
}

/// The second instant of a reading that comes twice, when the first is this.
fn second(zone: &TimeZone, local_ns: i64, first: i64) -> Option<i64> {
    // Clocks that go back do so by at most this.
    const LONGEST: i64 = 3 * 3600 * 1_000_000_000;
    let later =
        local_ns.checked_sub(i64::from(zone.offset_at(first.saturating_add(LONGEST))) * 1_000_000_000)?;
    (later > first && zone.utc_to_local(later) == local_ns).then_some(later)
}

/// Whether the clock shows this instant's reading at no other instant, so that the two name each other.
pub(super) fn is_unique(zone: &TimeZone, instant: i64) -> bool {
    let local = zone.utc_to_local(instant);
    let first = zone.local_to_utc(local);
    first == instant && second(zone, local, first).is_none()
}

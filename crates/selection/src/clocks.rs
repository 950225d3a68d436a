//! Clocks that are set right, as a link holds them.
//!
//! `7300000000,40,2026-03-01T00:00:00Z,p1` shows what subject `p1` recorded 7.3 s later, and drifting by 40 parts per million
//! from that recorded instant on. `lab~` in place of a subject means all of a connection.

use streamscope_client::Clock;
use streamscope_signal::TimeZone;

use crate::moment;

/// A clock as a link writes it.
pub(crate) fn write((of, clock): (&String, &Clock)) -> String {
    format!("{},{},{},{of}", clock.offset, clock.drift_ppm, moment::utc_text(clock.origin))
}

/// What a clock is of, and the clock; `None` where the text names none, or one that no clock is off by.
pub(crate) fn read(text: &str) -> Option<(String, Clock)> {
    let mut parts = text.splitn(4, ',');
    let (offset, drift, origin, of) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let origin = moment::parse(origin, &TimeZone::utc()).ok()?;
    let clock = Clock::new(origin, offset.parse().ok()?, drift.parse().ok()?).ok()?;
    (!clock.is_right() && !of.is_empty()).then(|| (of.to_string(), clock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_as_it_was_written() {
        for clock in [
            Clock { origin: 1_774_652_709_250_000_001, offset: 7_300_000_000, drift_ppm: 40.001_6 },
            Clock { origin: -1, offset: -1, drift_ppm: 0.0 },
        ] {
            assert_eq!(read(&write((&"lab~/a,b".to_string(), &clock))), Some(("lab~/a,b".into(), clock)));
        }
    }

    #[test]
    fn what_is_no_clock_is_left_out() {
        for text in [
            "",
            "1,0,2026-03-01T00:00:00Z",
            "0,0,2026-03-01T00:00:00Z,a",
            "1,nan,2026-03-01T00:00:00Z,a",
            "1,90000,2026-03-01T00:00:00Z,a",
            "1.5,0,2026-03-01T00:00:00Z,a",
            "1,0,x,a",
            "1,0,2026-03-01T00:00:00Z,",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

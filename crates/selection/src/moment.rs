//! Points in time as people type and read them: "2026-03-28 07:05:09.25", with or without an offset.

mod typed;

use streamscope_client::TimeRange;
use streamscope_frame::civil::days_in_month;
use streamscope_signal::{Civil, SECOND, TimeZone};

pub use typed::{length, typed};

/// The instant (ns) that a text means: a date, optionally a time of day with up to nine fraction digits, optionally an
/// offset ("Z", "+02:00"). Without an offset it is a wall-clock reading in `zone`: one that comes twice means the
/// first, one that the clocks jump over is refused. Fails with what is wrong, for the person.
pub fn parse(text: &str, zone: &TimeZone) -> Result<i64, String> {
    const SHAPE: &str = "Write a date and time like 2026-03-28 07:05:09.";
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10).ok_or(SHAPE)?;
    let mut parts = date.split('-');
    let mut part = |digits: usize| parts.next().filter(|part| part.len() == digits).and_then(number);
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return Err(SHAPE.into()) };
    let (month, day) = (month as u32, day as u32);
    if !(1678..=2261).contains(&year) {
        return Err("The year must lie between 1678 and 2261.".into());
    }
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return Err(format!("There is no day {date}."));
    }
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    let sign = rest.find(['Z', 'z', '+', '-', '\u{2212}']).unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(sign);
    let time_of_day = if clock.trim().is_empty() { 0 } else { time_of_day(clock.trim()).ok_or(SHAPE)? };
    let at = |zone: &TimeZone| Civil::instant(year, month, day, time_of_day, zone);
    match offset.trim() {
        "" => {
            let (instant, wall) = (at(zone), at(&TimeZone::utc()));
            let read = instant.saturating_add(i64::from(zone.offset_at(instant)) * SECOND);
            // A date alone means the day's beginning, whatever its first reading is.
            if read == wall || clock.trim().is_empty() {
                return Ok(instant);
            }
            let later = local_text(instant, zone);
            Err(format!("The clocks of {} jump over this time; it would be {later} there.", zone.name()))
        }
        "Z" | "z" => Ok(at(&TimeZone::utc())),
        offset => {
            let seconds = offset_seconds(offset).ok_or("Write the offset like +02:00, or Z.")?;
            Ok(at(&TimeZone::utc()) - seconds * SECOND)
        }
    }
}

/// "2026-03-28 07:05:09.25": the wall clock in a zone, to the last digit that is not zero.
pub fn local_text(time: i64, zone: &TimeZone) -> String {
    let civil = Civil::at(time, zone);
    format!("{} {}", civil.date_text(), civil.clock_text(civil.digits()))
}

/// "2026-03-28T07:05:09.25Z".
pub fn utc_text(time: i64) -> String {
    local_text(time, &TimeZone::utc()).replace(' ', "T") + "Z"
}

/// The range, widened to whole seconds: what people can read and type.
pub fn whole_seconds(range: TimeRange) -> TimeRange {
    let end = range.end.saturating_add(SECOND - 1);
    let start = range.start.saturating_sub(range.start.rem_euclid(SECOND));
    TimeRange { start, end: end.saturating_sub(end.rem_euclid(SECOND)) }
}

fn time_of_day(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let mut part = |below: i64| {
        let part = parts.next()?;
        number(part).filter(|&value| part.len() == 2 && value < below)
    };
    let (hour, minute) = (part(24)?, part(60)?);
    let second = if whole.len() > 5 { part(60)? } else { 0 };
    if parts.next().is_some() || fraction.len() > 9 || (!fraction.is_empty() && whole.len() <= 5) {
        return None;
    }
    let nanoseconds = if fraction.is_empty() { 0 } else { number(&format!("{fraction:0<9}"))? };
    Some(((hour * 60 + minute) * 60 + second) * SECOND + nanoseconds)
}

fn offset_seconds(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('+') {
        Some(text) => (1, text),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Digits only: no sign, no space.
fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::paris;

    #[test]
    fn what_is_written_reads_back() {
        for time in
            [0, -1, 1_774_652_709_250_000_000, 1_793_500_200_000_000_001, i64::from(i32::MAX) * SECOND]
        {
            assert_eq!(parse(&utc_text(time), &paris()), Ok(time));
        }
        let summer = 1_782_000_000_123_000_000;
        assert_eq!(parse(&local_text(summer, &paris()), &paris()), Ok(summer));
    }

    #[test]
    fn a_wall_clock_reading_is_meant_in_the_zone() {
        let utc = |text| parse(text, &TimeZone::utc());
        assert_eq!(parse("2026-07-01 14:00", &paris()), utc("2026-07-01T12:00:00Z"));
        assert_eq!(parse("2026-01-01", &paris()), utc("2025-12-31 23:00"));
        assert_eq!(parse("2026-07-01T14:00:00.5+05:30", &paris()), utc("2026-07-01 08:30:00.5"));
        // Twice: the first. Never: refused, with the time that would come of it.
        assert_eq!(parse("2026-10-25 02:30", &paris()), utc("2026-10-25 00:30"));
        let refused = parse("2026-03-29 02:30", &paris()).unwrap_err();
        assert!(refused.contains("jump over") && refused.contains("2026-03-29 03:30"), "{refused}");
    }

    #[test]
    fn ranges_widen_to_whole_seconds() {
        let range = |start, end| whole_seconds(TimeRange { start, end });
        assert_eq!(range(-1, 1), TimeRange { start: -SECOND, end: SECOND });
        assert_eq!(range(SECOND, 2 * SECOND), TimeRange { start: SECOND, end: 2 * SECOND });
        assert_eq!(range(i64::MIN, i64::MIN).start, i64::MIN);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "today",
            "2026-02-29",
            "2026-13-01",
            "2026-03-28 24:00",
            "2026-03-28 7:05",
            "2026-03-28 07:05:60",
            "2026-03-28 07:05:09.1234567890",
            "2026-03-28 07:05.5",
            "2026-03-28 07:05 +2",
            "2026-03-28 07:05 +-02:00",
            "+026-03-28",
            "2026-03-28 07:05:09:10",
            "12026-03-28",
            "ééééééé",
        ] {
            assert!(parse(text, &paris()).is_err(), "{text}");
        }
    }
}

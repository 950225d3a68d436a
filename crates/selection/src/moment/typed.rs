//! What people type for a point in time besides a date: "now", "-2h", "27 Feb 2024 14:00", Unix time.

use streamscope_signal::{DAY, SECOND, TimeZone};

use super::{number, parse};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The instant (ns) that a text means: what [`parse`] takes; "now" and times relative to it ("-2h", "now-30min"); a day
/// with its month by name; Unix time in s, ms, µs or ns, told apart by its length. Fails with what is wrong, for the
/// person.
pub fn typed(text: &str, zone: &TimeZone, now: i64) -> Result<i64, String> {
    let text = text.trim();
    let relative = text.strip_prefix("now").map(str::trim);
    if relative == Some("") {
        return Ok(now);
    }
    if let Some(distance) = distance(relative.unwrap_or(text)) {
        return now.checked_add(distance).ok_or_else(|| "That is too far from now.".into());
    }
    match unix(text).or_else(|| named(text).map(|date| parse(&date, zone))) {
        Some(instant) => instant,
        None => parse(text, zone),
    }
}

/// "-2h", "+30 min": how far, ns.
fn distance(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('+') {
        Some(text) => (1, text),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    length(text).map(|length| sign * length)
}

/// "30 min", "2h": how long, ns.
pub fn length(text: &str) -> Option<i64> {
    let text = text.trim();
    let (count, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
    let unit = match unit.trim() {
        "s" | "sec" => SECOND,
        "m" | "min" => 60 * SECOND,
        "h" => 3600 * SECOND,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7 * DAY,
        _ => return None,
    };
    number(count)?.checked_mul(unit)
}

/// Unix time: seconds (also with a fraction), or a whole number of ms, µs or ns. Shorter numbers are none: they would
/// lie within days of 1970.
fn unix(text: &str) -> Option<Result<i64, String>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    // More digits than nanoseconds have would be no fraction of a second any more.
    let fraction = Some(fraction).filter(|fraction| fraction.len() <= 9)?;
    let (count, fraction) = (number(whole)?, number(&format!("{fraction:0<9}"))?);
    let unit = match whole.len() {
        9..=11 => SECOND,
        12..=14 => 1_000_000,
        15..=17 => 1_000,
        18..=19 => 1,
        _ => return None,
    };
    if unit != SECOND && text.contains('.') {
        return Some(Err("Write Unix time in ms, µs or ns as a whole number.".into()));
    }
    let time = count.checked_mul(unit).and_then(|time| time.checked_add(fraction));
    Some(time.ok_or_else(|| "The year must lie between 1678 and 2261.".into()))
}

/// "27 Feb 2024 14:00" as "2024-02-27 14:00".
fn named(text: &str) -> Option<String> {
    let mut parts = text.splitn(4, ' ').map(str::trim);
    let day = number(parts.next()?.trim_end_matches('.'))?;
    let month = parts.next()?.trim_end_matches(['.', ',']).to_lowercase();
    let month = (month.len() >= 3).then(|| MONTHS.iter().position(|name| name.starts_with(&month)))??;
    let year = number(parts.next()?.trim_end_matches(','))?;
    Some(format!("{year:04}-{:02}-{day:02} {}", month + 1, parts.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::paris;

    const NOW: i64 = 1_774_652_709_250_000_000;

    #[test]
    fn what_people_type_is_a_time() {
        let time = |text| typed(text, &paris(), NOW).unwrap();
        assert_eq!(time("now"), NOW);
        assert_eq!(time("-2h"), NOW - 7200 * SECOND);
        assert_eq!(time("now-30min"), NOW - 1800 * SECOND);
        assert_eq!(time("now + 1 d"), NOW + DAY);
        assert_eq!(time("27 Feb 2024 14:00"), time("2024-02-27 14:00"));
        assert_eq!(time("1 december 2024"), time("2024-12-01"));
        assert_eq!(time(" 2024-02-27 14:00 "), time("27 feb. 2024 14:00"));
        for unix in ["1709042400", "1709042400.0", "1709042400000", "1709042400000000", "1709042400000000000"]
        {
            assert_eq!(time(unix), 1_709_042_400 * SECOND, "{unix}");
        }
        assert_eq!(time("1709042400.000000123"), 1_709_042_400_000_000_123);
    }

    #[test]
    fn what_means_no_time_is_refused() {
        for text in [
            "-2",
            "--2h",
            "1709042400.1234567890",
            "-2 fortnights",
            "1709042400000.5",
            "12",
            "31 Feb 2024",
            "27 ma",
            "27 Foo 2024",
            "later",
        ] {
            assert!(typed(text, &paris(), NOW).is_err(), "{text}");
        }
        assert!(typed("-99999999999999w", &paris(), NOW).is_err());
    }
}

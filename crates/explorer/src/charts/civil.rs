//! Local dates and times in words.

use streamscope_signal::{Civil, TimeZone};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// "Mar".
pub fn month_name(civil: &Civil) -> &'static str {
    MONTHS.get((civil.month as usize).wrapping_sub(1)).copied().unwrap_or_default()
}

/// "Sat 28 Mar".
pub fn short_date(civil: &Civil) -> String {
    let weekday = WEEKDAYS.get(civil.weekday()).copied().unwrap_or_default();
    format!("{weekday} {} {}", civil.day, month_name(civil))
}

/// "07:05".
pub fn short_clock(civil: &Civil) -> String {
    format!("{:02}:{:02}", civil.hour(), civil.minute())
}

/// "Sat 28 Mar 2026, 07:05:09.25 UTC+01:00": exact to the last digit that is not zero.
pub fn exact_time(time: i64, zone: &TimeZone) -> String {
    let civil = Civil::at(time, zone);
    let offset = if civil.offset_s == 0 { String::new() } else { civil.offset_text().replace('-', "−") };
    format!("{} {}, {} UTC{offset}", short_date(&civil), civil.year, civil.clock_text(civil.digits()))
}

#[cfg(test)]
pub(crate) mod tests {
    use streamscope_frame::civil::days_from_civil;
    use streamscope_signal::{DAY, SECOND};

    use super::*;

    /// Paris in 2026: winter time until 29 March 01:00 UTC, summer time until 25 October 01:00 UTC.
    pub(crate) fn paris() -> TimeZone {
        let at_one = |month, day| days_from_civil(2026, month, day) * DAY + 3600 * SECOND;
        TimeZone::new("Europe/Paris", 3600, vec![(at_one(3, 29), 7200), (at_one(10, 25), 3600)])
    }

    #[test]
    fn an_instant_reads_as_the_wall_clock_does() {
        let time = days_from_civil(2026, 7, 4) * DAY + 12 * 3600 * SECOND + 5;
        assert_eq!(exact_time(time, &paris()), "Sat 4 Jul 2026, 14:00:00.000000005 UTC+02:00");
        assert_eq!(exact_time(-1, &TimeZone::utc()), "Wed 31 Dec 1969, 23:59:59.999999999 UTC");
        assert_eq!(short_clock(&Civil::at(time, &paris())), "14:00");
    }
}

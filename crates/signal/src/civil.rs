//! What the wall clock and the calendar of a zone show at an instant, and how that is written.

use std::fmt;

use streamscope_frame::civil::{civil_from_days, days_from_civil};

use crate::{DAY, SECOND, TimeZone};

/// A reading of wall clock and calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// Year of the common era.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// Nanoseconds that the clock shows since its midnight.
    pub time_of_day: i64,
    /// Seconds east of UTC in force.
    pub offset_s: i32,
}

impl Civil {
    /// The reading at an instant (ns).
    pub fn at(time: i64, zone: &TimeZone) -> Self {
        let offset_s = zone.offset_at(time);
        let local = i128::from(time) + i128::from(offset_s) * i128::from(SECOND);
        let (year, month, day) = civil_from_days(local.div_euclid(i128::from(DAY)) as i64);
        Self { year, month, day, time_of_day: local.rem_euclid(i128::from(DAY)) as i64, offset_s }
    }

    /// The instant (ns) of a date and a time of day (ns); [`TimeZone::local_to_utc`] says what becomes of readings
    /// that come twice or never. Days beyond the month's end count on into the next month.
    pub fn instant(year: i64, month: u32, day: u32, time_of_day: i64, zone: &TimeZone) -> i64 {
        let midnight = days_from_civil(year, month, day).saturating_mul(DAY);
        zone.local_to_utc(midnight.saturating_add(time_of_day))
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(&self) -> usize {
        (days_from_civil(self.year, self.month, self.day) + 3).rem_euclid(7) as usize
    }

    /// Hour, 0 to 23.
    pub fn hour(&self) -> u32 {
        (self.time_of_day / (3600 * SECOND)) as u32
    }

    /// Minute, 0 to 59.
    pub fn minute(&self) -> u32 {
        (self.time_of_day / (60 * SECOND) % 60) as u32
    }

    /// Second, 0 to 59.
    pub fn second(&self) -> u32 {
        (self.time_of_day / SECOND % 60) as u32
    }

    /// Nanosecond in the second.
    pub fn nanosecond(&self) -> u32 {
        (self.time_of_day % SECOND) as u32
    }

    /// Fraction digits, 0 to 9, that the reading needs to be exact.
    pub fn digits(&self) -> usize {
        let mut nanoseconds = self.nanosecond();
        let mut digits = 9;
        while digits > 0 && nanoseconds.is_multiple_of(10) {
            nanoseconds /= 10;
            digits -= 1;
        }
        digits
    }

    /// "2026-03-28".
    pub fn date_text(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// "07:05:09.250" with as many fraction digits as asked for, at most nine; what lies beyond is cut off.
    pub fn clock_text(&self, digits: usize) -> String {
        let seconds = format!("{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second());
        match digits.min(9) {
            0 => seconds,
            digits => format!("{seconds}.{:.digits$}", format!("{:09}", self.nanosecond())),
        }
    }

    /// "+01:00"; with seconds where an old offset has them. UTC is "+00:00".
    pub fn offset_text(&self) -> String {
        let sign = if self.offset_s < 0 { '-' } else { '+' };
        let seconds = self.offset_s.unsigned_abs();
        let minutes = format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
        if seconds.is_multiple_of(60) { minutes } else { format!("{minutes}:{:02}", seconds % 60) }
    }
}

/// "2026-03-28 07:05:09.25+01:00": exact, without trailing zeros.
impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.date_text(), self.clock_text(self.digits()), self.offset_text())
    }
}

//! Braincube's times: `YYYYMMDD_HHMMSS`, what the wall clock of the memory base shows.

use crate::civil::{civil_from_days, days_from_civil, days_in_month};
use crate::swar::{digits2, digits8, load8};

const DAY_S: i64 = 86_400;
const SECOND: i64 = 1_000_000_000;

/// How a wall clock's reading becomes an instant. Both are counted in ns since 1970, the reading as if it were UTC.
pub trait WallClock {
    /// The instant of a reading. Where the clocks go back a reading comes twice: `before` is the instant of the row
    /// before, in a column whose times do not go back; `None` in any other.
    fn instant(&self, local_ns: i64, before: Option<i64>) -> i64;
}

/// Writes a wall clock's reading (ns since 1970, as if it were UTC) as Braincube does, its fraction of a second cut off.
/// `None` beyond the years 0 to 9999.
pub fn braincube_time(local_ns: i64) -> Option<String> {
    let seconds = local_ns.div_euclid(SECOND);
    let (year, month, day) = civil_from_days(seconds.div_euclid(DAY_S));
    let clock = seconds.rem_euclid(DAY_S);
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    (0..=9999).contains(&year).then(|| format!("{year:04}{month:02}{day:02}_{hour:02}{minute:02}{second:02}"))
}

/// Reads times; remembers the last date, for dates repeat.
#[derive(Default)]
pub(super) struct TimeReader {
    date: Option<(u64, i64)>,
}

impl TimeReader {
    /// Ns of the reading `bytes[start..end]`.
    #[inline]
    pub(super) fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        let cell = bytes.get(start..end)?;
        let &[b'_', h0, h1, m0, m1, s0, s1] = cell.get(8..)? else { return None };
        let (hour, minute, second) = (digits2(h0, h1)?, digits2(m0, m1)?, digits2(s0, s1)?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = self.day_s(load8(cell, 0)?)? + i64::from(hour * 3600 + minute * 60 + second);
        seconds.checked_mul(SECOND)
    }

    /// Seconds of a date's first instant.
    fn day_s(&mut self, date: u64) -> Option<i64> {
        match self.date {
            Some((known, seconds)) if known == date => Some(seconds),
            _ => {
                let number = digits8(date)?;
                let (year, month, day) =
                    ((number / 10_000) as i64, (number / 100 % 100) as u32, (number % 100) as u32);
                let real = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
                let seconds = real.then(|| days_from_civil(year, month, day) * DAY_S)?;
                self.date = Some((date, seconds));
                Some(seconds)
            }
        }
    }
}

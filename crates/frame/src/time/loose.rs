//! Dates and times as programs write them, beside strict ISO-8601.
//!
//! Date: `2023-11-02`, `2023/11/02`, `2023.11.02` or `20231102`; day first or month first only where the file is said
//! to be so. Time: `08:15`, `08:15:41`, `081541`, with a fraction after a point or a comma; between the two a `T`, `_`,
//! spaces or nothing; a date alone is its midnight; `24:00` is the next one. Zone: `Z`, `UTC`, `GMT`, `+01:00`, `+0100`, `+01`, and
//! Java's `[Europe/Paris]` after it; without one the time is taken for UTC. Names such as `CET` are refused: they mean
//! different things in different places.

use super::{IsoReader, nanoseconds};
use crate::civil::{days_from_civil, days_in_month};

/// The part of a date that comes first; a month is followed by the day, a day by the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    Year,
    Day,
    Month,
}

/// Reads such times, strict ISO-8601 among them as fast as ever.
#[derive(Debug, Clone)]
pub(crate) struct LooseReader {
    iso: IsoReader,
    first: First,
}

impl LooseReader {
    pub(crate) fn new(first: First) -> Self {
        Self { iso: IsoReader::default(), first }
    }

    #[inline(always)]
    pub(crate) fn time(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        if self.first == First::Year
            && let Some(time) = self.iso.time(bytes, start, end)
        {
            return Some(time);
        }
        loose(bytes.get(start..end)?, self.first)
    }
}

/// A time in nanoseconds.
#[cold]
pub(crate) fn loose(text: &[u8], first: First) -> Option<i64> {
    let mut rest = Rest(text);
    let days = rest.date(first)?;
    let (mut seconds, mut fraction) = (0, 0);
    let mark = rest.eat(b"Tt_").is_some();
    rest.spaces();
    if mark || rest.0.first().is_some_and(u8::is_ascii_digit) {
        (seconds, fraction) = rest.clock()?;
        rest.spaces();
    }
    let shift = rest.zone()?;
    rest.0.is_empty().then(|| nanoseconds(days * 86_400 + seconds - shift, fraction))?
}

/// What is left of a text.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn eat(&mut self, any_of: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first().filter(|(first, _)| any_of.contains(first))?;
        self.0 = rest;
        Some(first)
    }

    /// Passes a word in any case.
    fn word(&mut self, word: &[u8]) -> bool {
        let (head, rest) = self.0.split_at_checked(word.len()).unwrap_or_default();
        let is = head.eq_ignore_ascii_case(word);
        if is {
            self.0 = rest;
        }
        is
    }

    fn spaces(&mut self) -> usize {
        let before = self.0.len();
        while self.eat(b" ").is_some() {}
        before - self.0.len()
    }

    /// A number of `least` to `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let (mut number, mut count) = (0, 0);
        while count < most
            && let Some(digit) = self.eat(b"0123456789")
        {
            number = number * 10 + u32::from(digit - b'0');
            count += 1;
        }
        (count >= least).then_some(number)
    }

    /// Days since the epoch.
    fn date(&mut self, part: First) -> Option<i64> {
        let between = b"-/.";
        let (year, month, day) = if part == First::Year {
            let year = self.number(4, 4)?;
            match self.eat(between) {
                None => (year, self.number(2, 2)?, self.number(2, 2)?),
                Some(mark) => {
                    let month = self.number(1, 2)?;
                    self.eat(&[mark])?;
                    (year, month, self.number(1, 2)?)
                }
            }
        } else {
            let first = self.number(1, 2)?;
            let mark = self.eat(between)?;
            let second = self.number(1, 2)?;
            self.eat(&[mark])?;
            let year = self.number(4, 4)?;
            if part == First::Day { (year, second, first) } else { (year, first, second) }
        };
        let year = i64::from(year);
        let known = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
        known.then(|| days_from_civil(year, month, day))
    }

    /// Seconds of the day, and nanoseconds.
    fn clock(&mut self) -> Option<(i64, u64)> {
        let hour = self.number(1, 2)?;
        let colon = self.eat(b":").is_some();
        let minute =
            if colon || self.0.first().is_some_and(u8::is_ascii_digit) { self.number(2, 2)? } else { 0 };
        let more =
            if colon { self.eat(b":").is_some() } else { self.0.first().is_some_and(u8::is_ascii_digit) };
        let second = if more { self.number(2, 2)? } else { 0 };
        let fraction = if more && self.eat(b".,").is_some() { self.fraction()? } else { 0 };
        let midnight = hour == 24 && minute == 0 && second == 0 && fraction == 0;
        let inside = minute < 60 && second < 60 && (hour < 24 || midnight);
        inside.then(|| (i64::from(hour * 3600 + minute * 60 + second), fraction))
    }

    /// Nanoseconds of the digits after the point; those beyond the ninth round.
    fn fraction(&mut self) -> Option<u64> {
        let (mut nanos, mut count) = (0, 0);
        while let Some(digit) = self.eat(b"0123456789") {
            let digit = u64::from(digit - b'0');
            match count {
                0..9 => nanos = nanos * 10 + digit,
                9 => nanos += u64::from(digit >= 5),
                _ => {}
            }
            count += 1;
        }
        let missing = 9_u32.saturating_sub(count);
        (count > 0).then_some(nanos * 10_u64.pow(missing))
    }

    /// Seconds east of UTC.
    fn zone(&mut self) -> Option<i64> {
        if self.0.is_empty() {
            return Some(0);
        }
        let named = self.eat(b"Zz").is_some() || self.word(b"UTC") || self.word(b"GMT");
        let Some(sign) = self.eat(b"+-") else { return named.then_some(0).filter(|_| self.place()) };
        let hours = self.number(2, 2)?;
        let colon = self.eat(b":").is_some();
        let more = colon || self.0.first().is_some_and(u8::is_ascii_digit);
        let minutes = if more { self.number(2, 2)? } else { 0 };
        if hours > 23 || minutes > 59 {
            return None;
        }
        let seconds = i64::from(hours * 3600 + minutes * 60);
        self.place().then_some(if sign == b'-' { -seconds } else { seconds })
    }

    /// Passes the name of a place in brackets, which says nothing beside an offset. Tells whether nothing is left.
    fn place(&mut self) -> bool {
        if let [b'[', .., b']'] = self.0 {
            self.0 = &[];
        }
        self.0.is_empty()
    }
}

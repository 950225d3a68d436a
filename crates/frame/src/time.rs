//! Times from text, exact to the nanosecond.
//!
//! Contract: no time ever passes through a double. Decimal seconds are read digit by digit; digits beyond the ninth
//! round to the nearest nanosecond, ties away from zero. An ISO time must say its offset (`Z` or `±hh:mm`).
//! Files may be written otherwise: see [`loose`].
//! What lies outside 1677-09-21 … 2262-04-11 does not fit `i64` nanoseconds and is refused.

mod loose;
mod spelling;

use crate::civil::{days_from_civil, days_in_month};
use crate::number::int;
use crate::swar::{POW10, digits2, digits8, load8, tail8};

pub(crate) use loose::{First, LooseReader, loose};
pub use spelling::TimeSpelling;

const SECOND: i64 = 1_000_000_000;

/// Unix seconds with an optional fraction, as nanoseconds.
#[inline(always)]
pub(crate) fn unix(bytes: &[u8], start: usize, end: usize) -> Option<i64> {
    usual_unix(bytes, start, end).or_else(|| decimal(bytes.get(start..end)?, 9))
}

/// Ten digits of seconds (2001 to 2286), a dot, 1 to 9 more digits.
#[inline(always)]
fn usual_unix(bytes: &[u8], start: usize, end: usize) -> Option<i64> {
    let &[a, b, c, d, e, f, g, h, tens, ones, b'.'] = bytes.get(start..end)?.first_chunk::<11>()? else {
        return None;
    };
    let seconds = digits8(u64::from_le_bytes([a, b, c, d, e, f, g, h]))? * 100 + digits2(tens, ones)? as u64;
    // Below 10^19, which fits unsigned; a checked signed product would be slow in wasm.
    i64::try_from(seconds * SECOND as u64 + fraction(bytes, start + 11, end)?).ok()
}

/// A count of units of 10^`places` nanoseconds.
#[inline(always)]
pub(crate) fn scaled(bytes: &[u8], start: usize, end: usize, places: u8) -> Option<i64> {
    match int(bytes, start, end) {
        Some(count) => count.checked_mul(10_i64.checked_pow(places.into())?),
        None => decimal(bytes.get(start..end)?, places),
    }
}

/// Any decimal number of units of 10^`places` nanoseconds, with sign and exponent.
#[cold]
fn decimal(text: &[u8], places: u8) -> Option<i64> {
    let (negative, text) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let (mantissa, exponent) = match text.iter().position(|c| matches!(c, b'e' | b'E')) {
        Some(at) => (text.get(..at)?, int(text, at + 1, text.len())?.clamp(-10_000, 10_000)),
        None => (text, 0),
    };
    let whole = mantissa.iter().position(|&c| c == b'.').unwrap_or(mantissa.len());
    let digits = || mantissa.iter().filter(|&&c| c != b'.').map(|c| c.wrapping_sub(b'0'));
    let count = digits().count();
    if count == 0 || mantissa.len() - count > 1 || digits().any(|digit| digit > 9) {
        return None;
    }
    // Digits up to this one count nanoseconds and more; the next one decides the rounding.
    let kept = whole as i64 + exponent + i64::from(places);
    let mut nanos: i64 = 0;
    for digit in digits().take(kept.max(0) as usize) {
        nanos = nanos.checked_mul(10)?.checked_add(digit as i64)?;
    }
    for _ in count as i64..kept {
        if nanos == 0 {
            break;
        }
        nanos = nanos.checked_mul(10)?;
    }
    if kept >= 0 && digits().nth(kept as usize).is_some_and(|next| next >= 5) {
        nanos = nanos.checked_add(1)?;
    }
    Some(if negative { -nanos } else { nanos })
}

/// Reads ISO-8601 times; remembers the last minute and the last offset, for they repeat.
///
/// The keys are compared as scalars on purpose: an array of two would go through memory.
#[derive(Debug, Clone)]
pub(crate) struct IsoReader {
    date: u64,
    clock: u64,
    minute: i64,
    offset: u64,
    shift: i64,
}

impl Default for IsoReader {
    fn default() -> Self {
        // The memory must hold something true: a key of zeros would take a cell of zero bytes for a time.
        let (date, clock) = (u64::from_le_bytes(*b"1970-01-"), u64::from_le_bytes(*b"01T00:00"));
        Self { date, clock, minute: 0, offset: u64::from_le_bytes(*b"+00:00\0\0"), shift: 0 }
    }
}

impl IsoReader {
    /// `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)` with 0 to 9 fraction digits.
    #[inline(always)]
    pub(crate) fn time(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        let cell = bytes.get(start..end)?;
        let (date, clock) = (load8(cell, 0)?, load8(cell, 8)?);
        if date != self.date || clock != self.clock {
            self.minute = minute(cell)?;
            (self.date, self.clock) = (date, clock);
        }
        let &[b':', tens, ones, next] = cell.get(16..20)?.first_chunk::<4>()? else { return None };
        let seconds = digits2(tens, ones).filter(|&seconds| seconds < 60)?;
        let zone = if cell.last()? | 0x20 == b'z' { cell.len() - 1 } else { self.offset_start(cell)? };
        let shift = if zone + 1 == cell.len() { 0 } else { self.shift };
        let fraction = if next == b'.' {
            fraction(bytes, start + 20, start + zone)?
        } else if zone == 19 {
            0
        } else {
            return None;
        };
        nanoseconds(self.minute + seconds as i64 - shift, fraction)
    }

    /// Where the offset begins; leaves its seconds in `self.shift`.
    #[inline(always)]
    fn offset_start(&mut self, cell: &[u8]) -> Option<usize> {
        // Six bytes and the two before them, which do not belong to the key.
        let key = load8(cell, cell.len().checked_sub(8)?)? >> 16;
        if key != self.offset {
            self.shift = offset(cell.get(cell.len() - 6..)?)?;
            self.offset = key;
        }
        Some(cell.len() - 6)
    }
}

/// Seconds and a fraction as nanoseconds, where they fit.
#[inline(always)]
fn nanoseconds(seconds: i64, fraction: u64) -> Option<i64> {
    // A checked product is slow in wasm; these seconds need no check.
    if seconds.unsigned_abs() < (i64::MAX / SECOND) as u64 {
        return Some(seconds * SECOND + fraction as i64);
    }
    i64::try_from(seconds as i128 * SECOND as i128 + fraction as i128).ok()
}

/// Nanoseconds of 1 to 9 fraction digits.
#[inline(always)]
fn fraction(bytes: &[u8], start: usize, end: usize) -> Option<u64> {
    let digits = match end.wrapping_sub(start) {
        decimals @ 1..=8 => digits8(tail8(bytes, start, end)?)? * POW10.get(9 - decimals)?,
        9 => {
            let first = bytes.get(start)?.wrapping_sub(b'0') as u64;
            if first > 9 {
                return None;
            }
            first * POW10[8] + digits8(load8(bytes, start + 1)?)?
        }
        _ => return None,
    };
    Some(digits)
}

/// Seconds since the epoch of `YYYY-MM-DDThh:mm`.
#[cold]
fn minute(cell: &[u8]) -> Option<i64> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T' | b't' | b' ', h0, h1, b':', n0, n1] =
        cell.first_chunk::<16>()?
    else {
        return None;
    };
    let year = (digits2(y0, y1)? * 100 + digits2(y2, y3)?) as i64;
    let (month, day) = (digits2(m0, m1)?, digits2(d0, d1)?);
    let (hour, minute) = (digits2(h0, h1)?, digits2(n0, n1)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 {
        return None;
    }
    Some(days_from_civil(year, month, day) * 86_400 + (hour * 3600 + minute * 60) as i64)
}

/// Seconds of `±hh:mm`.
#[cold]
fn offset(text: &[u8]) -> Option<i64> {
    let &[sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] = text.first_chunk::<6>()? else { return None };
    let (hours, minutes) = (digits2(h0, h1)?, digits2(m0, m1)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 3600 + minutes * 60) as i64;
    Some(if sign == b'-' { -seconds } else { seconds })
}

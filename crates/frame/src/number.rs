//! Numbers from text: exact integers, correctly rounded floats.
//!
//! Contract: a float is the double nearest to the decimal text (ties to even); `nan`, `inf` and `infinity` in any
//! case and with a sign are read; an integer is exact or refused. Functions look at `bytes[start..end]` and may
//! read, but never use, the bytes before `start`.

mod decimal;
mod long;
mod powers;

pub(crate) use decimal::{double, single};

use crate::swar::{POW10, ZERO, digits8, dot, load8_before, tail8, without};

const EXACT: u64 = 1 << 53;

const POW10_F64: [f64; 17] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

/// A float, correctly rounded. `None` when the text is not a number (the empty text is not).
#[inline(always)]
pub(crate) fn float(bytes: &[u8], start: usize, end: usize) -> Option<f64> {
    short_float(bytes, start, end).or_else(|| double(bytes.get(start..end)?))
}

/// A float as [`float`] reads it, but none where the text is a whole number that no double is: an identifier or a
/// counter must not change unseen.
#[inline(always)]
pub(crate) fn exact_float(bytes: &[u8], start: usize, end: usize) -> Option<f64> {
    short_float(bytes, start, end).or_else(|| {
        let text = bytes.get(start..end)?;
        double(text).filter(|value| !is_whole(text) || is_exactly(*value, text))
    })
}

/// Whether a text is digits alone, behind a sign.
fn is_whole(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

#[cold]
fn is_exactly(value: f64, text: &[u8]) -> bool {
    let number = str::from_utf8(text).ok().and_then(|text| text.parse::<i128>().ok());
    number.is_some_and(|number| value as i128 == number)
}

/// A decimal without exponent of at most 16 characters: its digits are exact in a double, so one division rounds
/// once and correctly.
#[inline(always)]
fn short_float(bytes: &[u8], start: usize, end: usize) -> Option<f64> {
    let negative = *bytes.get(start)? == b'-';
    let start = start + negative as usize;
    let length = end.wrapping_sub(start);
    let (digits, decimals) = if length <= 8 {
        let text = tail8(bytes, start, end)?;
        match dot(text) {
            None => (digits8(text)?, 0),
            Some(_) if length == 1 => return None,
            Some(at) => (digits8(without(text, at, ZERO))?, 7 - at),
        }
    } else if length <= 16 {
        let low = load8_before(bytes, end)?;
        let high = tail8(bytes, start, end - 8)?;
        let (high, low, decimals) = match (dot(low), dot(high)) {
            (Some(at), _) => (without(high, 7, ZERO), without(low, at, high >> 56), 7 - at),
            (None, Some(at)) => (without(high, at, ZERO), low, 15 - at),
            (None, None) => (high, low, 0),
        };
        let digits = digits8(high)? * POW10[8] + digits8(low)?;
        if digits > EXACT {
            return None;
        }
        (digits, decimals)
    } else {
        return None;
    };
    let value = digits as i64 as f64 / *POW10_F64.get(decimals as usize)?;
    // Signs are random: a branch would be mispredicted half of the time.
    Some(f64::from_bits(value.to_bits() ^ ((negative as u64) << 63)))
}

/// A 64-bit signed integer. `None` when the text is not one, or does not fit.
#[inline(always)]
pub(crate) fn int(bytes: &[u8], start: usize, end: usize) -> Option<i64> {
    short_int(bytes, start, end).or_else(|| long_int(bytes.get(start..end)?))
}

#[inline(always)]
fn short_int(bytes: &[u8], start: usize, end: usize) -> Option<i64> {
    let negative = *bytes.get(start)? == b'-';
    let start = start + negative as usize;
    let length = end.wrapping_sub(start);
    let value = if length <= 8 {
        digits8(tail8(bytes, start, end)?)?
    } else {
        let low = digits8(load8_before(bytes, end)?)?;
        let high = if length <= 16 {
            digits8(tail8(bytes, start, end - 8)?)?
        } else if length <= 19 {
            digits8(tail8(bytes, start, end - 16)?)? * POW10[8] + digits8(load8_before(bytes, end - 8)?)?
        } else {
            return None;
        };
        high * POW10[8] + low
    };
    let value = i64::try_from(value).ok()?;
    let sign = negative as i64;
    Some((value ^ -sign) + sign)
}

#[cold]
fn long_int(text: &[u8]) -> Option<i64> {
    // `from_str` is exactly the contract: sign, digits, nothing else, checked.
    str::from_utf8(text).ok()?.parse().ok()
}

/// `true`, `false` (any of the three usual cases), `1` or `0`.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"true" | b"True" | b"TRUE" | b"1" => Some(true),
        b"false" | b"False" | b"FALSE" | b"0" => Some(false),
        _ => None,
    }
}

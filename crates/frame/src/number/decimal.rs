//! Decimal text of any length as the nearest float, ties to even.
//!
//! A number is `digits × 10^exponent`. Almost always 128 bits of the power of ten decide how it is rounded (D. Lemire,
//! "Number parsing at a gigabyte per second", 2021). Where they do not, [`long`](super::long) divides whole numbers of
//! any length.

use super::long;
use super::powers::{EXACT, TIGHT, power, power_of_two};
use crate::swar::digits8;

/// A kind of float.
pub(super) struct Kind {
    /// Bits of the fraction that are stored.
    fraction: u32,
    /// Bits of the exponent.
    exponent: u32,
}

const DOUBLE: Kind = Kind { fraction: 52, exponent: 11 };
const SINGLE: Kind = Kind { fraction: 23, exponent: 8 };

impl Kind {
    /// The bits of infinity.
    const fn infinity(&self) -> u64 {
        ((1 << self.exponent) - 1) << self.fraction
    }

    /// `digits × 2^exponent`, rounded. The first bit of `digits` is set, or the second; `rest` tells that less than one
    /// is missing.
    #[inline(always)]
    pub(super) fn round(&self, digits: u64, exponent: i32, rest: bool) -> u64 {
        let zeros = digits.leading_zeros();
        let bias = (1 << (self.exponent - 1)) - 1;
        let biased = exponent + 63 - zeros as i32 + bias;
        // Below the least exponent, numbers have fewer bits.
        let dropped = 63 - self.fraction + (1 - biased).max(0) as u32;
        let digits = digits << zeros;
        let (kept, below, half) = match dropped {
            ..64 => (digits >> dropped, digits & ((1 << dropped) - 1), 1 << (dropped - 1)),
            64 => (0, digits, 1 << 63),
            _ => return 0,
        };
        let up = below > half || (below == half && (rest || kept & 1 == 1));
        // The first bit of a normal number is not stored: it adds one to the exponent.
        let exponent = ((biased - 1).max(0) as u64) << self.fraction;
        (exponent + kept + u64::from(up)).min(self.infinity())
    }
}

/// The double nearest to a text. `None` for what is no number.
pub(crate) fn double(text: &[u8]) -> Option<f64> {
    bits(text, &DOUBLE).map(f64::from_bits)
}

/// The number of single precision nearest to a text. `None` for what is no number.
pub(crate) fn single(text: &[u8]) -> Option<f32> {
    // All of it fits in the lower half.
    bits(text, &SINGLE).map(|bits| f32::from_bits(bits as u32))
}

#[inline(always)]
fn bits(text: &[u8], kind: &Kind) -> Option<u64> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let magnitude = match Decimal::read(unsigned) {
        Some(number) => number.nearest(kind),
        None => named(unsigned, kind)?,
    };
    Some(magnitude | u64::from(negative) << (kind.fraction + kind.exponent))
}

fn named(text: &[u8], kind: &Kind) -> Option<u64> {
    if text.eq_ignore_ascii_case(b"nan") {
        return Some(kind.infinity() | 1 << (kind.fraction - 1));
    }
    let infinite = text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity");
    infinite.then(|| kind.infinity())
}

/// A number in decimal.
struct Decimal<'a> {
    /// Its first digits, as many as fit in 64 bits.
    digits: u64,
    /// The power of ten of the last of them.
    exponent: i32,
    /// Whether digits follow that are not zero.
    more: bool,
    /// All digits, with a point among them.
    text: &'a [u8],
    /// The power of ten behind the "e".
    power: i32,
}

impl<'a> Decimal<'a> {
    #[inline(always)]
    fn read(text: &'a [u8]) -> Option<Self> {
        let mut digits = 0;
        let mut end = pass_digits(text, 0, &mut digits);
        let (mut count, mut places) = (end, 0);
        if text.get(end) == Some(&b'.') {
            let point = end + 1;
            end = pass_digits(text, point, &mut digits);
            places = end - point;
            count += places;
        }
        let power = match text.get(end) {
            None => 0,
            Some(b'e' | b'E') => power_of_ten(text.get(end + 1..)?)?,
            Some(_) => return None,
        };
        let number =
            Self { digits, exponent: power - places as i32, more: false, text: text.get(..end)?, power };
        match count {
            0 => None,
            // Any so many digits fit in 64 bits.
            1..=19 => Some(number),
            _ => Some(number.shortened()),
        }
    }

    /// With the first 19 of its digits that count.
    #[cold]
    fn shortened(self) -> Self {
        let mut short = Self { digits: 0, exponent: self.power, more: false, ..self };
        let (mut count, mut point) = (0, false);
        for byte in short.text {
            match byte.wrapping_sub(b'0') {
                digit @ 0..=9 if count < 19 => {
                    short.digits = short.digits * 10 + u64::from(digit);
                    count += u32::from(short.digits > 0);
                    short.exponent -= i32::from(point);
                }
                digit @ 0..=9 => {
                    short.more |= digit > 0;
                    short.exponent += i32::from(!point);
                }
                _ => point = true,
            }
        }
        short
    }

    #[inline(always)]
    fn nearest(&self, kind: &Kind) -> u64 {
        // The least double that is not zero is 5e-324, and half of it becomes zero; the largest is 1.8e308.
        match self.exponent {
            _ if self.digits == 0 => return 0,
            // With the most digits that there can be before their point.
            ..-344 => return 0,
            309.. => return kind.infinity(),
            _ => {}
        }
        let found = wide(self.digits, self.exponent, kind);
        let decided = !self.more || found == wide(self.digits + 1, self.exponent, kind);
        match found {
            Some(bits) if decided => bits,
            _ => long::nearest(self.text, self.power, kind),
        }
    }
}

/// Reads digits on from a place, and returns where they end.
#[inline(always)]
fn pass_digits(text: &[u8], mut at: usize, digits: &mut u64) -> usize {
    while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let Some(number) = digits8(u64::from_le_bytes(*eight)) else { break };
        *digits = digits.wrapping_mul(100_000_000).wrapping_add(number);
        at += 8;
    }
    while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        *digits = digits.wrapping_mul(10).wrapping_add(digit.into());
        at += 1;
    }
    at
}

/// What stands behind the "e". Powers that no float has all count as one of them.
fn power_of_ten(text: &[u8]) -> Option<i32> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    const BEYOND: i32 = 1 << 24;
    let add = |power: i32, digit: &u8| BEYOND.min(power * 10 + i32::from(digit - b'0'));
    Some(sign * digits.iter().fold(0, add))
}

/// `digits × 10^exponent`, rounded; `None` where 128 bits of the power leave it open. There are digits.
#[inline(always)]
fn wide(digits: u64, exponent: i32, kind: &Kind) -> Option<u64> {
    let power = power(exponent)?;
    let zeros = digits.leading_zeros();
    let digits = digits << zeros;
    // 192 bits: the first 64 are kept, the others tell how they are rounded.
    let high = u128::from(digits) * (power >> 64);
    let of_two = 128 + power_of_two(exponent) + exponent - zeros as i32;
    // What follows could only matter near the middle between two floats, where these bits are all alike.
    const NEAR: u64 = (1 << 9) - 1;
    let kept = (high >> 64) as u64;
    if !matches!(kept & NEAR, 0 | NEAR) {
        return Some(kind.round(kept, of_two, true));
    }
    let low = u128::from(digits) * u128::from(power as u64);
    let high = high + (low >> 64);
    let (kept, next, last) = ((high >> 64) as u64, high as u64, low as u64);
    let rest = match exponent {
        // The power is whole.
        exponent if EXACT.contains(&exponent) => next | last > 0,
        // The power is a little too large, by so little that what lies in the last bits is all of it.
        exponent if TIGHT.contains(&exponent) => next > 0,
        // The power is a little too small: it may be that a bit is to be carried.
        _ if next == u64::MAX => return None,
        // A product of so many fives has more bits than those kept.
        _ => true,
    };
    Some(kind.round(kept, of_two, rest))
}

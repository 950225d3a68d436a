//! Powers of five in 128 bits.
//!
//! They are made when the first is asked for, in some microseconds: as constants they would add 10 kB to every download.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// The exponents that there are: those of all doubles, written with up to 19 digits.
const ALL: RangeInclusive<i32> = -350..=310;

/// Exponents whose power fits in 128 bits whole.
pub(super) const EXACT: RangeInclusive<i32> = 0..=55;

/// Exponents whose power is rounded up, so that the product with a multiple of it is told by its first 128 bits: 5^27 is
/// less than 2^63. All others are rounded down.
pub(super) const TIGHT: RangeInclusive<i32> = -27..=-1;

/// `5^exponent` as 128 bits, the first of them set: to be multiplied with a [power of two](power_of_two).
#[inline(always)]
pub(super) fn power(exponent: i32) -> Option<u128> {
    static POWERS: OnceLock<Vec<u128>> = OnceLock::new();
    let powers = POWERS.get().unwrap_or_else(
        #[cold]
        || POWERS.get_or_init(make),
    );
    powers.get(usize::try_from(exponent - ALL.start()).ok()?).copied()
}

/// The power of two that [`power`] is to be multiplied with.
pub(super) fn power_of_two(exponent: i32) -> i32 {
    // log2(5) is 152170 / 65536, near enough for exponents of three digits.
    ((exponent * 152_170) >> 16) - 127
}

fn make() -> Vec<u128> {
    let growing = std::iter::successors(Some(ONE), |power| Some(times_five(*power)));
    let shrinking = std::iter::successors(Some(ONE), |power| Some(fifth(*power)));
    let below = shrinking.skip(1).take(-ALL.start() as usize).zip(1..);
    let mut powers: Vec<_> = below.map(|(power, n)| first(power) + u128::from(TIGHT.contains(&-n))).collect();
    powers.reverse();
    powers.extend(growing.take(*ALL.end() as usize + 1).map(first));
    powers
}

/// 256 bits, the lowest first, of which the highest is set: enough for every step to round without harm to the first 128.
type Bits = [u64; 4];

const ONE: Bits = [0, 0, 0, 1 << 63];

fn first([_, _, low, high]: Bits) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

fn times_five(bits: Bits) -> Bits {
    let mut carry = 0;
    let product = bits.map(|limb| {
        let wide = u128::from(limb) * 5 + carry;
        carry = wide >> 64;
        wide as u64
    });
    // Two or three bits have come in front.
    let shift = 64 - (carry as u64).leading_zeros();
    let [a, b, c, d] = product;
    let joined = |low: u64, high: u64| low >> shift | high << (64 - shift);
    [joined(a, b), joined(b, c), joined(c, d), joined(d, carry as u64)]
}

fn fifth([a, b, c, d]: Bits) -> Bits {
    // As far as the quotient has 256 bits.
    let shift = if d >= 0xa000_0000_0000_0000 { 2 } else { 3 };
    let joined = |low: u64, high: u64| low >> (64 - shift) | high << shift;
    let dividend = [joined(c, d), joined(b, c), joined(a, b), a << shift];
    let mut remainder = u128::from(d >> (64 - shift));
    let [d, c, b, a] = dividend.map(|limb| {
        let wide = remainder << 64 | u128::from(limb);
        remainder = wide % 5;
        (wide / 5) as u64
    });
    [a, b, c, d]
}

//! Decimal text of any length as the nearest float, by division of whole numbers: slow, and never in doubt.

use std::cmp::Ordering;

use super::decimal::Kind;

/// Digits that can matter: two doubles meet at a number of at most 767.
const MOST_DIGITS: usize = 800;

/// The float nearest to these digits, with a point among them, times a power of ten. They are not all zero.
#[cold]
pub(super) fn nearest(text: &[u8], power: i32, kind: &Kind) -> u64 {
    let (mut above, places) = Whole::read(text);
    let mut below = Whole(vec![1]);
    let exponent = power.saturating_sub(places);
    let factor = if exponent < 0 { &mut below } else { &mut above };
    factor.multiply_by_ten_to(exponent.unsigned_abs());
    // Both with as many bits: the quotient lies between a half and two.
    let shift = above.bits() as i32 - below.bits() as i32;
    let shorter = if shift > 0 { &mut below } else { &mut above };
    shorter.shift(shift.unsigned_abs());
    let mut quotient = 0;
    for _ in 0..64 {
        quotient = quotient << 1 | u64::from(above.take(&below));
        above.shift(1);
    }
    kind.round(quotient, shift - 63, above.bits() > 0)
}

/// A whole number: 32 bits a limb, the lowest first, the highest not zero.
struct Whole(Vec<u32>);

impl Whole {
    /// Digits without their point, and how many stand behind it.
    fn read(text: &[u8]) -> (Self, i32) {
        let (mut whole, mut taken, mut places, mut point) = (Self(Vec::new()), 0, 0, false);
        let mut more = false;
        for byte in text {
            match byte.wrapping_sub(b'0') {
                digit @ 0..=9 if taken < MOST_DIGITS => {
                    whole.multiply_add(10, digit.into());
                    taken += usize::from(!whole.0.is_empty());
                    places += i32::from(point);
                }
                digit @ 0..=9 => {
                    more |= digit > 0;
                    places -= i32::from(!point);
                }
                _ => point = true,
            }
        }
        if more {
            whole.multiply_add(10, 1);
            places += 1;
        }
        (whole, places)
    }

    fn multiply_add(&mut self, factor: u32, summand: u32) {
        let mut carry = u64::from(summand);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn multiply_by_ten_to(&mut self, exponent: u32) {
        for _ in 0..exponent / 9 {
            self.multiply_add(1_000_000_000, 0);
        }
        self.multiply_add(10_u32.pow(exponent % 9), 0);
    }

    fn bits(&self) -> u32 {
        self.0.last().map_or(0, |highest| 32 * self.0.len() as u32 - highest.leading_zeros())
    }

    /// Multiplies by a power of two.
    fn shift(&mut self, bits: u32) {
        self.multiply_add(1 << (bits % 32), 0);
        if !self.0.is_empty() {
            self.0.splice(..0, std::iter::repeat_n(0, bits as usize / 32));
        }
    }

    /// Takes another away, where it is not larger. Tells whether it was.
    fn take(&mut self, other: &Self) -> bool {
        let order =
            self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()));
        if order == Ordering::Less {
            return false;
        }
        let mut borrow = false;
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        for (limb, taken) in self.0.iter_mut().zip(others) {
            let (part, first) = limb.overflowing_sub(taken);
            let (rest, second) = part.overflowing_sub(borrow.into());
            (*limb, borrow) = (rest, first || second);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        true
    }
}

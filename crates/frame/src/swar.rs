//! Eight decimal digits at a time, in a plain 64-bit register.

const ZEROS: u64 = 0x3030_3030_3030_3030;
const DOTS: u64 = 0x2E2E_2E2E_2E2E_2E2E;

/// Powers of ten that fit a `u64` and that later steps scale by.
pub(crate) const POW10: [u64; 17] = {
    let mut powers = [1; 17];
    let mut i = 1;
    while i < 17 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// The eight bytes at `at`, first byte lowest.
#[inline(always)]
pub(crate) fn load8(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*chunk))
}

/// The eight bytes before `end`, first byte lowest.
#[inline(always)]
pub(crate) fn load8_before(bytes: &[u8], end: usize) -> Option<u64> {
    let chunk = bytes.get(end.wrapping_sub(8)..end)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*chunk))
}

/// The text `start..end` of 1 to 8 bytes, moved to the high end and filled up with the digit zero.
///
/// Reads the eight bytes before `end`, so `end` must be at least 8.
#[inline(always)]
pub(crate) fn tail8(bytes: &[u8], start: usize, end: usize) -> Option<u64> {
    let raw = load8_before(bytes, end)?;
    // No text at all gives 8 here, and more than eight bytes wrap around.
    let spare = 8usize.wrapping_sub(end.wrapping_sub(start));
    if spare > 7 {
        return None;
    }
    let filled = (1u64 << (8 * spare)) - 1;
    Some((raw & !filled) | (ZEROS & filled))
}

/// The number that eight ASCII digits spell, or `None` when one is not a digit.
#[inline(always)]
pub(crate) fn digits8(text: u64) -> Option<u64> {
    let digits = text.wrapping_sub(ZEROS);
    // A byte over 9 carries into its high nibble when 0x76 is added, and one over 0x7F already has it set.
    let over = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    if over != 0 {
        return None;
    }
    let pairs = digits * 10 + (digits >> 8);
    // The sums end up in the high half; what goes beyond it is not needed.
    let high = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((pairs >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(1 + (10_000 << 32));
    Some(high.wrapping_add(low) >> 32)
}

/// The number that two ASCII digits spell.
#[inline(always)]
pub(crate) fn digits2(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(tens as u32 * 10 + ones as u32)
}

/// Index of the first `.` among eight bytes.
#[inline(always)]
pub(crate) fn dot(text: u64) -> Option<u32> {
    let zero_where_dot = text ^ DOTS;
    let found = zero_where_dot.wrapping_sub(0x0101_0101_0101_0101) & !zero_where_dot & 0x8080_8080_8080_8080;
    (found != 0).then_some(found.trailing_zeros() / 8)
}

/// The bytes without the one at `index`: those before it move up by one, and `fill` comes in at the low end.
#[inline(always)]
pub(crate) fn without(text: u64, index: u32, fill: u64) -> u64 {
    let before = text & ((1 << (8 * index)) - 1);
    let after = text >> (8 * index) >> 8 << 8 << (8 * index);
    after | (before << 8) | fill
}

/// The digit zero, as a fill byte.
pub(crate) const ZERO: u64 = b'0' as u64;

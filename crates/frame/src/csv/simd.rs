//! Which of 64 bytes are separators, newlines and quotes: one bit each, lowest first.

/// The bytes that separate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    /// Between two cells: a comma, or what else a file uses.
    pub(super) separator: u8,
    /// At the end of a record: LF, of CRLF too, or CR where a file has CRs alone.
    pub(super) newline: u8,
}

impl Default for Marks {
    fn default() -> Self {
        Self { separator: b',', newline: b'\n' }
    }
}

/// One bit per byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masks {
    /// Separators and newlines.
    pub(super) separators: u64,
    pub(super) newlines: u64,
    pub(super) quotes: u64,
}

#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
pub(super) use swar::masks;
#[cfg(target_arch = "wasm32")]
pub(super) use wasm::masks;
#[cfg(target_arch = "x86_64")]
pub(super) use x86::masks;

#[cfg(target_arch = "wasm32")]
mod wasm {
    use std::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, v128, v128_load};

    use super::{Marks, Masks};

    #[target_feature(enable = "simd128")]
    #[inline]
    pub(in crate::csv) fn masks(bytes: &[u8; 64], marks: Marks) -> Masks {
        let (mut separators, mut newlines, mut quotes) = (0, 0, 0);
        let (lanes, _) = bytes.as_chunks::<16>();
        for (i, lane) in lanes.iter().enumerate() {
            // SAFETY: a lane is 16 readable bytes, and the load needs no alignment.
            let lane = unsafe { v128_load(lane.as_ptr().cast::<v128>()) };
            let bits =
                |byte: u8| u64::from(i8x16_bitmask(i8x16_eq(lane, i8x16_splat(byte as i8)))) << (16 * i);
            newlines |= bits(marks.newline);
            separators |= bits(marks.separator);
            quotes |= bits(b'"');
        }
        Masks { separators: separators | newlines, newlines, quotes }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8};

    use super::{Marks, Masks};

    #[inline(always)]
    pub(in crate::csv) fn masks(bytes: &[u8; 64], marks: Marks) -> Masks {
        let (mut separators, mut newlines, mut quotes) = (0, 0, 0);
        let (lanes, _) = bytes.as_chunks::<16>();
        for (i, lane) in lanes.iter().enumerate() {
            // SAFETY: SSE2 belongs to every x86_64; a lane is 16 readable bytes, and the load needs no alignment.
            let bits = |byte: u8| unsafe {
                let equal = _mm_cmpeq_epi8(_mm_loadu_si128(lane.as_ptr().cast()), _mm_set1_epi8(byte as i8));
                u64::from(_mm_movemask_epi8(equal) as u32) << (16 * i)
            };
            newlines |= bits(marks.newline);
            separators |= bits(marks.separator);
            quotes |= bits(b'"');
        }
        Masks { separators: separators | newlines, newlines, quotes }
    }
}

#[cfg(any(test, not(any(target_arch = "wasm32", target_arch = "x86_64"))))]
mod swar {
    use super::{Marks, Masks};

    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;

    pub(in crate::csv) fn masks(bytes: &[u8; 64], marks: Marks) -> Masks {
        let (mut separators, mut newlines, mut quotes) = (0, 0, 0);
        let (words, _) = bytes.as_chunks::<8>();
        for (i, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let bits = |byte: u8| equal(word, byte) << (8 * i);
            newlines |= bits(marks.newline);
            separators |= bits(marks.separator);
            quotes |= bits(b'"');
        }
        Masks { separators: separators | newlines, newlines, quotes }
    }

    /// One bit per byte of the word that equals `byte`.
    fn equal(word: u64, byte: u8) -> u64 {
        let zero_where_equal = word ^ (0x0101_0101_0101_0101 * byte as u64);
        // The high bit of each byte, set where the byte is zero: exact, for no carry crosses a byte.
        let high = !(((zero_where_equal & LOW) + LOW) | zero_where_equal | LOW);
        // Gathers the eight high bits in the top byte.
        (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_path_finds_the_same_bytes(
            bytes in proptest::array::uniform32(0u8..64),
            rest in proptest::array::uniform32(any::<u8>()),
            separator in prop::sample::select(b",;\t|".to_vec()),
            newline in prop::sample::select(b"\n\r".to_vec()),
        ) {
            let mut block = [0; 64];
            block[..32].copy_from_slice(&bytes);
            block[32..].copy_from_slice(&rest);
            let mask = |want: &dyn Fn(u8) -> bool| {
                block.iter().rev().fold(0u64, |mask, &byte| mask << 1 | want(byte) as u64)
            };
            let expected = super::Masks {
                separators: mask(&|byte| byte == separator || byte == newline),
                newlines: mask(&|byte| byte == newline),
                quotes: mask(&|byte| byte == b'"'),
            };
            let marks = super::Marks { separator, newline };
            prop_assert_eq!(super::masks(&block, marks), expected);
            prop_assert_eq!(super::swar::masks(&block, marks), expected);
        }
    }
}

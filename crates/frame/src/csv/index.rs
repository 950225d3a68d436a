//! The first of the two stages: where the separators are.

use super::simd::{Marks, Masks, masks};

/// Positions of the separators (commas and newlines outside quotes) of records not yet consumed.
#[derive(Debug, Default)]
pub(super) struct Index {
    marks: Marks,
    /// `entries[first]` is the position before the first cell; `entries[first + 1..=filled]` are separators.
    entries: Vec<u32>,
    first: usize,
    filled: usize,
    /// Newlines among the separators.
    newlines: usize,
    /// Newlines since the start, those inside quotes too.
    lines: usize,
    /// All ones inside quotes, else 0.
    quoted: u64,
    /// Whether a quote was seen since the start.
    quotes: bool,
}

impl Index {
    /// Sets the bytes that separate.
    pub(super) fn mark(&mut self, marks: Marks) {
        self.marks = marks;
    }

    /// Begins at the start of a slice, outside quotes.
    pub(super) fn start(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        *self = Self { entries, marks: self.marks, ..Self::default() };
        if let Some(first) = self.entries.first_mut() {
            // One before the first byte; the reader adds one with wrap-around.
            *first = u32::MAX;
        }
    }

    /// Adds the separators of `bytes[from..to]`. `from` is a multiple of 64, and so is `to` unless it is the end.
    // A module with SIMD in it does not start where SIMD is missing, so this is no hazard in the browser.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    pub(super) fn scan(&mut self, bytes: &[u8], from: usize, to: usize) {
        let kept = self.entries.len().min(self.filled + 1);
        self.entries.copy_within(self.first..kept, 0);
        self.filled -= self.first;
        self.first = 0;
        let marks = self.marks;
        let room = self.filled + 1 + (to - from) + 64;
        if self.entries.len() < room {
            self.entries.resize(room, u32::MAX);
        }
        let (blocks, rest) = bytes.get(from..to).unwrap_or_default().as_chunks::<64>();
        let mut at = from as u32;
        for block in blocks {
            self.add(masks(block, marks), at);
            at += 64;
        }
        if !rest.is_empty() {
            let mut block = [0; 64];
            block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.add(masks(&block, marks), at);
        }
    }

    #[inline(always)]
    fn add(&mut self, masks: Masks, at: u32) {
        let Masks { mut separators, mut newlines, quotes } = masks;
        self.lines += newlines.count_ones() as usize;
        if quotes | self.quoted != 0 {
            let inside = prefix_xor(quotes) ^ self.quoted;
            self.quoted = 0u64.wrapping_sub(inside >> 63);
            self.quotes = true;
            separators &= !inside;
            newlines &= !inside;
        }
        self.newlines += newlines.count_ones() as usize;
        let count = separators.count_ones() as usize;
        let Some(slots) =
            self.entries.get_mut(self.filled + 1..).and_then(|slots| slots.first_chunk_mut::<64>())
        else {
            return;
        };
        // Eight at once, needed or not, spares a branch that would be mispredicted; what is too much is overwritten.
        for slot in &mut slots[..8] {
            *slot = at.wrapping_add(separators.trailing_zeros());
            separators &= separators.wrapping_sub(1);
        }
        if count > 8 {
            for slot in &mut slots[8..] {
                if separators == 0 {
                    break;
                }
                *slot = at.wrapping_add(separators.trailing_zeros());
                separators &= separators.wrapping_sub(1);
            }
        }
        self.filled += count;
    }

    /// The position before the first cell, then all separators.
    pub(super) fn entries(&self) -> &[u32] {
        self.entries.get(self.first..=self.filled).unwrap_or_default()
    }

    /// Where the first record not consumed begins.
    pub(super) fn first_start(&self) -> usize {
        self.entries.get(self.first).map_or(0, |before| before.wrapping_add(1) as usize)
    }

    /// Newlines among the separators: records that are complete, if only with blank lines.
    pub(super) fn newlines(&self) -> usize {
        self.newlines
    }

    /// Newlines since the start, inside quotes or not.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// Whether the bytes so far end inside quotes.
    pub(super) fn in_quotes(&self) -> bool {
        self.quoted != 0
    }

    /// Whether a cell may hold a quote.
    pub(super) fn has_quotes(&self) -> bool {
        self.quotes
    }

    /// Forgets the first `count` separators, `newlines` newlines among them.
    pub(super) fn discard(&mut self, count: usize, newlines: usize) {
        self.first += count;
        self.newlines -= newlines;
    }
}

/// Each bit becomes the parity of itself and all lower ones: ones from an opening quote up to the closing one.
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

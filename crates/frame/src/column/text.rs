//! Columns of text: dictionary-encoded where it repeats, plain where it does not.
//!
//! A dictionary lives for one frame. Text that never repeats therefore costs its own size and four bytes a row more,
//! and never grows from frame to frame; the schema is the same either way.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Int32Array, StringArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::ArrowError;

use super::validity::Validity;
use crate::ParseErrorKind;

/// Places of its table in which a text is looked for.
const MOST_PROBES: usize = 64;

/// Texts laid end to end.
#[derive(Debug, Default)]
struct Heap {
    bytes: Vec<u8>,
    ends: Vec<i32>,
}

impl Heap {
    fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? as usize };
        self.bytes.get(start..end)
    }

    fn push(&mut self, text: &[u8]) -> Result<(), ParseErrorKind> {
        if str::from_utf8(text).is_err() {
            return Err(ParseErrorKind::Utf8);
        }
        let end = i32::try_from(self.bytes.len() + text.len());
        self.ends
            .push(end.map_err(|_| ParseErrorKind::Malformed("more than 2 GiB of text in one frame".into()))?);
        self.bytes.extend_from_slice(text);
        Ok(())
    }

    fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows);
        self.bytes.truncate(self.ends.last().map_or(0, |&end| end as usize));
    }

    fn take(&mut self, nulls: Option<NullBuffer>) -> Result<StringArray, ArrowError> {
        let Self { bytes, ends } = std::mem::take(self);
        let mut offsets = Vec::with_capacity(ends.len() + 1);
        offsets.push(0);
        offsets.extend(ends);
        StringArray::try_new(OffsetBuffer::new(ScalarBuffer::from(offsets)), Buffer::from_vec(bytes), nulls)
    }
}

/// Texts, one a row.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    heap: Heap,
    nulls: Validity,
}

impl Texts {
    pub(super) fn reserve(&mut self, rows: usize) {
        self.heap.ends.reserve(rows);
    }

    pub(super) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        let text = text.filter(|text| !text.is_empty());
        if text.is_none() {
            self.nulls.null(self.heap.ends.len());
        }
        self.heap.push(text.unwrap_or_default())
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.heap.truncate(rows);
        self.nulls.truncate(rows);
    }

    pub(super) fn take(&mut self) -> Result<StringArray, ArrowError> {
        let nulls = self.nulls.take(self.heap.ends.len());
        self.heap.take(nulls)
    }
}

/// Texts that repeat: each different one is kept once.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    keys: Vec<i32>,
    nulls: Validity,
    values: Heap,
    /// Open-addressing table of indices into `values`, plus one; 0 is free. Its length is a power of two.
    table: Vec<u32>,
}

impl Dictionary {
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.keys.reserve_exact(rows);
    }

    pub(crate) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        let key = match text {
            None => {
                self.nulls.null(self.keys.len());
                0
            }
            Some(text) => self.key(text)?,
        };
        self.keys.push(key);
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    fn key(&mut self, text: &[u8]) -> Result<i32, ParseErrorKind> {
        if let Some(&last) = self.keys.last()
            && self.values.get(last as usize) == Some(text)
        {
            return Ok(last);
        }
        if self.values.ends.len() * 2 >= self.table.len() {
            self.grow();
        }
        let mut free = None;
        for at in self.probes(text) {
            match self.table.get(at) {
                Some(0) => {
                    free = Some(at);
                    break;
                }
                Some(&entry) if self.values.get(entry as usize - 1) == Some(text) => {
                    return Ok(entry as i32 - 1);
                }
                _ => {}
            }
        }
        self.values.push(text)?;
        let count = self.values.ends.len();
        if let Some(slot) = free.and_then(|at| self.table.get_mut(at)) {
            *slot = count as u32;
        }
        Ok(count as i32 - 1)
    }

    /// Where a text may stand in the table. They are few, so that texts chosen to collide cost no more than others;
    /// one that finds no place is kept again each time.
    fn probes(&self, text: &[u8]) -> impl Iterator<Item = usize> + use<> {
        let (mask, first) = (self.table.len().saturating_sub(1), hash(text) as usize);
        (0..MOST_PROBES).map(move |step| first.wrapping_add(step) & mask)
    }

    fn grow(&mut self) {
        self.table = vec![0; (self.table.len() * 2).max(64)];
        for index in 0..self.values.ends.len() {
            let text = self.values.get(index).unwrap_or_default();
            let free = self.probes(text).find(|at| self.table.get(*at) == Some(&0));
            if let Some(slot) = free.and_then(|at| self.table.get_mut(at)) {
                *slot = index as u32 + 1;
            }
        }
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        self.keys.truncate(rows);
        self.nulls.truncate(rows);
    }

    pub(crate) fn take(&mut self) -> Result<DictionaryArray<Int32Type>, ArrowError> {
        let Self { keys, mut nulls, mut values, .. } = std::mem::take(self);
        if values.ends.is_empty() {
            // Keys of null rows must point somewhere.
            values.ends.push(0);
        }
        let nulls = nulls.take(keys.len());
        let keys = Int32Array::try_new(ScalarBuffer::from(keys), nulls)?;
        DictionaryArray::try_new(keys, Arc::new(values.take(None)?))
    }
}

/// Mixes eight bytes at a time; good enough for a table that lives as long as a frame.
fn hash(text: &[u8]) -> u64 {
    let (words, rest) = text.as_chunks::<8>();
    let mut tail = [0; 8];
    tail.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let words = words.iter().chain(std::iter::once(&tail)).map(|word| u64::from_le_bytes(*word));
    let mixed = words.fold(text.len() as u64, |hash, word| {
        let hash = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^ (hash >> 29)
    });
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::{Dictionary, MOST_PROBES, hash};

    #[test]
    fn texts_chosen_to_collide_are_all_kept() {
        let collide = |text: &String| hash(text.as_bytes()) & 0x3FFF == 0;
        let texts: Vec<String> = (0..3_000_000).map(|n| format!("text{n}")).filter(collide).collect();
        assert!(texts.len() > 2 * MOST_PROBES, "{}", texts.len());
        let mut dictionary = Dictionary::default();
        for text in texts.iter().chain(&texts) {
            let key = dictionary.key(text.as_bytes()).unwrap();
            assert_eq!(dictionary.values.get(key as usize), Some(text.as_bytes()));
        }
        // Those that found a place are kept once.
        assert!(dictionary.values.ends.len() < 2 * texts.len());
    }
}

//! Which rows are null: nothing at all until the first one is.

use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};

/// A bit per row, 1 where there is a value; rows beyond the end have one.
#[derive(Debug, Default)]
pub(crate) struct Validity {
    bits: Vec<u8>,
}

impl Validity {
    pub(crate) fn null(&mut self, row: usize) {
        let at = row / 8;
        if at >= self.bits.len() {
            self.bits.resize(at + 1, 0xFF);
        }
        if let Some(byte) = self.bits.get_mut(at) {
            *byte &= !(1 << (row % 8));
        }
    }

    pub(crate) fn is_null(&self, row: usize) -> bool {
        self.bits.get(row / 8).is_some_and(|byte| byte & (1 << (row % 8)) == 0)
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        self.bits.truncate(rows.div_ceil(8));
        if let Some(last) = self.bits.get_mut(rows / 8) {
            *last |= 0xFF << (rows % 8);
        }
    }

    /// The nulls among the first `rows` rows, if any; starts anew.
    pub(crate) fn take(&mut self, rows: usize) -> Option<NullBuffer> {
        if self.bits.iter().all(|&byte| byte == 0xFF) {
            self.bits.clear();
            return None;
        }
        let mut bits = std::mem::take(&mut self.bits);
        bits.resize(rows.div_ceil(8), 0xFF);
        Some(NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(bits), 0, rows)))
    }
}

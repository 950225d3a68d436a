//! Columns of values that have one width.

use arrow_array::BooleanArray;
use arrow_buffer::{ArrowNativeType, BooleanBufferBuilder, NullBuffer, ScalarBuffer};

use super::validity::Validity;
use super::{CellError, Cells};
use crate::ParseErrorKind;
use crate::number::boolean;

/// How the text of a cell becomes a value of one width.
pub(crate) trait Read {
    type Value: Copy + ArrowNativeType;
    /// What lies below a null.
    const NULL: Self::Value;
    /// What a cell holds, in words.
    const EXPECTED: &'static str;

    /// The value of `bytes[start..end]`; `None` when it is none, or when the text is empty.
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<Self::Value>;
}

/// Values of a fixed width, and which of them are null.
pub(crate) struct Values<R: Read> {
    reader: R,
    values: Vec<R::Value>,
    nulls: Validity,
}

impl<R: Read + Default> Default for Values<R> {
    fn default() -> Self {
        Self { reader: R::default(), values: Vec::new(), nulls: Validity::default() }
    }
}

impl<R: Read> Values<R> {
    /// The loop that everything else is there to feed. `read` is inlined in it and nowhere else: cells that are
    /// empty, quoted or wrong are looked at again out of line.
    pub(super) fn extend(&mut self, cells: &Cells) -> Result<(), CellError> {
        let first = self.values.len();
        self.values.resize(first + cells.rows, R::NULL);
        let slots = self.values.get_mut(first..).unwrap_or_default();
        for (row, (slot, (start, end))) in slots.iter_mut().zip(cells.iter()).enumerate() {
            if let Some(value) = self.reader.read(cells.bytes, start, end) {
                *slot = value;
            } else {
                match read_again(&mut self.reader, cells, start, end) {
                    Ok(Some(value)) => *slot = value,
                    Ok(None) => self.nulls.null(first + row),
                    Err(kind) => return Err(CellError { row, start, end, kind }),
                }
            }
        }
        Ok(())
    }

    pub(super) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        let value = text.map_or(Ok(None), |text| read_text(&mut self.reader, text))?;
        if value.is_none() {
            self.nulls.null(self.values.len());
        }
        self.values.push(value.unwrap_or(R::NULL));
        Ok(())
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        self.nulls.truncate(rows);
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        self.values.reserve_exact(rows);
    }

    /// The same rows as another reader would have read them.
    pub(super) fn map<S: Read + Default>(&mut self, convert: impl Fn(R::Value) -> S::Value) -> Values<S> {
        let nulls = std::mem::take(&mut self.nulls);
        let values = std::mem::take(&mut self.values).into_iter().enumerate();
        let values =
            values.map(|(row, value)| if nulls.is_null(row) { S::NULL } else { convert(value) }).collect();
        Values { reader: S::default(), values, nulls }
    }

    pub(super) fn take(&mut self) -> (ScalarBuffer<R::Value>, Option<NullBuffer>) {
        let mut values = std::mem::take(&mut self.values);
        if values.capacity() - values.len() > values.len() / 4 {
            values.shrink_to_fit();
        }
        let nulls = self.nulls.take(values.len());
        (ScalarBuffer::from(values), nulls)
    }
}

#[cold]
#[inline(never)]
fn read_again<R: Read>(
    reader: &mut R,
    cells: &Cells,
    start: usize,
    end: usize,
) -> Result<Option<R::Value>, ParseErrorKind> {
    if start == end {
        return Ok(None);
    }
    cells.text(start, end)?.map_or(Ok(None), |text| read_text(reader, &text))
}

/// A value from text that may be empty.
fn read_text<R: Read>(reader: &mut R, text: &[u8]) -> Result<Option<R::Value>, ParseErrorKind> {
    match reader.read(text, 0, text.len()) {
        None if !text.is_empty() => Err(ParseErrorKind::value(R::EXPECTED, text)),
        value => Ok(value),
    }
}

/// Truth values, a bit each.
pub(crate) struct Flags {
    bits: BooleanBufferBuilder,
    nulls: Validity,
}

impl Default for Flags {
    fn default() -> Self {
        Self { bits: BooleanBufferBuilder::new(0), nulls: Validity::default() }
    }
}

impl Flags {
    pub(super) fn reserve(&mut self, rows: usize) {
        self.bits.reserve(rows);
    }

    pub(super) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        let value = match text {
            None | Some([]) => None,
            Some(text) => Some(boolean(text).ok_or_else(|| ParseErrorKind::value("truth value", text))?),
        };
        if value.is_none() {
            self.nulls.null(self.bits.len());
        }
        self.bits.append(value.unwrap_or(false));
        Ok(())
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.bits.truncate(rows);
        self.nulls.truncate(rows);
    }

    pub(super) fn take(&mut self) -> BooleanArray {
        let bits = self.bits.finish();
        let nulls = self.nulls.take(bits.len());
        BooleanArray::new(bits, nulls)
    }
}

//! Columns of values that have one width.

use std::borrow::Cow;

use arrow_array::BooleanArray;
use arrow_buffer::{ArrowNativeType, BooleanBufferBuilder, NullBuffer, ScalarBuffer};

use super::manner::Manner;
use super::validity::Validity;
use super::{CellError, Cells};
use crate::ParseErrorKind;
use crate::number::boolean;

/// How the text of a cell becomes a value of one width.
pub(crate) trait CellReader {
    type Value: Copy + ArrowNativeType;
    /// What lies below a null.
    const NULL: Self::Value;
    /// What a cell holds, in words.
    const EXPECTED: &'static str;

    /// Whether a number's decimals may follow a comma, where the file writes them so.
    const IS_DECIMAL: bool = false;

    /// The value of `bytes[start..end]`; `None` when it is none, or when the text is empty.
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<Self::Value>;

    /// Whether a text that is no value stands for null, whatever the file's words for it are.
    fn is_null(&self, _text: &[u8]) -> bool {
        false
    }
}

/// Values of a fixed width, and which of them are null.
pub(crate) struct Values<R: CellReader> {
    reader: R,
    values: Vec<R::Value>,
    nulls: Validity,
}

impl<R: CellReader + Default> Default for Values<R> {
    fn default() -> Self {
        Self { reader: R::default(), values: Vec::new(), nulls: Validity::default() }
    }
}

impl<R: CellReader> Values<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, values: Vec::new(), nulls: Validity::default() }
    }

    /// The loop that everything else is there to feed. `read` is inlined in it and nowhere else: cells that are
    /// empty, quoted or wrong are looked at again out of line.
    pub(super) fn extend(&mut self, cells: &Cells) -> Result<(), CellError> {
        if cells.manner.misleads() {
            return self.extend_carefully(cells);
        }
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

    /// The same where the text of a number may not be taken at its word.
    #[cold]
    #[inline(never)]
    fn extend_carefully(&mut self, cells: &Cells) -> Result<(), CellError> {
        for (row, (start, end)) in cells.iter().take(cells.rows).enumerate() {
            let read = read_again(&mut self.reader, cells, start, end);
            self.append(read.map_err(|kind| CellError { row, start, end, kind })?);
        }
        Ok(())
    }

    pub(super) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        let page = Manner::default();
        let value = text.map_or(Ok(None), |text| read_text(&mut self.reader, text, &page))?;
        self.append(value);
        Ok(())
    }

    fn append(&mut self, value: Option<R::Value>) {
        if value.is_none() {
            self.nulls.null(self.values.len());
        }
        self.values.push(value.unwrap_or(R::NULL));
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        self.nulls.truncate(rows);
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        self.values.reserve_exact(rows);
    }

    /// Whether all of these hold; under a null lies [`CellReader::NULL`].
    pub(super) fn all(&self, holds: impl FnMut(&R::Value) -> bool) -> bool {
        self.values.iter().all(holds)
    }

    pub(super) fn reader(&mut self) -> &mut R {
        &mut self.reader
    }

    /// The same rows as another reader would have read them.
    pub(super) fn map<S: CellReader + Default>(
        &mut self,
        convert: impl Fn(R::Value) -> S::Value,
    ) -> Values<S> {
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
fn read_again<R: CellReader>(
    reader: &mut R,
    cells: &Cells,
    start: usize,
    end: usize,
) -> Result<Option<R::Value>, ParseErrorKind> {
    if start == end {
        return Ok(None);
    }
    cells.text(start, end)?.map_or(Ok(None), |text| read_text(reader, &text, cells.manner))
}

/// A value from text that may be empty.
fn read_text<R: CellReader>(
    reader: &mut R,
    text: &[u8],
    manner: &Manner,
) -> Result<Option<R::Value>, ParseErrorKind> {
    let text = manner.trim(text);
    if text.is_empty() || manner.is_null(text) {
        return Ok(None);
    }
    let pointed = if R::IS_DECIMAL { manner.pointed(text) } else { Some(Cow::Borrowed(text)) };
    match pointed.and_then(|text| reader.read(&text, 0, text.len())) {
        None if !reader.is_null(text) => Err(ParseErrorKind::value(R::EXPECTED, text)),
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

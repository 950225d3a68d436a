//! One column of an answer under construction, in chunks: rows are complete only when the last column is, and a chunk
//! that is full is never moved again.
//!
//! Numeric contract: a cell that is no number is null, and counted. Whole numbers stay exact as long as all are; the
//! first that is not, or that 64 bits do not hold, makes the column one of doubles, each the nearest to its text.
//! Infinities are numbers, NaN is none.

use std::rc::Rc;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array};
use arrow_buffer::ScalarBuffer;
use arrow_schema::ArrowError;

use super::time::{TimeReader, WallClock};
use crate::column::{Dictionary, Validity, numbers, times};
use crate::error::shortened;
use crate::{ColumnType, ParseErrorKind, number};

/// Rows of a chunk, and of a frame.
pub(super) const CHUNK: usize = 1 << 14;

/// Beyond this, not every whole number is a double.
const EXACT: f64 = (1u64 << 53) as f64;

/// What was no value of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    /// Cells that say that there is no value.
    pub(super) missing: u64,
    /// Cells that say something else.
    pub(super) unreadable: u64,
    /// Whole numbers that the nearest double is not equal to.
    pub(super) rounded: u64,
}

/// A column's values.
pub(super) struct Cells {
    values: Values,
    chunks: Vec<ArrayRef>,
    rows: u64,
    /// Rows that are worth making room for.
    expected: usize,
    pub(super) counts: Counts,
    /// The first cell that could not be read, and its row.
    example: Option<(u64, String)>,
}

enum Values {
    /// Whole numbers so far.
    Int(Fixed<i64>),
    Float(Fixed<f64>),
    Time(Times),
    Text(Dictionary),
}

#[derive(Default)]
struct Fixed<T> {
    values: Vec<T>,
    nulls: Validity,
}

struct Times {
    cells: Fixed<i64>,
    reader: TimeReader,
    clock: Rc<dyn WallClock>,
    /// In a column whose times do not go back: the last one.
    before: Option<Option<i64>>,
}

/// How a column's cells are read.
#[derive(Clone)]
pub(super) enum Kind {
    /// Whole numbers as long as all are, then doubles.
    Number,
    Float,
    Time {
        clock: Rc<dyn WallClock>,
        ordered: bool,
    },
    Text,
}

impl<T: Copy> Fixed<T> {
    fn push(&mut self, value: Option<T>, null: T) {
        if value.is_none() {
            self.nulls.null(self.values.len());
        }
        self.values.push(value.unwrap_or(null));
    }

    fn take(&mut self) -> (ScalarBuffer<T>, Option<arrow_buffer::NullBuffer>)
    where
        T: arrow_buffer::ArrowNativeType,
    {
        let mut values = std::mem::take(&mut self.values);
        values.shrink_to_fit();
        let nulls = self.nulls.take(values.len());
        (ScalarBuffer::from(values), nulls)
    }
}

impl Cells {
    pub(super) fn new(kind: &Kind, expected: u64) -> Self {
        let values = match kind {
            Kind::Number => Values::Int(Fixed::default()),
            Kind::Float => Values::Float(Fixed::default()),
            Kind::Text => Values::Text(Dictionary::default()),
            Kind::Time { clock, ordered } => Values::Time(Times {
                cells: Fixed::default(),
                reader: TimeReader::default(),
                clock: clock.clone(),
                before: ordered.then_some(None),
            }),
        };
        let expected = usize::try_from(expected).unwrap_or(CHUNK).min(CHUNK);
        let (counts, example) = Default::default();
        let mut cells = Self { values, chunks: Vec::new(), rows: 0, expected, counts, example };
        cells.reserve();
        cells
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows + self.pending() as u64
    }

    /// Takes cells for as long as `next` has one, and there is room in the chunk and for the column.
    #[inline(always)]
    pub(super) fn fill(
        &mut self,
        bytes: &[u8],
        room: u64,
        mut next: impl FnMut() -> Option<(usize, usize)>,
    ) -> Result<(), ParseErrorKind> {
        let mut room = usize::try_from(room).unwrap_or(CHUNK).min(CHUNK - self.pending());
        while room > 0
            && let Some((start, end)) = next()
        {
            let taken = match &mut self.values {
                Values::Int(cells) => number::int(bytes, start, end).map(|value| cells.values.push(value)),
                Values::Float(cells) => number::float(bytes, start, end)
                    .filter(|value| value.abs() < EXACT)
                    .map(|value| cells.values.push(value)),
                Values::Time(times) => times.take(bytes, start, end),
                Values::Text(_) => None,
            };
            if taken.is_none() {
                self.push(bytes.get(start..end))?;
            }
            room -= 1;
        }
        self.end_chunk()
    }

    /// Takes one cell: its text, or `None` for JSON's null.
    pub(super) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        let trimmed = text.map(<[u8]>::trim_ascii);
        match &mut self.values {
            Values::Text(texts) => {
                let text = text.filter(|text| *text != b"?");
                self.counts.missing += u64::from(text.is_none());
                texts.push(text)?;
            }
            Values::Time(times) => {
                if trimmed.and_then(|text| times.take(text, 0, text.len())).is_none() {
                    times.cells.push(None, i64::MIN);
                    self.note(trimmed);
                }
            }
            Values::Int(cells) => match trimmed.and_then(|text| number::int(text, 0, text.len())) {
                Some(value) => cells.push(Some(value), 0),
                None if trimmed.and_then(double).is_some() => {
                    self.widen();
                    return self.push(text);
                }
                None => {
                    cells.push(None, 0);
                    self.note(trimmed);
                }
            },
            Values::Float(cells) => {
                let value = trimmed.and_then(double);
                cells.push(value, f64::NAN);
                match (value, trimmed) {
                    (Some(value), Some(text)) => self.counts.rounded += u64::from(is_rounded(value, text)),
                    _ => self.note(trimmed),
                }
            }
        }
        self.end_chunk()
    }

    /// Takes a cell that holds no single value.
    pub(super) fn push_other(&mut self, found: &str) -> Result<(), ParseErrorKind> {
        self.push(None)?;
        self.counts.missing -= 1;
        self.unreadable(found.into());
        Ok(())
    }

    /// The same cells, which were read as text, read as `kind`.
    pub(super) fn reread(mut self, kind: &Kind) -> Result<Self, ParseErrorKind> {
        if matches!(kind, Kind::Text) {
            return Ok(self);
        }
        self.cut_chunk()?;
        let mut read = Self::new(kind, self.rows);
        for chunk in std::mem::take(&mut self.chunks) {
            let Some(texts) = chunk.as_dictionary_opt::<Int32Type>() else { continue };
            let Some(values) = texts.values().as_string_opt::<i32>() else { continue };
            for key in texts.keys() {
                let place = key.map(|key| key as usize).filter(|place| *place < values.len());
                read.push(place.map(|place| values.value(place).as_bytes()))?;
            }
        }
        read.counts.missing -= self.counts.unreadable;
        read.counts.unreadable += self.counts.unreadable;
        read.example = self.example.into_iter().chain(read.example).min_by_key(|(row, _)| *row);
        Ok(read)
    }

    /// Whether the values are text that no kind was known for.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.values, Values::Text(_))
    }

    /// Type and chunks of the whole column.
    pub(super) fn finish(&mut self) -> Result<(ColumnType, Vec<ArrayRef>), ParseErrorKind> {
        self.cut_chunk()?;
        let kind = match self.values {
            Values::Int(_) => ColumnType::Int,
            Values::Float(_) => ColumnType::Float,
            Values::Time(_) => ColumnType::Time,
            Values::Text(_) => ColumnType::Text,
        };
        Ok((kind, std::mem::take(&mut self.chunks)))
    }

    /// The first cell that could not be read.
    pub(super) fn example(&mut self) -> Option<String> {
        self.example.take().map(|(_, found)| found)
    }

    /// Counts the cell that became null last.
    fn note(&mut self, text: Option<&[u8]>) {
        match text {
            None | Some(b"" | b"?") => self.counts.missing += 1,
            Some(text) if [&b"nan"[..], b"null"].iter().any(|word| text.eq_ignore_ascii_case(word)) => {
                self.counts.missing += 1;
            }
            Some(text) => self.unreadable(shortened(text)),
        }
    }

    fn unreadable(&mut self, found: String) {
        self.counts.unreadable += 1;
        let row = self.rows() - 1;
        self.example.get_or_insert((row, found));
    }

    /// Whole numbers so far become doubles. Chunks that are full stay as they are until they are handed out.
    fn widen(&mut self) {
        let Values::Int(cells) = &mut self.values else { return };
        let full = self.chunks.iter().filter_map(|chunk| chunk.as_primitive_opt::<Int64Type>());
        let whole = full.flat_map(|chunk| chunk.values()).chain(&cells.values);
        self.counts.rounded +=
            whole.filter(|whole| **whole as f64 as i128 != i128::from(**whole)).count() as u64;
        let (values, nulls) = (std::mem::take(&mut cells.values), std::mem::take(&mut cells.nulls));
        let float = |(row, value)| if nulls.is_null(row) { f64::NAN } else { value as f64 };
        let values = values.into_iter().enumerate().map(float).collect();
        self.values = Values::Float(Fixed { values, nulls });
    }

    fn pending(&self) -> usize {
        match &self.values {
            Values::Int(cells) | Values::Time(Times { cells, .. }) => cells.values.len(),
            Values::Float(cells) => cells.values.len(),
            Values::Text(texts) => texts.len(),
        }
    }

    fn reserve(&mut self) {
        match &mut self.values {
            Values::Int(cells) | Values::Time(Times { cells, .. }) => {
                cells.values.reserve_exact(self.expected)
            }
            Values::Float(cells) => cells.values.reserve_exact(self.expected),
            Values::Text(texts) => texts.reserve(self.expected),
        }
    }

    fn end_chunk(&mut self) -> Result<(), ParseErrorKind> {
        if self.pending() < CHUNK {
            return Ok(());
        }
        self.cut_chunk()?;
        self.reserve();
        Ok(())
    }

    fn cut_chunk(&mut self) -> Result<(), ParseErrorKind> {
        let rows = self.pending();
        if rows == 0 {
            return Ok(());
        }
        let chunk = match &mut self.values {
            Values::Int(cells) => numbers::<Int64Type>(cells.take()),
            Values::Float(cells) => numbers::<Float64Type>(cells.take()),
            Values::Time(Times { cells, .. }) => times(cells.take()),
            Values::Text(texts) => texts.take().map(|texts| Arc::new(texts) as ArrayRef),
        };
        self.chunks.push(chunk.map_err(|error: ArrowError| ParseErrorKind::Malformed(error.to_string()))?);
        self.rows += rows as u64;
        Ok(())
    }
}

impl Times {
    #[inline]
    fn take(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<()> {
        let local = self.reader.read(bytes, start, end)?;
        let instant = self.clock.instant(local, self.before.flatten());
        if let Some(before) = &mut self.before {
            *before = Some(instant);
        }
        self.cells.values.push(instant);
        Some(())
    }
}

/// A number that is one.
fn double(text: &[u8]) -> Option<f64> {
    number::float(text, 0, text.len()).filter(|value| !value.is_nan())
}

/// Whether a whole number's nearest double is another number.
fn is_rounded(value: f64, text: &[u8]) -> bool {
    let whole = || str::from_utf8(text).ok().and_then(|text| text.parse::<i128>().ok());
    value.abs() >= EXACT && whole().is_some_and(|whole| whole != value as i128)
}

/// A chunk as the whole column has it: whole numbers of a column that turned out to be one of doubles.
pub(super) fn as_type(chunk: ArrayRef, kind: ColumnType) -> ArrayRef {
    match (kind, chunk.as_primitive_opt::<Int64Type>()) {
        (ColumnType::Float, Some(whole)) => {
            let doubles = whole.iter().map(|value| value.map_or(f64::NAN, |value| value as f64));
            let doubles = ScalarBuffer::from_iter(doubles);
            Arc::new(Float64Array::new(doubles, whole.nulls().cloned()))
        }
        _ => chunk,
    }
}

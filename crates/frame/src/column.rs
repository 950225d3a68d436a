//! Columns under construction: cells of text in, Arrow arrays out.
//!
//! Numeric contract: an empty cell is null. Below a null, a float column holds NaN and a time column `i64::MIN`, so
//! that whoever looks only at the values sees no invented number; an integer column holds 0.

mod cells;
mod readers;
mod text;
mod validity;
mod values;

use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, ArrowPrimitiveType, PrimitiveArray, TimestampNanosecondArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::ArrowError;

use crate::time::IsoReader;
use crate::{ColumnType, ParseErrorKind, TimeFormat};
pub(crate) use cells::{CellError, Cells, unquote};
use readers::{Float, Float32, Int, Int16, Int32, Unix, UnixNs};
use text::{Dictionary, Texts};
use values::{Flags, Values};

/// A column under construction.
pub(crate) enum Builder {
    Unix(Values<Unix>),
    UnixNs(Values<UnixNs>),
    Iso(Values<IsoReader>),
    Float(Values<Float>),
    Int(Values<Int>),
    Float32(Values<Float32>),
    Int32(Values<Int32>),
    Int16(Values<Int16>),
    Bool(Flags),
    Text(Dictionary),
    Json(Texts),
}

impl Builder {
    pub(crate) fn new(kind: ColumnType, time_format: TimeFormat) -> Self {
        match (kind, time_format) {
            (ColumnType::Time, TimeFormat::Unix) => Self::Unix(Values::default()),
            (ColumnType::Time, TimeFormat::UnixNs) => Self::UnixNs(Values::default()),
            (ColumnType::Time, TimeFormat::Iso) => Self::Iso(Values::default()),
            (ColumnType::Float, _) => Self::Float(Values::default()),
            (ColumnType::Int, _) => Self::Int(Values::default()),
            (ColumnType::Float32, _) => Self::Float32(Values::default()),
            (ColumnType::Int32, _) => Self::Int32(Values::default()),
            (ColumnType::Int16, _) => Self::Int16(Values::default()),
            (ColumnType::Bool, _) => Self::Bool(Flags::default()),
            (ColumnType::Text, _) => Self::Text(Dictionary::default()),
            (ColumnType::Json, _) => Self::Json(Texts::default()),
        }
    }

    /// Makes room for rows to come.
    pub(crate) fn reserve(&mut self, rows: usize) {
        match self {
            Self::Unix(values) => values.reserve(rows),
            Self::UnixNs(values) => values.reserve(rows),
            Self::Iso(values) => values.reserve(rows),
            Self::Float(values) => values.reserve(rows),
            Self::Int(values) => values.reserve(rows),
            Self::Float32(values) => values.reserve(rows),
            Self::Int32(values) => values.reserve(rows),
            Self::Int16(values) => values.reserve(rows),
            Self::Bool(flags) => flags.reserve(rows),
            Self::Text(texts) => texts.reserve(rows),
            Self::Json(texts) => texts.reserve(rows),
        }
    }

    /// Appends one value per cell. On an error some rows have been appended: [`truncate`](Self::truncate) mends it.
    pub(crate) fn extend(&mut self, cells: &Cells) -> Result<(), CellError> {
        match self {
            Self::Unix(values) => values.extend(cells),
            Self::UnixNs(values) => values.extend(cells),
            Self::Iso(values) => values.extend(cells),
            Self::Float(values) => values.extend(cells),
            Self::Int(values) => values.extend(cells),
            Self::Float32(values) => values.extend(cells),
            Self::Int32(values) => values.extend(cells),
            Self::Int16(values) => values.extend(cells),
            Self::Bool(flags) => cells.texts(|text| flags.push(text)),
            Self::Text(texts) => cells.texts(|text| texts.push(text)),
            Self::Json(texts) => cells.texts(|text| texts.push(text)),
        }
    }

    /// Appends one value: the text of a number, a truth value or a time, or text itself; `None` is null.
    pub(crate) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        match self {
            Self::Unix(values) => values.push(text),
            Self::UnixNs(values) => values.push(text),
            Self::Iso(values) => values.push(text),
            Self::Float(values) => values.push(text),
            Self::Int(values) => values.push(text),
            Self::Float32(values) => values.push(text),
            Self::Int32(values) => values.push(text),
            Self::Int16(values) => values.push(text),
            Self::Bool(flags) => flags.push(text),
            Self::Text(texts) => texts.push(text),
            Self::Json(texts) => texts.push(text),
        }
    }

    /// Drops all rows from `rows` on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        match self {
            Self::Unix(values) => values.truncate(rows),
            Self::UnixNs(values) => values.truncate(rows),
            Self::Iso(values) => values.truncate(rows),
            Self::Float(values) => values.truncate(rows),
            Self::Int(values) => values.truncate(rows),
            Self::Float32(values) => values.truncate(rows),
            Self::Int32(values) => values.truncate(rows),
            Self::Int16(values) => values.truncate(rows),
            Self::Bool(flags) => flags.truncate(rows),
            Self::Text(texts) => texts.truncate(rows),
            Self::Json(texts) => texts.truncate(rows),
        }
    }

    /// Hands out the values so far and starts anew. The buffers move; nothing is copied.
    pub(crate) fn take(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Unix(values) => times(values.take())?,
            Self::UnixNs(values) => times(values.take())?,
            Self::Iso(values) => times(values.take())?,
            Self::Float(values) => numbers::<Float64Type>(values.take())?,
            Self::Int(values) => numbers::<Int64Type>(values.take())?,
            Self::Float32(values) => numbers::<Float32Type>(values.take())?,
            Self::Int32(values) => numbers::<Int32Type>(values.take())?,
            Self::Int16(values) => numbers::<Int16Type>(values.take())?,
            Self::Bool(flags) => Arc::new(flags.take()),
            Self::Text(texts) => Arc::new(texts.take()?),
            Self::Json(texts) => Arc::new(texts.take()?),
        })
    }

    /// The same rows as floats, when this is a column of integers.
    pub(crate) fn widened(&mut self) -> Option<Self> {
        let Self::Int(values) = self else { return None };
        Some(Self::Float(values.map(|value| value as f64)))
    }
}

fn numbers<T: ArrowPrimitiveType>(
    (values, nulls): (ScalarBuffer<T::Native>, Option<NullBuffer>),
) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(PrimitiveArray::<T>::try_new(values, nulls)?))
}

fn times((values, nulls): (ScalarBuffer<i64>, Option<NullBuffer>)) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(TimestampNanosecondArray::try_new(values, nulls)?.with_timezone("UTC")))
}

//! Columns under construction: cells of text in, Arrow arrays out.
//!
//! Numeric contract: an empty cell is null. Below a null, a float column holds NaN and a time column `i64::MIN`, so
//! that whoever looks only at the values sees no invented number; an integer column holds 0. A column whose type was only
//! inferred never rounds a whole number: see [`Builder::adapt`].

mod cells;
mod manner;
mod readers;
mod text;
mod validity;
mod values;

use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, ArrowPrimitiveType, PrimitiveArray, TimestampNanosecondArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::ArrowError;

use crate::time::{First, IsoReader, LooseReader, TimeSpelling};
use crate::{ColumnType, ParseErrorKind, TimeFormat};
pub(crate) use cells::{CellError, Cells, unquote};
pub(crate) use manner::{Manner, is_nan};
use readers::{ExactFloat, Float, Float32, Int, Int16, Int32, Scaled, Unix, UnixNs};
pub(crate) use text::Dictionary;
use text::Texts;
pub(crate) use validity::Validity;
use values::{Flags, Values};

/// A column under construction.
pub(crate) enum Builder {
    Unix(Values<Unix>),
    UnixNs(Values<UnixNs>),
    Scaled(Values<Scaled>),
    Iso(Values<IsoReader>),
    Loose(Values<LooseReader>),
    Float(Values<Float>),
    ExactFloat(Values<ExactFloat>),
    Int(Values<Int>),
    Float32(Values<Float32>),
    Int32(Values<Int32>),
    Int16(Values<Int16>),
    Bool(Flags),
    Text(Dictionary),
    Json(Texts),
}

/// Does the same for a column of any kind.
macro_rules! each {
    ($builder:ident, $column:ident => $do:expr) => {
        match $builder {
            Self::Unix($column) => $do,
            Self::UnixNs($column) => $do,
            Self::Scaled($column) => $do,
            Self::Iso($column) => $do,
            Self::Loose($column) => $do,
            Self::Float($column) => $do,
            Self::ExactFloat($column) => $do,
            Self::Int($column) => $do,
            Self::Float32($column) => $do,
            Self::Int32($column) => $do,
            Self::Int16($column) => $do,
            Self::Bool($column) => $do,
            Self::Text($column) => $do,
            Self::Json($column) => $do,
        }
    };
}

impl Builder {
    /// A column of a page, whose type is declared.
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

    /// A column of a file.
    pub(crate) fn of_file(kind: ColumnType, times: TimeSpelling) -> Self {
        if kind == ColumnType::Int {
            return Self::Int(Values::new(Int { nan_is_null: true }));
        }
        match (kind, times, times.places()) {
            (ColumnType::Time, _, Some(places)) => Self::Scaled(Values::new(Scaled { places })),
            (ColumnType::Time, TimeSpelling::Dmy, _) => Self::loose(First::Day),
            (ColumnType::Time, TimeSpelling::Mdy, _) => Self::loose(First::Month),
            (ColumnType::Time, ..) => Self::loose(First::Year),
            _ => Self::new(kind, TimeFormat::default()),
        }
    }

    fn loose(first: First) -> Self {
        Self::Loose(Values::new(LooseReader::new(first)))
    }

    /// A column whose type was only inferred: see [`adapt`](Self::adapt).
    pub(crate) fn inferred(self, nan_is_null: bool) -> Self {
        match self {
            Self::Float(_) => Self::ExactFloat(Values::default()),
            Self::Int(_) => Self::Int(Values::new(Int { nan_is_null })),
            other => other,
        }
    }

    /// Makes room for rows to come.
    pub(crate) fn reserve(&mut self, rows: usize) {
        each!(self, column => column.reserve(rows))
    }

    /// Appends one value per cell. On an error some rows have been appended: [`truncate`](Self::truncate) mends it.
    pub(crate) fn extend(&mut self, cells: &Cells) -> Result<(), CellError> {
        let manner = cells.manner;
        let has_text = |text: &&[u8]| !manner.is_null_text(text);
        match self {
            Self::Unix(values) => values.extend(cells),
            Self::UnixNs(values) => values.extend(cells),
            Self::Scaled(values) => values.extend(cells),
            Self::Iso(values) => values.extend(cells),
            Self::Loose(values) => values.extend(cells),
            Self::Float(values) => values.extend(cells),
            Self::ExactFloat(values) => values.extend(cells),
            Self::Int(values) => values.extend(cells),
            Self::Float32(values) => values.extend(cells),
            Self::Int32(values) => values.extend(cells),
            Self::Int16(values) => values.extend(cells),
            Self::Bool(flags) => cells.texts(|text| flags.push(text.filter(|text| !manner.is_null(text)))),
            Self::Text(texts) => cells.texts(|text| texts.push(text.filter(has_text))),
            Self::Json(texts) => cells.texts(|text| texts.push(text.filter(has_text))),
        }
    }

    /// Appends one value: the text of a number, a truth value or a time, or text itself; `None` is null.
    pub(crate) fn push(&mut self, text: Option<&[u8]>) -> Result<(), ParseErrorKind> {
        each!(self, column => column.push(text))
    }

    /// Drops all rows from `rows` on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        each!(self, column => column.truncate(rows))
    }

    /// Hands out the values so far and starts anew. The buffers move; nothing is copied.
    pub(crate) fn take(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Unix(values) => times(values.take())?,
            Self::UnixNs(values) => times(values.take())?,
            Self::Scaled(values) => times(values.take())?,
            Self::Iso(values) => times(values.take())?,
            Self::Loose(values) => times(values.take())?,
            Self::Float(values) => numbers::<Float64Type>(values.take())?,
            Self::ExactFloat(values) => numbers::<Float64Type>(values.take())?,
            Self::Int(values) => numbers::<Int64Type>(values.take())?,
            Self::Float32(values) => numbers::<Float32Type>(values.take())?,
            Self::Int32(values) => numbers::<Int32Type>(values.take())?,
            Self::Int16(values) => numbers::<Int16Type>(values.take())?,
            Self::Bool(flags) => Arc::new(flags.take()),
            Self::Text(texts) => Arc::new(texts.take()?),
            Self::Json(texts) => Arc::new(texts.take()?),
        })
    }

    /// Makes a column of integers, whose type was only inferred, fit a text that is none. Where every row is exact as a
    /// float, it becomes a column of floats; where one is not, NaN becomes null and a fraction is refused.
    pub(crate) fn adapt(&mut self, text: &[u8], manner: &Manner) -> Adapted {
        let Self::Int(values) = self else { return Adapted::No };
        let exact = values.all(|value| value.unsigned_abs() <= EXACT);
        if exact && manner.exact_float(text).is_some() {
            *self = Self::ExactFloat(values.map(|value| value as f64));
            Adapted::ToFloats
        } else if is_nan(text) && !values.reader().nan_is_null {
            values.reader().nan_is_null = true;
            Adapted::ToNulls
        } else {
            Adapted::No
        }
    }
}

/// What became of a column of integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adapted {
    ToFloats,
    ToNulls,
    No,
}

/// Up to here every integer is exact as a float.
const EXACT: u64 = 1 << 53;

pub(crate) fn numbers<T: ArrowPrimitiveType>(
    (values, nulls): (ScalarBuffer<T::Native>, Option<NullBuffer>),
) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(PrimitiveArray::<T>::try_new(values, nulls)?))
}

pub(crate) fn times(
    (values, nulls): (ScalarBuffer<i64>, Option<NullBuffer>),
) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(TimestampNanosecondArray::try_new(values, nulls)?.with_timezone("UTC")))
}

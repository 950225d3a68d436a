//! Frames as a node's rows.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrowPrimitiveType, RecordBatch};
use streamscope_frame::{ColumnType, JouleLayout, times};

use crate::{Error, Result};

/// Rows of one layout.
pub(super) struct Encoder {
    pub(super) format: JouleLayout,
}

/// The columns of a frame, of one length and without nulls.
pub(super) struct Columns<'a> {
    times: &'a [i64],
    values: Values<'a>,
    names: Vec<&'a str>,
}

enum Values<'a> {
    Int16(Vec<&'a [i16]>),
    Int32(Vec<&'a [i32]>),
    Int64(Vec<&'a [i64]>),
    Float32(Vec<&'a [f32]>),
    Float64(Vec<&'a [f64]>),
}

/// Does the same with the values, whatever their type.
macro_rules! each {
    ($values:expr, $columns:ident => $body:expr) => {
        match $values {
            Values::Int16($columns) => $body,
            Values::Int32($columns) => $body,
            Values::Int64($columns) => $body,
            Values::Float32($columns) => $body,
            Values::Float64($columns) => $body,
        }
    };
}

impl Encoder {
    pub(super) fn new(format: JouleLayout) -> Self {
        Self { format }
    }

    /// The columns of a frame, if they are those of the layout.
    pub(super) fn columns<'a>(&self, frame: &'a RecordBatch) -> Result<Columns<'a>> {
        let wanted = self.format.elements() + 1;
        if frame.num_columns() != wanted {
            return Err(Error::invalid(format!(
                "The frame has {} columns, and rows of {} have {wanted}: a time and {} elements.",
                frame.num_columns(),
                self.format,
                self.format.elements()
            )));
        }
        let names = frame.schema_ref().fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>();
        for (name, column) in names.iter().zip(frame.columns()) {
            if column.null_count() > 0 {
                return Err(Error::invalid(format!("Column `{name}` has nulls, which a node cannot keep.")));
            }
        }
        let time_first = streamscope_frame::time_index(frame.schema_ref()) == Some(0);
        let times = times(frame).filter(|_| time_first);
        let times = times.ok_or_else(|| Error::invalid("The first column is not a time."))?;
        let values = match self.format.column_type() {
            ColumnType::Int16 => Values::Int16(self.values::<Int16Type>(frame)?),
            ColumnType::Int32 => Values::Int32(self.values::<Int32Type>(frame)?),
            ColumnType::Int => Values::Int64(self.values::<Int64Type>(frame)?),
            ColumnType::Float32 => Values::Float32(self.values::<Float32Type>(frame)?),
            _ => Values::Float64(self.values::<Float64Type>(frame)?),
        };
        Ok(Columns { times, values, names })
    }

    fn values<'a, T: ArrowPrimitiveType>(&self, frame: &'a RecordBatch) -> Result<Vec<&'a [T::Native]>> {
        let fields = frame.schema_ref().fields().iter().zip(frame.columns()).skip(1);
        let values = fields.map(|(field, column)| match column.as_primitive_opt::<T>() {
            Some(column) => Ok(column.values().as_ref()),
            None => Err(Error::invalid(format!(
                "Column `{}` is {}, and the stream has rows of {}: give it as {}.",
                field.name(),
                column.data_type(),
                self.format,
                T::DATA_TYPE
            ))),
        });
        values.collect()
    }

    /// Checks rows that come after one at `last` (µs), and returns the time of the last of them.
    pub(super) fn check(
        &self,
        columns: &Columns,
        rows: Range<usize>,
        mut last: Option<i64>,
    ) -> Result<Option<i64>> {
        for (row, &ns) in columns.times.iter().enumerate().take(rows.end).skip(rows.start) {
            let refused = |words: String| Err(Error::invalid(format!("Row {row}: {words}")));
            if ns % 1000 != 0 {
                return refused(format!("the time {ns} ns is no whole microsecond, and nodes keep no less."));
            }
            if last.is_some_and(|last| ns / 1000 <= last) {
                let before = last.unwrap_or_default() * 1000;
                return refused(format!("the time {ns} ns is not after the one before, {before} ns."));
            }
            if ns == 0 && each!(&columns.values, all => all.iter().all(|values| is_zero(values.get(row)))) {
                return refused(
                    "a row of zeros at 1970-01-01T00:00:00Z means the end of an interval to a node.".into(),
                );
            }
            last = Some(ns / 1000);
        }
        let nan = match &columns.values {
            Values::Float32(all) => first_nan(all, &rows, |value| value.is_nan()),
            Values::Float64(all) => first_nan(all, &rows, |value| value.is_nan()),
            _ => None,
        };
        match nan {
            None => Ok(last),
            Some((element, row)) => {
                let name = columns.names.get(element + 1).copied().unwrap_or_default();
                Err(Error::invalid(format!(
                    "Row {row}: `{name}` is NaN, which a node cannot keep: leave the row out."
                )))
            }
        }
    }

    /// Appends rows, and returns the time of the last of them, µs.
    pub(super) fn append(&self, columns: &Columns, rows: Range<usize>, into: &mut Vec<u8>) -> Option<i64> {
        let (width, begun) = (self.format.row_bytes(), into.len());
        let times = columns.times.get(rows.clone()).unwrap_or_default();
        into.resize(begun + times.len() * width, 0);
        let out = into.get_mut(begun..)?;
        for (row, &ns) in out.chunks_exact_mut(width).zip(times) {
            put(row, 0, (ns / 1000).to_le_bytes());
        }
        match &columns.values {
            Values::Int16(all) => fill(out, width, all, &rows, i16::to_le_bytes),
            Values::Int32(all) => fill(out, width, all, &rows, i32::to_le_bytes),
            Values::Int64(all) => fill(out, width, all, &rows, i64::to_le_bytes),
            Values::Float32(all) => fill(out, width, all, &rows, f32::to_le_bytes),
            Values::Float64(all) => fill(out, width, all, &rows, f64::to_le_bytes),
        }
        times.last().map(|ns| ns / 1000)
    }

    /// Time of the first row of a block, µs.
    pub(super) fn first_time(&self, block: &[u8]) -> Option<i64> {
        block.first_chunk().map(|time| i64::from_le_bytes(*time))
    }

    /// Time of the last row of a block, µs.
    pub(super) fn last_time(&self, block: &[u8]) -> Option<i64> {
        block.chunks_exact(self.format.row_bytes()).next_back().and_then(|row| self.first_time(row))
    }

    /// Times of a block's rows, µs.
    pub(super) fn times(&self, block: &[u8]) -> Vec<i64> {
        block.chunks_exact(self.format.row_bytes()).filter_map(|row| self.first_time(row)).collect()
    }
}

fn is_zero<T: Default + PartialEq>(value: Option<&T>) -> bool {
    value.is_none_or(|value| *value == T::default())
}

/// Element and row of the first value that is none.
fn first_nan<T>(all: &[&[T]], rows: &Range<usize>, is_nan: impl Fn(&T) -> bool) -> Option<(usize, usize)> {
    all.iter().enumerate().find_map(|(element, values)| {
        let row = values.get(rows.clone())?.iter().position(&is_nan)?;
        Some((element, rows.start + row))
    })
}

/// Writes the values of all elements into rows.
fn fill<T: Copy, const N: usize>(
    out: &mut [u8],
    width: usize,
    all: &[&[T]],
    rows: &Range<usize>,
    bytes: impl Fn(T) -> [u8; N],
) {
    for (element, values) in all.iter().enumerate() {
        let values = values.get(rows.clone()).unwrap_or_default();
        for (row, &value) in out.chunks_exact_mut(width).zip(values) {
            put(row, size_of::<i64>() + element * N, bytes(value));
        }
    }
}

fn put<const N: usize>(row: &mut [u8], at: usize, bytes: [u8; N]) {
    if let Some(place) = row.get_mut(at..at + N) {
        place.copy_from_slice(&bytes);
    }
}

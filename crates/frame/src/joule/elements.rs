//! One element of many rows, under construction.

use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, ArrowPrimitiveType, PrimitiveArray};

use super::layout::Datatype;

/// The values of one element.
pub(super) enum Elements {
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
}

/// Does the same with the values, whatever their type.
macro_rules! each {
    ($elements:expr, $values:ident => $body:expr) => {
        match $elements {
            Elements::Int16($values) => $body,
            Elements::Int32($values) => $body,
            Elements::Int64($values) => $body,
            Elements::Float32($values) => $body,
            Elements::Float64($values) => $body,
        }
    };
}

impl Elements {
    pub(super) fn new(datatype: Datatype) -> Self {
        match datatype {
            Datatype::Int16 => Self::Int16(Vec::new()),
            Datatype::Int32 => Self::Int32(Vec::new()),
            Datatype::Int64 => Self::Int64(Vec::new()),
            Datatype::Float32 => Self::Float32(Vec::new()),
            Datatype::Float64 => Self::Float64(Vec::new()),
        }
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        each!(self, values => values.reserve(rows));
    }

    /// Appends the values that stand `at` so many bytes into each row, and returns how many bytes one takes.
    pub(super) fn extend(&mut self, rows: &[u8], at: usize, width: usize) -> usize {
        match self {
            Self::Int16(values) => extend(values, rows, at, width, i16::from_le_bytes),
            Self::Int32(values) => extend(values, rows, at, width, i32::from_le_bytes),
            Self::Int64(values) => extend(values, rows, at, width, i64::from_le_bytes),
            Self::Float32(values) => extend(values, rows, at, width, f32::from_le_bytes),
            Self::Float64(values) => extend(values, rows, at, width, f64::from_le_bytes),
        }
    }

    /// The values so far, as a column.
    pub(super) fn take(&mut self) -> ArrayRef {
        match self {
            Self::Int16(values) => column::<Int16Type>(values),
            Self::Int32(values) => column::<Int32Type>(values),
            Self::Int64(values) => column::<Int64Type>(values),
            Self::Float32(values) => column::<Float32Type>(values),
            Self::Float64(values) => column::<Float64Type>(values),
        }
    }
}

/// The loop that all bytes go through, once per column.
#[inline(always)]
fn extend<T, const N: usize>(
    values: &mut Vec<T>,
    rows: &[u8],
    at: usize,
    width: usize,
    read: impl Fn([u8; N]) -> T,
) -> usize {
    // A row is at least as long as its elements, so none is passed over.
    let cells = rows.chunks_exact(width).map(|row| row.get(at..at + N).and_then(|cell| cell.first_chunk()));
    values.extend(cells.map(|cell| read(cell.copied().unwrap_or([0; N]))));
    N
}

fn column<T: ArrowPrimitiveType>(values: &mut Vec<T::Native>) -> ArrayRef {
    let mut values = std::mem::take(values);
    values.shrink_to(values.len() + values.len() / 4);
    Arc::new(PrimitiveArray::<T>::new(values.into(), None))
}

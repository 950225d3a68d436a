//! How the samples that a pyramid stands on are reached: their owner keeps them, in chunks, and lends them.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

/// Chunks of rows, by the number under which their times were pushed to a [`TimeIndex`](crate::TimeIndex).
///
/// A chunk must stay what it was when it was pushed. Rows that are not there any more read as if they were null.
pub trait Times {
    /// Times of a chunk's rows, ns; empty when there is no such chunk.
    fn times(&self, chunk: usize) -> &[i64];

    /// Measurement durations of a chunk's rows, ns; 0 or less is unknown, as is what the slice is too short for.
    fn durations(&self, chunk: usize) -> &[i64];
}

/// The values of one column, in the same chunks as its times.
pub trait Samples {
    /// Values of a chunk's rows; empty when there is no such chunk.
    fn values(&self, chunk: usize) -> Values<'_>;
}

/// Numbers of a chunk, lent: floats or integers of any width a column has, with or without a bitmap of nulls.
///
/// NaN is null. Integers beyond 2⁵³ round to the nearest float.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    numbers: Numbers<'a>,
    nulls: Option<&'a NullBuffer>,
}

#[derive(Debug, Clone, Copy)]
enum Numbers<'a> {
    Float(&'a [f64]),
    Int(&'a [i64]),
    Float32(&'a [f32]),
    Int32(&'a [i32]),
    Int16(&'a [i16]),
}

impl<'a> Values<'a> {
    /// Floats, NaN for null.
    pub fn floats(values: &'a [f64]) -> Self {
        Self { numbers: Numbers::Float(values), nulls: None }
    }

    /// A column of numbers: `Float64`, `Float32`, `Int64`, `Int32` or `Int16`; `None` for any other type.
    pub fn of(array: &'a dyn Array) -> Option<Self> {
        fn parts<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> (&[T::Native], Option<&NullBuffer>) {
            (array.values(), array.nulls().filter(|nulls| nulls.null_count() > 0))
        }
        macro_rules! lend {
            ($arrow:ty, $numbers:ident) => {{
                let (values, nulls) = parts(array.as_primitive_opt::<$arrow>()?);
                Some(Self { numbers: Numbers::$numbers(values), nulls })
            }};
        }
        match array.data_type() {
            DataType::Float64 => lend!(Float64Type, Float),
            DataType::Float32 => lend!(Float32Type, Float32),
            DataType::Int64 => lend!(Int64Type, Int),
            DataType::Int32 => lend!(Int32Type, Int32),
            DataType::Int16 => lend!(Int16Type, Int16),
            _ => None,
        }
    }

    /// No values at all.
    pub fn none() -> Self {
        Self::floats(&[])
    }

    /// How many there are, nulls among them.
    pub fn len(&self) -> usize {
        match self.numbers {
            Numbers::Float(values) => values.len(),
            Numbers::Int(values) => values.len(),
            Numbers::Float32(values) => values.len(),
            Numbers::Int32(values) => values.len(),
            Numbers::Int16(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands out rows as floats with NaN for null, in pieces of at most [`PIECE`] rows. Floats without nulls are
    /// handed out as they lie.
    #[inline]
    pub(crate) fn pieces(&self, rows: Range<usize>, mut visit: impl FnMut(&[f64])) {
        let rows = rows.start.min(self.len())..rows.end.min(self.len());
        if let (Numbers::Float(values), None) = (self.numbers, self.nulls) {
            values[rows].chunks(PIECE).for_each(visit);
            return;
        }
        let mut scratch = [f64::NAN; PIECE];
        let mut start = rows.start;
        while start < rows.end {
            let end = rows.end.min(start + PIECE);
            self.widen(start..end, &mut scratch);
            visit(&scratch[..end - start]);
            start = end;
        }
    }

    /// Writes rows, which exist and are no more than there are slots, as floats.
    #[inline]
    fn widen(&self, rows: Range<usize>, slots: &mut [f64; PIECE]) {
        macro_rules! widen {
            ($values:ident, $widen:expr) => {
                slots.iter_mut().zip(&$values[rows.clone()]).for_each(|(slot, &value)| *slot = $widen(value))
            };
        }
        match self.numbers {
            Numbers::Float(values) => widen!(values, |value| value),
            Numbers::Int(values) => widen!(values, |value: i64| value as f64),
            Numbers::Float32(values) => widen!(values, f64::from),
            Numbers::Int32(values) => widen!(values, f64::from),
            Numbers::Int16(values) => widen!(values, f64::from),
        }
        if let Some(nulls) = self.nulls {
            for (slot, row) in slots.iter_mut().zip(rows) {
                if nulls.is_null(row) {
                    *slot = f64::NAN;
                }
            }
        }
    }
}

/// Rows handed out at once by [`Values::pieces`].
pub(crate) const PIECE: usize = 32;

/// Rows as plain slices: a `Vec` of these is [`Times`] and [`Samples`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Slices<'a> {
    /// Times, ns.
    pub times: &'a [i64],
    /// Values, NaN for null.
    pub values: &'a [f64],
    /// Durations, ns; may be empty.
    pub durations: &'a [i64],
}

impl Times for Vec<Slices<'_>> {
    fn times(&self, chunk: usize) -> &[i64] {
        self.get(chunk).map_or(&[], |slices| slices.times)
    }

    fn durations(&self, chunk: usize) -> &[i64] {
        self.get(chunk).map_or(&[], |slices| slices.durations)
    }
}

impl Samples for Vec<Slices<'_>> {
    fn values(&self, chunk: usize) -> Values<'_> {
        self.get(chunk).map_or(Values::none(), |slices| Values::floats(slices.values))
    }
}

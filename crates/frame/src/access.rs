//! What others ask of a frame: its times, and its numbers.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, TimestampNanosecondType,
};
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray, RecordBatch};
use arrow_schema::{DataType, Schema, TimeUnit};

/// Index of the first time column.
pub fn time_index(schema: &Schema) -> Option<usize> {
    let is_time = |kind: &DataType| matches!(kind, DataType::Timestamp(TimeUnit::Nanosecond, _));
    schema.fields().iter().position(|field| is_time(field.data_type()))
}

/// The times of a frame: the values of its first time column, ns since the epoch.
///
/// `None` when there is no time column, or when it has nulls.
pub fn times(frame: &RecordBatch) -> Option<&[i64]> {
    let column = frame.column(time_index(frame.schema_ref())?);
    (column.null_count() == 0).then(|| column.as_primitive::<TimestampNanosecondType>().values().as_ref())
}

/// A numeric column as doubles, NaN where it is null. Floats made by this crate's parsers are lent, not copied.
///
/// Integers beyond 2⁵³ are rounded; truth values are 1 and 0. `None` for any other type, times among them.
pub fn floats(column: &dyn Array) -> Option<Cow<'_, [f64]>> {
    match column.data_type() {
        DataType::Float64 => {
            let column = column.as_primitive::<Float64Type>();
            let lent = column.null_count() == 0 || nulls_are_nan(column.values(), column.nulls()?);
            let copy = || column.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
            Some(if lent { Cow::Borrowed(column.values().as_ref()) } else { Cow::Owned(copy()) })
        }
        DataType::Int64 => Some(widened(column.as_primitive::<Int64Type>(), |value| value as f64)),
        DataType::Float32 => Some(widened(column.as_primitive::<Float32Type>(), f64::from)),
        DataType::Int32 => Some(widened(column.as_primitive::<Int32Type>(), f64::from)),
        DataType::Int16 => Some(widened(column.as_primitive::<Int16Type>(), f64::from)),
        DataType::Boolean => {
            let values = column.as_boolean().iter();
            Some(values.map(|value| value.map_or(f64::NAN, |value| value as u8 as f64)).collect())
        }
        _ => None,
    }
}

fn widened<T: ArrowPrimitiveType>(
    column: &PrimitiveArray<T>,
    widen: impl Fn(T::Native) -> f64,
) -> Cow<'static, [f64]> {
    if column.null_count() == 0 {
        return column.values().iter().map(|&value| widen(value)).collect();
    }
    column.iter().map(|value| value.map_or(f64::NAN, &widen)).collect()
}

fn nulls_are_nan(values: &[f64], nulls: &arrow_buffer::NullBuffer) -> bool {
    values.iter().zip(nulls).all(|(value, valid)| valid || value.is_nan())
}

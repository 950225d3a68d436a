//! One value of one row, whatever its column's type.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, TimestampNanosecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};

/// A value as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum SampleValue {
    /// No value.
    Null,
    /// A number.
    Number(f64),
    /// An integer, exact.
    Integer(i64),
    /// A truth value.
    Flag(bool),
    /// A state's name, text or JSON.
    Text(String),
    /// An instant, ns.
    Time(i64),
}

impl SampleValue {
    /// The cell of a row; [`Null`](Self::Null) too where there is no such cell.
    pub fn read(frame: &RecordBatch, column: usize, row: usize) -> Self {
        let Some(array) = frame.columns().get(column).filter(|array| row < array.len()) else {
            return Self::Null;
        };
        if array.is_null(row) {
            return Self::Null;
        }
        match array.data_type() {
            DataType::Float64 => Self::Number(array.as_primitive::<Float64Type>().value(row)),
            DataType::Float32 => Self::Number(as_written(array.as_primitive::<Float32Type>().value(row))),
            DataType::Int64 => Self::Integer(array.as_primitive::<Int64Type>().value(row)),
            DataType::Int32 => Self::Integer(array.as_primitive::<Int32Type>().value(row).into()),
            DataType::Int16 => Self::Integer(array.as_primitive::<Int16Type>().value(row).into()),
            DataType::Boolean => Self::Flag(array.as_boolean().value(row)),
            DataType::Utf8 => Self::Text(array.as_string::<i32>().value(row).to_string()),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                Self::Time(array.as_primitive::<TimestampNanosecondType>().value(row))
            }
            DataType::Dictionary(_, _) => {
                let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else { return Self::Null };
                let names = dictionary.values().as_string_opt::<i32>();
                match (dictionary.key(row), names) {
                    (Some(key), Some(names)) if key < names.len() => Self::Text(names.value(key).to_string()),
                    _ => Self::Null,
                }
            }
            _ => Self::Null,
        }
    }

    /// The value as the table shows it: every digit that was recorded.
    pub fn text(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Number(value) if value.is_nan() => "NaN".into(),
            Self::Number(value) => value.to_string().replace('-', "−"),
            Self::Integer(value) | Self::Time(value) => value.to_string().replace('-', "−"),
            Self::Flag(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }
}

/// The double with the digits of a single-precision number: 0.1 stays 0.1.
fn as_written(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

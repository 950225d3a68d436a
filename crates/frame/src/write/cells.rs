//! The columns that writers know: one for each [`ColumnType`](crate::ColumnType).

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, TimestampNanosecondType,
};
use arrow_array::{Array, BooleanArray, PrimitiveArray, StringArray};
use arrow_schema::{DataType, TimeUnit};

use super::WriteError;

/// A column's values.
pub(super) enum Cells<'a> {
    Time(&'a PrimitiveArray<TimestampNanosecondType>),
    Float(&'a PrimitiveArray<Float64Type>),
    Int(&'a PrimitiveArray<Int64Type>),
    Float32(&'a PrimitiveArray<Float32Type>),
    Int32(&'a PrimitiveArray<Int32Type>),
    Int16(&'a PrimitiveArray<Int16Type>),
    Bool(&'a BooleanArray),
    Text(&'a StringArray),
    Dictionary(&'a PrimitiveArray<Int32Type>, &'a StringArray),
}

impl<'a> Cells<'a> {
    /// The values of the column of that name.
    pub(super) fn of(name: &str, column: &'a dyn Array) -> Result<Self, WriteError> {
        let cells = match column.data_type() {
            DataType::Timestamp(TimeUnit::Nanosecond, _) => column.as_primitive_opt().map(Self::Time),
            DataType::Float64 => column.as_primitive_opt().map(Self::Float),
            DataType::Int64 => column.as_primitive_opt().map(Self::Int),
            DataType::Float32 => column.as_primitive_opt().map(Self::Float32),
            DataType::Int32 => column.as_primitive_opt().map(Self::Int32),
            DataType::Int16 => column.as_primitive_opt().map(Self::Int16),
            DataType::Boolean => column.as_boolean_opt().map(Self::Bool),
            DataType::Utf8 => column.as_string_opt().map(Self::Text),
            DataType::Dictionary(_, _) => column.as_dictionary_opt::<Int32Type>().and_then(|dictionary| {
                Some(Self::Dictionary(dictionary.keys(), dictionary.values().as_string_opt()?))
            }),
            _ => None,
        };
        cells.ok_or_else(|| WriteError::unknown(name, column.data_type()))
    }
}

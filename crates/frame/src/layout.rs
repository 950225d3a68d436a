//! What the columns of a stream are, before any byte of it has arrived.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
    RecordBatch, RecordBatchOptions, StringArray, TimestampNanosecondArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use crate::ParseErrorKind;

/// The column that every stream of the V2 Stream API has beside its dimensions.
pub(crate) const DURATION: &str = "measurement_duration_ns";

/// The type of a column. Each maps to one Arrow type; see [`Column::field`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// A point in time: `Timestamp(ns, "UTC")`.
    Time,
    /// A number: `Float64`.
    Float,
    /// An integer: `Int64`, exact.
    Int,
    /// A number of single precision: `Float32`. Nothing is widened, so that 0.1 stays 0.1.
    Float32,
    /// An integer of 32 bits: `Int32`.
    Int32,
    /// An integer of 16 bits: `Int16`.
    Int16,
    /// A truth value: `Boolean`.
    Bool,
    /// Text that repeats, enum names among it: `Dictionary(Int32, Utf8)`.
    Text,
    /// A JSON document as text, one a cell: `Utf8`, with field metadata `streamscope:json = "true"`.
    Json,
}

impl ColumnType {
    /// The type of an Arrow field; `Json` for those that no column here has.
    pub fn of(field: &Field) -> Self {
        match field.data_type() {
            DataType::Timestamp(_, _) => Self::Time,
            DataType::Float64 => Self::Float,
            DataType::Int64 => Self::Int,
            DataType::Float32 => Self::Float32,
            DataType::Int32 => Self::Int32,
            DataType::Int16 => Self::Int16,
            DataType::Boolean => Self::Bool,
            DataType::Dictionary(_, _) => Self::Text,
            _ => Self::Json,
        }
    }

    /// A column of this type in which every cell is null.
    ///
    /// Arrow has such a function for any type; a browser would download the code for all of them.
    pub fn nulls(self, rows: usize) -> ArrayRef {
        match self {
            Self::Time => Arc::new(TimestampNanosecondArray::new_null(rows).with_timezone("UTC")),
            Self::Float => Arc::new(Float64Array::new_null(rows)),
            Self::Int => Arc::new(Int64Array::new_null(rows)),
            Self::Float32 => Arc::new(Float32Array::new_null(rows)),
            Self::Int32 => Arc::new(Int32Array::new_null(rows)),
            Self::Int16 => Arc::new(Int16Array::new_null(rows)),
            Self::Bool => Arc::new(BooleanArray::new_null(rows)),
            Self::Text => {
                let (keys, texts) = (Int32Array::new_null(rows), StringArray::new_null(0));
                Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(texts)))
            }
            Self::Json => Arc::new(StringArray::new_null(rows)),
        }
    }
}

/// One column: name, type, and what it measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The column's name, as the platform spells it.
    pub name: String,
    /// The type of its cells.
    pub kind: ColumnType,
    /// Unit of the values, abbreviated ("Hz", "g"); empty or absent when there is none.
    pub unit: Option<String>,
    /// The physical quantity ("Acceleration").
    pub quantity: Option<String>,
}

impl Column {
    /// A column without unit or quantity.
    pub fn new(name: impl Into<String>, kind: ColumnType) -> Self {
        Self { name: name.into(), kind, unit: None, quantity: None }
    }

    /// The same column with a unit.
    pub fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The Arrow field: nullable, with `unit` and `quantity` in its metadata where they are known.
    pub fn field(&self) -> Field {
        let kind = match self.kind {
            ColumnType::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
            ColumnType::Float => DataType::Float64,
            ColumnType::Int => DataType::Int64,
            ColumnType::Float32 => DataType::Float32,
            ColumnType::Int32 => DataType::Int32,
            ColumnType::Int16 => DataType::Int16,
            ColumnType::Bool => DataType::Boolean,
            ColumnType::Text => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            ColumnType::Json => DataType::Utf8,
        };
        let mut metadata = std::collections::BTreeMap::new();
        let known = [("unit", &self.unit), ("quantity", &self.quantity)];
        for (key, value) in known {
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                metadata.insert(key.to_string(), value.clone());
            }
        }
        if self.kind == ColumnType::Json {
            metadata.insert("streamscope:json".into(), "true".into());
        }
        Field::new(&self.name, kind, true).with_metadata(metadata)
    }
}

/// The columns of a stream, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The columns, left to right.
    pub columns: Vec<Column>,
}

impl Layout {
    /// A layout of these columns.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns }
    }

    /// The Arrow schema of frames with this layout.
    pub fn schema(&self) -> Schema {
        Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>())
    }

    /// A frame of these columns and so many rows, every cell null.
    pub fn nulls(&self, rows: usize) -> Result<RecordBatch, ArrowError> {
        let columns = self.columns.iter().map(|column| column.kind.nulls(rows)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::new(self.schema()), columns, &options)
    }

    /// For each of these names, as a body has them, its place in the layout. Every declared column must be there
    /// once; [`DURATION`] may come on top and is appended.
    pub(crate) fn places(&mut self, names: &[String]) -> Result<Vec<usize>, ParseErrorKind> {
        let error = |name: &str, what| Err(ParseErrorKind::Header(format!("column `{name}` {what}")));
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        names.iter().for_each(|name| *found.entry(name).or_default() += 1);
        if let Some(column) = self.columns.iter().find(|column| !found.contains_key(column.name.as_str())) {
            return error(&column.name, "is missing");
        }
        let mut declared: BTreeMap<&str, usize> = BTreeMap::new();
        self.columns.iter().zip(0..).for_each(|(column, place)| _ = declared.insert(&column.name, place));
        let mut places = Vec::with_capacity(names.len());
        for name in names {
            match declared.get(name.as_str()) {
                _ if found.get(name.as_str()).is_some_and(|times| *times > 1) => {
                    return error(name, "appears twice");
                }
                Some(place) => places.push(*place),
                None if name == DURATION => places.push(self.columns.len()),
                None => return error(name, "is not declared"),
            }
        }
        if places.contains(&self.columns.len()) {
            self.columns.push(Column::new(DURATION, ColumnType::Int).with_unit("ns"));
        }
        Ok(places)
    }
}

/// How times are written in a text body (`timestamp=` of the V2 Stream API).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// Seconds since the epoch with an optional fraction; read exactly, to the nanosecond.
    Unix,
    /// Whole nanoseconds since the epoch.
    #[default]
    UnixNs,
    /// ISO-8601 with `Z` or an offset, 0 to 9 fraction digits.
    Iso,
}

//! Arrow columns as typed arrays, of one frame or of several with one schema.
//!
//! Values are copied once, from wasm memory into an array of JavaScript's; `view` copies nothing.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field};
use js_sys::{BigInt64Array, Float32Array, Float64Array, Int16Array, Int32Array, Uint8Array};
use serde::{Deserialize, Serialize};
use streamscope_frame::{ArrowWriter, RecordBatch, Table, TimeFormat, WriteError};
use wasm_bindgen::prelude::*;

use crate::error::type_error;

/// The type of a column.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ColumnType {
    /// Points in time.
    Time,
    /// Numbers.
    Float,
    /// Integers, exact.
    Int,
    /// Numbers of single precision.
    Float32,
    /// Integers of 32 bits.
    Int32,
    /// Integers of 16 bits.
    Int16,
    /// Truth values.
    Bool,
    /// Text that repeats, enum names among it.
    Text,
    /// JSON documents as text.
    Json,
}

#[cfg(not(feature = "tools"))]
crate::options::chosen!(ColumnType: Time Float Int Float32 Int32 Int16 Bool Text Json);

impl ColumnType {
    pub(crate) fn of(field: &Field) -> Self {
        use streamscope_frame::ColumnType as Type;
        match Type::of(field) {
            Type::Time => Self::Time,
            Type::Float => Self::Float,
            Type::Int => Self::Int,
            Type::Float32 => Self::Float32,
            Type::Int32 => Self::Int32,
            Type::Int16 => Self::Int16,
            Type::Bool => Self::Bool,
            Type::Text => Self::Text,
            Type::Json => Self::Json,
        }
    }
}

impl From<ColumnType> for streamscope_frame::ColumnType {
    fn from(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Time => Self::Time,
            ColumnType::Float => Self::Float,
            ColumnType::Int => Self::Int,
            ColumnType::Float32 => Self::Float32,
            ColumnType::Int32 => Self::Int32,
            ColumnType::Int16 => Self::Int16,
            ColumnType::Bool => Self::Bool,
            ColumnType::Text => Self::Text,
            ColumnType::Json => Self::Json,
        }
    }
}

/// What a column is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ColumnInfo {
    /// Its name.
    name: String,
    /// Its type.
    pub(crate) r#type: ColumnType,
    /// Unit of the values, abbreviated ("Hz").
    unit: Option<String>,
    /// The physical quantity ("Acceleration").
    quantity: Option<String>,
}

/// How times are written: `unix` is seconds, `unixns` nanoseconds, `iso` ISO-8601 in UTC.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Timestamp {
    Unix,
    UnixNs,
    Iso,
}

#[cfg(not(feature = "tools"))]
crate::options::chosen!(Timestamp: Unix UnixNs Iso);

impl From<Timestamp> for TimeFormat {
    fn from(timestamp: Timestamp) -> Self {
        match timestamp {
            Timestamp::Unix => Self::Unix,
            Timestamp::UnixNs => Self::UnixNs,
            Timestamp::Iso => Self::Iso,
        }
    }
}

/// How rows become CSV.
#[cfg(feature = "tools")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WriteOptions {
    /// How times are written; `iso` unless given.
    timestamp: Option<Timestamp>,
    /// Whether `'` goes before each text that a spreadsheet would take for a formula (`=`, `+`, `-` or `@` first).
    guard_formulas: Option<bool>,
}

/// The values of a column that has one width.
pub(crate) enum Values<'a> {
    Int64(&'a [i64]),
    Float64(&'a [f64]),
    Int32(&'a [i32]),
    Float32(&'a [f32]),
    Int16(&'a [i16]),
    Other,
}

pub(crate) fn values(column: &ArrayRef) -> Values<'_> {
    match column.data_type() {
        DataType::Timestamp(_, _) => Values::Int64(column.as_primitive::<TimestampNanosecondType>().values()),
        DataType::Int64 => Values::Int64(column.as_primitive::<Int64Type>().values()),
        DataType::Float64 => Values::Float64(column.as_primitive::<Float64Type>().values()),
        DataType::Float32 => Values::Float32(column.as_primitive::<Float32Type>().values()),
        DataType::Int32 => Values::Int32(column.as_primitive::<Int32Type>().values()),
        DataType::Int16 => Values::Int16(column.as_primitive::<Int16Type>().values()),
        DataType::Dictionary(_, _) => Values::Int32(column.as_dictionary::<Int32Type>().keys().values()),
        _ => Values::Other,
    }
}

fn unwritable(error: WriteError) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}

/// Rows as columns.
pub(crate) struct Columns {
    table: Table,
    /// The rows before which the server declared a gap, where it declares them at all.
    declared: Option<Vec<usize>>,
}

impl Columns {
    /// The frames of a table; their text columns get one dictionary.
    pub(crate) fn new(table: Table, declared: Option<Vec<usize>>) -> Self {
        Self { table: table.with_shared_texts(), declared }
    }

    /// The rows of one frame. `begins_interval` is what the server declares of its first row, where it declares gaps.
    pub(crate) fn of_frame(frame: RecordBatch, begins_interval: Option<bool>) -> Self {
        let mut table = Table::new(frame.schema());
        table.push(frame);
        // What lies before the first row is not drawn.
        Self { table, declared: begins_interval.map(|_| Vec::new()) }
    }

    pub(crate) fn declared_gaps(&self) -> Option<&[usize]> {
        self.declared.as_deref()
    }

    pub(crate) fn rows(&self) -> usize {
        self.table.rows()
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.table.schema().fields().iter().map(AsRef::as_ref)
    }

    pub(crate) fn infos(&self) -> Vec<ColumnInfo> {
        let info = |field: &Field| ColumnInfo {
            name: field.name().clone(),
            r#type: ColumnType::of(field),
            unit: field.metadata().get("unit").cloned(),
            quantity: field.metadata().get("quantity").cloned(),
        };
        self.fields().map(info).collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.fields().map(|field| field.name().clone()).collect()
    }

    /// The place of a column: a name, or a place already.
    fn place(&self, column: &JsValue) -> Result<usize, JsValue> {
        let names = || self.names().join(", ");
        if let Some(name) = column.as_string() {
            let place = self.fields().position(|field| *field.name() == name);
            return place
                .ok_or_else(|| type_error(&format!("there is no column `{name}`: there are {}.", names())));
        }
        let place =
            column.as_f64().filter(|place| *place >= 0.0 && place.fract() == 0.0).map(|place| place as usize);
        place.filter(|place| *place < self.table.schema().fields().len()).ok_or_else(|| {
            type_error(&format!("a column is given by its name or its place; there are {}.", names()))
        })
    }

    /// A column, frame by frame.
    pub(crate) fn pieces(&self, column: &JsValue) -> Result<impl Iterator<Item = &ArrayRef>, JsValue> {
        let place = self.place(column)?;
        Ok(self.table.frames().iter().filter_map(move |frame| frame.columns().get(place)))
    }

    pub(crate) fn kind(&self, column: &JsValue) -> Result<ColumnType, JsValue> {
        let place = self.place(column)?;
        Ok(self.fields().nth(place).map_or(ColumnType::Json, ColumnType::of))
    }

    /// # Safety
    /// The array must be used before anything allocates, and no longer than `self` lives.
    pub(crate) unsafe fn view(&self, column: &JsValue) -> Result<JsValue, JsValue> {
        let mut pieces = self.pieces(column)?;
        let (Some(piece), None) = (pieces.next(), pieces.next()) else { return Ok(JsValue::UNDEFINED) };
        // SAFETY: as promised by the caller.
        Ok(match values(piece) {
            Values::Int64(values) => unsafe { BigInt64Array::view(values) }.into(),
            Values::Float64(values) => unsafe { Float64Array::view(values) }.into(),
            Values::Int32(values) => unsafe { Int32Array::view(values) }.into(),
            Values::Float32(values) => unsafe { Float32Array::view(values) }.into(),
            Values::Int16(values) => unsafe { Int16Array::view(values) }.into(),
            Values::Other => JsValue::UNDEFINED,
        })
    }

    pub(crate) fn copy(&self, column: &JsValue) -> Result<JsValue, JsValue> {
        let rows = self.rows() as u32;
        let mut at = 0;
        macro_rules! join {
            ($array:ty, $width:ident) => {{
                let whole = <$array>::new_with_length(rows);
                for piece in self.pieces(column)? {
                    let end = at + piece.len() as u32;
                    if let Values::$width(values) = values(piece) {
                        whole.subarray(at, end).copy_from(values);
                    }
                    at = end;
                }
                whole.into()
            }};
        }
        Ok(match self.kind(column)? {
            ColumnType::Time | ColumnType::Int => join!(BigInt64Array, Int64),
            ColumnType::Float => join!(Float64Array, Float64),
            ColumnType::Text | ColumnType::Int32 => join!(Int32Array, Int32),
            ColumnType::Float32 => join!(Float32Array, Float32),
            ColumnType::Int16 => join!(Int16Array, Int16),
            ColumnType::Bool => {
                let flags = self.pieces(column)?.filter_map(|piece| piece.as_boolean_opt());
                let bytes: Vec<u8> = flags.flat_map(|flags| flags.values().iter().map(u8::from)).collect();
                Uint8Array::from(bytes.as_slice()).into()
            }
            ColumnType::Json => JsValue::UNDEFINED,
        })
    }

    pub(crate) fn seconds(&self, column: &JsValue) -> Result<Option<Float64Array>, JsValue> {
        if self.kind(column)? != ColumnType::Time {
            return Ok(None);
        }
        let mut seconds = Vec::with_capacity(self.rows());
        for piece in self.pieces(column)? {
            let times = piece.as_primitive::<TimestampNanosecondType>();
            seconds.extend(times.iter().map(|time| time.map_or(f64::NAN, |ns| ns as f64 / 1e9)));
        }
        Ok(Some(Float64Array::from(seconds.as_slice())))
    }

    pub(crate) fn validity(&self, column: &JsValue) -> Result<Option<Uint8Array>, JsValue> {
        if self.pieces(column)?.all(|piece| piece.null_count() == 0) {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(self.rows());
        for piece in self.pieces(column)? {
            bytes.extend((0..piece.len()).map(|row| u8::from(piece.is_valid(row))));
        }
        Ok(Some(Uint8Array::from(bytes.as_slice())))
    }

    pub(crate) fn dictionary(&self, column: &JsValue) -> Result<Option<Vec<String>>, JsValue> {
        if self.kind(column)? != ColumnType::Text {
            return Ok(None);
        }
        // All frames share one.
        let piece = self.pieces(column)?.next().and_then(|piece| piece.as_dictionary_opt::<Int32Type>());
        let texts = piece.and_then(|piece| piece.values().as_string_opt::<i32>());
        let texts = texts.into_iter().flatten();
        Ok(Some(texts.map(|text| text.unwrap_or_default().to_string()).collect()))
    }

    pub(crate) fn strings(&self, column: &JsValue) -> Result<Option<Vec<String>>, JsValue> {
        if self.kind(column)? != ColumnType::Json {
            return Ok(None);
        }
        let texts = self.pieces(column)?.filter_map(|piece| piece.as_string_opt::<i32>()).flatten();
        Ok(Some(texts.map(|text| text.unwrap_or_default().to_string()).collect()))
    }

    pub(crate) fn to_arrow(&self) -> Result<Uint8Array, JsValue> {
        let mut out = Vec::new();
        let mut writer = ArrowWriter::new(self.table.schema()).map_err(unwritable)?;
        for frame in self.table.frames() {
            writer.write(frame, &mut out).map_err(unwritable)?;
        }
        writer.finish(&mut out).map_err(unwritable)?;
        Ok(Uint8Array::from(out.as_slice()))
    }

    #[cfg(feature = "tools")]
    pub(crate) fn to_csv(&self, given: JsValue) -> Result<String, JsValue> {
        let given: WriteOptions = crate::options::read("toCSV", given)?;
        let mut out = Vec::new();
        let mut writer = streamscope_frame::CsvWriter::new(given.timestamp.unwrap_or(Timestamp::Iso).into());
        if given.guard_formulas == Some(true) {
            writer = writer.guarding_formulas();
        }
        writer.write_header(self.table.schema(), &mut out);
        for frame in self.table.frames() {
            writer.write(frame, &mut out).map_err(unwritable)?;
        }
        String::from_utf8(out).map_err(|error| js_sys::Error::new(&error.to_string()).into())
    }
}

//! How rows rest in the store: Arrow IPC with columns packed to the smallest integers that give every value back.
//!
//! Sampled signals are nearly regular in time and rounded by their device. A packed column holds, for row `i`, a
//! small integer `k` with `value = base + step·i + unit·k`; a float column holds the value's decimal digits that
//! way and says how many are behind the point. A column without any deviation takes no bytes. A float that is not
//! a short decimal rests as it is. Unpacking yields exactly the values that were packed.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef, NullArray, PrimitiveArray, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::StoreError;

const PACKING: &str = "packing";
const MAX_DECIMALS: u8 = 6;

/// Packs rows.
pub(crate) fn pack(frame: &RecordBatch) -> Result<Vec<u8>, StoreError> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (field, column) in frame.schema_ref().fields().iter().zip(frame.columns()) {
        match pack_column(column) {
            Some((packing, small)) => {
                let metadata = HashMap::from([(PACKING.to_string(), packing.to_text())]);
                fields
                    .push(Field::new(field.name(), small.data_type().clone(), true).with_metadata(metadata));
                columns.push(small);
            }
            None => {
                fields.push(Field::new(field.name(), column.data_type().clone(), true));
                columns.push(column.clone());
            }
        }
    }
    let packed = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    let mut writer = StreamWriter::try_new(Vec::<u8>::new(), packed.schema_ref())?;
    writer.write(&packed)?;
    Ok(writer.into_inner()?)
}

/// Gives packed rows back, as the columns of `schema`.
pub(crate) fn unpack(bytes: &[u8], schema: &SchemaRef) -> Result<RecordBatch, StoreError> {
    let packed = StreamReader::try_new(bytes, None)?
        .next()
        .ok_or_else(|| StoreError::Damaged("a chunk holds no rows".into()))??;
    let fields = packed.schema_ref().fields().iter();
    let columns = fields.zip(packed.columns()).zip(schema.fields()).map(|((packed, column), field)| {
        match packed.metadata().get(PACKING) {
            Some(text) => unpack_column(Packing::from_text(text)?, column, field.data_type()),
            None => Ok(column.clone()),
        }
    });
    Ok(RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)?)
}

/// The numbers that turn small integers back into values.
#[derive(Debug, Clone, Copy)]
struct Packing {
    base: i64,
    step: i64,
    unit: i64,
    decimals: u8,
}

impl Packing {
    fn to_text(self) -> String {
        format!("{} {} {} {}", self.base, self.step, self.unit, self.decimals)
    }

    fn from_text(text: &str) -> Result<Self, StoreError> {
        let numbers: Vec<i64> = text.split(' ').filter_map(|part| part.parse().ok()).collect();
        match numbers[..] {
            [base, step, unit, decimals @ 0..=6] => Ok(Self { base, step, unit, decimals: decimals as u8 }),
            _ => Err(StoreError::Damaged(format!("unknown packing `{text}`"))),
        }
    }
}

fn pack_column(column: &ArrayRef) -> Option<(Packing, ArrayRef)> {
    let nulls = column.nulls().cloned();
    match column.data_type() {
        DataType::Timestamp(..) => {
            pack_integers(column.as_primitive::<TimestampNanosecondType>().values(), nulls, true, 0)
        }
        DataType::Int64 => pack_integers(column.as_primitive::<Int64Type>().values(), nulls, false, 0),
        DataType::Float64 => {
            let floats = column.as_primitive::<Float64Type>();
            let (decimals, digits) =
                (0..=MAX_DECIMALS).find_map(|decimals| Some((decimals, digits(floats, decimals)?)))?;
            pack_integers(&digits, nulls, false, decimals)
        }
        _ => None,
    }
}

/// The values times 10^decimals, when they are whole and lead back to the very same floats.
fn digits(floats: &PrimitiveArray<Float64Type>, decimals: u8) -> Option<Vec<i64>> {
    let scale = scale(decimals);
    let whole = |value: Option<f64>| {
        let value = value.unwrap_or(0.0);
        let digits = (value * scale).round();
        let exact = digits.abs() < 9e15 && (digits as i64 as f64 / scale).to_bits() == value.to_bits();
        exact.then_some(digits as i64)
    };
    floats.iter().map(whole).collect()
}

fn scale(decimals: u8) -> f64 {
    10f64.powi(i32::from(decimals))
}

fn pack_integers(
    values: &[i64],
    nulls: Option<NullBuffer>,
    regular: bool,
    decimals: u8,
) -> Option<(Packing, ArrayRef)> {
    let (&first, &last) = (values.first()?, values.last()?);
    let mean_step = if values.len() > 1 { (last - first) / (values.len() as i64 - 1) } else { 0 };
    let units = if regular { [1_000_000, 1_000, 1].as_slice() } else { &[1] };
    let unit = *units.iter().find(|&unit| values.iter().all(|value| (value - first) % unit == 0))?;
    let step = if regular { mean_step / unit * unit } else { 0 };
    let base = if regular { first } else { middle(values) };
    let packing = Packing { base, step, unit, decimals };
    let steps: Vec<i64> = (0..).zip(values).map(|(i, value)| (value - base - step * i) / unit).collect();
    let low = steps.iter().min().copied().unwrap_or(0);
    let high = steps.iter().max().copied().unwrap_or(0);
    let small: ArrayRef = match low.unsigned_abs().max(high.unsigned_abs()) {
        0 if nulls.is_none() => Arc::new(NullArray::new(values.len())),
        0..=0x7f => narrow::<Int8Type>(&steps, nulls),
        0x80..=0x7fff => narrow::<Int16Type>(&steps, nulls),
        0x8000..=0x7fff_ffff => narrow::<Int32Type>(&steps, nulls),
        _ => narrow::<Int64Type>(&steps, nulls),
    };
    Some((packing, small))
}

/// Half-way between the extremes, so that the deviations are small on both sides.
fn middle(values: &[i64]) -> i64 {
    let low = values.iter().min().copied().unwrap_or(0);
    let high = values.iter().max().copied().unwrap_or(0);
    low + high.saturating_sub(low) / 2
}

fn narrow<T: ArrowPrimitiveType>(steps: &[i64], nulls: Option<NullBuffer>) -> ArrayRef
where
    T::Native: TryFrom<i64>,
{
    // Every step fits: the caller chose the type by the largest.
    let small = steps.iter().map(|&step| T::Native::try_from(step).unwrap_or_default()).collect::<Vec<_>>();
    Arc::new(PrimitiveArray::<T>::new(small.into(), nulls))
}

fn unpack_column(packing: Packing, column: &ArrayRef, kind: &DataType) -> Result<ArrayRef, StoreError> {
    let integers = match column.data_type() {
        DataType::Null => (0..column.len() as i64).map(|i| packing.base + packing.step * i).collect(),
        DataType::Int8 => widen::<Int8Type>(packing, column),
        DataType::Int16 => widen::<Int16Type>(packing, column),
        DataType::Int32 => widen::<Int32Type>(packing, column),
        DataType::Int64 => widen::<Int64Type>(packing, column),
        other => return Err(StoreError::Damaged(format!("a packed column of type {other}"))),
    };
    let nulls = column.nulls().cloned();
    Ok(match kind {
        DataType::Float64 => {
            let scale = scale(packing.decimals);
            let floats: Vec<f64> = integers.into_iter().map(|digits| digits as f64 / scale).collect();
            Arc::new(PrimitiveArray::<Float64Type>::new(floats.into(), nulls))
        }
        DataType::Int64 => Arc::new(PrimitiveArray::<Int64Type>::new(integers.into(), nulls)),
        kind => Arc::new(
            PrimitiveArray::<TimestampNanosecondType>::new(integers.into(), nulls)
                .with_data_type(kind.clone()),
        ),
    })
}

fn widen<T: ArrowPrimitiveType>(packing: Packing, column: &ArrayRef) -> Vec<i64>
where
    T::Native: Into<i64>,
{
    let steps = column.as_primitive::<T>().values().iter();
    let value = |(i, &k): (i64, &T::Native)| packing.base + packing.step * i + packing.unit * k.into();
    (0..).zip(steps).map(value).collect()
}

#[cfg(test)]
mod tests {
    use arrow_array::{Float64Array, Int64Array, StringArray, TimestampNanosecondArray};

    use super::*;

    fn frame(times: Vec<i64>, values: Vec<Option<f64>>, counts: Vec<Option<i64>>) -> RecordBatch {
        let times = TimestampNanosecondArray::from(times).with_timezone("UTC");
        let texts = StringArray::from_iter((0..values.len()).map(|i| (i % 3 > 0).then(|| format!("t{i}"))));
        RecordBatch::try_from_iter_with_nullable([
            ("time", Arc::new(times) as ArrayRef, true),
            ("value", Arc::new(Float64Array::from(values)), true),
            ("count", Arc::new(Int64Array::from(counts)), true),
            ("text", Arc::new(texts), true),
        ])
        .expect("columns of one length")
    }

    fn assert_gives_back(frame: &RecordBatch) -> usize {
        let packed = pack(frame).expect("packs");
        let back = unpack(&packed, frame.schema_ref()).expect("unpacks");
        // Debug text tells every value and null, and NaN equals itself.
        assert_eq!(format!("{back:?}"), format!("{frame:?}"));
        packed.len()
    }

    #[test]
    fn regular_samples_take_few_bytes() {
        let rows = 60_000i64;
        let times = (0..rows).map(|i| 1_709_280_000_000_000_000 + i * 20_000_000 + (i % 7) * 1000).collect();
        let values = (0..rows).map(|i| Some((i % 300) as f64 / 1e4 - 0.01)).map(round4).collect();
        let size = assert_gives_back(&frame(times, values, vec![Some(20_000_000); rows as usize]));
        let texts = 60_000 * 4 + 60_000 * 6;
        assert!(size < texts + 60_000 * 4, "{size} bytes");
    }

    fn round4(value: Option<f64>) -> Option<f64> {
        value.map(|value| (value * 1e4).round() / 1e4)
    }

    #[test]
    fn every_value_comes_back() {
        let odd = [0.1 + 0.2, f64::NAN, f64::INFINITY, -0.0, 1e300, f64::MIN_POSITIVE, 0.1, -7.25];
        let times = vec![i64::MIN / 4, -5, -5, 0, 1, 7, 1 << 60, i64::MAX / 4];
        let counts =
            [None, Some(i64::MIN / 4), Some(-1), Some(0), None, Some(1), Some(9), Some(i64::MAX / 4)];
        assert_gives_back(&frame(times.clone(), odd.map(Some).to_vec(), counts.to_vec()));
        let mut holes = odd.map(Some);
        holes[2] = None;
        assert_gives_back(&frame(times, holes.to_vec(), counts.to_vec()));
        assert_gives_back(&frame(vec![5], vec![Some(0.5)], vec![None]));
        assert_gives_back(&frame(vec![1, 2], vec![None, None], vec![None, Some(3)]));
    }
}

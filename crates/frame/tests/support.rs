//! Frames as plain values, so that they can be compared and written down.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use streamscope_frame::{ParseError, PushParser, RecordBatch};

/// One cell.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Time(i64),
    Float(f64),
    Int(i64),
    Bool(bool),
    Text(String),
}

impl PartialEq for Value {
    /// NaN equals NaN, and the zeros differ: a parser must keep both.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Time(a), Value::Time(b)) | (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            _ => false,
        }
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// All rows of a frame.
pub(crate) fn rows(frame: &RecordBatch) -> Vec<Vec<Value>> {
    (0..frame.num_rows())
        .map(|row| frame.columns().iter().map(|column| value(column, row)).collect())
        .collect()
}

fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Timestamp(_, _) => Value::Time(column.as_primitive::<TimestampNanosecondType>().value(row)),
        DataType::Float64 => Value::Float(column.as_primitive::<Float64Type>().value(row)),
        DataType::Int64 => Value::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float32 => Value::Float(column.as_primitive::<Float32Type>().value(row).into()),
        DataType::Int32 => Value::Int(column.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int16 => Value::Int(column.as_primitive::<Int16Type>().value(row).into()),
        DataType::Boolean => Value::Bool(column.as_boolean().value(row)),
        DataType::Utf8 => text(column.as_string::<i32>().value(row)),
        DataType::Dictionary(_, _) => {
            let column = column.as_dictionary::<Int32Type>();
            let key = column.keys().value(row) as usize;
            text(column.values().as_string::<i32>().value(key))
        }
        other => panic!("no parser makes {other}"),
    }
}

/// What came out of a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) end: Result<(), ParseError>,
}

/// Feeds the pieces, taking frames after every `take_every` pieces and at the end.
pub(crate) fn run<'a>(
    mut parser: impl PushParser,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    take_every: usize,
) -> Outcome {
    let mut frames = Vec::new();
    let mut end = Ok(());
    for (i, piece) in pieces.into_iter().enumerate() {
        end = parser.push(piece);
        if end.is_err() {
            break;
        }
        if (i + 1) % take_every == 0 {
            let pending = parser.pending_rows();
            let frame = parser.take();
            if let Some(frame) = &frame {
                assert_eq!((frame.num_rows(), parser.pending_rows()), (pending, 0));
            }
            frames.extend(frame);
        }
    }
    let end = end.and_then(|()| parser.finish());
    frames.extend(parser.take());
    assert!(parser.take().is_none());
    let names = frames.first().map_or(Vec::new(), |frame| {
        frame.schema().fields().iter().map(|field| field.name().clone()).collect()
    });
    assert!(
        frames.windows(2).all(|pair| pair[0].schema() == pair[1].schema()),
        "every frame's schema is equal"
    );
    let rows: Vec<_> = frames.iter().flat_map(rows).collect();
    assert_eq!(parser.rows(), rows.len() as u64);
    Outcome { names, rows, end }
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

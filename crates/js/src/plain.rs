//! Columns as plain arrays: of values with `null`s, and as line charts draw them.
//!
//! A chart draws its line across a NaN, and across a stretch of time without rows. [`Columns::lines`] breaks it there: at
//! every null and NaN, and by a row of its own in the middle of every gap. Where a gap lies, the server says if it can;
//! else [`StepRule`] does.

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use arrow_array::{Array, ArrayRef};
use js_sys::Float64Array;
use streamscope_signal::StepRule;
use wasm_bindgen::prelude::*;

use crate::columns::{ColumnType, Columns, Values, values};
use crate::error::type_error;

#[wasm_bindgen(module = "/src/face.js")]
extern "C" {
    fn broken(numbers: Float64Array) -> JsValue;
    fn listed(values: JsValue, valid: JsValue, meanings: JsValue) -> JsValue;
}

impl Columns {
    /// A column as an array of plain values, `null` where it has none.
    pub(crate) fn plain(&self, column: &JsValue) -> Result<JsValue, JsValue> {
        let (values, meanings) = match self.kind(column)? {
            ColumnType::Json => (self.strings(column)?.into(), JsValue::UNDEFINED),
            ColumnType::Text => (self.copy(column)?, self.dictionary(column)?.into()),
            ColumnType::Bool => (self.copy(column)?, js_sys::Array::of2(&false.into(), &true.into()).into()),
            _ => (self.copy(column)?, JsValue::UNDEFINED),
        };
        Ok(listed(values, self.validity(column)?.into(), meanings))
    }

    /// Unix seconds, and the values of these columns.
    pub(crate) fn lines(&self, columns: &[JsValue]) -> Result<js_sys::Array, JsValue> {
        let times = self.times()?;
        let gaps = self.gaps(&times);
        let numbers = columns.iter().map(|column| self.numbers(column)).collect::<Result<Vec<_>, _>>()?;
        let seconds: Vec<f64> =
            times.iter().map(|time| time.map_or(f64::NAN, |ns| ns as f64 / 1e9)).collect();
        // Rows that have no time have no place.
        let timed: Vec<bool> = times.iter().map(Option::is_some).collect();
        let spread = |numbers: &[f64], at: &dyn Fn(usize) -> f64| {
            let mut spread = Vec::with_capacity(numbers.len() + gaps.len());
            let mut next = gaps.iter().copied().peekable();
            for (row, (number, _)) in numbers.iter().zip(&timed).enumerate().filter(|(_, (_, timed))| **timed)
            {
                if next.next_if(|gap| *gap <= row).is_some() {
                    spread.push(at(row));
                }
                spread.push(*number);
            }
            Float64Array::from(spread.as_slice())
        };
        let middle = |row: usize| {
            let before =
                seconds.get(..row).and_then(|before| before.iter().rev().find(|time| !time.is_nan()));
            let after = seconds.get(row).copied().unwrap_or(f64::NAN);
            before.map_or(after, |before| f64::midpoint(*before, after))
        };
        let drawn = js_sys::Array::of1(&spread(&seconds, &middle));
        for numbers in &numbers {
            drawn.push(&broken(spread(numbers, &|_| f64::NAN)));
        }
        Ok(drawn)
    }

    /// Times of the first column that has such, ns.
    fn times(&self) -> Result<Vec<Option<i64>>, JsValue> {
        let place = self.fields().position(|field| ColumnType::of(field) == ColumnType::Time);
        let place = place.ok_or_else(|| type_error("there is no column of times to draw over."))?;
        let column = JsValue::from(place as u32);
        let pieces = self.pieces(&column)?;
        Ok(pieces.flat_map(|piece| piece.as_primitive::<TimestampNanosecondType>().iter()).collect())
    }

    /// The rows with a time before which a gap lies, ascending.
    fn gaps(&self, times: &[Option<i64>]) -> Vec<usize> {
        if let Some(declared) = self.declared_gaps() {
            return declared.to_vec();
        }
        let timed: Vec<(usize, i64)> =
            times.iter().enumerate().filter_map(|(row, time)| Some((row, (*time)?))).collect();
        let rule = StepRule::of_times(&timed.iter().map(|(_, time)| *time).collect::<Vec<_>>());
        let breaks = timed.windows(2).filter_map(|pair| match pair {
            [(_, before), (row, after)] if rule.breaks(*before, 0, *after) => Some(*row),
            _ => None,
        });
        breaks.collect()
    }

    /// A column's numbers, NaN where it has none.
    fn numbers(&self, column: &JsValue) -> Result<Vec<f64>, JsValue> {
        let kind = self.kind(column)?;
        if matches!(kind, ColumnType::Text | ColumnType::Json | ColumnType::Time) {
            return Err(type_error("a line is drawn of a column of numbers or truth values."));
        }
        let mut numbers = Vec::with_capacity(self.rows());
        for piece in self.pieces(column)? {
            let from = numbers.len();
            extend(&mut numbers, piece);
            if let Some(nulls) = piece.nulls() {
                let numbers = numbers.get_mut(from..).unwrap_or_default();
                numbers
                    .iter_mut()
                    .zip(nulls)
                    .filter(|(_, valid)| !valid)
                    .for_each(|(number, _)| *number = f64::NAN);
            }
        }
        Ok(numbers)
    }
}

/// Appends a column's numbers as doubles, whatever lies under nulls.
fn extend(numbers: &mut Vec<f64>, piece: &ArrayRef) {
    match values(piece) {
        Values::Int64(values) => numbers.extend(values.iter().map(|value| *value as f64)),
        Values::Float64(values) => numbers.extend(values),
        Values::Int32(values) => numbers.extend(values.iter().map(|value| f64::from(*value))),
        Values::Float32(values) => numbers.extend(values.iter().map(|value| f64::from(*value))),
        Values::Int16(values) => numbers.extend(values.iter().map(|value| f64::from(*value))),
        Values::Other => {
            let flags = piece.as_boolean_opt().map(|flags| flags.values().iter());
            numbers.extend(flags.into_iter().flatten().map(|flag| f64::from(u8::from(flag))));
        }
    }
}

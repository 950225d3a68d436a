//! Cells of ours beside those of a pandas table.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampNanosecondType};
use arrow_array::{Array, ArrayRef};
use serde_json::Value;
use streamscope_frame::{ColumnType, Layout, RecordBatch};

/// Whether two figures are the same up to the last digits (pandas reads decimals with an error of its own).
pub(crate) fn close(ours: Option<f64>, theirs: &Value) -> bool {
    match (ours.filter(|value| !value.is_nan()), theirs.as_f64()) {
        (None, None) => theirs.is_null(),
        (Some(ours), Some(theirs)) => {
            (ours - theirs).abs() <= 1e-12 * ours.abs().max(theirs.abs()).max(1e-300)
        }
        _ => false,
    }
}

/// Fails unless every cell of the official client's table is in ours, and no others.
pub(crate) fn same_columns(layout: &Layout, frames: &[RecordBatch], answer: &Value, what: &str) {
    let answer = answer.as_object().unwrap();
    let names: Vec<&str> = layout.columns.iter().map(|column| column.name.as_str()).collect();
    let mut missing = answer.keys().filter(|name| !names.contains(&name.as_str()));
    assert_eq!(missing.next(), None, "{what}: a column is missing");
    for (place, column) in layout.columns.iter().enumerate() {
        let theirs = answer.get(&column.name).and_then(Value::as_array);
        let theirs =
            theirs.unwrap_or_else(|| panic!("{what}: the official client has no column {}", column.name));
        let ours: usize = frames.iter().map(RecordBatch::num_rows).sum();
        assert_eq!(ours, theirs.len(), "{what}: rows of column {}", column.name);
        let mut theirs = theirs.iter().enumerate();
        for frame in frames {
            let cells = frame.column(place);
            for row in 0..frame.num_rows() {
                let (number, theirs) = theirs.next().unwrap();
                assert!(
                    same_cell(column.kind, cells, row, theirs),
                    "{what}: row {number} of column {} is {:?}, not {theirs}",
                    column.name,
                    cells.slice(row, 1)
                );
            }
        }
    }
}

fn same_cell(kind: ColumnType, cells: &ArrayRef, row: usize, theirs: &Value) -> bool {
    if cells.is_null(row) {
        return theirs.is_null();
    }
    match kind {
        ColumnType::Time => same_time(cells.as_primitive::<TimestampNanosecondType>().value(row), theirs),
        ColumnType::Float => close(Some(cells.as_primitive::<Float64Type>().value(row)), theirs),
        ColumnType::Int => {
            let ours = cells.as_primitive::<Int64Type>().value(row);
            // A column with empty cells is one of floats in pandas.
            theirs.as_i64().map_or_else(|| theirs.as_f64() == Some(ours as f64), |theirs| theirs == ours)
        }
        ColumnType::Bool => theirs.as_bool() == Some(cells.as_boolean().value(row)),
        ColumnType::Text => {
            let column = cells.as_dictionary::<Int32Type>();
            let place = column.keys().value(row) as usize;
            theirs.as_str() == Some(column.values().as_string::<i32>().value(place))
        }
        ColumnType::Json => {
            let ours: Value = serde_json::from_str(cells.as_string::<i32>().value(row)).unwrap();
            &ours == theirs
        }
        ColumnType::Float32 | ColumnType::Int32 | ColumnType::Int16 => panic!("Rune has no {kind:?}"),
    }
}

/// Times are as the server wrote them: whole ns, seconds, or text.
fn same_time(ours: i64, theirs: &Value) -> bool {
    match theirs {
        Value::String(text) => {
            let theirs: jiff::Timestamp = text.parse().unwrap();
            theirs.as_nanosecond() == i128::from(ours)
        }
        // A double holds seconds to an eighth of a microsecond.
        Value::Number(number) => number.as_i64().map_or_else(
            || number.as_f64().is_some_and(|seconds| (seconds - ours as f64 / 1e9).abs() < 1e-6),
            |whole| whole == ours || whole.checked_mul(1_000_000_000) == Some(ours),
        ),
        _ => false,
    }
}

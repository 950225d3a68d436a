//! Rows as bytes: little-endian, packed, times in microseconds.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, RecordBatch};
use streamscope_frame::times;

use super::Intervals;

/// A body's intervals: what lies between rows of zeros. Those without rows are left out.
pub(super) fn intervals(body: &[u8], width: usize) -> Intervals {
    assert_eq!(body.len() % width, 0, "whole rows");
    let mut intervals = vec![Vec::new()];
    for row in body.chunks_exact(width) {
        match row.iter().all(|&byte| byte == 0) {
            true => intervals.push(Vec::new()),
            false => intervals.last_mut().unwrap().extend(row),
        }
    }
    intervals.retain(|interval| !interval.is_empty());
    intervals
}

/// A frame's rows.
pub(super) fn pack(frame: &RecordBatch) -> Vec<u8> {
    let cells: Vec<_> = frame.columns().iter().skip(1).map(cells).collect();
    let mut out = Vec::new();
    for (row, ns) in times(frame).unwrap().iter().enumerate() {
        out.extend((ns / 1000).to_le_bytes());
        cells.iter().for_each(|(width, bytes)| out.extend(&bytes[row * width..(row + 1) * width]));
    }
    out
}

/// Width and bytes of a column's values.
fn cells(column: &ArrayRef) -> (usize, Vec<u8>) {
    macro_rules! bytes {
        ($arrow:ty, $width:literal) => {
            if let Some(values) = column.as_primitive_opt::<$arrow>() {
                return ($width, values.values().iter().flat_map(|value| value.to_le_bytes()).collect());
            }
        };
    }
    bytes!(Int16Type, 2);
    bytes!(Int32Type, 4);
    bytes!(Int64Type, 8);
    bytes!(Float32Type, 4);
    bytes!(Float64Type, 8);
    panic!("a node has no {}", column.data_type());
}

//! Runs of samples that fall into one cell of a grid: a division per cell instead of one per sample.

use std::ops::{Range, RangeInclusive};

/// Instants that share a cell; without a key they lie outside the grid.
pub(crate) struct Stretch<K> {
    pub(crate) times: RangeInclusive<i64>,
    pub(crate) key: Option<K>,
}

/// Calls `visit` with each cell met and the rows in it, in row order. Times need no order: a run ends wherever the
/// next time lies outside its cell.
pub(crate) fn each_stretch<K>(
    times: &[i64],
    locate: impl Fn(i64) -> Stretch<K>,
    mut visit: impl FnMut(K, Range<usize>),
) {
    let mut row = 0;
    while let Some(&time) = times.get(row) {
        let stretch = locate(time);
        let (first, last) = (*stretch.times.start(), *stretch.times.end());
        let run =
            times[row..].iter().position(|&time| time < first || time > last).unwrap_or(times.len() - row);
        // A cell holds at least the instant it was asked for.
        let end = row + run.max(1);
        if let Some(key) = stretch.key {
            visit(key, row..end);
        }
        row = end;
    }
}

/// The part of a slice that exists: a column may be shorter than the times, or absent.
pub(crate) fn part<T>(column: &[T], rows: Range<usize>) -> &[T] {
    &column[rows.start.min(column.len())..rows.end.min(column.len())]
}

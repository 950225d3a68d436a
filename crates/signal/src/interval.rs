//! Intervals and the gaps between them, by the rule that `steps.rs` states.

use std::ops::Range;

use crate::{OutOfOrder, Slices, TimeIndex};

/// A stretch of time in which a stream has data without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// Time of the first row, ns.
    pub start: i64,
    /// End, half-open: after the last row's duration, or one typical step after its time.
    pub end: i64,
    /// The rows, by number.
    pub rows: Range<usize>,
}

/// The intervals of rows in memory. `durations` may be empty. For rows that come in chunks: [`TimeIndex`].
pub fn intervals(times: &[i64], durations: &[i64]) -> Result<Vec<Interval>, OutOfOrder> {
    let mut index = TimeIndex::new();
    index.push(times)?;
    let rows = vec![Slices { times, values: &[], durations }];
    let first = times.first().copied().unwrap_or(0);
    let after = index.last_time().map_or(first, |last| last.saturating_add(1));
    Ok(index.intervals(&rows, first, after, index.step_rule()))
}

/// What lies between successive intervals, `[start, end)` in ns.
pub fn gaps(intervals: &[Interval]) -> impl Iterator<Item = Range<i64>> {
    intervals.windows(2).map(|pair| pair[0].end..pair[1].start)
}

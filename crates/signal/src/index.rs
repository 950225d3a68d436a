//! Where rows lie in time: which rows a stretch of time holds, pixel column by pixel column, and where gaps are.
//!
//! The index does not keep the times: their owner lends them ([`Times`]) with every question. Rows are numbered over
//! all chunks. Times ascend; equal times are rows of their own, in the order in which they came, and never part into
//! two pixel columns. A chunk whose times step back is refused whole, and nothing of it is kept: whoever has such
//! rows sorts them first.

use std::ops::Range;

use crate::steps::{StepRule, Steps, byte_class};
use crate::{Interval, Times};

/// Rows of which one byte keeps the widest step.
const LEAF: usize = 32;

/// All steps of so many rows are looked at to learn the typical one; of later rows, one in each leaf.
const LEARNED: usize = 4096;

/// A time before the one of the row before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("row {row} goes back in time: {time} ns after {before} ns")]
pub struct OutOfOrder {
    /// The row, counted over all chunks.
    pub row: usize,
    /// Its time, ns.
    pub time: i64,
    /// Time of the row before it, ns.
    pub before: i64,
}

/// Index over the times of a growing stream.
#[derive(Debug, Clone, Default)]
pub struct TimeIndex {
    rows: usize,
    /// Number of each chunk's first row.
    starts: Vec<usize>,
    /// Time of the last row up to the end of each chunk.
    lasts: Vec<i64>,
    /// Class of the widest step that ends in each complete leaf.
    widest: Vec<u8>,
    /// Widest step that ends in the leaf under way.
    open: u64,
    steps: Steps,
    /// Rows that a declared gap lies before, ascending; `None` where gaps show in the steps alone.
    declared: Option<Vec<usize>>,
}

/// Rows of one pixel column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PixelRows {
    /// The rows; empty where there are none.
    pub rows: Range<usize>,
    /// Time of the first row, ns; 0 without rows.
    pub first_time: i64,
    /// Time of the last row, ns; 0 without rows.
    pub last_time: i64,
    /// A gap lies between the row before and the first row.
    pub gap_before: bool,
}

impl TimeIndex {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// No rows, of a source that declares its gaps: no step is a gap unless it is declared one.
    pub fn with_declared_gaps() -> Self {
        Self { declared: Some(Vec::new()), ..Self::default() }
    }

    /// Declares a gap before the next row to come.
    pub fn declare_gap(&mut self) {
        let row = self.rows;
        let declared = self.declared.get_or_insert_default();
        if row > 0 && declared.last() != Some(&row) {
            declared.push(row);
        }
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Time of the last row, ns.
    pub fn last_time(&self) -> Option<i64> {
        self.lasts.last().copied().filter(|_| self.rows > 0)
    }

    /// Where gaps are, as far as the rows so far can tell.
    pub fn step_rule(&self) -> StepRule {
        let rule = StepRule::of_typical(self.steps.median());
        if self.declared.is_some() { StepRule { longest: i64::MAX, ..rule } } else { rule }
    }

    /// Takes the times of the next chunk, ns. Its number is that of chunks before it; an empty chunk is one too.
    pub fn push(&mut self, times: &[i64]) -> Result<(), OutOfOrder> {
        self.check(times)?;
        let mut before = self.last_time().or(times.first().copied()).unwrap_or(i64::MIN);
        self.starts.push(self.rows);
        self.lasts.push(times.last().copied().unwrap_or(before));
        let mut rest = times;
        while !rest.is_empty() {
            let room = LEAF - self.rows % LEAF;
            let (leaf, later) = rest.split_at(room.min(rest.len()));
            self.learn(before, leaf);
            self.open = widest(before, leaf).max(self.open);
            before = leaf.last().copied().unwrap_or(before);
            self.rows += leaf.len();
            if leaf.len() == room {
                self.widest.push(byte_class(self.open));
                self.open = 0;
            }
            rest = later;
        }
        Ok(())
    }

    fn check(&self, times: &[i64]) -> Result<(), OutOfOrder> {
        let Some(&first) = times.first() else { return Ok(()) };
        if let Some(before) = self.last_time().filter(|&last| first < last) {
            return Err(OutOfOrder { row: self.rows, time: first, before });
        }
        if times.is_sorted() {
            return Ok(());
        }
        match times.windows(2).zip(1..).find(|(pair, _)| pair[1] < pair[0]) {
            Some((pair, row)) => Err(OutOfOrder { row: self.rows + row, time: pair[1], before: pair[0] }),
            None => Ok(()),
        }
    }

    fn learn(&mut self, before: i64, leaf: &[i64]) {
        // Which row of a leaf is looked at differs from leaf to leaf: a rhythm in the rows must not hide others.
        let number = self.rows / LEAF;
        let chosen = number.wrapping_mul(7) % LEAF;
        for (at, &time) in leaf.iter().enumerate() {
            if self.rows < LEARNED || (self.rows + at) % LEAF == chosen {
                let previous = at.checked_sub(1).map_or(before, |at| leaf[at]);
                self.steps.add(previous, time);
            }
        }
    }

    /// The chunk that holds a row, and the row's place in it.
    pub fn locate(&self, row: usize) -> Option<(usize, usize)> {
        let chunk = self.starts.partition_point(|&start| start <= row).checked_sub(1)?;
        (row < self.rows).then(|| (chunk, row - self.starts[chunk]))
    }

    /// The chunk that holds a row, the row's place in it, and the number of the first row after the chunk.
    pub(crate) fn chunk_of(&self, row: usize) -> Option<(usize, usize, usize)> {
        let (chunk, place) = self.locate(row)?;
        Some((chunk, place, self.starts.get(chunk + 1).copied().unwrap_or(self.rows)))
    }

    /// Time of a row, ns.
    pub fn time(&self, times: &dyn Times, row: usize) -> Option<i64> {
        let (chunk, place) = self.locate(row)?;
        times.times(chunk).get(place).copied()
    }

    /// Number of the first row at or after an instant (ns); the number of rows when there is none.
    pub fn row_at(&self, times: &dyn Times, time: i64) -> usize {
        Cursor { chunk: 0, place: 0 }.advance(self, times, time, 0)
    }

    /// The rows of `[start, end)`, ns.
    pub fn rows_in(&self, times: &dyn Times, start: i64, end: i64) -> Range<usize> {
        let first = self.row_at(times, start);
        first..self.row_at(times, end).max(first)
    }

    /// The rows of `[start, end)` (ns) cut into as many pixel columns as asked for. Column `p` of `n` runs from
    /// `start + ⌊span · p / n⌋` to where the next one begins.
    pub fn pixels(&self, times: &dyn Times, start: i64, end: i64, pixels: usize) -> Vec<PixelRows> {
        let span = (i128::from(end) - i128::from(start)).max(0);
        let edge = |pixel: usize| (i128::from(start) + span * pixel as i128 / pixels.max(1) as i128) as i64;
        let rule = self.step_rule();
        let mut cursor = Cursor { chunk: 0, place: 0 };
        let mut first = cursor.advance(self, times, start, 0);
        let mut expected = 0;
        (1..=pixels)
            .map(|pixel| {
                let after = cursor.advance(self, times, edge(pixel), expected);
                let rows = std::mem::replace(&mut first, after)..after;
                expected = rows.len();
                self.pixel(times, rows, rule)
            })
            .collect()
    }

    fn pixel(&self, times: &dyn Times, rows: Range<usize>, rule: StepRule) -> PixelRows {
        let last = if rows.is_empty() { None } else { self.time(times, rows.end - 1) };
        let (Some(first_time), Some(last_time)) = (self.time(times, rows.start), last) else {
            return PixelRows { rows, first_time: 0, last_time: 0, gap_before: false };
        };
        let before = rows.start.checked_sub(1).and_then(|row| self.row(times, row));
        let gap_before = before.is_some_and(|(time, duration)| rule.breaks(time, duration, first_time))
            || self.declared.as_ref().is_some_and(|declared| declared.binary_search(&rows.start).is_ok());
        PixelRows { rows, first_time, last_time, gap_before }
    }

    /// Time and duration of a row, ns.
    fn row(&self, times: &dyn Times, row: usize) -> Option<(i64, i64)> {
        let (chunk, place) = self.locate(row)?;
        let duration = times.durations(chunk).get(place).copied().unwrap_or(0);
        Some((*times.times(chunk).get(place)?, duration))
    }

    /// The intervals of the rows in `[start, end)` (ns): between declared gaps, or by [`step_rule`](Self::step_rule)
    /// or another rule. Looks at one byte for each 32 rows, and at the rows only where a gap may lie.
    pub fn intervals(&self, times: &dyn Times, start: i64, end: i64, rule: StepRule) -> Vec<Interval> {
        let all = self.rows_in(times, start, end);
        let mut intervals = Vec::new();
        let mut first = all.start;
        let mut close = |rows: Range<usize>| {
            let ends =
                (self.time(times, rows.start), rows.end.checked_sub(1).and_then(|row| self.row(times, row)));
            if let (Some(start), Some((last, duration))) = ends {
                intervals.push(Interval { start, end: rule.end_after(last, duration), rows });
            }
        };
        self.breaks(times, all.start + 1..all.end, rule, |row| {
            close(first..row);
            first = row;
        });
        if first < all.end {
            close(first..all.end);
        }
        intervals
    }

    /// Calls `visit` with each row that a gap lies before.
    fn breaks(&self, times: &dyn Times, rows: Range<usize>, rule: StepRule, mut visit: impl FnMut(usize)) {
        if let Some(declared) = &self.declared {
            let inside = |row: &usize| declared.partition_point(|before| before < row);
            return declared[inside(&rows.start)..inside(&rows.end.max(rows.start))]
                .iter()
                .copied()
                .for_each(visit);
        }
        let suspicious = byte_class(rule.longest.max(0).unsigned_abs());
        let mut row = rows.start;
        while row < rows.end {
            let leaf_end = ((row / LEAF + 1) * LEAF).min(rows.end);
            if self.widest.get(row / LEAF).is_some_and(|&widest| widest < suspicious) {
                row = leaf_end;
                continue;
            }
            let mut before = row.checked_sub(1).and_then(|row| self.row(times, row));
            for row in row..leaf_end {
                let current = self.row(times, row);
                if let (Some((time, duration)), Some((next, _))) = (before, current)
                    && rule.breaks(time, duration, next)
                {
                    visit(row);
                }
                before = current;
            }
            row = leaf_end;
        }
    }
}

/// Widest step from the time before through a leaf. Times ascend, so that a step fits `u64`, if not `i64`.
fn widest(before: i64, leaf: &[i64]) -> u64 {
    let into = leaf.first().map_or(0, |first| first.abs_diff(before));
    leaf.windows(2).fold(into, |widest, pair| widest.max(pair[1].abs_diff(pair[0])))
}

/// A place in the rows that only moves forward.
struct Cursor {
    chunk: usize,
    place: usize,
}

impl Cursor {
    /// Moves to the first row at or after a time and returns its number. `expected` rows may lie in between: looking
    /// there first finds the row of an even stream at once.
    fn advance(&mut self, index: &TimeIndex, times: &dyn Times, time: i64, expected: usize) -> usize {
        let ahead = index.lasts[self.chunk.min(index.lasts.len())..].partition_point(|&last| last < time);
        if ahead > 0 {
            self.chunk += ahead;
            self.place = 0;
        }
        let Some(&start) = index.starts.get(self.chunk) else { return index.rows };
        let rest = times.times(self.chunk).get(self.place..).unwrap_or_default();
        self.place += first_at(rest, time, expected);
        start + self.place
    }
}

/// Index of the first time that is not before `time`, looked for in growing strides from `expected` on.
fn first_at(times: &[i64], time: i64, expected: usize) -> usize {
    let (mut low, mut high, mut stride) = (0, expected.saturating_add(1), expected / 8 + 8);
    while high < times.len() && times[high] < time {
        low = high + 1;
        high = high.saturating_add(stride);
        stride = stride.saturating_mul(2);
    }
    low + times[low..high.min(times.len())].partition_point(|&at| at < time)
}

//! All that has been fetched of one stream, over any number of segments, as one.

use arrow_array::RecordBatch;
use streamscope_client::{Dimension, Display, TimeRange};
use streamscope_frame::Layout;
use streamscope_signal::{OutOfOrder, PixelColumn, RangeSummary};

use super::cell::Cell;
use super::ranges::{RangeSet, intersection};
use super::runs::{Run, StateColumn, StateRuns};
use super::segment::Segment;
use super::shown::{Shown, shown_pixel};

/// Rows of one stream that are held.
#[derive(Debug, Clone, Default)]
pub struct Data {
    dimensions: Vec<Dimension>,
    shown: Option<Shown>,
    /// In time order; their ranges do not overlap.
    segments: Vec<Segment>,
}

/// Exact figures over a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Values.
    pub count: u64,
    /// Rows whose value is null or NaN.
    pub missing: u64,
    /// Mean of the values; like the others NaN when there are none.
    pub mean: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl Figures {
    fn of(part: &RangeSummary) -> Self {
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        Self {
            count: part.count,
            missing: part.missing,
            mean: number(part.mean),
            min: number(part.min),
            max: number(part.max),
        }
    }

    /// As they are shown.
    fn shown(self, display: Display) -> Self {
        let (one, other) = (display.shown(self.min), display.shown(self.max));
        Self { mean: display.shown(self.mean), min: one.min(other), max: one.max(other), ..self }
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            missing: self.missing + other.missing,
            mean: joint_mean((self.mean, self.count), (other.mean, other.count)),
            // `min` and `max` of f64 prefer the number where the other is NaN.
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }
}

/// The mean of two sets of values, from their means and sizes.
fn joint_mean(one: (f64, u64), other: (f64, u64)) -> f64 {
    match (one.1, other.1) {
        (_, 0) => one.0,
        (0, _) => other.0,
        (of_one, of_other) => {
            (one.0 * of_one as f64 + other.0 * of_other as f64) / (of_one + of_other) as f64
        }
    }
}

/// A row: when, and what stands in each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Time, ns.
    pub time: i64,
    /// One cell a column, the time first.
    pub cells: Vec<Cell>,
}

impl Data {
    /// Nothing yet, of a stream with these dimensions.
    pub fn of(dimensions: &[Dimension]) -> Self {
        Self { dimensions: dimensions.into(), ..Self::default() }
    }

    /// The columns and how they are shown, once a read has begun.
    pub fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// The columns as they are read, once a read has begun.
    pub fn layout(&self) -> Option<&Layout> {
        self.shown.as_ref().map(|shown| &shown.layout)
    }

    /// Notes the columns before any row is there.
    pub(super) fn describe(&mut self, layout: &Layout) {
        self.shown.get_or_insert_with(|| Shown::of(layout, &self.dimensions));
    }

    fn display(&self, column: usize) -> Display {
        self.shown.as_ref().map(|shown| shown.display(column)).unwrap_or_default()
    }

    /// Rows held.
    pub fn rows(&self) -> usize {
        self.segments.iter().map(Segment::rows).sum()
    }

    /// What has been fetched.
    pub fn fetched(&self) -> RangeSet {
        let mut fetched = RangeSet::default();
        self.segments.iter().for_each(|segment| fetched.insert(segment.range));
        fetched
    }

    /// Makes ready for rows from `start` on; returns how many of the first ones are held already, because an earlier
    /// read broke off between rows of one time.
    pub(super) fn begin(&mut self, layout: &Layout, start: i64, declared_gaps: bool) -> usize {
        let shown = self.shown.get_or_insert_with(|| Shown::of(layout, &self.dimensions));
        let place = self.segments.partition_point(|segment| segment.range.end < start);
        match self.segments.get(place) {
            Some(segment) if segment.range.end == start => segment.rows_from(start),
            _ => {
                let place = self.segments.partition_point(|segment| segment.range.start < start);
                self.segments.insert(place, Segment::new(shown, start, declared_gaps));
                0
            }
        }
    }

    /// Appends rows to the segment that was begun at `start`.
    pub(super) fn push(&mut self, start: i64, frame: RecordBatch) -> Result<(), OutOfOrder> {
        self.growing(start).map_or(Ok(()), |segment| segment.push(frame))
    }

    /// Whether the steps of the segment that was begun at `start` suggest a gap between its last row and an instant.
    pub(super) fn breaks_before(&self, start: i64, time: i64) -> bool {
        let after = self.segments.partition_point(|segment| segment.range.start <= start);
        let growing = after.checked_sub(1).and_then(|place| self.segments.get(place));
        growing.is_some_and(|segment| segment.breaks_before(time))
    }

    /// Declares a gap before the next row of the segment that was begun at `start`.
    pub(super) fn declare_gap(&mut self, start: i64) {
        if let Some(segment) = self.growing(start) {
            segment.declare_gap();
        }
    }

    /// Notes that the read from `start` came to its end.
    pub(super) fn complete(&mut self, range: TimeRange) {
        if let Some(segment) = self.growing(range.start) {
            segment.range.end = range.end;
        }
    }

    fn growing(&mut self, start: i64) -> Option<&mut Segment> {
        let after = self.segments.partition_point(|segment| segment.range.start <= start);
        self.segments.get_mut(after.checked_sub(1)?)
    }

    /// Number of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.layout()?.columns.iter().position(|column| column.name == name)
    }

    /// A numeric column over a range in pixel columns: as many as asked for, empty ones with `count` 0. Empty when
    /// nothing in the range is held.
    pub fn columns(&self, column: usize, range: TimeRange, pixels: usize) -> Vec<PixelColumn> {
        let mut joined: Vec<PixelColumn> = Vec::new();
        let mut before: Option<&Segment> = None;
        for segment in self.touching(range) {
            let Some(mut next) = segment.columns(column, range, pixels) else { continue };
            let first = next.iter_mut().find(|column| column.count + column.missing > 0);
            if let (Some(before), Some(first)) = (before, first) {
                first.gap_before |= before.breaks_before(first.first_time);
            }
            before = Some(segment);
            joined = match joined.is_empty() {
                true => next,
                false => joined.iter().zip(&next).map(|(one, other)| join(one, other)).collect(),
            };
        }
        let display = self.display(column);
        if display.is_plain() {
            return joined;
        }
        joined.into_iter().map(|pixel| shown_pixel(display, pixel)).collect()
    }

    /// Exact figures of a numeric column over a range; `None` when nothing in it is held.
    pub fn figures(&self, column: usize, range: TimeRange) -> Option<Figures> {
        let parts = self.touching(range).filter_map(|segment| segment.summary(column, range));
        let raw = parts.map(|part| Figures::of(&part)).reduce(Figures::and)?;
        Some(raw.shown(self.display(column)))
    }

    /// The states of a text or truth column, per segment that touches a range.
    pub fn states(&self, column: usize, range: TimeRange) -> impl Iterator<Item = &StateRuns> {
        self.touching(range).filter_map(move |segment| segment.states(column))
    }

    /// The state at an instant: its name (`None` for null), when some sample lasts over it.
    pub fn state_at(&self, column: usize, time: i64) -> Option<(Run, Option<&str>)> {
        let instant = TimeRange { start: time, end: time.saturating_add(1) };
        let runs = self.states(column, instant).find(|runs| !runs.within(instant).is_empty())?;
        let run = runs.within(instant).first().copied()?;
        Some((run, run.state.and_then(|state| runs.names().get(state as usize)).map(String::as_str)))
    }

    /// Names of all states of a column: numbers by size, words in the order they were met.
    pub fn state_names(&self, column: usize) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for segment in &self.segments {
            if let Some(runs) = segment.states(column) {
                for name in runs.names() {
                    if !names.contains(name) {
                        names.push(name.clone());
                    }
                }
            }
        }
        let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
        if let Some(mut numbers) = numbers {
            numbers.sort_by(f64::total_cmp);
            names = numbers.iter().map(f64::to_string).collect();
        }
        names
    }

    /// State columns over a range, joined over segments.
    pub fn state_columns(
        &self,
        column: usize,
        range: TimeRange,
        pixels: usize,
    ) -> Vec<(StateColumn, Option<String>)> {
        let mut joined = vec![(StateColumn::Empty, None); pixels];
        for runs in self.states(column, range) {
            for (held, next) in joined.iter_mut().zip(runs.columns(range, pixels)) {
                let name = match next {
                    StateColumn::One(Some(state)) => runs.names().get(state as usize).cloned(),
                    _ => None,
                };
                match (&held.0, next) {
                    (_, StateColumn::Empty) => {}
                    (StateColumn::Empty, _) => *held = (next, name),
                    (StateColumn::One(_), StateColumn::One(_)) if held.1 == name => {}
                    _ => *held = (StateColumn::Mixed, None),
                }
            }
        }
        joined
    }

    /// Index, over all rows held, of the first row at or after an instant.
    pub fn position(&self, time: i64) -> usize {
        self.segments.iter().map(|segment| segment.position(time)).sum()
    }

    /// Rows held in a range.
    pub fn rows_in(&self, range: TimeRange) -> usize {
        self.position(range.end).saturating_sub(self.position(range.start))
    }

    /// A row, as it is shown, by its index over all rows held.
    pub fn row(&self, index: usize) -> Option<Row> {
        let shown = self.shown.as_ref()?;
        let mut index = index;
        for segment in &self.segments {
            if index < segment.rows() {
                let (frame, row) = segment.locate(index)?;
                let cells: Vec<_> = (0..frame.num_columns())
                    .map(|column| shown.cell(column, Cell::read(frame, column, row)))
                    .collect();
                let Some(Cell::Time(time)) = cells.first() else { return None };
                return Some(Row { time: *time, cells });
            }
            index -= segment.rows();
        }
        None
    }

    /// The row nearest in time to an instant.
    pub fn nearest(&self, time: i64) -> Option<(usize, Row)> {
        let after = self.position(time);
        let candidates = [after.checked_sub(1), Some(after)].into_iter().flatten();
        candidates
            .filter_map(|index| self.row(index).map(|row| (index, row)))
            .min_by_key(|(_, row)| row.time.abs_diff(time))
    }

    /// Frames of the rows in a range, in time order; no sample is copied.
    pub fn slices(&self, range: TimeRange) -> Vec<RecordBatch> {
        self.touching(range).flat_map(|segment| segment.slices(range)).collect()
    }

    fn touching(&self, range: TimeRange) -> impl Iterator<Item = &Segment> {
        // The segment under way ends just before its last row's time: rows at that very time belong to it.
        self.segments.iter().filter(move |segment| {
            let reach = TimeRange { start: segment.range.start, end: segment.range.end.saturating_add(1) };
            intersection(reach, range).is_some()
        })
    }
}

/// Two reductions of one pixel column, `one` before `other` in time.
fn join(one: &PixelColumn, other: &PixelColumn) -> PixelColumn {
    if one.count + one.missing == 0 {
        return *other;
    }
    if other.count + other.missing == 0 {
        return *one;
    }
    let count = one.count + other.count;
    let mean = joint_mean((one.mean, one.count), (other.mean, other.count));
    PixelColumn {
        min: one.min.min(other.min),
        max: one.max.max(other.max),
        mean,
        first: if one.count > 0 { one.first } else { other.first },
        last: if other.count > 0 { other.last } else { one.last },
        first_time: one.first_time,
        last_time: other.last_time,
        count,
        missing: one.missing + other.missing,
        gap_before: one.gap_before,
    }
}

//! All that has been fetched of one stream, over any number of segments, as one.

use arrow_array::RecordBatch;
use streamscope_client::{Dimension, Display, TimeRange};
use streamscope_frame::Layout;
use streamscope_signal::{OutOfOrder, PixelColumn};

use super::figures::{Figures, both};
use super::ranges::{RangeSet, intersection};
use super::runs::{Run, StateColumn, StateRuns};
use super::sample_value::SampleValue;
use super::segment::Segment;
use super::shown::{Shown, shown_pixel};

/// A segment of no more rows is joined with the one before it: that takes some milliseconds.
const MOST_JOINED: usize = 100_000;

/// Rows of one stream that are held.
#[derive(Debug, Clone, Default)]
pub struct Data {
    dimensions: Vec<Dimension>,
    shown: Option<Shown>,
    /// In time order; their ranges do not overlap.
    segments: Vec<Segment>,
    /// Samples of which the platform kept one, where it kept fewest; 1 where all are here.
    one_in: u64,
}

/// Rows between which no time is left that was not fetched.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeldRun {
    pub(super) range: TimeRange,
    /// By their index over all rows held.
    pub(super) rows: std::ops::Range<usize>,
}

/// A row: when, and what stands in each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Time, ns.
    pub time: i64,
    /// One cell a column, the time first.
    pub cells: Vec<SampleValue>,
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

    /// Notes that the rows of a read are one sample of so many.
    pub(super) fn note_thinned(&mut self, one_in: u64) {
        self.one_in = self.one_in.max(one_in);
    }

    /// One sample of how many the platform gave, where it left samples out.
    pub fn thinned(&self) -> Option<u64> {
        Some(self.one_in).filter(|one_in| *one_in > 1)
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
            self.join_at(range.end);
        }
    }

    /// Joins two segments that touch at an instant, so that what is drawn crosses the seam.
    fn join_at(&mut self, time: i64) {
        let place = self.segments.partition_point(|segment| segment.range.end < time);
        let later = self
            .segments
            .get(place + 1)
            .filter(|later| later.range.start == time && later.rows() <= MOST_JOINED);
        if later.is_none() || self.segments.get(place).is_none_or(|segment| segment.range.end != time) {
            return;
        }
        let later = self.segments.remove(place + 1);
        if let Some(segment) = self.segments.get_mut(place) {
            let end = later.range.end;
            // Both are in order of time, and one begins where the other ends. Should a server break that, what comes
            // after is not held and is read again.
            if segment.append(later).is_ok() {
                segment.range.end = end;
            }
        }
    }

    /// Lets all rows go. The columns stay known.
    pub(super) fn clear(&mut self) {
        self.segments.clear();
        self.one_in = 1;
    }

    /// The usual step between rows, ns, as the longest segment tells it; `None` with fewer rows than `least`.
    pub(super) fn usual_step(&self, least: usize) -> Option<i64> {
        let longest = self.segments.iter().max_by_key(|segment| segment.rows())?;
        Some(longest.usual_step()).filter(|step| *step > 0 && longest.rows() > least)
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
        for segment in self.touching(range) {
            let Some(mut next) = segment.columns(column, range, pixels) else { continue };
            let first = next.iter_mut().find(|column| column.count + column.missing > 0);
            // Of a segment's own first row, the segment does not know what lies before it.
            if let Some(first) = first.filter(|_| segment.position(range.start) == 0) {
                first.gap_before |= self.breaks_between_segments(segment, first.first_time);
            }
            joined = match joined.is_empty() {
                true => next,
                false => joined.iter().zip(&next).map(|(one, other)| both(one, other)).collect(),
            };
        }
        let display = self.display(column);
        if display.is_plain() {
            return joined;
        }
        joined.into_iter().map(|pixel| shown_pixel(display, pixel)).collect()
    }

    /// Whether a gap, or time that was not read, lies before the first row of a segment.
    fn breaks_between_segments(&self, segment: &Segment, first: i64) -> bool {
        let earlier = self.segments.iter().take_while(|other| other.range.start < segment.range.start);
        let Some((before, last)) = earlier.filter_map(|other| Some((other, other.last_time()?))).last()
        else {
            return false;
        };
        before.breaks_before(first) || !self.fetched().covers(TimeRange { start: last, end: first })
    }

    /// Whether a gap, or time that was not read, lies between the row at an instant and the row before it.
    fn gap_at(&self, time: i64) -> bool {
        let instant = TimeRange { start: time, end: time.saturating_add(1) };
        self.touching(instant).filter(|segment| segment.rows_from(time) > 0).last().is_none_or(|segment| {
            match segment.position(time) {
                0 => self.breaks_between_segments(segment, time),
                _ => segment.gap_at(time),
            }
        })
    }

    /// Whether samples on both sides of a range without any belong together: what is drawn crosses it.
    pub fn is_crossed(&self, range: TimeRange) -> bool {
        let after = self.position(range.end);
        let is_empty = after == self.position(range.start) && after > 0;
        is_empty && self.row(after).is_some_and(|row| !self.gap_at(row.time))
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
                    .map(|column| shown.cell(column, SampleValue::read(frame, column, row)))
                    .collect();
                let Some(SampleValue::Time(time)) = cells.first() else { return None };
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

    /// Times of the rows in a range that a gap, or time that was not read, lies before.
    pub fn begins(&self, range: TimeRange) -> Vec<i64> {
        let mut begins = Vec::new();
        for segment in self.touching(range) {
            let inside = segment.begins(range);
            let first = inside.first().copied().filter(|_| segment.position(range.start) == 0);
            let joined = first.is_some_and(|first| !self.breaks_between_segments(segment, first));
            begins.extend(inside.into_iter().skip(usize::from(joined)));
        }
        begins
    }

    /// The runs of rows held, in time order.
    pub(super) fn runs(&self) -> Vec<HeldRun> {
        let mut runs: Vec<HeldRun> = Vec::new();
        let mut before = 0;
        for segment in &self.segments {
            let rows = before..before + segment.rows();
            before = rows.end;
            match runs.last_mut().filter(|run| run.range.end == segment.range.start) {
                Some(run) => {
                    run.range.end = segment.range.end;
                    run.rows.end = rows.end;
                }
                None => runs.push(HeldRun { range: segment.range, rows }),
            }
        }
        runs
    }

    /// The rest of the frame that holds a row, by the row's index over all rows held, and whether a gap is declared
    /// before it.
    pub(super) fn frame_from(&self, index: usize) -> Option<(RecordBatch, bool)> {
        let mut index = index;
        for segment in &self.segments {
            if index < segment.rows() {
                return segment.frame_from(index);
            }
            index -= segment.rows();
        }
        None
    }

    /// Times of all rows held, frame by frame.
    pub(super) fn all_times(&self) -> impl Iterator<Item = &[i64]> + Clone {
        self.segments.iter().flat_map(Segment::all_times)
    }

    fn touching(&self, range: TimeRange) -> impl Iterator<Item = &Segment> {
        // The segment under way ends just before its last row's time: rows at that very time belong to it.
        self.segments.iter().filter(move |segment| {
            let reach = TimeRange { start: segment.range.start, end: segment.range.end.saturating_add(1) };
            intersection(reach, range).is_some()
        })
    }
}

//! The rows just outside a window: a line runs to them, and the steps between them tell a gap from a usual step. They
//! are fetched with the window, so that a window looks the same whether it was panned to or opened afresh.

use std::cell::Cell;

use streamscope_client::TimeRange;
use streamscope_signal::{SECOND, StepRule};

use super::data::Data;
use super::ranges::intersection;
use super::store::Recording;

/// Rows looked for on either side: enough steps to know the usual one.
const ROWS: usize = 8;

/// A window with more rows is drawn as an envelope, to the edges of which no line runs from outside.
const CROWDED: usize = 5_000;

/// Rows read of a stretch: with so many, the usual step is known, and the stretch was chosen too long.
pub(super) const MOST_ROWS: usize = 5_000;

/// Stretches read for one window at most: each is several times as long as what was looked through before.
const MOST_STRETCHES: u32 = 24;

/// The shortest first stretch, ns: a request is worth a second of most streams.
const SHORTEST: i64 = SECOND;

/// How many stretches were read for which window.
#[derive(Debug, Default)]
pub(super) struct Tries(Cell<Option<(TimeRange, u32)>>);

impl Tries {
    /// Counts one more; whether it is not one too many.
    fn again(&self, window: TimeRange) -> bool {
        let before = self.0.get().filter(|(of, _)| *of == window).map_or(0, |(_, tries)| tries);
        self.0.set(Some((window, before + 1)));
        before < MOST_STRETCHES
    }
}

/// What is known beside a window, on one side.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Beside {
    /// How far was looked from the window's edge, ns.
    looked: i64,
    /// Rows found.
    rows: usize,
    /// How far away the nearest of them is, ns.
    nearest: Option<i64>,
}

impl Recording {
    /// The next stretch beside a window that is fetched itself, until its neighbours are known.
    pub(super) fn next_beside(&self, window: TimeRange) -> Option<TimeRange> {
        self.with(|data| next_stretch(data, self.span()?, window))
    }

    /// The same, counted: a server whose rows make no sense is not asked for ever.
    pub(super) fn take_beside(&self, window: TimeRange) -> Option<TimeRange> {
        self.next_beside(window).filter(|_| self.inner.tries.again(window))
    }
}

/// The next stretch to read; `None` when the neighbours of a window are known, or can only lie behind a gap.
fn next_stretch(data: &Data, span: TimeRange, window: TimeRange) -> Option<TimeRange> {
    if window.end <= window.start || data.rows_in(window) > CROWDED {
        return None;
    }
    let fetched = data.fetched();
    let run = fetched.ranges().iter().find(|run| run.start <= window.start && window.end <= run.end)?;
    let (length, step) = (window.end - window.start, data.usual_step(ROWS));
    let (first, after) = (data.position(window.start), data.position(window.end));
    let time = |row: usize| data.row(row).map(|row| row.time);
    let before = Beside {
        looked: window.start - run.start,
        rows: first - data.position(run.start),
        nearest: first
            .checked_sub(1)
            .and_then(time)
            .filter(|time| *time >= run.start)
            .map(|time| window.start - time),
    };
    let behind = Beside {
        looked: run.end - window.end,
        rows: data.position(run.end) - after,
        nearest: time(after).filter(|time| *time < run.end).map(|time| time - window.end),
    };
    let left = further(before, length, step)
        .and_then(|by| intersection(TimeRange { start: run.start.saturating_sub(by), end: run.start }, span));
    left.or_else(|| {
        let by = further(behind, length, step)?;
        intersection(TimeRange { start: run.end, end: run.end.saturating_add(by) }, span)
    })
}

/// How much further to look on a side, ns; `None` when enough is known. `step` is the usual one, where it is known.
fn further(beside: Beside, window: i64, step: Option<i64>) -> Option<i64> {
    let Beside { looked, rows, nearest } = beside;
    let behind_a_gap = step.is_some_and(|step| looked > StepRule::of_typical(step).longest);
    // So few rows over so long: the way to the nearest is no longer than usual.
    let alone = nearest.is_some_and(|nearest| looked / 16 >= nearest.max(window / 16).max(1));
    if rows >= ROWS || behind_a_gap || alone {
        return None;
    }
    Some(match (looked, step) {
        (0, Some(step)) => step.saturating_mul(ROWS as i64 + 2).max(1),
        (0, None) => window.max(SHORTEST),
        (looked, _) => looked.saturating_mul(7),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, RecordBatch, TimestampNanosecondArray};
    use streamscope_frame::{Column, ColumnType, Layout};

    use super::*;
    use crate::charts::series::Picture;

    fn layout() -> Layout {
        Layout::new(vec![Column::new("time", ColumnType::Time), Column::new("v", ColumnType::Float)])
    }

    /// A server's rows, and a recording of some of them.
    struct Stream {
        times: Vec<i64>,
        reads: usize,
    }

    impl Stream {
        fn span(&self) -> TimeRange {
            TimeRange { start: self.times[0], end: self.times[self.times.len() - 1] + 1 }
        }

        /// Reads a range into `data`; with a limit, no more rows than that.
        fn read(&mut self, data: &mut Data, range: TimeRange, most: usize) {
            self.reads += 1;
            let inside = self.times.iter().copied().filter(|time| (range.start..range.end).contains(time));
            let times: Vec<i64> = inside.take(most).collect();
            let cut = times.len() == most;
            data.begin(&layout(), range.start, false);
            let values: ArrayRef =
                Arc::new(Float64Array::from_iter_values(times.iter().map(|time| (time % 977) as f64)));
            let columns: Vec<ArrayRef> =
                vec![Arc::new(TimestampNanosecondArray::from(times).with_timezone("UTC")), values];
            let frame = RecordBatch::try_new(Arc::new(layout().schema()), columns).unwrap();
            data.push(range.start, frame).unwrap();
            if !cut {
                data.complete(range);
            }
        }

        /// A window as it is opened afresh: read, and what lies beside it.
        fn opened(&mut self, window: TimeRange) -> Data {
            let mut data = Data::default();
            if let Some(own) = intersection(window, self.span()) {
                self.read(&mut data, own, usize::MAX);
                while let Some(stretch) = next_stretch(&data, self.span(), own) {
                    self.read(&mut data, stretch, MOST_ROWS);
                }
            }
            data
        }
    }

    /// What is drawn: instants, values and where lines break.
    fn drawn(data: &Data, window: TimeRange) -> Vec<(i64, f64, bool)> {
        let picture = Picture::of(data, 1, window, 1000.0);
        let filled = picture.columns().iter().filter(|column| column.count > 0);
        let mut points: Vec<_> =
            filled.map(|column| (column.first_time, column.first, column.gap_before)).collect();
        // There is no line to the first point that could break.
        points.iter_mut().take(1).for_each(|first| first.2 = false);
        points
    }

    #[test]
    fn a_window_between_two_samples_shows_the_line_that_crosses_it() {
        let mut stream = Stream { times: (0..600).map(|minute| minute * 60 * SECOND).collect(), reads: 0 };
        for length in [40, 10, 4, 1] {
            let start = (30 * 60 + 10) * SECOND;
            let window = TimeRange { start, end: start + length * SECOND };
            let data = stream.opened(window);
            assert_eq!(drawn(&data, window).len(), 2, "{length} s");
            assert!(data.is_crossed(window));
        }
        assert!(stream.reads < 4 * 12, "{} reads", stream.reads);
    }

    #[test]
    fn a_window_in_a_gap_stays_blank() {
        let dense = (0..200_000).map(|row| row * 4_000_000).chain((0..2000).map(|row| (3600 + row) * SECOND));
        let mut stream = Stream { times: dense.collect(), reads: 0 };
        for length in [4, 40, 400] {
            let window = TimeRange { start: 1000 * SECOND, end: (1000 + length) * SECOND };
            let data = stream.opened(window);
            assert!(drawn(&data, window).is_empty() && !data.is_crossed(window), "{length} s");
            assert!(data.rows() < 3 * MOST_ROWS, "{} rows", data.rows());
        }
    }

    /// Everything read at once is the slow and obvious reference.
    #[test]
    fn a_window_looks_the_same_panned_to_and_opened_afresh() {
        let mut seed = 11_u64;
        let mut next = |below: i64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) as i64).rem_euclid(below)
        };
        for step in [20_000_000, SECOND, 60 * SECOND, 3600 * SECOND] {
            // Five stretches with long gaps between them.
            let stretches = (0..5).flat_map(|part| (0..400).map(move |row| (part * 1000 + row) * step));
            let mut stream = Stream { times: stretches.collect(), reads: 0 };
            let mut whole = Data::default();
            let span = stream.span();
            stream.read(&mut whole, span, usize::MAX);
            for _ in 0..60 {
                let length = step * (1 + next(50)) / (1 + next(40));
                let start = next(span.end);
                let window = TimeRange { start, end: start + length.max(1000) };
                let opened = stream.opened(window);
                assert_eq!(drawn(&opened, window), drawn(&whole, window), "step {step}, {window:?}");
                assert_eq!(opened.is_crossed(window), whole.is_crossed(window));
            }
        }
    }
}

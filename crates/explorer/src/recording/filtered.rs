//! Rows as a display filter lets them through: what a track draws and reads, and nothing else.
//!
//! Filtered rows are a [`Data`] of their own: same times, states and columns, numbers as they are shown and then
//! filtered, a gap wherever a run begins anew. They follow the rows held, frame by frame. A run that turns out to begin
//! earlier, because rows before it were fetched, is filtered again from its beginning; until that is done, what was there
//! stays on screen.

mod built;

use streamscope_client::{Dimension, Display, TimeRange};
use streamscope_signal::{Chain, DisplayFilter, RateError, SECOND, Sampling};

use super::data::{Data, HeldRun};
use built::Built;

/// Rows of warm-up that are fetched before a window at most.
const MOST_WARM_UP: f64 = 1_000_000.0;

/// From where a hundredth of the guess is left to where a thousandth is.
const SETTLED: f64 = 1.5;

/// A recording's filter, and what came of it.
#[derive(Debug, Clone)]
pub struct Filtered {
    filter: DisplayFilter,
    dimensions: Vec<Dimension>,
    /// The filter for the stream's rate, or why there is none; `None` until rows tell.
    design: Option<Result<Chain, String>>,
    /// Rows that the rate was told from.
    told_from: usize,
    drawn: Built,
    /// What takes the place of `drawn` when it is as long.
    next: Option<Built>,
}

impl Filtered {
    /// Nothing yet, of a stream with these dimensions.
    pub(super) fn new(filter: DisplayFilter, dimensions: &[Dimension]) -> Self {
        Self {
            filter,
            dimensions: dimensions.iter().map(plain).collect(),
            design: None,
            told_from: 0,
            drawn: Built::default(),
            next: None,
        }
    }

    /// The filter.
    pub fn filter(&self) -> DisplayFilter {
        self.filter
    }

    /// The rows; `None` where they cannot be filtered.
    pub fn data(&self) -> Option<&Data> {
        self.refusal().is_none().then_some(&self.drawn.data)
    }

    /// Why the rows cannot be filtered, in words.
    pub fn refusal(&self) -> Option<&str> {
        self.design.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// How long the filter settles after the beginning of a run, ns; 0 as long as nobody knows.
    pub fn settling(&self) -> i64 {
        let chain = self.design.as_ref().and_then(|design| design.as_ref().ok());
        chain.map_or(0, |chain| (chain.settling_s() * SECOND as f64) as i64)
    }

    /// What a window needs before its beginning, ns.
    pub(super) fn warm_up(&self) -> i64 {
        let Some(Ok(chain)) = &self.design else { return 0 };
        let most = MOST_WARM_UP / chain.sampling().rate_hz();
        ((chain.settling_s() * SETTLED).min(most) * SECOND as f64) as i64
    }

    /// The parts of a range in which the filter still settles, in time order. Those no further apart than `near` (ns) are
    /// one.
    pub fn settling_in(&self, range: TimeRange, near: i64) -> Vec<TimeRange> {
        let length = self.settling();
        let reaches = |&start: &i64| start < range.end && range.start < start.saturating_add(length);
        let mut starts: Vec<i64> = self.drawn.begins.iter().copied().filter(reaches).collect();
        starts.sort_unstable();
        let mut parts: Vec<TimeRange> = Vec::new();
        for start in starts {
            let end = start.saturating_add(length);
            match parts.last_mut().filter(|last| start <= last.end.saturating_add(near)) {
                Some(last) => last.end = end,
                None => parts.push(TimeRange { start, end }),
            }
        }
        parts
    }

    /// Rows held.
    pub(super) fn rows(&self) -> usize {
        self.drawn.data.rows() + self.next.as_ref().map_or(0, |next| next.data.rows())
    }

    /// Lets all rows go.
    pub(super) fn clear(&mut self) {
        *self = Self { dimensions: std::mem::take(&mut self.dimensions), ..Self::new(self.filter, &[]) };
    }

    /// Filters one frame more of what is held. Whether there may be more to do.
    pub(super) fn step(&mut self, held: &Data) -> bool {
        let runs = held.runs();
        self.tell_rate(held, &runs);
        let (Some(Ok(chain)), Some(shown)) = (&self.design, held.shown()) else { return false };
        if self.drawn.fits(&runs) {
            self.next = None;
            return self.drawn.step((held, shown, chain), &runs, &self.dimensions) || self.give_up_if_torn();
        }
        let next = self.next.get_or_insert_default();
        if !next.fits(&runs) {
            *next = Built::default();
        }
        if !next.step((held, shown, chain), &runs, &self.dimensions) {
            self.drawn = self.next.take().unwrap_or_default();
            return self.give_up_if_torn();
        }
        true
    }

    /// Learns the rate from the rows held, and again when they have become twice as many.
    fn tell_rate(&mut self, held: &Data, runs: &[HeldRun]) {
        if held.rows() < 2 * self.told_from || held.rows() == 0 {
            return;
        }
        let sampling = Sampling::of(held.all_times());
        let known = matches!(self.design, Some(Ok(_)));
        if sampling == Err(RateError::TooFew) && (known || runs.is_empty()) {
            return;
        }
        self.told_from = if sampling == Err(RateError::TooFew) { 0 } else { held.rows() };
        let refused = |why: String| format!("not filtered: {why}");
        let design = match sampling {
            Ok(sampling) => {
                let close =
                    |chain: &Chain| (chain.sampling().rate_hz() / sampling.rate_hz() - 1.0).abs() < 1e-4;
                if matches!(&self.design, Some(Ok(chain)) if close(chain)) {
                    return;
                }
                self.filter.design(sampling).map_err(|error| refused(error.to_string()))
            }
            Err(error) => Err(refused(error.to_string())),
        };
        (self.drawn, self.next) = (Built::default(), None);
        self.design = Some(design);
    }

    /// Rows that turn out to come unevenly are not filtered after all. Never more to do.
    fn give_up_if_torn(&mut self) -> bool {
        if self.drawn.is_torn() {
            self.design = Some(Err(format!("not filtered: {}", RateError::Uneven)));
            self.drawn = Built::default();
        }
        false
    }
}

/// A dimension whose numbers are shown as they are, for they were made what is shown before they were filtered.
fn plain(dimension: &Dimension) -> Dimension {
    let display = match dimension.display.states {
        true => dimension.display,
        false => Display::default(),
    };
    Dimension { display, ..dimension.clone() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, RecordBatch, TimestampNanosecondArray};
    use streamscope_frame::{Column, ColumnType, Layout, floats};

    use super::*;

    const STEP: i64 = SECOND / 100;

    fn layout() -> Layout {
        Layout::new(vec![Column::new("time", ColumnType::Time), Column::new("v", ColumnType::Float)])
    }

    /// Reads rows `from..to` of an even stream: a slow wave on an offset.
    fn read(data: &mut Data, from: i64, to: i64) {
        data.begin(&layout(), from * STEP, false);
        for start in (from..to).step_by(100) {
            let rows = start..to.min(start + 100);
            let times: Vec<i64> = rows.clone().map(|row| row * STEP).collect();
            let values = rows.map(|row| 1000.0 + (row as f64 / 40.0).sin());
            let columns: Vec<ArrayRef> = vec![
                Arc::new(TimestampNanosecondArray::from(times).with_timezone("UTC")),
                Arc::new(Float64Array::from_iter_values(values)),
            ];
            data.push(from * STEP, RecordBatch::try_new(Arc::new(layout().schema()), columns).unwrap())
                .unwrap();
        }
        data.complete(TimeRange { start: from * STEP, end: to * STEP });
    }

    fn filter(code: &str, data: &Data) -> Filtered {
        let mut filtered = Filtered::new(DisplayFilter::of_code(code).unwrap(), &[]);
        follow(&mut filtered, data);
        filtered
    }

    fn follow(filtered: &mut Filtered, data: &Data) {
        while filtered.step(data) {}
    }

    fn values(data: &Data) -> Vec<f64> {
        let frames = data.slices(TimeRange { start: i64::MIN, end: i64::MAX });
        frames.iter().flat_map(|frame| floats(frame.column(1)).unwrap().to_vec()).collect()
    }

    #[test]
    fn filtered_rows_follow_the_rows_held_however_they_came() {
        let code = "high:1:2,no,0.05";
        let mut whole = Data::default();
        read(&mut whole, 0, 3000);
        let expected = filter(code, &whole);
        let rows = expected.data().unwrap();
        assert_eq!((rows.rows(), rows.fetched()), (3000, whole.fetched()));
        assert!(values(rows).iter().all(|value| value.abs() < 1.0), "the offset is gone");

        let mut pieces = Data::default();
        let mut filtered = filter(code, &pieces);
        for (from, to) in [(1000, 1500), (1500, 2000), (2500, 3000), (0, 1000), (2000, 2500)] {
            read(&mut pieces, from, to);
            follow(&mut filtered, &pieces);
            assert_eq!(filtered.data().unwrap().rows(), pieces.rows());
        }
        assert_eq!(values(filtered.data().unwrap()), values(rows));
        assert_eq!(filtered.settling_in(TimeRange { start: 0, end: 30 * SECOND }, 0).len(), 1);
    }

    #[test]
    fn a_gap_in_the_rows_is_one_in_the_filtered_ones() {
        let mut held = Data::default();
        read(&mut held, 0, 500);
        read(&mut held, 600, 1000);
        let filtered = filter("low:5:2,no,no", &held);
        let data = filtered.data().unwrap();
        assert!(!data.is_crossed(TimeRange { start: 500 * STEP, end: 600 * STEP }));
        let settling = filtered.settling_in(TimeRange { start: 0, end: 20 * SECOND }, 0);
        assert_eq!(settling.iter().map(|part| part.start).collect::<Vec<_>>(), [0, 600 * STEP]);
    }

    #[test]
    fn what_cannot_be_filtered_says_why() {
        let mut held = Data::default();
        read(&mut held, 0, 500);
        let refused = filter("low:70:2,no,no", &held);
        assert!(refused.data().is_none() && refused.refusal().unwrap().contains("below 50"), "{refused:?}");
        let mut few = Data::default();
        read(&mut few, 0, 5);
        assert!(filter("low:5:2,no,no", &few).refusal().unwrap().contains("too few"));
    }
}

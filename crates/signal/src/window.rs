//! Down-sampling into aligned windows (`aggregate_window` of the V2 Stream API).
//!
//! Windows are those of [`Windows`], whole at both ends of the range and aligned to the epoch, for resolutions that
//! do not divide a day too (the API allows up to a week and asks for divisors of a day: both cannot hold). A window
//! is null when no value lies in it, or when its infinities leave no answer; its rows count for the duration all the
//! same. The summary runs over the windows that are not null; with fewer than two of them there is no deviation.
//! Rows need no order; a sum adds up values in the order of the rows, so chunking changes no bit of it.

use crate::stretch::{each_stretch, part};
use crate::summary::defined;
use crate::{Summary, Windows};

/// What is computed over the values of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AggregateFunction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
}

/// One value per aligned window.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowAggregate {
    /// Start of the first window, ns.
    pub start: i64,
    /// Length of a window, s.
    pub resolution_s: u32,
    /// Sum or mean per window; `None` where no value lies in it.
    pub values: Vec<Option<f64>>,
    /// Sum of the measurement durations of the window's points, ns; parallel to `values`.
    pub duration_sum: Vec<i64>,
    /// Figures over the non-null `values`.
    pub summary: Summary,
}

/// Builds a [`WindowAggregate`] from rows that come in chunks.
#[derive(Debug, Clone)]
pub struct WindowAccumulator {
    windows: Windows,
    function: AggregateFunction,
    totals: Vec<Total>,
}

/// What is kept of the rows of one cell of a grid.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Total {
    pub(crate) sum: f64,
    pub(crate) count: u64,
    pub(crate) duration: i64,
}

impl Total {
    /// Adds rows. A duration below 0 is unknown, as 0 is.
    pub(crate) fn add(&mut self, values: &[f64], durations: &[i64]) {
        for &value in values.iter().filter(|value| !value.is_nan()) {
            self.sum += value;
            self.count += 1;
        }
        for &duration in durations {
            self.duration = self.duration.saturating_add(duration.max(0));
        }
    }

    pub(crate) fn mean(&self) -> Option<f64> {
        if self.count == 0 { None } else { defined(self.sum / self.count as f64) }
    }

    fn aggregate(&self, function: AggregateFunction) -> Option<f64> {
        match function {
            _ if self.count == 0 => None,
            AggregateFunction::Sum => defined(self.sum),
            AggregateFunction::Mean => self.mean(),
        }
    }
}

impl WindowAccumulator {
    /// No rows yet.
    pub fn new(windows: Windows, function: AggregateFunction) -> Self {
        Self { windows, function, totals: vec![Total::default(); windows.count()] }
    }

    /// Takes more rows: times in ns, values with NaN for null, durations in ns (0 or a shorter slice: unknown). Rows
    /// outside the windows do not count.
    pub fn push(&mut self, times: &[i64], values: &[f64], durations: &[i64]) {
        each_stretch(
            times,
            |time| self.windows.stretch(time),
            |window, rows| self.totals[window].add(part(values, rows.clone()), part(durations, rows)),
        );
    }

    /// The aggregate of all rows pushed.
    pub fn finish(self) -> WindowAggregate {
        let values: Vec<_> = self.totals.iter().map(|total| total.aggregate(self.function)).collect();
        WindowAggregate {
            start: self.windows.start_of(0),
            resolution_s: self.windows.resolution_s(),
            duration_sum: self.totals.iter().map(|total| total.duration).collect(),
            summary: Summary::of(values.iter().copied().flatten().collect()),
            values,
        }
    }
}

//! How a long range is cut into spans that are asked for side by side.
//!
//! Rows are dated in whole seconds by the memory base's clock, so that a cut is exact at a whole second that the clock
//! shows once; in the hour that comes twice there is none. Nobody tells how many rows there are: the first span is a
//! day, and those after it are as long as makes a good answer, by the rows that came so far.

use streamscope_signal::{DAY, SECOND, TimeZone};

use crate::braincube::zone::is_unique;

/// Cells of a good answer: some tens of megabytes of text.
const GOOD_ANSWER: f64 = 2e6;
/// By how much a span may be longer than the one it was learnt from.
const GROWTH: i64 = 8;
const HOUR: i64 = 3600 * SECOND;

/// What spans are cut by.
pub(super) struct Plan {
    end: i64,
    columns: usize,
    width: i64,
}

impl Plan {
    /// A plan for a range that ends at `end`, of answers with so many columns.
    pub(super) fn new(end: i64, columns: usize) -> Self {
        Self { end, columns, width: DAY }
    }

    /// The end of the span that begins at `from`; `None` where what is left is one span.
    pub(super) fn next_cut(&self, from: i64, zone: &TimeZone) -> Option<i64> {
        let wanted = from.saturating_add(self.width).div_euclid(SECOND) * SECOND;
        let cut = unique_from(zone, wanted);
        (cut < self.end).then_some(cut)
    }

    /// A span held so many rows.
    pub(super) fn learn(&mut self, start: i64, end: i64, rows: u64) {
        let span = end.saturating_sub(start).max(SECOND);
        let longest = span.saturating_mul(GROWTH).max(DAY);
        let wanted = match rows {
            0 => longest,
            rows => (span as f64 / (rows as f64 * self.columns as f64) * GOOD_ANSWER) as i64,
        };
        self.width = wanted.clamp(HOUR, longest);
    }
}

/// The first instant from here on that the clock shows once, an hour's steps apart.
pub(super) fn unique_from(zone: &TimeZone, instant: i64) -> i64 {
    // Clocks go back by a few hours at most.
    (0..5)
        .map(|hours| instant.saturating_add(hours * HOUR))
        .find(|at| is_unique(zone, *at))
        .unwrap_or(instant)
}

/// The last instant up to here that the clock shows once, an hour's steps apart.
pub(super) fn unique_to(zone: &TimeZone, instant: i64) -> i64 {
    (0..5)
        .map(|hours| instant.saturating_sub(hours * HOUR))
        .find(|at| is_unique(zone, *at))
        .unwrap_or(instant)
}

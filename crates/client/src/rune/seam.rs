//! Where a read stands: what was accepted, and what of a repeated answer was accepted before.
//!
//! Rows carry no id, so the seam between two answers is found by counting: a page asked for again is passed over by
//! the number of its rows that were accepted; a read begun again at the last row's time, by the number of accepted
//! rows with that time (several rows may share it). Where rows have a time, the last one passed over must have the
//! time of the last one accepted; otherwise the server did not repeat itself, and nothing is taken from the answer.

use streamscope_frame::{RecordBatch, time_index, times};

use crate::Error;

/// The rows accepted so far.
#[derive(Debug, Clone)]
pub(super) struct Seam {
    /// Rows must lie in `[start, end)`, ns; a side that is open has the extreme value.
    bounds: (i64, i64),
    /// Whether rows come in order of their `time`.
    timed: bool,
    /// Rows accepted.
    pub(super) rows: u64,
    /// Time of the last row accepted, and how many accepted rows have it.
    pub(super) last: Option<i64>,
    pub(super) equal: u64,
    /// Rows still to be passed over.
    skip: u64,
    /// The same when this page began, and the page's rows passed over or accepted since.
    page_skip: u64,
    pub(super) page_rows: u64,
}

/// What of some rows was accepted.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) rows: RecordBatch,
    /// How the server broke its protocol right after them.
    pub(super) refused: Option<Error>,
}

/// An answer given again is not the one given before.
#[derive(Debug)]
pub(super) struct Different;

impl Seam {
    pub(super) fn new(bounds: (i64, i64), timed: bool) -> Self {
        Self { bounds, timed, rows: 0, last: None, equal: 0, skip: 0, page_skip: 0, page_rows: 0 }
    }

    /// A further page begins.
    pub(super) fn begin_page(&mut self) {
        self.page_skip = self.skip;
        self.page_rows = 0;
    }

    /// This page comes once more.
    pub(super) fn repeat_page(&mut self) {
        self.skip = self.page_skip.max(self.page_rows);
        self.begin_page();
    }

    /// The read begins once more at the last row's time. Returns that time and how many rows before it were accepted;
    /// `None` when it cannot: there is no row, or rows have no time.
    pub(super) fn restart_at_last(&mut self) -> Option<(i64, u64)> {
        let last = self.last?;
        self.skip = self.equal;
        self.begin_page();
        Some((last, self.rows - self.equal))
    }

    /// The read begins once more where it began first.
    pub(super) fn restart(&mut self) {
        self.skip = self.rows;
        self.begin_page();
    }

    /// Whether the end of the data may come now: everything accepted was seen again.
    pub(super) fn may_end(&self) -> bool {
        self.skip == 0
    }

    /// Takes the rows that were not accepted before, up to the first that must not be there.
    pub(super) fn admit(&mut self, frame: &RecordBatch) -> Result<Admitted, Different> {
        let count = frame.num_rows();
        let passed = usize::try_from(self.skip).unwrap_or(count).min(count);
        let times = if self.timed { times(frame) } else { None };
        if self.timed && times.is_none() {
            let refused = Some(Error::protocol("The server sent a row without a time."));
            return Ok(Admitted { rows: frame.slice(0, 0), refused });
        }
        let (old, new) = times.unwrap_or_default().split_at_checked(passed).unwrap_or_default();
        let ends_here = passed > 0 && self.skip == passed as u64;
        if ends_here && old.last().is_some_and(|time| Some(*time) != self.last) {
            return Err(Different);
        }
        let refused = self.check(new);
        let good = refused.as_ref().map_or(count - passed, |(good, _)| *good);
        self.note(new.get(..good).unwrap_or_default());
        self.skip -= passed as u64;
        self.page_rows += (passed + good) as u64;
        self.rows += good as u64;
        Ok(Admitted { rows: frame.slice(passed, good), refused: refused.map(|(_, error)| error) })
    }

    /// The place of the first row that must not be there, and why not.
    fn check(&self, times: &[i64]) -> Option<(usize, Error)> {
        let (start, end) = self.bounds;
        let mut before = self.last.unwrap_or(i64::MIN);
        for (place, time) in times.iter().copied().enumerate() {
            let problem = if time < before {
                "The server repeats itself or lost its order: a row's time lies before the row above it."
            } else if !(start..end).contains(&time) {
                "The server sent rows outside the range that was asked for."
            } else {
                before = time;
                continue;
            };
            return Some((place, Error::protocol(problem)));
        }
        None
    }

    fn note(&mut self, times: &[i64]) {
        let Some(last) = times.last().copied() else { return };
        let equal = times.iter().rev().take_while(|time| **time == last).count();
        let joined = equal == times.len() && self.last == Some(last);
        self.equal = equal as u64 + if joined { self.equal } else { 0 };
        self.last = Some(last);
    }
}

/// Whether rows of these columns come in order of time: the first time column is `time`. (A span has several times,
/// and which of them orders it is not documented.)
pub(super) fn is_timed(layout: &streamscope_frame::Layout) -> bool {
    let schema = layout.schema();
    time_index(&schema).is_some_and(|index| schema.field(index).name() == "time")
}

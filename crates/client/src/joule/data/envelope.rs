//! Decimated rows of which none is missing.
//!
//! A node's bins hold a fixed number of rows each. What is left at an interval's end makes no bin, nor does an interval
//! shorter than one, and a window may cut a bin in half. So that the envelope covers every sample, each interval gets
//! one row more at its end: the samples after the middle of its last bin, read at finer levels and at last raw. Where
//! the window has a start, its first interval gets such a row at its beginning too. These rows overlap with half a bin,
//! which changes no extreme. Where intervals truly begin and end, `/data/intervals.json` says.
//!
//! Intervals that were joined later, or written on after a restart of the node, have such a hole inside. It shows as a
//! step between two bins that is longer than others, and is filled alike; where steps vary, small holes are not found, and
//! only the first ones are looked at.

use std::collections::VecDeque;
use std::ops::Range;

use streamscope_frame::{Batch, JouleLayout, Layout, times};

use super::answer::{Ask, Fineness};
use super::rows::Rows;
use crate::bins::{Bin, Bins};
use crate::joule::Joule;
use crate::{Progress, Result, TimeRange};

/// A step between bins hides a hole when it is longer than usual by so many times what steps usually differ by.
const MOST_DEVIATIONS: i64 = 8;
/// By how much times of bins may be off, ns: nodes cut them to microseconds at each level.
const ROUNDING: i64 = 10_000;
/// Holes that are looked at.
const MOST_HOLES: u32 = 64;
/// How much finer each further read at an interval's end is.
const FINER: u64 = 256;

/// A node's bins, and what they leave out.
pub(super) struct Envelope {
    joule: Joule,
    ask: Ask,
    level: u64,
    /// Of raw rows.
    format: JouleLayout,
    /// The first bins.
    begun: Option<Batch>,
    bins: Rows,
    /// Intervals not passed yet, the first one being read.
    intervals: VecDeque<TimeRange>,
    /// Time of the last bin within the first of them.
    last: Option<i64>,
    /// Whether the first interval is looked at before its first bin, too.
    cut_at_start: bool,
    /// Holes that may still be looked at.
    holes: u32,
    /// Whether the next row handed out is the first of all.
    first: bool,
    ready: VecDeque<Batch>,
    ended: bool,
    filled: Progress,
}

impl Envelope {
    /// Bins of `level` rows, the first of which have been read, and what they leave out in these intervals. `format` is
    /// that of the raw rows.
    pub(super) fn new(
        joule: &Joule,
        ask: Ask,
        level: u64,
        format: JouleLayout,
        intervals: Vec<TimeRange>,
        (begun, bins): (Batch, Rows),
    ) -> Self {
        Self {
            joule: joule.clone(),
            cut_at_start: ask.bounds.0.is_some(),
            ask,
            level,
            format,
            begun: Some(begun),
            bins,
            intervals: intervals.into(),
            last: None,
            holes: MOST_HOLES,
            first: true,
            ready: VecDeque::new(),
            ended: false,
            filled: Progress::default(),
        }
    }

    pub(super) fn layout(&self) -> &Layout {
        self.bins.layout()
    }

    pub(super) fn progress(&self) -> Progress {
        let (bins, filled) = (self.bins.progress(), self.filled);
        Progress {
            rows: bins.rows + filled.rows,
            bytes: bins.bytes + filled.bytes,
            pages: bins.pages + filled.pages,
            covered_to: bins.covered_to.max(filled.covered_to),
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if let Some(mut frame) = self.ready.pop_front() {
                frame.begins_interval &= !std::mem::take(&mut self.first);
                return Ok(Some(frame));
            }
            if self.ended {
                return Ok(None);
            }
            let next = match self.begun.take() {
                Some(frame) => Some(frame),
                None => self.bins.next().await?,
            };
            match next {
                Some(frame) => self.take(frame).await?,
                None => {
                    self.pass(i64::MAX).await?;
                    self.ended = true;
                }
            }
        }
    }

    /// Takes bins of one interval.
    async fn take(&mut self, mut frame: Batch) -> Result<()> {
        let of = times(&frame.rows).unwrap_or_default();
        let (Some(&first), Some(&last)) = (of.first(), of.last()) else { return Ok(()) };
        self.pass(first).await?;
        frame.begins_interval = self.last.is_none();
        if std::mem::take(&mut self.cut_at_start)
            && let Some(interval) = self.intervals.front().copied()
            && self.fill(TimeRange { start: interval.start, end: first }, true).await?
        {
            frame.begins_interval = false;
        }
        let steps = steps_of(self.last.filter(|_| !frame.begins_interval), of);
        let mut begun = 0;
        for (row, hole) in holes(&steps, self.level) {
            if self.holes == 0 {
                break;
            }
            self.holes -= 1;
            self.push(&frame, begun..row);
            begun = row;
            self.fill(TimeRange { start: hole.start + 1000, end: hole.end }, false).await?;
        }
        self.push(&frame, begun..of.len());
        self.last = Some(last);
        Ok(())
    }

    /// Makes some of a frame's rows ready.
    fn push(&mut self, frame: &Batch, rows: Range<usize>) {
        if !rows.is_empty() {
            let begins_interval = frame.begins_interval && rows.start == 0;
            self.ready.push_back(Batch { rows: frame.rows.slice(rows.start, rows.len()), begins_interval });
        }
    }

    /// Ends the intervals that end before an instant.
    async fn pass(&mut self, time: i64) -> Result<()> {
        while let Some(interval) = self.intervals.front().copied().filter(|interval| interval.end <= time) {
            let last = self.last.take();
            // The first instant after the bin's own: nodes count microseconds.
            let start = last.map_or(interval.start, |last| last + 1000);
            self.fill(TimeRange { start, ..interval }, last.is_none()).await?;
            self.cut_at_start = false;
            self.intervals.pop_front();
        }
        Ok(())
    }

    /// One row of all samples in a range. Tells whether there are any.
    async fn fill(&mut self, range: TimeRange, begins_interval: bool) -> Result<bool> {
        let (mut bin, mut level, mut start) = (Bin::default(), self.level, range.start);
        while level > 1 && start < range.end {
            level = (level / FINER).max(1);
            let bounds = (Some(start / 1000), Some(range.end / 1000));
            let ask = Ask { bounds, fineness: Fineness::Level(level), ..self.ask.clone() };
            let format = if level > 1 { self.format.decimated() } else { self.format };
            let mut rows = Rows::new(&self.joule, ask, format, Vec::new(), None);
            while let Some(frame) = rows.next().await? {
                bin.add(&frame.rows, 0..frame.rows.num_rows(), level);
            }
            let progress = rows.progress();
            self.filled.bytes += progress.bytes;
            self.filled.pages += progress.pages;
            if let Some(last) = progress.covered_to {
                start = last + 1000;
            }
        }
        if bin.is_empty() {
            return Ok(false);
        }
        let mut bins = Bins::new(self.layout().clone());
        bins.push(&bin);
        self.filled.rows += 1;
        self.filled.covered_to = Some(range.end - 1000);
        self.ready.extend(bins.take(begins_interval)?);
        Ok(true)
    }
}

/// From each bin to the next: the row of the latter, and the times of both.
fn steps_of(before: Option<i64>, times: &[i64]) -> Vec<(usize, Range<i64>)> {
    let first = before.zip(times.first()).map(|(before, &first)| (0, before..first));
    let others =
        times.iter().zip(times.iter().skip(1)).zip(1..).map(|((&time, &next), row)| (row, time..next));
    first.into_iter().chain(others).collect()
}

/// The steps that are longer than others by half a sample or more, as far as steps are alike at all.
fn holes(steps: &[(usize, Range<i64>)], level: u64) -> Vec<(usize, Range<i64>)> {
    if steps.len() < 3 {
        return Vec::new();
    }
    let length = |step: &Range<i64>| step.end - step.start;
    let usual = median(steps.iter().map(|(_, step)| length(step)));
    let deviation = median(steps.iter().map(|(_, step)| (length(step) - usual).abs()));
    let half_a_sample = usual / i64::try_from(level).unwrap_or(i64::MAX).saturating_mul(2);
    let longest = usual + ROUNDING + half_a_sample.max(deviation.saturating_mul(MOST_DEVIATIONS));
    steps.iter().filter(|(_, step)| length(step) > longest).cloned().collect()
}

fn median(values: impl Iterator<Item = i64>) -> i64 {
    let mut values: Vec<i64> = values.collect();
    let middle = values.len() / 2;
    if values.is_empty() { 0 } else { *values.select_nth_unstable(middle).1 }
}

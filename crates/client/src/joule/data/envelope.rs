//! Decimated rows of which none is missing.
//!
//! A node's bins hold a fixed number of rows each. What is left at an interval's end makes no bin, nor does an interval
//! shorter than one, and a window may cut a bin in half. So that the envelope covers every sample, each interval gets
//! one row more at its end: the samples after the middle of its last bin, read at finer levels and at last raw. Where
//! the window has a start, its first interval gets such a row at its beginning too. These rows overlap with half a bin,
//! which changes no extreme. Where intervals truly begin and end, `/data/intervals.json` says.

use std::collections::VecDeque;

use streamscope_frame::{JouleFrame, JouleLayout, Layout, times};

use super::answer::{Ask, Fineness};
use super::bins::{Bin, Bins};
use super::rows::Rows;
use crate::joule::Joule;
use crate::{Progress, Result, TimeRange};

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
    begun: Option<JouleFrame>,
    bins: Rows,
    /// Intervals not passed yet, the first one being read.
    intervals: VecDeque<TimeRange>,
    /// Time of the last bin within the first of them.
    last: Option<i64>,
    /// Whether the first interval is looked at before its first bin, too.
    cut_at_start: bool,
    /// Whether the next row handed out is the first of all.
    first: bool,
    ready: VecDeque<JouleFrame>,
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
        (begun, bins): (JouleFrame, Rows),
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

    pub(super) async fn next(&mut self) -> Result<Option<JouleFrame>> {
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
    async fn take(&mut self, mut frame: JouleFrame) -> Result<()> {
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
        self.last = Some(last);
        self.ready.push_back(frame);
        Ok(())
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

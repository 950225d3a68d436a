//! Raw rows joined into bins while they arrive, where the node keeps no decimated ones.

use std::collections::VecDeque;

use streamscope_frame::{Batch, Layout};

use super::bins::{Bin, Bins};
use super::rows::Rows;
use crate::Result;

/// Bins that make a frame.
const FRAME_BINS: usize = 1 << 14;

/// Bins of `level` rows each; an interval's last one may have fewer.
pub(super) struct Reduce {
    pub(super) rows: Rows,
    level: u64,
    layout: Layout,
    bin: Bin,
    bins: Bins,
    /// Whether the bins at hand begin an interval.
    begins_interval: bool,
    ready: VecDeque<Batch>,
    ended: bool,
}

impl Reduce {
    pub(super) fn new(rows: Rows, level: u64, layout: Layout) -> Self {
        Self {
            rows,
            level,
            bin: Bin::default(),
            bins: Bins::new(layout.clone()),
            layout,
            begins_interval: false,
            ready: VecDeque::new(),
            ended: false,
        }
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(super) async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Ok(Some(frame));
            }
            if self.ended {
                return Ok(None);
            }
            match self.rows.next().await? {
                Some(frame) => self.take(&frame)?,
                None => {
                    self.ended = true;
                    self.end_interval()?;
                }
            }
        }
    }

    fn take(&mut self, frame: &Batch) -> Result<()> {
        if frame.begins_interval {
            self.end_interval()?;
            self.begins_interval = true;
        }
        let (mut at, rows) = (0, frame.rows.num_rows());
        while at < rows {
            let room = usize::try_from(self.level - self.bin.rows()).unwrap_or(rows);
            let end = rows.min(at.saturating_add(room));
            self.bin.add(&frame.rows, at..end, 1);
            at = end;
            if self.bin.rows() == self.level {
                self.bins.push(&std::mem::take(&mut self.bin));
            }
        }
        if self.bins.len() >= FRAME_BINS { self.end_frame() } else { Ok(()) }
    }

    fn end_interval(&mut self) -> Result<()> {
        let bin = std::mem::take(&mut self.bin);
        if !bin.is_empty() {
            self.bins.push(&bin);
        }
        self.end_frame()
    }

    fn end_frame(&mut self) -> Result<()> {
        let frame = self.bins.take(self.begins_interval)?;
        if frame.is_some() {
            self.begins_interval = false;
        }
        self.ready.extend(frame);
        Ok(())
    }
}

//! Reading a range: from a row near its beginning on, until its end.

use std::rc::Rc;
use std::sync::Arc;

use arrow_array::TimestampNanosecondArray;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout, ParseError, ParseErrorKind, RecordBatch};

use super::{ArrowRecording, ROWS};
use crate::{Error, Progress, Read, Result, TimeRange};

/// A read of one column.
pub(super) struct ArrowRead {
    recording: Rc<ArrowRecording>,
    column: usize,
    layout: Layout,
    range: TimeRange,
    /// The row that is read next; `None` until it is found.
    next: Option<u64>,
    before: Option<i64>,
    /// What was wrong after the rows that were handed out last.
    failed: Option<Error>,
    done: bool,
    progress: Progress,
}

impl ArrowRead {
    pub(super) fn new(
        recording: Rc<ArrowRecording>,
        column: usize,
        layout: Layout,
        range: TimeRange,
    ) -> Self {
        let done = recording.span.and_then(|span| span.intersection(range)).is_none();
        let (next, before, failed) = (None, None, None);
        Self { recording, column, layout, range, next, before, failed, done, progress: Progress::default() }
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        let next = self.next_rows().await;
        let next = next.map_err(|error| {
            self.done = true;
            error.after_rows(self.progress.rows, self.progress.covered_to)
        })?;
        Ok(next.map(|rows| Batch { rows, begins_interval: false }))
    }

    async fn next_rows(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            if self.done {
                return Ok(None);
            }
            if let Some(rows) = self.window().await? {
                self.progress.rows += rows.num_rows() as u64;
                self.progress.covered_to = self.before;
                return Ok(Some(rows));
            }
        }
    }

    /// What of the next window lies in the range.
    async fn window(&mut self) -> Result<Option<RecordBatch>> {
        let recording = self.recording.clone();
        let row = match self.next {
            Some(row) => row,
            None => recording.locate(self.range.start).await?,
        };
        let Some(rows) = recording.file.window(row..u64::MAX, ROWS) else {
            self.done = true;
            return Ok(None);
        };
        self.next = Some(row + rows.count());
        let times = recording.times(&rows).await?;
        let back = times.iter().position(|time| {
            let goes_back = self.before.is_some_and(|before| *time < before);
            self.before = Some(*time);
            goes_back
        });
        let whole = times.get(..back.unwrap_or(times.len())).unwrap_or_default();
        let start = whole.partition_point(|time| *time < self.range.start);
        let end = whole.partition_point(|time| *time < self.range.end);
        self.progress.pages += 1;
        if end < whole.len() {
            self.done = true;
        } else if let Some(back) = back {
            self.failed = Some(self.back(row + back as u64, &times, back));
        }
        self.before = whole.get(..end).and_then(|times| times.last().copied()).or(self.before);
        if start >= end {
            return Ok(None);
        }
        let values = recording.array(self.column, &rows).await?.slice(start, end - start);
        self.progress.bytes += 8 * times.len() as u64 + values.get_buffer_memory_size() as u64;
        let times = TimestampNanosecondArray::from(times.get(start..end).unwrap_or_default().to_vec());
        let columns = vec![Arc::new(times.with_timezone("UTC")) as _, values];
        let rows = RecordBatch::try_new(Arc::new(self.layout.schema()), columns);
        rows.map(Some).map_err(|error| recording.unread(&error.to_string()))
    }

    /// The error of a row that is earlier than the one before it.
    fn back(&self, row: u64, times: &[i64], place: usize) -> Error {
        let time = times.get(place).copied().unwrap_or_default();
        let before = place.checked_sub(1).and_then(|place| times.get(place)).copied().unwrap_or(i64::MAX);
        let kind = ParseErrorKind::OutOfOrder { time, before };
        let parse = ParseError { kind, column: None, record: row, line: 1, byte: 0 };
        let words =
            format!("row {row} is earlier than the one before it. Rows must be in order of time: sort them");
        Error { parse: Some(Box::new(parse)), ..self.recording.unread(&words) }
    }
}

impl Read for ArrowRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        false
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

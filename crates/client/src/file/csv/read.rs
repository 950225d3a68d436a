//! Reading a range of a CSV file: from a record near its beginning on, until its end.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{ArrayRef, TimestampNanosecondArray};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, CsvParser, Layout, PushParser, RecordBatch, times};

use super::super::recording::{WINDOW, refused};
use super::{CsvRecording, in_order, instants, no_time, unread};
use crate::{Error, Progress, Read, Result, TimeRange};

/// A read of one column.
pub(super) struct CsvRead {
    recording: Rc<CsvRecording>,
    /// Times and values, in the file's columns.
    columns: [usize; 2],
    layout: Layout,
    range: TimeRange,
    going: Option<Going>,
    /// The time of the row before.
    before: Option<i64>,
    /// What was wrong after the rows that were handed out last.
    failed: Option<Error>,
    done: bool,
    progress: Progress,
}

/// A read that has begun.
struct Going {
    parser: CsvParser,
    /// The byte that is read next.
    at: u64,
}

impl CsvRead {
    pub(super) fn new(
        recording: Rc<CsvRecording>,
        columns: [usize; 2],
        layout: Layout,
        range: TimeRange,
    ) -> Self {
        let nothing = recording.span.and_then(|span| span.intersection(range)).is_none();
        Self {
            recording,
            columns,
            layout,
            range,
            going: None,
            before: None,
            failed: None,
            done: nothing,
            progress: Progress::default(),
        }
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
            let began = self.going.as_ref().map_or(0, |going| going.at);
            if let Some(rows) = self.window().await?
                && let Some(rows) = self.within(began, rows)?
            {
                self.progress.rows += rows.num_rows() as u64;
                self.progress.covered_to = self.before;
                return Ok(Some(rows));
            }
        }
    }

    /// The rows that the next window completes.
    async fn window(&mut self) -> Result<Option<RecordBatch>> {
        let recording = self.recording.clone();
        let disk = recording.disk.as_ref();
        let going = match &mut self.going {
            Some(going) => going,
            none => {
                let at = recording.locate(self.range.start).await?;
                none.insert(Going { parser: recording.file.parser(at, &self.columns), at })
            }
        };
        let bytes = disk.read(going.at..going.at + WINDOW).await?;
        going.at += bytes.len() as u64;
        self.progress.bytes += bytes.len() as u64;
        self.progress.pages += 1;
        let mut parsed = going.parser.push(&bytes);
        if parsed.is_ok() && (bytes.is_empty() || going.at >= disk.bytes()) {
            parsed = going.parser.finish();
            self.done = true;
        }
        self.failed = parsed.err().map(|error| refused(disk, error));
        Ok(going.parser.take())
    }

    /// What of these rows lies in the range, of the columns that are asked for.
    fn within(&mut self, began: u64, rows: RecordBatch) -> Result<Option<RecordBatch>> {
        let disk = self.recording.disk.as_ref();
        let shown = times(&rows).ok_or_else(|| no_time(disk, began))?;
        let times = instants(self.recording.zone.as_deref(), shown, self.before);
        in_order(disk, began, self.before, &times)?;
        let start = times.partition_point(|time| *time < self.range.start);
        let end = times.partition_point(|time| *time < self.range.end);
        if end < times.len() {
            self.done = true;
            self.failed = None;
        }
        self.before = times.get(..end).and_then(|times| times.last().copied()).or(self.before);
        if start >= end {
            return Ok(None);
        }
        let part = rows.slice(start, end - start);
        let Cow::Owned(times) = times else { return Ok(Some(part)) };
        let times = TimestampNanosecondArray::from(times.get(start..end).unwrap_or_default().to_vec());
        let mut columns = part.columns().to_vec();
        columns.splice(..1, [Arc::new(times.with_timezone("UTC")) as ArrayRef]);
        let part = RecordBatch::try_new(part.schema(), columns);
        part.map(Some).map_err(|error| unread(disk, &error.to_string()))
    }
}

impl Read for CsvRead {
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

//! Reading samples that lie at places known beforehand, window by window.

use std::ops::Range;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, FileWindow, Layout, ParseError, times};

use super::recording::refused;
use crate::{Disk, Progress, Read, Result};

/// A file whose header tells where each sample lies.
pub(super) trait Windows {
    /// Where its bytes are.
    fn disk(&self) -> &dyn Disk;

    /// The first window of these samples of a stream; `None` where there are none.
    fn window(&self, stream: usize, samples: Range<u64>) -> Option<FileWindow>;

    /// The rows of a window, from its bytes.
    fn rows(&self, stream: usize, window: &FileWindow, bytes: &[u8]) -> Result<Batch, ParseError>;
}

/// A read of one stream.
pub(super) struct FileRead {
    recording: Rc<dyn Windows>,
    stream: usize,
    layout: Layout,
    /// Samples that are still to come.
    left: Range<u64>,
    progress: Progress,
}

impl FileRead {
    /// Reads these samples of a stream with these columns.
    pub(super) fn boxed(
        recording: Rc<dyn Windows>,
        stream: usize,
        layout: Layout,
        left: Range<u64>,
    ) -> Box<dyn Read> {
        Box::new(Self { recording, stream, layout, left, progress: Progress::default() })
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        let Some(window) = self.recording.window(self.stream, self.left.clone()) else { return Ok(None) };
        let disk = self.recording.disk();
        let fail =
            |error: crate::Error, progress: &Progress| error.after_rows(progress.rows, progress.covered_to);
        let bytes = disk.read(window.bytes.clone()).await.map_err(|error| fail(error, &self.progress))?;
        self.progress.bytes += bytes.len() as u64;
        self.progress.pages += 1;
        let batch = self.recording.rows(self.stream, &window, &bytes);
        let batch = batch.map_err(|error| fail(refused(disk, error), &self.progress))?;
        self.left.start = window.samples.end;
        self.progress.rows += batch.rows.num_rows() as u64;
        self.progress.covered_to = times(&batch.rows).and_then(|times| times.last().copied());
        Ok(Some(batch))
    }
}

impl Read for FileRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        true
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

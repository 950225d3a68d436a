//! Reading rows of a file, window by window.

use std::ops::Range;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout, times};

use super::recording::{Recording, refused};
use crate::{Disk, Progress, Read, Result};

/// A read of one stream.
pub(super) struct FileRead {
    pub(super) disk: Rc<dyn Disk>,
    pub(super) recording: Rc<dyn Recording>,
    pub(super) stream: usize,
    pub(super) layout: Layout,
    /// Samples that are still to come.
    pub(super) left: Range<u64>,
    pub(super) progress: Progress,
}

impl FileRead {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let Some(window) = self.recording.window(self.stream, self.left.clone()) else { return Ok(None) };
        let fail =
            |error: crate::Error, progress: &Progress| error.after_rows(progress.rows, progress.covered_to);
        let bytes =
            self.disk.read(window.bytes.clone()).await.map_err(|error| fail(error, &self.progress))?;
        self.progress.bytes += bytes.len() as u64;
        self.progress.pages += 1;
        let batch = self.recording.rows(self.stream, &window, &bytes);
        let batch = batch.map_err(|error| fail(refused(self.disk.as_ref(), error), &self.progress))?;
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

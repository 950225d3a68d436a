//! At most so many rows of a read, for platforms that cannot be asked for fewer.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout, times};

use super::{Progress, Read, Reduction};
use crate::Result;

/// The first rows of a read. The rest is never asked for.
pub(crate) struct FirstRows {
    read: Box<dyn Read>,
    left: u64,
    given: u64,
    covered_to: Option<i64>,
}

impl FirstRows {
    /// The read itself where no number of rows is named.
    pub(crate) fn of(read: Box<dyn Read>, most_rows: Option<u32>) -> Box<dyn Read> {
        match most_rows {
            Some(most) => Box::new(Self { read, left: most.into(), given: 0, covered_to: None }),
            None => read,
        }
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(batch) = self.read.next_batch().await? else { return Ok(None) };
        let own = batch.rows.num_rows().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let rows = batch.rows.slice(0, own);
        self.left -= own as u64;
        self.given += own as u64;
        self.covered_to = times(&rows).and_then(|times| times.last().copied()).or(self.covered_to);
        Ok(Some(Batch { rows, ..batch }))
    }
}

impl Read for FirstRows {
    fn layout(&self) -> &Layout {
        self.read.layout()
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        self.read.declares_gaps()
    }

    fn reduction(&self) -> Reduction {
        self.read.reduction()
    }

    fn progress(&self) -> Progress {
        Progress { rows: self.given, covered_to: self.covered_to, ..self.read.progress() }
    }
}

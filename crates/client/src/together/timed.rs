//! A read whose times are set right.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use arrow_array::{Array, ArrayRef, RecordBatch};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout, time_index};

use crate::clock::Clock;
use crate::{Progress, Read, Reduction, Result};

/// A read of a device whose clock is not right.
pub(super) struct Timed {
    read: Box<dyn Read>,
    clock: Clock,
}

impl Timed {
    /// The read itself where the clock is right.
    pub(super) fn of(read: Box<dyn Read>, clock: Clock) -> Box<dyn Read> {
        if clock.is_right() { read } else { Box::new(Self { read, clock }) }
    }
}

impl Read for Timed {
    fn layout(&self) -> &Layout {
        self.read.layout()
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        let clock = self.clock;
        let next = self.read.next_batch();
        async move { Ok(next.await?.map(|batch| Batch { rows: timed(batch.rows, clock), ..batch })) }
            .boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        self.read.declares_gaps()
    }

    fn reduction(&self) -> Reduction {
        self.read.reduction()
    }

    fn progress(&self) -> Progress {
        let progress = self.read.progress();
        Progress { covered_to: progress.covered_to.map(|time| self.clock.shown(time)), ..progress }
    }
}

/// Rows with the times of their first time column, by which they are in order, set right.
fn timed(rows: RecordBatch, clock: Clock) -> RecordBatch {
    let Some(place) = time_index(rows.schema_ref()) else { return rows };
    let held = rows.column(place).as_primitive::<TimestampNanosecondType>();
    let right = held.unary::<_, TimestampNanosecondType>(|time| clock.shown(time));
    let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
    if let Some(column) = columns.get_mut(place) {
        *column = Arc::new(right.with_data_type(held.data_type().clone()));
    }
    RecordBatch::try_new(rows.schema(), columns).unwrap_or(rows)
}

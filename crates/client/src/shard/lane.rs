//! One chain of requests among several: read ahead of its turn, its batches kept until then.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, RecordBatch, times};

use super::Span;
use crate::{Progress, Result};

/// Requests whose answers are the rows of one span, in time order.
pub(crate) trait Chain: 'static {
    /// What planning wants to know of it, beside its progress.
    type Seen: Default;

    fn next(&mut self) -> impl Future<Output = Result<Option<Batch>>>;
    fn progress(&self) -> Progress;
    fn seen(&self) -> Self::Seen;
}

type Outcome<C> = (Box<C>, Result<Option<Batch>>);

/// A shard being read.
pub(super) struct Lane<C: Chain> {
    state: State<C>,
    pub(super) span: Span,
    batches: VecDeque<Batch>,
    kept_bytes: usize,
    /// As of the last batch.
    pub(super) progress: Progress,
    pub(super) seen: C::Seen,
}

enum State<C: Chain> {
    Idle(Box<C>),
    Reading(LocalBoxFuture<'static, Outcome<C>>),
    /// There are no more batches than those kept.
    Ended,
}

impl<C: Chain> Lane<C> {
    pub(super) fn new(chain: C, span: Span) -> Self {
        Self {
            state: State::Idle(Box::new(chain)),
            span,
            batches: VecDeque::new(),
            kept_bytes: 0,
            progress: Progress::default(),
            seen: C::Seen::default(),
        }
    }

    /// Ends the shard earlier than it was begun for: the next one takes over at `cut`, which lies after every row so
    /// far.
    pub(super) fn end_at(&mut self, cut: i64) {
        self.span.1 = Some(cut);
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Bytes of the batches kept.
    pub(super) fn kept_bytes(&self) -> usize {
        self.kept_bytes
    }

    pub(super) fn take_batch(&mut self) -> Option<Batch> {
        let batch = self.batches.pop_front()?;
        self.kept_bytes -= batch.rows.get_array_memory_size();
        Some(batch)
    }

    /// Reads on until there is one more batch, or the end; an error ends it, too.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        let mut reading = match std::mem::replace(&mut self.state, State::Ended) {
            State::Idle(mut chain) => async move {
                let outcome = chain.next().await;
                (chain, outcome)
            }
            .boxed_local(),
            State::Reading(reading) => reading,
            State::Ended => return Poll::Ready(Ok(())),
        };
        let Poll::Ready((chain, outcome)) = reading.as_mut().poll(context) else {
            self.state = State::Reading(reading);
            return Poll::Pending;
        };
        self.progress = chain.progress();
        self.seen = chain.seen();
        if let Some(batch) = outcome? {
            let all = batch.rows.num_rows();
            let own = self.own_rows(&batch.rows);
            let batch = if own < all { Batch { rows: batch.rows.slice(0, own), ..batch } } else { batch };
            if own > 0 {
                self.kept_bytes += batch.rows.get_array_memory_size();
                self.batches.push_back(batch);
            }
            if own == all {
                self.state = State::Idle(chain);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// How many rows of a batch lie before the shard's end. Rows without times are never cut.
    fn own_rows(&self, rows: &RecordBatch) -> usize {
        match self.span.1.zip(times(rows)) {
            Some((end, times)) => times.partition_point(|time| *time < end),
            None => rows.num_rows(),
        }
    }
}

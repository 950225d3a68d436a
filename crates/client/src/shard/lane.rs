//! One chain of requests among several: read ahead of its turn, its frames kept until then.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{JouleFrame, RecordBatch, times};

use super::Span;
use crate::{Progress, Result};

/// Requests whose answers are the rows of one span, in time order.
pub(crate) trait Chain: 'static {
    /// What rows come in.
    type Frame: Frame;
    /// What planning wants to know of it, beside its progress.
    type Seen: Default;

    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Frame>>>;
    fn progress(&self) -> Progress;
    fn seen(&self) -> Self::Seen;
}

/// Rows that came together.
pub(crate) trait Frame: Sized + 'static {
    fn rows(&self) -> &RecordBatch;
    /// The first rows of it.
    fn first(&self, rows: usize) -> Self;
}

impl Frame for RecordBatch {
    fn rows(&self) -> &RecordBatch {
        self
    }

    fn first(&self, rows: usize) -> Self {
        self.slice(0, rows)
    }
}

impl Frame for JouleFrame {
    fn rows(&self) -> &RecordBatch {
        &self.rows
    }

    fn first(&self, rows: usize) -> Self {
        Self { rows: self.rows.slice(0, rows), ..*self }
    }
}

type Outcome<C> = (Box<C>, Result<Option<<C as Chain>::Frame>>);

/// A shard being read.
pub(super) struct Lane<C: Chain> {
    state: State<C>,
    pub(super) span: Span,
    frames: VecDeque<C::Frame>,
    kept_bytes: usize,
    /// As of the last frame.
    pub(super) progress: Progress,
    pub(super) seen: C::Seen,
}

enum State<C: Chain> {
    Idle(Box<C>),
    Reading(LocalBoxFuture<'static, Outcome<C>>),
    /// There are no more frames than those kept.
    Ended,
}

impl<C: Chain> Lane<C> {
    pub(super) fn new(chain: C, span: Span) -> Self {
        Self {
            state: State::Idle(Box::new(chain)),
            span,
            frames: VecDeque::new(),
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

    /// Bytes of the frames kept.
    pub(super) fn kept_bytes(&self) -> usize {
        self.kept_bytes
    }

    pub(super) fn take_frame(&mut self) -> Option<C::Frame> {
        let frame = self.frames.pop_front()?;
        self.kept_bytes -= frame.rows().get_array_memory_size();
        Some(frame)
    }

    /// Reads on until there is one more frame, or the end; an error ends it, too.
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
        if let Some(frame) = outcome? {
            let all = frame.rows().num_rows();
            let own = self.own_rows(frame.rows());
            let frame = if own < all { frame.first(own) } else { frame };
            if own > 0 {
                self.kept_bytes += frame.rows().get_array_memory_size();
                self.frames.push_back(frame);
            }
            if own == all {
                self.state = State::Idle(chain);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// How many rows of a frame lie before the shard's end. Rows without times are never cut.
    fn own_rows(&self, rows: &RecordBatch) -> usize {
        match self.span.1.zip(times(rows)) {
            Some((end, times)) => times.partition_point(|time| *time < end),
            None => rows.num_rows(),
        }
    }
}

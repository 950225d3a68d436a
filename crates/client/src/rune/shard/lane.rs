//! One chain of pages among several: read ahead of its turn, its frames kept until then.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{RecordBatch, times};

use super::super::read::PageRead;
use crate::{Progress, Result};

type Outcome = (Box<PageRead>, Result<Option<RecordBatch>>);

/// A shard being read.
pub(super) struct Lane {
    state: State,
    /// Start and end, ns; `None` for the chain that a read begins as.
    pub(super) range: Option<(i64, i64)>,
    frames: VecDeque<RecordBatch>,
    kept_bytes: usize,
    /// Rows from this time on belong to the next shard.
    until: Option<i64>,
    /// As of the last frame.
    pub(super) progress: Progress,
    pub(super) page_rows: u64,
    /// Whether pages follow the one at hand.
    pub(super) has_more: bool,
}

enum State {
    Idle(Box<PageRead>),
    Reading(LocalBoxFuture<'static, Outcome>),
    /// There are no more frames than those kept.
    Ended,
}

impl Lane {
    pub(super) fn new(read: PageRead, range: Option<(i64, i64)>) -> Self {
        Self {
            state: State::Idle(Box::new(read)),
            range,
            frames: VecDeque::new(),
            kept_bytes: 0,
            until: None,
            progress: Progress::default(),
            page_rows: 0,
            has_more: false,
        }
    }

    /// Ends the shard earlier than it was begun for: the next one takes over at `until`, which lies after every row
    /// so far.
    pub(super) fn end_at(&mut self, until: i64) {
        self.until = Some(until);
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Bytes of the frames kept.
    pub(super) fn kept_bytes(&self) -> usize {
        self.kept_bytes
    }

    pub(super) fn take_frame(&mut self) -> Option<RecordBatch> {
        let frame = self.frames.pop_front()?;
        self.kept_bytes -= frame.get_array_memory_size();
        Some(frame)
    }

    /// Reads on until there is one more frame, or the end; an error ends it, too.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        let mut reading = match std::mem::replace(&mut self.state, State::Ended) {
            State::Idle(mut read) => async move {
                let outcome = read.next().await;
                (read, outcome)
            }
            .boxed_local(),
            State::Reading(reading) => reading,
            State::Ended => return Poll::Ready(Ok(())),
        };
        let Poll::Ready((read, outcome)) = reading.as_mut().poll(context) else {
            self.state = State::Reading(reading);
            return Poll::Pending;
        };
        self.progress = read.progress();
        self.page_rows = read.page_rows();
        self.has_more = read.has_more();
        if let Some(frame) = outcome? {
            let own = own_rows(&frame, self.until);
            if own > 0 {
                let frame = frame.slice(0, own);
                self.kept_bytes += frame.get_array_memory_size();
                self.frames.push_back(frame);
            }
            if own == frame.num_rows() {
                self.state = State::Idle(read);
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// How many rows of a frame lie before `until`.
fn own_rows(frame: &RecordBatch, until: Option<i64>) -> usize {
    match until.zip(times(frame)) {
        Some((until, times)) => times.partition_point(|time| *time < until),
        None => frame.num_rows(),
    }
}

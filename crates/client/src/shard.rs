//! All rows of a query, in time order: as one chain of requests, or a long one in shards that are read side by side.
//!
//! A read begins as one chain, so that its first rows wait for nothing else. Once that promises to be long, the platform
//! names a cut ([`Sharding::plan`]): the chain is to end there, and the rest is cut into shards, one after the other as
//! they begin. Each shard is a half-open span of time with a chain of its own, so rows of equal time never fall on both
//! sides.
//!
//! Batches are handed out shard by shard. Shards whose turn has not come are read ahead while the batches kept for them
//! stay under [`KEPT_BYTES`]. The first error in time order ends the read, after everything before it was handed out.

mod lane;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use streamscope_frame::{Batch, times};

use crate::transport::Transport;
use crate::turn::Turn;
use crate::{Error, Progress, Result};
pub(crate) use lane::Chain;
use lane::Lane;

/// Bytes of batches kept for later, above which only the shard whose turn it is reads on.
const KEPT_BYTES: usize = 64 << 20;

/// A half-open span of time, ns; `None` leaves an end open.
pub(crate) type Span = (Option<i64>, Option<i64>);

/// How a platform cuts a read, and reads the parts.
pub(crate) trait Sharding {
    /// What reads a part.
    type Chain: Chain;

    /// The chain that reads a shard.
    fn chain(&self, span: Span) -> Result<Self::Chain>;

    /// How many shards may be read at a time.
    fn bearable(&self) -> usize;

    /// Whether rows have a time that a cut can be compared with.
    fn is_timed(&self) -> bool;

    /// Where the chain that the read began as is to end, when it is time to say so: after all rows so far. Asked
    /// whenever the read goes on, for what is awaited meanwhile, too.
    fn plan(
        &mut self,
        context: &mut Context<'_>,
        reached: &Reached<<Self::Chain as Chain>::Seen>,
    ) -> Option<i64>;

    /// The end of the shard that begins at `from`, after it; `None` where what is left is one shard.
    fn next_cut(&self, from: i64) -> Option<i64>;

    /// A shard was read to its end.
    fn learn(&mut self, _start: i64, _end: i64, _rows: u64, _seen: &<Self::Chain as Chain>::Seen) {}
}

/// How far a read has come.
pub(crate) struct Reached<'a, S> {
    /// Times of the first and the last row handed out, ns; `None` before.
    pub(crate) covered: Option<(i64, i64)>,
    /// Rows handed out.
    pub(crate) rows: u64,
    /// Of the first chain, as of its last batch.
    pub(crate) seen: &'a S,
}

/// A read under way.
pub(crate) struct Sharded<S: Sharding> {
    sharding: S,
    transport: Rc<dyn Transport>,
    /// Shared with the chains.
    turn: Turn,
    /// The end of all, ns.
    end: Option<i64>,
    /// Shards begun, in time order; batches of the first are handed out.
    lanes: VecDeque<Lane<S::Chain>>,
    /// Where the part begins that no shard was begun for.
    rest: Option<i64>,
    /// Bytes and pages of shards that are done; rows and time of what was handed out.
    done: Progress,
    first_time: Option<i64>,
    /// Why the last of the lanes ended, if it did not reach its end.
    failure: Option<Error>,
}

impl<S: Sharding> Sharded<S> {
    /// Begins with this chain, which reads everything up to `end`. `turn` is the one of all chains.
    pub(crate) fn new(
        sharding: S,
        chain: S::Chain,
        end: Option<i64>,
        transport: Rc<dyn Transport>,
        turn: Turn,
    ) -> Self {
        Self {
            sharding,
            transport,
            turn,
            end,
            lanes: VecDeque::from([Lane::new(chain, (None, None))]),
            rest: None,
            done: Progress::default(),
            first_time: None,
            failure: None,
        }
    }

    /// The next rows; `None` at the end. An error stays, and says how far the read came.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>> {
        // Batches that were kept come at once, and each may be work for whoever takes it.
        self.turn.give(self.transport.as_ref()).await;
        poll_fn(|context| self.poll_next(context)).await
    }

    pub(crate) fn progress(&self) -> Progress {
        let under_way = self.lanes.iter().map(|lane| lane.progress);
        under_way.fold(self.done, |sum, Progress { bytes, pages, .. }| Progress {
            bytes: sum.bytes + bytes,
            pages: sum.pages + pages,
            ..sum
        })
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        loop {
            self.plan(context);
            self.begin_shards();
            let moved = self.read_on(context);
            let Some(first) = self.lanes.front_mut() else {
                let Progress { rows, covered_to, .. } = self.done;
                return Poll::Ready(match &self.failure {
                    Some(error) => Err(error.clone().after_rows(rows, covered_to)),
                    None => Ok(None),
                });
            };
            if let Some(batch) = first.take_batch() {
                self.handed_out(&batch);
                return Poll::Ready(Ok(Some(batch)));
            }
            if first.has_ended() {
                let Progress { bytes, pages, .. } = first.progress;
                (self.done.bytes, self.done.pages) = (self.done.bytes + bytes, self.done.pages + pages);
                self.lanes.pop_front();
            } else if !moved {
                return Poll::Pending;
            }
        }
    }

    /// Ends the chain that the read began as, when the platform has found a cut.
    fn plan(&mut self, context: &mut Context<'_>) {
        let Some(lane) = self.lanes.front_mut().filter(|_| self.failure.is_none()) else { return };
        let reached = Reached {
            covered: self.first_time.zip(self.done.covered_to),
            rows: self.done.rows,
            seen: &lane.seen,
        };
        if let Some(cut) = self.sharding.plan(context, &reached)
            && !lane.has_ended()
        {
            lane.end_at(cut);
            self.rest = Some(cut);
        }
    }

    fn begin_shards(&mut self) {
        while self.lanes.iter().filter(|lane| !lane.has_ended()).count() < self.sharding.bearable() {
            let Some(start) = self.rest else { return };
            let cut = self.sharding.next_cut(start);
            self.rest = cut;
            let span = (Some(start), cut.or(self.end));
            match self.sharding.chain(span) {
                Ok(chain) => self.lanes.push_back(Lane::new(chain, span)),
                Err(error) => {
                    self.rest = None;
                    self.failure = Some(error);
                }
            }
        }
    }

    /// Lets the shards that may read do so. Says whether the first one moved, or another ended, which makes room.
    fn read_on(&mut self, context: &mut Context<'_>) -> bool {
        let mut kept: usize = self.lanes.iter().map(Lane::kept_bytes).sum();
        let mut reading = 0;
        let mut moved = false;
        let mut failed = None;
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            let its_turn = place == 0;
            if reading == self.sharding.bearable() {
                break;
            }
            if lane.has_ended() {
                continue;
            }
            reading += 1;
            // What its turn brings is handed out at once: there is no need to read ahead of that.
            while !lane.has_ended() && (kept <= KEPT_BYTES || its_turn) {
                let before = lane.kept_bytes();
                let Poll::Ready(outcome) = lane.poll(context) else { break };
                kept += lane.kept_bytes() - before;
                moved |= its_turn || lane.has_ended();
                if let Err(error) = outcome {
                    failed = Some((place, error));
                }
                if its_turn {
                    break;
                }
            }
            if let (true, (Some(start), Some(end))) = (lane.has_ended(), lane.span) {
                self.sharding.learn(start, end, lane.progress.rows, &lane.seen);
            }
            if failed.is_some() {
                break;
            }
        }
        if let Some((place, error)) = failed {
            // Nothing after a failure is handed out.
            self.lanes.truncate(place + 1);
            self.rest = None;
            self.failure = Some(error);
        }
        moved
    }

    fn handed_out(&mut self, batch: &Batch) {
        let rows = &batch.rows;
        self.done.rows += rows.num_rows() as u64;
        if self.sharding.is_timed() {
            let times = times(rows).unwrap_or_default();
            self.first_time = self.first_time.or(times.first().copied());
            self.done.covered_to = times.last().copied();
        }
    }
}

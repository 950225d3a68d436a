//! All rows of a query, in time order: as one chain of pages, or a long one in shards that are read side by side.
//!
//! A page's successor is known only from its head, so a chain takes a round trip a page. A read begins as one chain, so
//! that its first rows wait for nothing else. When the first page says there is more, and its density promises enough
//! pages, the chain is to end at a cut, and the rest is cut into shards, one after the other as they begin ([`plan`]).
//! Availability is asked for at the same time: once it is there, gaps no longer count. Each shard is a half-open range of time with a [`PageRead`](super::read::PageRead) of its own, so rows of equal time never fall on both sides.
//!
//! Frames are handed out shard by shard. Shards whose turn has not come are read ahead while the frames kept for them
//! stay under [`KEPT_BYTES`]; of those, as many are read at a time as the [`Gate`] says the server bears. The first
//! error in time order ends the read, after everything before it was handed out.
//!
//! One chain it stays where rows have no exact time, and where the range is open or the rows are limited; what is left
//! becomes one chain where availability fails, refuses, or contradicts the rows.

mod lane;
mod plan;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Layout, RecordBatch, TimeFormat, times};
use streamscope_signal::{Availability, SECOND};

use super::params::{AvailabilityQuery, DataQuery, Times};
use super::read::Shape;
use super::{Format, Rune};
use crate::http::Gate;
use crate::turn::Turn;
use crate::{Error, Progress, Read, Result, TimeRange};
use lane::Lane;
use plan::Plan;

/// Bytes of frames kept for later, above which only the shard whose turn it is reads on.
const KEPT_BYTES: usize = 64 << 20;

/// A read under way.
pub(super) struct ShardedRead {
    /// The connection, behind `gate`.
    rune: Rune,
    gate: Rc<Gate>,
    query: DataQuery,
    shape: Shape,
    turn: Turn,
    planning: Planning,
    /// Shards begun, in time order; frames of the first are handed out.
    lanes: VecDeque<Lane>,
    /// What no shard was begun for.
    rest: Option<TimeRange>,
    /// Bytes and pages of shards that are done; rows and time of what was handed out.
    done: Progress,
    first_time: Option<i64>,
    /// Why the last of the lanes ended, if it did not reach its end.
    failure: Option<Error>,
}

enum Planning {
    /// Once there is more than a page. No data lie after the instant, as far as is known.
    Later(i64),
    /// The plan, and availability while it is awaited.
    Made(Plan, Option<LocalBoxFuture<'static, Result<Availability>>>),
    /// What is left is not to be cut.
    Over,
}

impl ShardedRead {
    /// `data_end` is the first instant after all of the stream's data, where that is known; it only helps with the plan.
    pub(super) fn new(rune: &Rune, query: DataQuery, shape: Shape, data_end: Option<i64>) -> Result<Self> {
        let gate = Rc::new(Gate::new(rune.http.policy.concurrency));
        let rune = Rune { http: rune.http.behind(gate.clone()), ..rune.clone() };
        let turn = Turn::default();
        turn.begin(rune.http.transport.as_ref());
        let chain = rune.chain(&query, &shape, turn.clone())?;
        let cuttable =
            shape.restartable && query.limit.unwrap_or_default() == 0 && rune.http.policy.concurrency > 1;
        let planning = match query.end_time_ns.filter(|_| cuttable && query.start_time_ns.is_some()) {
            Some(end) => Planning::Later(data_end.map_or(end, |data_end| data_end.min(end))),
            None => Planning::Over,
        };
        Ok(Self {
            rune,
            gate,
            query,
            shape,
            turn,
            planning,
            lanes: VecDeque::from([Lane::new(chain, None)]),
            rest: None,
            done: Progress::default(),
            first_time: None,
            failure: None,
        })
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<RecordBatch>>> {
        loop {
            self.plan(context);
            self.begin_shards();
            let moved = self.read_on(context);
            let Some(first) = self.lanes.front_mut() else {
                return Poll::Ready(match &self.failure {
                    Some(error) => Err(self.how_far(error.clone())),
                    None => Ok(None),
                });
            };
            if let Some(frame) = first.take_frame() {
                self.note(&frame);
                return Poll::Ready(Ok(Some(frame)));
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

    /// Lets the shards that may read do so. Says whether the first one moved, or another ended, which makes room.
    fn read_on(&mut self, context: &mut Context<'_>) -> bool {
        let mut kept: usize = self.lanes.iter().map(Lane::kept_bytes).sum();
        let mut reading = 0;
        let mut moved = false;
        let mut failed = None;
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            let its_turn = place == 0;
            if reading == self.gate.bearable() || (kept > KEPT_BYTES && !its_turn) {
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
            if let (true, Some((start, end)), Planning::Made(plan, _)) =
                (lane.has_ended(), lane.range, &mut self.planning)
            {
                plan.learn(start, end, lane.progress.rows, lane.page_rows);
            }
            if failed.is_some() {
                break;
            }
        }
        if let Some((place, error)) = failed {
            // Nothing after a failure is handed out.
            self.lanes.truncate(place + 1);
            self.rest = None;
            self.planning = Planning::Over;
            self.failure = Some(error);
        }
        moved
    }

    fn begin_shards(&mut self) {
        while self.lanes.iter().filter(|lane| !lane.has_ended()).count() < self.gate.bearable() {
            let Some(TimeRange { start, end }) = self.rest else { return };
            let cut = match &self.planning {
                Planning::Made(plan, _) => plan.next_cut(start),
                _ => None,
            };
            self.rest = cut.map(|cut| TimeRange { start: cut, end });
            let (start_time_ns, end_time_ns) = (Some(start), Some(cut.unwrap_or(end)));
            let query = DataQuery { start_time_ns, end_time_ns, ..self.query.clone() };
            match self.rune.chain(&query, &self.shape, self.turn.clone()) {
                Ok(chain) => self.lanes.push_back(Lane::new(chain, start_time_ns.zip(end_time_ns))),
                Err(error) => {
                    self.rest = None;
                    self.failure = Some(error);
                }
            }
        }
    }

    /// Cuts what is left when it is time, and takes availability in when it is there.
    fn plan(&mut self, context: &mut Context<'_>) {
        if let Planning::Later(end) = self.planning
            && let (Some(lane), Some((first, last))) =
                (self.lanes.front_mut(), self.first_time.zip(self.done.covered_to))
            && lane.has_more
        {
            self.planning = Planning::Over;
            let mut plan = Plan::new(end, self.rune.http.policy.concurrency);
            plan.learn(first, last.saturating_add(1), self.done.rows, lane.page_rows);
            let (Some(cut), Some(end_of_all)) = (plan.next_cut(last), self.query.end_time_ns) else { return };
            let Some(resolution) = plan::resolution(first, end) else { return };
            lane.end_at(cut);
            self.rest = Some(TimeRange { start: cut, end: end_of_all });
            self.planning = Planning::Made(plan, Some(self.availability(first, end, resolution)));
        }
        let Planning::Made(plan, asked @ Some(_)) = &mut self.planning else { return };
        let Some(Poll::Ready(available)) = asked.as_mut().map(|asked| asked.as_mut().poll(context)) else {
            return;
        };
        *asked = None;
        match available {
            Ok(available) => plan.inform(available),
            Err(_) => self.planning = Planning::Over,
        }
    }

    /// Availability of a range, over whole windows.
    fn availability(
        &self,
        start: i64,
        end: i64,
        resolution: u32,
    ) -> LocalBoxFuture<'static, Result<Availability>> {
        let window = i64::from(resolution) * SECOND;
        let seconds = |windows: i64| windows as f64 * f64::from(resolution);
        let query = AvailabilityQuery {
            stream_ids: vec![self.query.stream_id.clone()],
            batch_operation: None,
            start_time: seconds(start.div_euclid(window)),
            end_time: seconds(end.div_euclid(window) + 1),
            resolution,
            limit: None,
            format: Format::CSV,
            times: Times { timestamp: TimeFormat::UnixNs, ..Times::default() },
        };
        let rune = self.rune.clone();
        async move { rune.availability(&query).await }.boxed_local()
    }

    fn note(&mut self, frame: &RecordBatch) {
        self.done.rows += frame.num_rows() as u64;
        if !self.shape.timed {
            return;
        }
        let times = times(frame).unwrap_or_default();
        self.first_time = self.first_time.or(times.first().copied());
        self.done.covered_to = times.last().copied();
    }

    /// The error, with how far the read came.
    fn how_far(&self, mut error: Error) -> Error {
        let rows = self.done.rows;
        error.rows = Some(rows);
        error.covered_to = self.done.covered_to;
        let reached = match error.covered_to {
            Some(last) => format!(" {rows} rows were read before, up to Unix time {} s.", last as f64 / 1e9),
            None => format!(" {rows} rows were read before."),
        };
        error.message.push_str(&reached);
        error
    }
}

impl Read for ShardedRead {
    fn layout(&self) -> &Layout {
        &self.shape.layout
    }

    fn next_frame(&mut self) -> LocalBoxFuture<'_, Result<Option<RecordBatch>>> {
        poll_fn(|context| self.poll_next(context)).boxed_local()
    }

    fn progress(&self) -> Progress {
        let under_way = self.lanes.iter().map(|lane| lane.progress);
        under_way.fold(self.done, |sum, Progress { bytes, pages, .. }| Progress {
            bytes: sum.bytes + bytes,
            pages: sum.pages + pages,
            ..sum
        })
    }
}

//! A query's pages, in shards: a page's successor is known only from its head, so a chain takes a round trip a page.
//!
//! When the first page says there is more, and its density promises enough pages, what follows is cut ([`plan`]).
//! Availability is asked for at the same time: once it is there, gaps no longer count. As many shards are read at a
//! time as the connection says the server bears.
//!
//! One chain it stays where rows have no exact time, and where the range is open or the rows are limited; what is left
//! becomes one chain where availability fails, refuses, or contradicts the rows.

mod plan;

use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout, TimeFormat};
use streamscope_signal::{Availability, SECOND};

use super::params::{AvailabilityQuery, DataQuery, Times};
use super::read::{PageRead, Shape};
use super::{Format, Rune};
use crate::shard::{Chain, Reached, Sharded, Sharding, Span};
use crate::turn::Turn;
use crate::{Error, Progress, Read, Result};
use plan::Plan;

/// A read under way.
pub(super) struct ShardedRead {
    layout: Layout,
    rows: Sharded<PageShards>,
}

/// How the pages of a query are cut.
struct PageShards {
    rune: Rune,
    query: DataQuery,
    shape: Shape,
    turn: Turn,
    planning: Planning,
}

enum Planning {
    /// Once there is more than a page. No data lie after the instant, as far as is known.
    Later(i64),
    /// The plan, and availability while it is awaited.
    Made(Plan, Option<LocalBoxFuture<'static, Result<Availability>>>),
    /// What is left is not to be cut.
    Over,
}

/// What a plan is made from.
#[derive(Default)]
pub(super) struct PagesSeen {
    /// Rows of the longest.
    page_rows: u64,
    /// Whether pages follow the one at hand.
    has_more: bool,
}

impl Chain for PageRead {
    type Seen = PagesSeen;

    async fn next(&mut self) -> Result<Option<Batch>> {
        // The Stream API declares no gaps.
        Ok(self.next().await?.map(|rows| Batch { rows, begins_interval: false }))
    }

    fn progress(&self) -> Progress {
        self.progress()
    }

    fn seen(&self) -> PagesSeen {
        PagesSeen { page_rows: self.page_rows(), has_more: self.has_more() }
    }
}

impl ShardedRead {
    /// `data_end` is the first instant after all of the stream's data, where that is known; it only helps with the plan.
    pub(super) fn new(rune: &Rune, query: DataQuery, shape: Shape, data_end: Option<i64>) -> Result<Self> {
        let turn = Turn::default();
        turn.begin(rune.http.transport.as_ref());
        let chain = rune.chain(&query, &shape, turn.clone())?;
        let cuttable =
            shape.restartable && query.limit.unwrap_or_default() == 0 && rune.http.bearable_chains() > 1;
        let end = query.end_time_ns;
        let planning = match end.filter(|_| cuttable && query.start_time_ns.is_some()) {
            Some(end) => Planning::Later(data_end.map_or(end, |data_end| data_end.min(end))),
            None => Planning::Over,
        };
        let (layout, transport) = (shape.layout.clone(), rune.http.transport.clone());
        let shards = PageShards { rune: rune.clone(), query, shape, turn: turn.clone(), planning };
        Ok(Self { layout, rows: Sharded::new(shards, chain, end, transport, turn) })
    }
}

impl Sharding for PageShards {
    type Chain = PageRead;

    fn chain(&self, (start_time_ns, end_time_ns): Span) -> Result<PageRead> {
        let query = DataQuery { start_time_ns, end_time_ns, ..self.query.clone() };
        let ahead = Rune { http: self.rune.http.reading_ahead(), ..self.rune.clone() };
        ahead.chain(&query, &self.shape, self.turn.clone())
    }

    fn bearable(&self) -> usize {
        self.rune.http.bearable_chains()
    }

    fn is_timed(&self) -> bool {
        self.shape.timed
    }

    /// Cuts what is left when it is time, and takes availability in when it is there.
    fn plan(&mut self, context: &mut Context<'_>, reached: &Reached<PagesSeen>) -> Option<i64> {
        let cut = self.first_cut(reached);
        if let Planning::Made(plan, asked @ Some(_)) = &mut self.planning
            && let Some(Poll::Ready(available)) = asked.as_mut().map(|asked| asked.as_mut().poll(context))
        {
            *asked = None;
            match available {
                Ok(available) => plan.inform(available),
                Err(_) => self.planning = Planning::Over,
            }
        }
        cut
    }

    fn next_cut(&self, from: i64) -> Option<i64> {
        match &self.planning {
            Planning::Made(plan, _) => plan.next_cut(from),
            _ => None,
        }
    }

    fn learn(&mut self, start: i64, end: i64, rows: u64, seen: &PagesSeen) {
        if let Planning::Made(plan, _) = &mut self.planning {
            plan.learn(start, end, rows, seen.page_rows);
        }
    }
}

impl PageShards {
    /// Makes the plan, once there is more than a page.
    fn first_cut(&mut self, reached: &Reached<PagesSeen>) -> Option<i64> {
        let Planning::Later(end) = self.planning else { return None };
        let (first, last) = reached.covered.filter(|_| reached.seen.has_more)?;
        self.planning = Planning::Over;
        let mut plan = Plan::new(end, self.rune.http.bearable_chains());
        plan.learn(first, last.saturating_add(1), reached.rows, reached.seen.page_rows);
        let cut = plan.next_cut(last)?;
        let resolution = plan::resolution(first, end)?;
        self.planning = Planning::Made(plan, Some(self.availability(first, end, resolution)));
        Some(cut)
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
}

impl Read for ShardedRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        async { self.rows.next().await.map_err(how_far) }.boxed_local()
    }

    fn progress(&self) -> Progress {
        self.rows.progress()
    }
}

/// The error, with words for how far the read came.
fn how_far(mut error: Error) -> Error {
    let rows = error.rows.unwrap_or_default();
    let reached = match error.covered_to {
        Some(last) => format!(" {rows} rows were read before, up to Unix time {} s.", last as f64 / 1e9),
        None => format!(" {rows} rows were read before."),
    };
    error.message.push_str(&reached);
    error
}

//! Raw rows of a window, a long one in shards: a node prepares an answer's blocks one after the other, so two answers at
//! a time keep node, network and reader busy where one leaves them waiting for each other.
//!
//! Where intervals touch, rows alone do not tell, and a node sends no token before the first row of an answer. So a cut
//! always lies inside an interval, after its first row and not after its last: no gap falls on a seam. Intervals are
//! asked for once an answer turns out long; where they cannot be had, it stays one answer.

use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, JouleLayout, Layout};

use super::answer::{Ask, Fineness};
use super::rows::Rows;
use crate::joule::time::{self, Bounds};
use crate::joule::{Address, Joule};
use crate::shard::{Chain, Reached, Sharded, Sharding, Span};
use crate::turn::Turn;
use crate::{Progress, Result, TimeRange};

/// Bytes of rows after which an answer counts as long.
const LONG: u64 = 1 << 20;
/// Bytes of a shard, about.
const SHARD: f64 = (16 << 20) as f64;
/// Answers at a time: a node is often a small computer, and most of its work is done by one process.
const AT_ONCE: usize = 2;

/// All raw rows of a window.
pub(in crate::joule) struct RawRows {
    layout: Layout,
    rows: Sharded<Windows>,
}

/// How a window is cut.
struct Windows {
    joule: Joule,
    ask: Ask,
    format: JouleLayout,
    elements: Vec<Column>,
    turn: Turn,
    planning: Planning,
}

enum Planning {
    /// Once the answer is long.
    Later,
    Asked(LocalBoxFuture<'static, Result<Vec<TimeRange>>>),
    Made(Plan),
    /// The rest is not to be cut.
    Over,
}

/// Where rows are, and how dense.
struct Plan {
    intervals: Vec<TimeRange>,
    /// Time inside intervals in which a byte comes, ns.
    ns_a_byte: f64,
}

impl Chain for Rows {
    type Seen = ();

    async fn next(&mut self) -> Result<Option<Batch>> {
        self.next().await
    }

    fn progress(&self) -> Progress {
        self.progress()
    }

    fn seen(&self) {}
}

impl RawRows {
    /// Rows of this format in a window, which may be empty; `elements` describe their columns.
    pub(in crate::joule) fn new(
        joule: &Joule,
        stream: Address,
        window: Option<Bounds>,
        format: JouleLayout,
        elements: Vec<Column>,
    ) -> Self {
        let ask = Ask { stream, bounds: window.unwrap_or_default(), fineness: Fineness::Raw };
        let turn = Turn::default();
        turn.begin(joule.http.transport.as_ref());
        let end = ask.bounds.1.and_then(time::to_ns);
        let several = joule.http.policy.concurrency > 1;
        let planning = if several { Planning::Later } else { Planning::Over };
        let windows = Windows { joule: joule.clone(), ask, format, elements, turn: turn.clone(), planning };
        let first = windows.rows(joule, windows.ask.clone());
        let first = if window.is_none() { first.done() } else { first };
        let (layout, transport) = (first.layout().clone(), joule.http.transport.clone());
        Self { layout, rows: Sharded::new(windows, first, end, transport, turn) }
    }

    pub(in crate::joule) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(in crate::joule) fn progress(&self) -> Progress {
        self.rows.progress()
    }

    /// The next rows; `None` at the end. An error stays.
    pub(in crate::joule) async fn next(&mut self) -> Result<Option<Batch>> {
        self.rows.next().await
    }
}

impl Windows {
    fn rows(&self, joule: &Joule, ask: Ask) -> Rows {
        Rows::new(joule, ask, self.format, self.elements.clone(), None).taking_turns(self.turn.clone())
    }

    fn intervals(&self) -> LocalBoxFuture<'static, Result<Vec<TimeRange>>> {
        let (joule, Ask { stream, bounds: (start, end), .. }) = (self.joule.clone(), self.ask.clone());
        let (start, end) = (start.and_then(time::to_ns), end.and_then(time::to_ns));
        async move { joule.data_intervals(stream, start, end).await }.boxed_local()
    }
}

impl Sharding for Windows {
    type Chain = Rows;

    fn chain(&self, (start, end): Span) -> Result<Rows> {
        let bounds = (start.map(time::bound_us), end.map(time::bound_us));
        let ahead = Joule { http: self.joule.http.reading_ahead(), ..self.joule.clone() };
        Ok(self.rows(&ahead, Ask { bounds, ..self.ask.clone() }))
    }

    fn bearable(&self) -> usize {
        AT_ONCE
    }

    fn is_timed(&self) -> bool {
        true
    }

    fn plan(&mut self, context: &mut Context<'_>, reached: &Reached<()>) -> Option<i64> {
        let (first, last) = reached.covered?;
        let bytes = reached.rows * self.format.row_bytes() as u64;
        if matches!(self.planning, Planning::Later) && bytes >= LONG {
            self.planning = Planning::Asked(self.intervals());
        }
        let Planning::Asked(asked) = &mut self.planning else { return None };
        let Poll::Ready(intervals) = asked.as_mut().poll(context) else { return None };
        let plan = intervals.ok().and_then(|intervals| Plan::new(intervals, first..last, bytes));
        self.planning = plan.map_or(Planning::Over, Planning::Made);
        self.next_cut(last)
    }

    fn next_cut(&self, from: i64) -> Option<i64> {
        match &self.planning {
            Planning::Made(plan) => plan.next_cut(from),
            _ => None,
        }
    }
}

impl Plan {
    /// `bytes` came for the rows of `read`.
    fn new(intervals: Vec<TimeRange>, read: std::ops::Range<i64>, bytes: u64) -> Option<Self> {
        let mut plan = Self { intervals, ns_a_byte: 0.0 };
        let covered: i64 =
            plan.stretches(read.start).map(|(start, end)| (end.min(read.end) - start).max(0)).sum();
        plan.ns_a_byte = covered as f64 / bytes as f64;
        (plan.ns_a_byte > 0.0).then_some(plan)
    }

    /// The end of the shard that begins at `from`: a microsecond inside an interval, with rows of it on both sides.
    fn next_cut(&self, from: i64) -> Option<i64> {
        let left: i64 = self.stretches(from).map(|(start, end)| end - start).sum();
        let shards = (left as f64 / self.ns_a_byte / SHARD).round();
        if shards < 2.0 {
            return None;
        }
        let mut wanted = (left as f64 / shards) as i64;
        for (start, end) in self.stretches(from) {
            let cut = (start + wanted).div_euclid(1000) * 1000;
            // An interval ends a microsecond after its last row.
            if start < cut && cut < end {
                return Some(cut);
            }
            wanted = (wanted - (end - start)).max(0);
        }
        None
    }

    /// Intervals from an instant on.
    fn stretches(&self, from: i64) -> impl Iterator<Item = (i64, i64)> {
        let later = self.intervals.iter().filter(move |interval| interval.end > from);
        later.map(move |interval| (interval.start.max(from), interval.end))
    }
}

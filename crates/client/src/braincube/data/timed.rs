//! Rows of a range in time order, with their times: a long range in spans that are read side by side.
//!
//! Columns of a [`TimedRead`] have the types that the variables' descriptions promise, so that all spans agree: numbers are
//! doubles there.
//! Rows without a date lie in no range. A server that sends rows outside of a span, or out of order, is stopped.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Context;

use arrow_array::Array;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{
    Batch, BraincubeAnswer, BraincubeColumn, BraincubeOptions, BraincubeReport, Column, ColumnType, Layout,
    RecordBatch, times,
};
use streamscope_signal::TimeZone;

use super::spans::{Plan, unique_from, unique_to};
use super::within;
use crate::braincube::Braincube;
use crate::braincube::address::BaseId;
use crate::braincube::filter::write_filter;
use crate::braincube::info::BaseInfo;
use crate::braincube::zone::BaseClock;
use crate::filter::Filter;
use crate::shard::{Chain, Reached, Sharded, Sharding, Span};
use crate::transport::Request;
use crate::turn::Turn;
use crate::{Error, Progress, Read, Result, TimeRange};

/// Answers at a time: each is work for the server's database.
const AT_ONCE: usize = 3;

/// Which rows, of which columns.
#[derive(Clone)]
pub(in crate::braincube) struct Rows {
    pub(in crate::braincube) base: BaseId,
    /// Columns beside the time.
    pub(in crate::braincube) columns: Vec<BraincubeColumn>,
    /// What the time's column is called.
    pub(in crate::braincube) time_name: String,
    pub(in crate::braincube) range: TimeRange,
    pub(in crate::braincube) filter: Option<Filter>,
}

impl Rows {
    /// The columns as frames have them, where their types are promised.
    pub(super) fn promised(&self) -> impl Iterator<Item = Column> {
        let column = |wanted: &BraincubeColumn| {
            let kind = wanted.kind.unwrap_or(ColumnType::Text);
            Column { unit: wanted.unit.clone(), ..Column::new(wanted.name.clone(), kind) }
        };
        self.columns.iter().map(column)
    }
}

/// What the answers of the spans told, in the order in which they came.
pub(super) type Told = Rc<RefCell<Vec<SpanTold>>>;

/// What a span's answer told.
pub(super) struct SpanTold {
    /// Where the span begins, ns.
    pub(super) start: i64,
    pub(super) layout: Layout,
    pub(super) report: BraincubeReport,
    pub(super) rows: u64,
}

/// A read of a range, which begins when it is first asked for rows.
pub(in crate::braincube) struct TimedRead {
    braincube: Braincube,
    query: Rows,
    layout: Layout,
    rows: Option<Sharded<Spans>>,
}

/// The range, cut.
pub(super) struct Spans {
    asking: Rc<Asking>,
    plan: Plan,
    /// Where the first span ends, until it was said.
    first_cut: Option<i64>,
    turn: Turn,
}

/// What all spans have in common.
struct Asking {
    braincube: Braincube,
    query: Rows,
    info: Rc<BaseInfo>,
    zone: Rc<TimeZone>,
    /// The variable that dates the rows.
    time: String,
    told: Told,
}

/// One span's answer.
pub(super) struct SpanRead {
    asking: Rc<Asking>,
    /// The connection; reading ahead, where it is not the first span.
    braincube: Braincube,
    range: TimeRange,
    answer: Option<(Request, BraincubeAnswer)>,
    /// Why it ends after the rows that were handed out.
    failure: Option<Error>,
    progress: Progress,
    turn: Turn,
}

impl TimedRead {
    pub(in crate::braincube) fn new(braincube: &Braincube, query: Rows) -> Self {
        let time = [Column::new(query.time_name.clone(), ColumnType::Time)];
        let layout = Layout::new(time.into_iter().chain(query.promised()).collect());
        Self { braincube: braincube.clone(), query, layout, rows: None }
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        if self.query.range.start >= self.query.range.end {
            return Ok(None);
        }
        let rows = match &mut self.rows {
            Some(rows) => rows,
            none => {
                let begun = begin(&self.braincube, &self.query, Told::default()).await;
                none.insert(begun.map_err(|error| error.after_rows(0, None))?)
            }
        };
        rows.next().await
    }
}

/// Begins to read in spans; `told` hears what their answers tell.
pub(super) async fn begin(braincube: &Braincube, query: &Rows, told: Told) -> Result<Sharded<Spans>> {
    let info = braincube.base_info(&query.base).await?;
    let zone = info.zone()?;
    let Some(time) = info.time().map(String::from) else {
        return Err(Error::invalid("The memory base does not date its rows: they cannot be read by time."));
    };
    let turn = Turn::default();
    turn.begin(braincube.http.transport.as_ref());
    let TimeRange { start, end } = query.range;
    let plan = Plan::new(end, query.columns.len() + 1);
    let first_cut = plan.next_cut(start, &zone).filter(|_| braincube.http.bearable_chains() > 1);
    let (connection, query) = (braincube.clone(), query.clone());
    let asking = Rc::new(Asking { braincube: connection, query, info, zone, time, told });
    let spans = Spans { asking, plan, first_cut, turn: turn.clone() };
    let first = spans.read(braincube.clone(), TimeRange { start, end: first_cut.unwrap_or(end) });
    Ok(Sharded::new(spans, first, Some(end), braincube.http.transport.clone(), turn))
}

impl Spans {
    fn read(&self, braincube: Braincube, range: TimeRange) -> SpanRead {
        let (asking, turn) = (self.asking.clone(), self.turn.clone());
        let (answer, failure, progress) = (None, None, Progress::default());
        SpanRead { asking, braincube, range, answer, failure, progress, turn }
    }
}

impl Sharding for Spans {
    type Chain = SpanRead;

    fn chain(&self, (start, end): Span) -> Result<SpanRead> {
        let whole = self.asking.query.range;
        let range = TimeRange { start: start.unwrap_or(whole.start), end: end.unwrap_or(whole.end) };
        let braincube = &self.asking.braincube;
        let ahead = Braincube { http: braincube.http.reading_ahead(), ..braincube.clone() };
        Ok(self.read(ahead, range))
    }

    fn bearable(&self) -> usize {
        self.asking.braincube.http.bearable_chains().min(AT_ONCE)
    }

    fn is_timed(&self) -> bool {
        true
    }

    fn plan(&mut self, _: &mut Context<'_>, _: &Reached<()>) -> Option<i64> {
        self.first_cut.take()
    }

    fn next_cut(&self, from: i64) -> Option<i64> {
        self.plan.next_cut(from, &self.asking.zone)
    }

    fn learn(&mut self, start: i64, end: i64, rows: u64, _: &()) {
        self.plan.learn(start, end, rows);
    }
}

impl Asking {
    /// The columns of an answer, its times first.
    fn options(&self) -> BraincubeOptions {
        let time = BraincubeColumn {
            id: self.time.clone(),
            name: self.query.time_name.clone(),
            unit: None,
            kind: Some(ColumnType::Time),
            ordered: true,
        };
        let others = self.query.columns.iter().filter(|column| column.id != self.time).cloned();
        let columns = [time].into_iter().chain(others).collect();
        BraincubeOptions { columns, clock: Rc::new(BaseClock(self.zone.clone())) }
    }

    /// A range that holds `range` and that the memory base's clock can name.
    fn named(&self, range: TimeRange) -> TimeRange {
        TimeRange { start: unique_to(&self.zone, range.start), end: unique_from(&self.zone, range.end) }
    }
}

impl SpanRead {
    async fn ask(&mut self) -> Result<()> {
        let (braincube, Asking { query, info, zone, time, .. }) = (&self.braincube, self.asking.as_ref());
        let filter = within(info, self.asking.named(self.range), query.filter.as_ref())?;
        let filter = write_filter(&filter, &query.base, zone)?;
        let options = self.asking.options();
        let definitions: Result<Vec<String>> =
            options.columns.iter().map(|column| query.base.long_id(&column.id)).collect();
        let request = braincube.data_request(&query.base, time, &definitions?, Some(filter))?;
        let answer = braincube.fetch_answer(&request, &options, &self.turn, &mut self.progress).await?;
        let told = SpanTold {
            start: self.range.start,
            layout: answer.layout().clone(),
            report: answer.report().clone(),
            rows: answer.rows(),
        };
        self.asking.told.borrow_mut().push(told);
        self.answer = Some((request, answer));
        Ok(())
    }

    /// The rows that lie in the span, up to the first that must not be there, and whether there is one. Around the hour
    /// that comes twice, more was asked for.
    fn own(&self, rows: RecordBatch) -> (RecordBatch, bool) {
        let asked = self.asking.named(self.range);
        let (all, nulls) = (rows.num_rows(), rows.columns().first().and_then(|times| times.nulls()));
        let rows = rows.slice(0, nulls.map_or(all, |nulls| nulls.iter().take_while(|valid| *valid).count()));
        let Some(times) = times(&rows) else { return (rows.slice(0, 0), true) };
        let mut before = self.progress.covered_to.unwrap_or(asked.start).max(asked.start);
        let good = times.iter().take_while(|time| {
            let fits = (before..asked.end).contains(*time);
            before = before.max(**time);
            fits
        });
        let good = times.get(..good.count()).unwrap_or_default();
        let first = good.partition_point(|time| *time < self.range.start);
        let after = good.partition_point(|time| *time < self.range.end);
        (rows.slice(first, after.saturating_sub(first)), good.len() < all)
    }
}

impl Chain for SpanRead {
    type Seen = ();

    async fn next(&mut self) -> Result<Option<Batch>> {
        if self.answer.is_none() {
            self.ask().await?;
        }
        loop {
            self.turn.give(self.braincube.http.transport.as_ref()).await;
            if let Some(error) = &self.failure {
                return Err(error.clone());
            }
            let Some((request, answer)) = &mut self.answer else { return Ok(None) };
            let Some(rows) = answer.next() else { return Ok(None) };
            let request = request.clone();
            let (rows, refused) = self.own(rows);
            if refused {
                let words = "The server sent rows that were not asked for: outside of the range, without a time or not in \
                             the order of their times.";
                self.failure = Some(self.braincube.http.about(Error::protocol(words), &request));
            }
            if rows.num_rows() > 0 {
                self.progress.rows += rows.num_rows() as u64;
                self.progress.covered_to = times(&rows).and_then(|times| times.last().copied());
                return Ok(Some(Batch { rows, begins_interval: false }));
            }
        }
    }

    fn progress(&self) -> Progress {
        self.progress
    }

    fn seen(&self) {}
}

impl Read for TimedRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn progress(&self) -> Progress {
        self.rows.as_ref().map_or(Progress::default(), Sharded::progress)
    }
}

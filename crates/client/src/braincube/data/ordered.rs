//! All rows of a memory base that does not date them, in the order of its order variable.

use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, BraincubeAnswer, BraincubeOptions, Layout};

use super::timed::Rows;
use crate::braincube::Braincube;
use crate::braincube::filter::write_filter;
use crate::braincube::zone::BaseClock;
use crate::turn::Turn;
use crate::{Progress, Read, Result};

/// A read of rows without times, which begins when it is first asked for them. Their range is none of time, and is not
/// looked at.
pub(in crate::braincube) struct OrderedRead {
    braincube: Braincube,
    query: Rows,
    layout: Layout,
    answer: Option<BraincubeAnswer>,
    progress: Progress,
    turn: Turn,
}

impl OrderedRead {
    pub(in crate::braincube) fn new(braincube: &Braincube, query: Rows) -> Self {
        let layout = Layout::new(query.promised().collect());
        let (progress, turn) = (Progress::default(), Turn::default());
        Self { braincube: braincube.clone(), query, layout, answer: None, progress, turn }
    }

    async fn ask(&mut self) -> Result<BraincubeAnswer> {
        let (braincube, query) = (&self.braincube, &self.query);
        self.turn.begin(braincube.http.transport.as_ref());
        let info = braincube.base_info(&query.base).await?;
        let zone = info.zone()?;
        let filter =
            query.filter.as_ref().map(|filter| write_filter(filter, &query.base, &zone)).transpose()?;
        let ids: Result<Vec<String>> =
            query.columns.iter().map(|column| query.base.long_id(&column.id)).collect();
        let request = braincube.data_request(&query.base, info.order()?, &ids?, filter)?;
        let options = BraincubeOptions { columns: query.columns.clone(), clock: Rc::new(BaseClock(zone)) };
        braincube.fetch_answer(&request, &options, &self.turn, &mut self.progress).await
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        if self.answer.is_none() {
            self.answer = Some(self.ask().await.map_err(|error| error.after_rows(0, None))?);
        }
        self.turn.give(self.braincube.http.transport.as_ref()).await;
        let next = self.answer.as_mut().and_then(Iterator::next);
        self.progress.rows += next.as_ref().map_or(0, |rows| rows.num_rows() as u64);
        Ok(next.map(|rows| Batch { rows, begins_interval: false }))
    }
}

impl Read for OrderedRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

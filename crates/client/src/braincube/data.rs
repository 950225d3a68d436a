//! Data of variables: rows of a memory base that meet a filter.
//!
//! An answer holds its columns one after the other, so that no row is there before the last column is. What breaks off is
//! asked for anew and hands out nothing twice, for nothing was handed out. Cells are kept as typed values as they arrive,
//! so that memory grows with the rows and not with the text.

mod extent;
mod fetch;
mod joined;
mod ordered;
mod spans;
mod timed;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::rc::Rc;
use streamscope_frame::{Batch, BraincubeColumn, BraincubeOptions, BraincubeReport, Layout, RecordBatch};

pub(super) use ordered::OrderedRead;
pub(super) use timed::{Rows, TimedRead};

use super::address::{BaseId, segment};
use super::filter::write_filter;
use super::info::BaseInfo;
use super::zone::BaseClock;
use super::{Braincube, Variable};
use crate::filter::{Filter, Value};
use crate::transport::{Method, Request};
use crate::turn::Turn;
use crate::{Error, Progress, Read, Result, TimeRange};

/// What columns are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Labels {
    /// The variables' ids.
    #[default]
    Id,
    /// Their names; of variables that share one, with the id behind it.
    Name,
}

/// Which data.
#[derive(Debug, Clone, PartialEq)]
pub struct DataQuery {
    /// The memory base.
    pub base: BaseId,
    /// Ids of variables, their own or long ones: the columns, in this order. Each once.
    pub variables: Vec<String>,
    /// Which rows; all when absent. It may look at variables that are no columns.
    pub filter: Option<Filter>,
    /// Rows of this time only. The memory base must date its rows.
    pub range: Option<TimeRange>,
    /// What the columns are called.
    pub labels: Labels,
}

impl DataQuery {
    /// All rows of these variables.
    pub fn new(base: BaseId, variables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let variables = variables.into_iter().map(Into::into).collect();
        Self { base, variables, filter: None, range: None, labels: Labels::Id }
    }
}

/// An answer: its rows, in the order of the memory base's order variable.
pub struct DataRead {
    braincube: Braincube,
    frames: Box<dyn Iterator<Item = RecordBatch>>,
    report: BraincubeReport,
    layout: Layout,
    progress: Progress,
    turn: Turn,
}

impl Braincube {
    /// Reads data of variables. Resolves when the answer is there: only then are its types known. Numbers are integers
    /// where all of a column are whole, and doubles otherwise; times are instants, by the memory base's clock; all else
    /// is text. A range of time is read in spans, side by side, where time is what orders the rows; an answer that breaks
    /// off is then asked for again for its span alone.
    pub async fn data(&self, query: &DataQuery) -> Result<DataRead> {
        let long_ids = long_ids(&query.base, &query.variables)?;
        let info = self.base_info(&query.base).await?;
        if let Some(range) =
            query.range.filter(|range| info.order.as_deref() == info.time() && range.start > i64::MIN)
        {
            return self.data_in_spans(query, range, long_ids).await;
        }
        let zone = info.zone()?;
        let filter = match query.range {
            Some(range) => Some(within(&info, range, query.filter.as_ref())?),
            None => query.filter.clone(),
        };
        let filter = filter.map(|filter| write_filter(&filter, &query.base, &zone)).transpose()?;
        let request = self.data_request(&query.base, info.order()?, &long_ids, filter)?;
        let names = self.names(query).await?;
        let column = |(id, name): (&String, String)| BraincubeColumn {
            ordered: info.order.as_ref() == Some(id),
            id: id.clone(),
            name,
            unit: None,
            kind: None,
        };
        let columns = long_ids.iter().zip(names).map(column).collect();
        let options = BraincubeOptions { columns, clock: Rc::new(BaseClock(zone)) };
        let (turn, mut progress) = (Turn::default(), Progress::default());
        turn.begin(self.http.transport.as_ref());
        let answer = self.fetch_answer(&request, &options, &turn, &mut progress).await?;
        let (layout, report) = (answer.layout().clone(), answer.report().clone());
        Ok(DataRead { braincube: self.clone(), frames: Box::new(answer), report, layout, progress, turn })
    }

    /// What the columns are called.
    async fn names(&self, query: &DataQuery) -> Result<Vec<String>> {
        match query.labels {
            Labels::Id => Ok(query.variables.clone()),
            Labels::Name => Ok(distinct_names(&self.variables_named(&query.base, &query.variables).await?)),
        }
    }

    /// The request for these columns. `order` is the variable that orders the rows.
    pub(super) fn data_request(
        &self,
        base: &BaseId,
        order: &str,
        definitions: &[String],
        filter: Option<Json>,
    ) -> Result<Request> {
        let id = segment("memory base", &base.id)?;
        let url = self.address.api(&base.braincube, &format!("braindata/mb{id}/LF"))?;
        let mut context = json!({ "dataSource": format!("mb{}", base.id) });
        if let (Some(filter), Some(context)) = (filter, context.as_object_mut()) {
            context.insert("filter".into(), filter);
        }
        let body = json!({ "order": order, "definitions": definitions, "context": context });
        let mut request = Request::json(Method::Post, url, body.to_string().into_bytes());
        // It only asks.
        request.repeatable = true;
        request.headers.push(("Accept".into(), "application/json".into()));
        Ok(request)
    }
}

/// The long ids of variables that are to be columns.
fn long_ids(base: &BaseId, variables: &[String]) -> Result<Vec<String>> {
    let mut ids: Vec<String> = Vec::with_capacity(variables.len());
    for variable in variables {
        let id = base.long_id(variable)?;
        if ids.contains(&id) {
            return Err(Error::invalid(format!(
                "Variable {variable} is asked for twice: a column comes once."
            )));
        }
        ids.push(id);
    }
    if ids.is_empty() {
        return Err(Error::invalid("variables is empty: name at least one variable."));
    }
    Ok(ids)
}

/// The filter for rows of a range that meet another filter, too.
pub(super) fn within(info: &BaseInfo, range: TimeRange, filter: Option<&Filter>) -> Result<Filter> {
    let Some(time) = info.time() else {
        let words =
            "The memory base does not date its rows: there is no range of time to be cut out of them.";
        return Err(Error::invalid(words));
    };
    let start = Filter::GreaterEquals(time.into(), Value::time(range.start));
    let end = Filter::Less(time.into(), Value::time(range.end));
    Ok(Filter::And([start, end].into_iter().chain(filter.cloned()).collect()))
}

/// Names of variables. Names that several have are told apart by the ids.
fn distinct_names(variables: &[Variable]) -> Vec<String> {
    let shared = |name: &str| variables.iter().filter(|variable| variable.name == name).count() > 1;
    let label = |variable: &Variable| match shared(&variable.name) {
        true => format!("{} ({})", variable.name, variable.id),
        false => variable.name.clone(),
    };
    variables.iter().map(label).collect()
}

impl DataRead {
    /// What there is to say about the columns: types as served, cells that are no values, columns that did not come.
    pub fn report(&self) -> &BraincubeReport {
        &self.report
    }
}

impl Read for DataRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        async {
            self.turn.give(self.braincube.http.transport.as_ref()).await;
            let next = self.frames.next();
            self.progress.rows += next.as_ref().map_or(0, |rows| rows.num_rows() as u64);
            Ok(next.map(|rows| Batch { rows, begins_interval: false }))
        }
        .boxed_local()
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

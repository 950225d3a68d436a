//! Rune Labs: metadata over GraphQL, time series over the V2 Stream API (and [V1](v1)), sleep metrics over Strive.
//!
//! [`Rune`] offers both in full and is the [`Source`] the explorer uses.

mod aggregate;
mod config;
mod connector;
mod events;
mod graph;
pub mod ids;
mod layout;
mod model;
mod open_page;
mod pages;
mod params;
mod people;
mod projects;
mod raw;
mod read;
mod reproduce;
mod seam;
mod set;
mod shard;
mod sleep;
mod source;
mod stacked;
mod streams;
mod table;
pub mod v1;
mod wire;

use std::cell::Cell;
use std::rc::Rc;

use streamscope_frame::{Column, ColumnType, Layout, TimeFormat};
use streamscope_signal::{Availability, BatchOperation, DailyAggregate, SECOND, WindowAggregate};

pub use config::{AuthMethod, Config};
pub use connector::{Connector, PLATFORM};
pub use events::EventFilter;
pub use layout::layout;
pub use model::{
    Attributes, Classification, Cohort, Device, Dimension, Event, Metric, Org, Parameter, Patient, Project,
    ProjectPatient, StreamCriteria, StreamMetadata, StreamType, User,
};
pub use params::{AvailabilityQuery, DailyQuery, DataQuery, Format, Times, WindowQuery};
pub use raw::RawPages;
pub use set::{Item, Set};
pub use streams::StreamFilter;
pub use table::table;

use crate::http::{Auth, Http, Policy};
use crate::transport::{Request, Transport};
use crate::turn::Turn;
use crate::{Error, Read, Result, url};
use pages::Query;
use params::Pairs;
use read::{PageRead, Shape};
use seam::Seam;
use shard::ShardedRead;

/// Streams in one batch request: their ids stay well below what servers accept as a URL.
const IDS_A_BATCH: usize = 50;

/// A connection to Rune. Clones share transport and credentials.
#[derive(Clone)]
pub struct Rune {
    http: Http,
    graph_url: String,
    stream_url: String,
    strive_url: String,
    /// How requests are signed, for those who are to repeat them elsewhere.
    signing: AuthMethod,
    /// Whether an answer has shown the header that names the next page.
    shows_paging: Rc<Cell<bool>>,
}

impl Rune {
    /// A connection with these URLs and credentials. Fails when they are incomplete or contradictory; nothing is sent.
    pub fn new(config: &Config, transport: Rc<dyn Transport>) -> Result<Self> {
        let auth = config.auth(transport.clone())?;
        Self::with_auth(config, transport, auth)
    }

    /// A connection whose requests are signed by `auth`, which may refresh its credentials; of `config` only the URLs
    /// are used.
    pub fn with_auth(config: &Config, transport: Rc<dyn Transport>, auth: Rc<dyn Auth>) -> Result<Self> {
        Ok(Self {
            graph_url: url::base(PLATFORM, "graph_url", &config.graph_url)?,
            stream_url: url::base(PLATFORM, "stream_url", &config.stream_url)?,
            strive_url: url::base(PLATFORM, "strive_url", &config.strive_url)?,
            signing: config.auth_method().unwrap_or(AuthMethod::Custom),
            http: Http::new(transport, PLATFORM, auth),
            shows_paging: Rc::default(),
        })
    }

    /// The same connection with another policy. Clones made before keep theirs.
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { http: self.http.with_policy(policy), ..self }
    }

    /// Metadata requests at one time.
    fn at_once(&self) -> usize {
        self.http.policy.concurrency.max(1)
    }

    fn stream_url(&self, stream_id: &str, resource: &str) -> String {
        format!("{}/v2/streams/{}{resource}", self.stream_url, url::encode(stream_id))
    }

    /// Reads a stream's rows. `layout` comes from [`layout`] with the stream's dimensions.
    ///
    /// A range with both ends in nanoseconds is read in shards side by side when it is long, as many at a time as
    /// [`Policy::concurrency`] says, where rows come with an exact `time` and without a limit; the rows and their order
    /// are the same.
    pub fn data(&self, query: &DataQuery, layout: Layout) -> Result<Box<dyn Read>> {
        self.rows(query, layout, None)
    }

    /// The same, for a stream whose data are known to end.
    fn rows(&self, query: &DataQuery, layout: Layout, data_end: Option<i64>) -> Result<Box<dyn Read>> {
        let timed = seam::is_timed(&layout);
        let restartable = timed && query.times.timestamp == TimeFormat::UnixNs;
        let shape = Shape { layout, format: query.format, times: query.times.timestamp, timed, restartable };
        Ok(Box::new(ShardedRead::new(self, query.clone(), shape, data_end)?))
    }

    /// One chain of pages.
    fn chain(&self, query: &DataQuery, shape: &Shape, turn: Turn) -> Result<PageRead> {
        let (start, end) = query.range()?;
        let pages = Query {
            url: self.stream_url(&query.stream_id, ""),
            pairs: query.pairs()?,
            start: query.start(),
            limit: query.limit.filter(|limit| *limit > 0),
            shows_paging: self.shows_paging.clone(),
        };
        // Times in seconds are rounded on the way, both ours and the server's.
        let exact = query.times.timestamp == TimeFormat::UnixNs;
        let in_ns = query.start_time.is_none() && query.end_time.is_none();
        let slack = if exact && in_ns { 0 } else { 1000 };
        let bounds = (
            start.map_or(i64::MIN, |start| start.saturating_sub(slack)),
            end.map_or(i64::MAX, |end| end.saturating_add(slack)),
        );
        let seam = Seam::new(bounds, shape.timed);
        Ok(PageRead::new(self.http.clone(), pages, shape.clone(), seam, turn))
    }

    /// Availability of one stream, or of several joined by `batch_operation`.
    pub async fn availability(&self, query: &AvailabilityQuery) -> Result<Availability> {
        let operation = query.batch_operation.unwrap_or(BatchOperation::Any);
        let mut joined: Option<Availability> = None;
        for batch in query.stream_ids.chunks(IDS_A_BATCH) {
            let mut pairs = query.pairs()?;
            let url = match query.stream_ids.as_slice() {
                [stream_id] => self.stream_url(stream_id, "/availability"),
                _ => {
                    pairs.push(("batch_operation", params::batch_name(operation).to_string()));
                    pairs.extend(batch.iter().map(|id| ("stream_id", id.clone())));
                    format!("{}/v2/batch/availability", self.stream_url)
                }
            };
            let part = self.availability_read(query, url, pairs).await?;
            joined = Some(match joined {
                None => part,
                Some(whole) => aggregate::join(whole, &part, operation)?,
            });
        }
        joined.ok_or_else(|| Error::invalid("stream_ids is empty: name at least one stream."))
    }

    async fn availability_read(
        &self,
        query: &AvailabilityQuery,
        url: String,
        pairs: Pairs,
    ) -> Result<Availability> {
        let limit = query.limit.filter(|limit| *limit > 0);
        let shows_paging = self.shows_paging.clone();
        let pages = Query { url, pairs, start: None, limit, shows_paging };
        let asked = pages.request(None);
        let columns =
            [Column::new("time", ColumnType::Time), Column::new(aggregate::AVAILABLE, ColumnType::Int)];
        let times = query.times.timestamp;
        let layout = Layout::new(columns.into());
        let shape = Shape { layout, format: query.format, times, timed: true, restartable: false };
        let seam = Seam::new((i64::MIN, i64::MAX), true);
        let turn = Turn::default();
        turn.begin(self.http.transport.as_ref());
        let mut read = PageRead::new(self.http.clone(), pages, shape, seam, turn);
        let start = params::floored(query.start_time, query.resolution);
        let mut availability = Availability { start, resolution_s: query.resolution, available: Vec::new() };
        while let Some(frame) = read.next().await? {
            let taken = aggregate::extend(&mut availability, &frame);
            taken.map_err(|error| self.http.about(error, &asked))?;
        }
        // Whether the last window may be left out when it is not whole is not documented.
        let window = i64::from(query.resolution) * SECOND;
        let next_end = availability.start + (availability.available.len() as i64 + 1) * window;
        if limit.is_none() && next_end as f64 <= query.end_time * SECOND as f64 {
            read.check_paging_is_shown()?;
        }
        Ok(availability)
    }

    /// The average day over up to 14 days.
    pub async fn daily_aggregate(&self, query: &DailyQuery) -> Result<DailyAggregate> {
        let url = self.stream_url(&query.stream_id, "/daily_aggregate");
        let (request, body) = self.stream_json(&url, query.pairs()?).await?;
        aggregate::daily(&body, query.resolution).map_err(|error| self.http.about(error, &request))
    }

    /// Sum or mean per aligned window.
    pub async fn aggregate_window(&self, query: &WindowQuery) -> Result<WindowAggregate> {
        let url = self.stream_url(&query.stream_id, "/aggregate_window");
        let (request, body) = self.stream_json(&url, query.pairs()?).await?;
        let start = params::floored(query.start_time, query.resolution);
        let times = query.times.timestamp;
        aggregate::window(&body, start, query.resolution, times)
            .map_err(|error| self.http.about(error, &request))
    }

    async fn stream_json(&self, url: &str, pairs: Pairs) -> Result<(Request, Vec<u8>)> {
        let request =
            Request::get(url::with_query(url, pairs.iter().map(|(name, value)| (*name, value.as_str()))));
        let body = self.http.fetch(&request).await?;
        Ok((request, body))
    }
}

//! Events from a node: all of them in pages, some, their number, or their number over time.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::joule::node::Pairs;
use crate::joule::{Address, Bucket, Event, EventAnswer, EventQuery, Histogram, Joule, time};
use crate::{Error, Result};

/// Events per page.
const PAGE: u64 = 1000;

/// An answer of `GET /event/data.json`.
#[derive(Deserialize)]
struct Answer {
    count: u64,
    #[serde(rename = "type")]
    kind: String,
    events: Value,
}

/// A histogram's buckets come as events.
#[derive(Deserialize)]
struct PseudoEvent {
    #[serde(rename = "start_time", deserialize_with = "time::ns")]
    start_ns: i64,
    #[serde(rename = "end_time", deserialize_with = "time::ns")]
    end_ns: i64,
    content: Map<String, Value>,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

impl Joule {
    /// Reads all events of a query, page by page, each exactly once, by their start (`GET /event/data.json`).
    pub fn event_stream_read(&self, stream: impl Into<Address>, query: &EventQuery) -> Result<EventRead> {
        let stream = stream.into();
        stream.pair()?;
        let bounds = time::range(query.start_ns, query.end_ns)?;
        let (start, end) = bounds.unwrap_or_default();
        Ok(EventRead {
            joule: self.clone(),
            stream,
            // With an end alone, nodes would begin with the last events.
            start_us: start.unwrap_or(time::EARLIEST_US),
            end_us: end,
            filter: query.filter.wire()?,
            since_ns: query.start_ns.filter(|_| query.include_ongoing),
            first: true,
            page: PAGE,
            done: bounds.is_none(),
        })
    }

    /// The first events of a query, at most `limit`, by their start (`GET /event/data.json`).
    pub async fn event_stream_read_list(
        &self,
        stream: impl Into<Address>,
        query: &EventQuery,
        limit: usize,
    ) -> Result<Vec<Event>> {
        let mut read = self.event_stream_read(stream, query)?;
        let mut events = Vec::new();
        while events.len() < limit
            && let Some(page) = read.next_page().await?
        {
            events.extend(page);
        }
        events.truncate(limit);
        Ok(events)
    }

    /// All events of a query if there are no more than `limit`, otherwise how many there are when: one request
    /// (`GET /event/data.json`).
    pub async fn event_stream_overview(
        &self,
        stream: impl Into<Address>,
        query: &EventQuery,
        limit: u32,
    ) -> Result<EventAnswer> {
        let mut pairs = query_pairs(&stream.into(), query)?;
        let Some(pairs) = pairs.as_mut() else { return Ok(EventAnswer::Events(Vec::new())) };
        // A limit of 0 makes nodes fail where there are no events.
        pairs.push(("limit", limit.max(1).to_string()));
        let answer: Answer = self.get("/event/data.json", pairs).await?;
        if answer.kind == "histogram" {
            return Ok(EventAnswer::Histogram(histogram(answer)?));
        }
        Ok(EventAnswer::Events(events(answer)?))
    }

    /// How many events begin when (`GET /event/data.json`). Those that began before the range are not in it, whatever
    /// the query says.
    pub async fn event_stream_histogram(
        &self,
        stream: impl Into<Address>,
        query: &EventQuery,
    ) -> Result<Histogram> {
        let stream = stream.into();
        let query = EventQuery { include_ongoing: false, ..query.clone() };
        // Asked for a histogram of nothing, nodes fail.
        if self.event_stream_count(stream.clone(), &query).await? == 0 {
            return Ok(Histogram::default());
        }
        let Some(mut pairs) = query_pairs(&stream, &query)? else { return Ok(Histogram::default()) };
        pairs.push(("limit", "0".into()));
        histogram(self.get("/event/data.json", &pairs).await?)
    }

    /// How many events a query has (`GET /event/data/count.json`).
    pub async fn event_stream_count(&self, stream: impl Into<Address>, query: &EventQuery) -> Result<u64> {
        let Some(pairs) = query_pairs(&stream.into(), query)? else { return Ok(0) };
        Ok(self.get::<Count>("/event/data/count.json", &pairs).await?.count)
    }
}

/// All events of a query, in pages. Made by [`Joule::event_stream_read`].
///
/// Nodes page by time alone, and many events may begin at one instant: those of a full page's last instant are left to
/// the next page, which begins with it, so that none is missed and none comes twice.
pub struct EventRead {
    joule: Joule,
    stream: Address,
    start_us: i64,
    end_us: Option<i64>,
    filter: Option<String>,
    /// Where events that began before count as well: the time at which they must not have ended.
    since_ns: Option<i64>,
    first: bool,
    page: u64,
    done: bool,
}

impl EventRead {
    /// The next events, by their start; `None` at the end. After an error, asking again goes on where it failed.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Event>>> {
        while !self.done {
            let mut found = self.ask().await?;
            if self.end(&mut found)? && !found.is_empty() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn ask(&self) -> Result<Vec<Event>> {
        let mut pairs = vec![self.stream.pair()?];
        pairs.extend(bounded((Some(self.start_us), self.end_us)));
        pairs.extend(self.filter.iter().map(|filter| ("filter", filter.clone())));
        if self.first && self.since_ns.is_some() {
            pairs.push(("include-ongoing-events", "1".into()));
        }
        pairs.extend([("limit", self.page.to_string()), ("return-subset", "1".into())]);
        let mut found = events(self.joule.get("/event/data.json", &pairs).await?)?;
        found.sort_by_key(|event| event.start_ns);
        let early = found.first().is_some_and(|event| event.start_ns / 1000 < self.start_us);
        if found.len() as u64 > self.page || (early && !(self.first && self.since_ns.is_some())) {
            return Err(Error::protocol("The node answered with other events than were asked for."));
        }
        Ok(found)
    }

    /// Takes from a page what belongs to the next one. False when the page must be asked for again, larger.
    fn end(&mut self, found: &mut Vec<Event>) -> Result<bool> {
        if (found.len() as u64) < self.page {
            self.done = true;
        } else if let (Some(first), Some(last)) = (found.first(), found.last()) {
            let last_ns = last.start_ns;
            if first.start_ns == last_ns {
                self.page = self.page.saturating_mul(2);
                return Ok(false);
            }
            found.retain(|event| event.start_ns < last_ns);
            self.start_us = last_ns.div_euclid(1000);
            self.page = PAGE;
        }
        if let Some(since) = self.since_ns {
            found.retain(|event| event.end_ns >= since);
        }
        self.first = false;
        Ok(true)
    }
}

/// The parameters of a query; `None` when it can have no events.
fn query_pairs(stream: &Address, query: &EventQuery) -> Result<Option<Pairs>> {
    let mut pairs = vec![stream.pair()?];
    let Some(bounds) = time::range(query.start_ns, query.end_ns)? else { return Ok(None) };
    pairs.extend(bounded(bounds));
    if query.include_ongoing {
        pairs.push(("include-ongoing-events", "1".into()));
    }
    pairs.extend(query.filter.wire()?.map(|filter| ("filter", filter)));
    Ok(Some(pairs))
}

/// The parameters for bounds.
pub(super) fn bounded((start, end): time::Bounds) -> Pairs {
    let pair = |name| move |us: i64| (name, us.to_string());
    start.map(pair("start")).into_iter().chain(end.map(pair("end"))).collect()
}

fn events(answer: Answer) -> Result<Vec<Event>> {
    if answer.kind != "events" {
        return Err(Error::protocol(format!("The node answered with {} instead of events.", answer.kind)));
    }
    serde_json::from_value(answer.events)
        .map_err(|error| Error::protocol(format!("The answer holds something else than events: {error}.")))
}

fn histogram(answer: Answer) -> Result<Histogram> {
    let strange = |words: String| Error::protocol(format!("The node's histogram of events is odd: {words}."));
    if answer.kind != "histogram" {
        return Err(strange(format!("it is called {}", answer.kind)));
    }
    let buckets: Vec<PseudoEvent> =
        serde_json::from_value(answer.events).map_err(|error| strange(error.to_string()))?;
    let bucket = |event: PseudoEvent| {
        let count = event.content.get("count").and_then(Value::as_u64);
        let count = count.ok_or_else(|| strange("a bucket has no count".into()))?;
        Ok(Bucket { start_ns: event.start_ns, end_ns: event.end_ns, count })
    };
    Ok(Histogram { count: answer.count, buckets: buckets.into_iter().map(bucket).collect::<Result<_>>()? })
}

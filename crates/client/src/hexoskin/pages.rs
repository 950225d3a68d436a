//! All objects of a list, each once.
//!
//! Lists change while they are read. Objects that come in push others to a later page: what comes again is left out.
//! Objects that go pull others to an earlier page: when the list has become shorter, the page is asked for again, so many
//! objects earlier. A server that leads in circles is stopped.

use std::collections::{HashSet, VecDeque};

use futures_util::Stream;
use futures_util::stream;

use super::filters::Filters;
use super::list::{Meta, Page};
use super::object::Object;
use super::resource::Resource;
use crate::transport::Request;
use crate::{Error, Result};

/// Pages without a new object after which a list is taken not to end.
const MOST_IDLE: u32 = 8;

/// All objects of a list, under way. Made by [`Resource::all`].
pub struct Pages {
    resource: Resource,
    filters: Filters,
    state: State,
    ready: VecDeque<Object>,
    seen: HashSet<String>,
    total: Option<u64>,
    idle: u32,
}

enum State {
    First,
    Next(Request),
    Done,
    Failed(Error),
}

impl Pages {
    pub(super) fn new(resource: &Resource, filters: &Filters) -> Self {
        Self {
            resource: resource.clone(),
            filters: filters.clone(),
            state: State::First,
            ready: VecDeque::new(),
            seen: HashSet::new(),
            total: None,
            idle: 0,
        }
    }

    /// Objects in all, as the last page had it.
    pub fn total_count(&self) -> Option<u64> {
        self.total
    }

    /// The next object; `None` at the end. An error stays.
    pub async fn next(&mut self) -> Result<Option<Object>> {
        loop {
            if let Some(object) = self.ready.pop_front() {
                return Ok(Some(object));
            }
            if self.load().await?.is_none() {
                return Ok(None);
            }
        }
    }

    /// The new objects of the next page, which may be none; `None` at the end.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Object>>> {
        if self.ready.is_empty() && self.load().await?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.ready.drain(..).collect()))
    }

    /// The objects as a stream, which ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Object>> {
        stream::unfold(Some(self), async |pages| {
            let mut pages = pages?;
            match pages.next().await {
                Ok(Some(object)) => Some((Ok(object), Some(pages))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    async fn load(&mut self) -> Result<Option<()>> {
        let loaded = self.step().await;
        if let Err(error) = &loaded {
            self.state = State::Failed(error.clone());
        }
        loaded
    }

    async fn step(&mut self) -> Result<Option<()>> {
        let request = match &self.state {
            State::Done => return Ok(None),
            State::Failed(error) => return Err(error.clone()),
            State::Next(request) => request.clone(),
            State::First => {
                let uri = self.resource.list_uri(&self.filters).await?;
                self.resource.api.list_request(&uri, self.filters.pairs())
            }
        };
        let Page { meta, objects } = self.resource.page(&request).await?;
        let before = self.ready.len();
        let new = objects.into_iter().filter(|object| self.seen.insert(object.resource_uri()));
        self.ready.extend(new);
        self.idle = if self.ready.len() > before { 0 } else { self.idle + 1 };
        let gone = self.total.zip(meta.total_count).map_or(0, |(before, now)| before.saturating_sub(now));
        self.total = meta.total_count.or(self.total);
        self.state = self.after(&meta, gone)?;
        Ok(Some(()))
    }

    /// What comes after a page when so many objects have gone from the list since the page before.
    fn after(&self, meta: &Meta, gone: u64) -> Result<State> {
        let api = &self.resource.api;
        if gone > 0 && meta.offset > 0 {
            let offset = meta.offset.saturating_sub(gone).to_string();
            let uri = meta.next.as_deref().or(meta.previous.as_deref());
            if let Some(uri) = uri {
                return Ok(State::Next(api.request(&with_offset(uri, &offset))));
            }
        }
        let Some(next) = &meta.next else { return Ok(State::Done) };
        if self.idle >= MOST_IDLE {
            let words = format!("The list of {} goes on and on without a new object.", self.resource.name);
            return Err(api.http.about(Error::protocol(words), &api.request(next)));
        }
        Ok(State::Next(api.request(next)))
    }
}

/// A page's URI with another offset.
fn with_offset(uri: &str, offset: &str) -> String {
    let (place, query) = uri.split_once('?').unwrap_or((uri, ""));
    let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("offset="));
    let pairs: Vec<String> = others.map(str::to_string).chain([format!("offset={offset}")]).collect();
    format!("{place}?{}", pairs.join("&"))
}

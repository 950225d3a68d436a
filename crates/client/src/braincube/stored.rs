//! Events and jobs as filters to choose from.

use std::collections::HashMap;

use futures_util::future::try_join;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::address::BaseId;
use super::conditions::{conditions_of, translate};
use super::{Braincube, Event, Job};
use crate::Result;
use crate::filter::Filter;
use crate::source::StoredFilter;

impl Braincube {
    /// The events and jobs of a memory base that say something, as filters.
    pub(super) async fn stored(&self, base: &BaseId) -> Result<Vec<StoredFilter>> {
        let (events, jobs) = try_join(self.events(base)?.all(), self.jobs(base)?.all()).await?;
        let whole = jobs.iter().map(|job| self.job(base, &job.id));
        let jobs: Vec<Job> = stream::iter(whole).buffered(self.at_once()).try_collect().await?;
        let by_id: HashMap<&str, &Event> = events.iter().map(|event| (event.id.as_str(), event)).collect();
        let of_events = events.iter().flat_map(|event| &event.conditions);
        let kinds = self.kinds(base, of_events.chain(jobs.iter().flat_map(|job| &job.conditions))).await?;
        let mut found = Vec::new();
        for event in &events {
            let filter = Filter::all(translate(base, &event.conditions, &kinds)?);
            found.extend(filter.map(|filter| stored("event", &event.name, filter)));
        }
        for job in &jobs {
            let named = |ids: &[String]| {
                ids.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect::<Vec<_>>()
            };
            let (positive, negative) = (named(&job.positive_event_ids), named(&job.negative_event_ids));
            let filter = Filter::all(conditions_of(base, job, &positive, &negative, &kinds)?);
            found.extend(filter.map(|filter| stored("job", &job.name, filter)));
        }
        Ok(found)
    }
}

fn stored(kind: &'static str, name: &str, filter: Filter) -> StoredFilter {
    StoredFilter { kind, name: name.into(), filter }
}

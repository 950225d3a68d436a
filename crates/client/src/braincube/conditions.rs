//! Stored conditions of events and jobs as filters.
//!
//! A discrete variable's states are alternatives. Of any other, two bounds are a `between` and one bound is strict. A
//! condition that says nothing is left out. Differences to the official client, which is wrong there: a bound of zero
//! milliseconds is a bound; a condition that does not say whether it is positive is; an event without conditions is not
//! negated; times are those of the memory base's zone.

use std::collections::HashMap;

use futures_util::future::try_join;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::address::BaseId;
use super::model::{Condition, Event, Job};
use super::{Braincube, JobEvents};
use crate::filter::{Filter, Value};
use crate::{Error, Result};

impl Braincube {
    /// The conditions of an event as filters, all of which must be met.
    pub async fn event_conditions(&self, base: &BaseId, event: &str) -> Result<Vec<Filter>> {
        let event = self.event(base, event).await?;
        self.filters_of(base, &event.conditions).await
    }

    /// Stored conditions as filters, all of which must be met. Types of variables are asked for once.
    pub async fn filters_of(&self, base: &BaseId, conditions: &[Condition]) -> Result<Vec<Filter>> {
        let kinds = self.kinds(base, conditions.iter()).await?;
        translate(base, conditions, &kinds)
    }

    /// The conditions of a job as filters, all of which must be met: its own, and with `include_events` those that its
    /// events make. [`Filter::all`] combines them into one.
    pub async fn job_conditions(
        &self,
        base: &BaseId,
        job: &str,
        include_events: bool,
    ) -> Result<Vec<Filter>> {
        let job = self.job(base, job).await?;
        self.conditions_of_job(base, &job, include_events).await
    }

    pub(super) async fn conditions_of_job(
        &self,
        base: &BaseId,
        job: &Job,
        include_events: bool,
    ) -> Result<Vec<Filter>> {
        let events = if include_events { self.events_of_job(base, job).await? } else { JobEvents::none() };
        let of_events = events.negative.iter().chain(&events.positive).flat_map(|event| &event.conditions);
        let kinds = self.kinds(base, job.conditions.iter().chain(of_events)).await?;
        let (positive, negative): (Vec<_>, Vec<_>) =
            (events.positive.iter().collect(), events.negative.iter().collect());
        conditions_of(base, job, &positive, &negative, &kinds)
    }

    /// The events of a job, with their conditions.
    pub async fn job_events(&self, base: &BaseId, job: &str) -> Result<JobEvents> {
        let job = self.job(base, job).await?;
        self.events_of_job(base, &job).await
    }

    async fn events_of_job(&self, base: &BaseId, job: &Job) -> Result<JobEvents> {
        let events = |ids: &[String]| {
            let ids: Vec<String> = ids.to_vec();
            async move {
                let events = ids.iter().map(|id| self.event(base, id));
                stream::iter(events).buffered(self.at_once()).try_collect::<Vec<Event>>().await
            }
        };
        let (positive, negative) =
            try_join(events(&job.positive_event_ids), events(&job.negative_event_ids)).await?;
        Ok(JobEvents { positive, negative })
    }

    /// The types of the variables that conditions look at: from the memory base's description, and for what that leaves
    /// out, one request a variable, side by side.
    pub(super) async fn kinds<'a>(
        &self,
        base: &BaseId,
        conditions: impl Iterator<Item = &'a Condition>,
    ) -> Result<HashMap<String, String>> {
        let mut kinds = HashMap::new();
        let mut unknown: Vec<String> = Vec::new();
        let ids: Vec<&String> = conditions.map(|condition| &condition.variable_id).collect();
        if ids.is_empty() {
            return Ok(kinds);
        }
        let info = self.base_info(base).await?;
        for id in ids {
            match info.kind(id) {
                Some(kind) => _ = kinds.insert(id.clone(), kind.into()),
                None if !unknown.contains(id) => unknown.push(id.clone()),
                None => {}
            }
        }
        let asked = unknown.iter().map(|id| self.variable(base, id));
        let found: Vec<_> = stream::iter(asked).buffered(self.at_once()).try_collect().await?;
        kinds.extend(unknown.iter().cloned().zip(found.into_iter().map(|variable| variable.data_type)));
        Ok(kinds)
    }
}

impl JobEvents {
    fn none() -> Self {
        Self { positive: Vec::new(), negative: Vec::new() }
    }
}

/// The conditions of a job, and what these events of it add: those not to be met, negated, then those to be met.
pub(super) fn conditions_of(
    base: &BaseId,
    job: &Job,
    positive: &[&Event],
    negative: &[&Event],
    kinds: &HashMap<String, String>,
) -> Result<Vec<Filter>> {
    let mut filters = translate(base, &job.conditions, kinds)?;
    for event in negative {
        let negated = Filter::all(translate(base, &event.conditions, kinds)?);
        filters.extend(negated.map(|filter| Filter::Not(Box::new(filter))));
    }
    for event in positive {
        filters.extend(translate(base, &event.conditions, kinds)?);
    }
    Ok(filters)
}

pub(super) fn translate(
    base: &BaseId,
    conditions: &[Condition],
    kinds: &HashMap<String, String>,
) -> Result<Vec<Filter>> {
    let filters = conditions.iter().map(|condition| {
        let kind = kinds.get(&condition.variable_id).map_or("", String::as_str);
        translated(base, condition, kind)
    });
    filters.filter_map(Result::transpose).collect()
}

/// A condition on a variable of this type; `None` when it says nothing.
fn translated(base: &BaseId, condition: &Condition, kind: &str) -> Result<Option<Filter>> {
    let id = base.long_id(&condition.variable_id)?;
    let filter = if kind.eq_ignore_ascii_case("DISCRETE") {
        let mut states = condition.modalities.iter().map(|state| Filter::Equals(id.clone(), state.clone()));
        match condition.modalities.len() {
            0 | 1 => states.next(),
            _ => Some(Filter::Or(states.collect())),
        }
    } else {
        let is_time = kind.eq_ignore_ascii_case("DATETIME");
        let bound = |bound: &Option<Value>| bound.as_ref().map(|value| bound_of(value, is_time)).transpose();
        match (bound(&condition.minimum)?, bound(&condition.maximum)?) {
            (Some(low), Some(high)) => Some(Filter::Between(id, low, high)),
            (Some(low), None) => Some(Filter::Greater(id, low)),
            (None, Some(high)) => Some(Filter::Less(id, high)),
            (None, None) => None,
        }
    };
    Ok(filter.map(|filter| if condition.positive { filter } else { Filter::Not(Box::new(filter)) }))
}

/// A bound; of a time, milliseconds since the epoch.
fn bound_of(value: &Value, is_time: bool) -> Result<Value> {
    let ns = match value {
        Value::Int(ms) if is_time => ms.checked_mul(1_000_000),
        Value::Float(ms) if is_time => Some((ms * 1e6) as i64),
        other => return Ok(other.clone()),
    };
    let refused = || Error::protocol("A stored condition has a time beyond what nanoseconds can tell.");
    ns.map(Value::time).ok_or_else(refused)
}

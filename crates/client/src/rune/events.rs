//! Events, over GraphQL: long ranges in windows, each event once.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::model::Event;
use super::params::nanoseconds;
use super::people::check;
use super::{Rune, Set, wire};
use crate::Result;

/// The server's longest range, s.
const LONGEST_RANGE_S: f64 = 90.0 * 86_400.0;

/// Which events are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventFilter {
    /// Who defined the category ("patient").
    pub namespace: String,
    /// Category: `activity`, `medication`, `symptom` or `wellbeing` among others.
    pub category: String,
    /// Kind within the category; `*` for any.
    #[serde(rename = "enum")]
    pub value: String,
}

impl EventFilter {
    /// All events of a category that patients log.
    pub fn patient(category: &str) -> Self {
        Self { namespace: "patient".into(), category: category.into(), value: "*".into() }
    }
}

#[derive(Deserialize)]
struct OnePatient {
    patient: Option<Events>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Events {
    event_list: Option<wire::EventList>,
}

impl Rune {
    /// A patient's events that touch `[start_time, end_time)`, Unix seconds, and that match one of the filters (all
    /// events, where there is none). Ranges of more than 90 days are asked for in windows; an event that touches
    /// several comes once. An empty range has no events.
    pub async fn patient_events(
        &self,
        patient_id: &str,
        start_time: f64,
        end_time: f64,
        include_filters: &[EventFilter],
    ) -> Result<Set<Event>> {
        let patient_id = check(patient_id)?;
        nanoseconds("start_time", start_time)?;
        nanoseconds("end_time", end_time)?;
        // Of an empty range: 0, for a negative number becomes 0.
        let windows = ((end_time - start_time) / LONGEST_RANGE_S).ceil() as u32;
        let windows = (0..windows).map(|window| {
            let start = start_time + window as f64 * LONGEST_RANGE_S;
            (start, end_time.min(start_time + (window + 1) as f64 * LONGEST_RANGE_S))
        });
        let windows = windows.map(|window| self.events_window(patient_id, window, include_filters));
        let events: Vec<Set<Event>> = stream::iter(windows).buffered(self.at_once()).try_collect().await?;
        Ok(events.into_iter().flatten().collect())
    }

    async fn events_window(
        &self,
        patient_id: &str,
        (start, end): (f64, f64),
        filters: &[EventFilter],
    ) -> Result<Set<Event>> {
        let mut events = Set::new();
        self.walk(async |cursor| {
            let mut variables =
                json!({ "patient_id": patient_id, "cursor": cursor, "start_time": start, "end_time": end });
            if !filters.is_empty() {
                variables["include_filters"] = json!(filters);
            }
            let page: OnePatient = self.query(include_str!("events.graphql"), variables).await?;
            let page = page.patient.ok_or_else(|| self.missing(&format!("patient {patient_id}")))?;
            let list = page.event_list.unwrap_or_default();
            events.update(list.events.into_iter().map(|event| event.of(patient_id)));
            Ok((list.page_info, events.len()))
        })
        .await?;
        Ok(events)
    }

    /// A patient's activities; see [`Self::patient_events`].
    pub async fn patient_activity_events(
        &self,
        patient_id: &str,
        start_time: f64,
        end_time: f64,
    ) -> Result<Set<Event>> {
        self.patient_events(patient_id, start_time, end_time, &[EventFilter::patient("activity")]).await
    }

    /// A patient's medications; see [`Self::patient_events`].
    pub async fn patient_medication_events(
        &self,
        patient_id: &str,
        start_time: f64,
        end_time: f64,
    ) -> Result<Set<Event>> {
        self.patient_events(patient_id, start_time, end_time, &[EventFilter::patient("medication")]).await
    }

    /// A patient's symptoms; see [`Self::patient_events`].
    pub async fn patient_symptom_events(
        &self,
        patient_id: &str,
        start_time: f64,
        end_time: f64,
    ) -> Result<Set<Event>> {
        self.patient_events(patient_id, start_time, end_time, &[EventFilter::patient("symptom")]).await
    }

    /// A patient's notes on wellbeing; see [`Self::patient_events`].
    pub async fn patient_wellbeing_events(
        &self,
        patient_id: &str,
        start_time: f64,
        end_time: f64,
    ) -> Result<Set<Event>> {
        self.patient_events(patient_id, start_time, end_time, &[EventFilter::patient("wellbeing")]).await
    }
}

//! Events and annotations, as marks beside the samples.

use futures_util::StreamExt;
use futures_util::stream::iter;
use serde_json::Value;

use crate::joule::event_writer::Named;
use crate::joule::{Annotation, DataStream, EventAnswer, EventQuery, EventStream, Folder, Histogram, Joule};
use crate::{Event, Result, TimeRange};

/// Events of one stream above which only their number over time is shown.
const MOST_EVENTS: u32 = 5000;

impl Joule {
    /// What was noted in a folder and below that touches a range, by its start.
    pub(super) async fn events_below(&self, folder: &Folder, range: TimeRange) -> Result<Vec<Event>> {
        let folders = folder.walk();
        let at_a_time = self.http.policy.concurrency.max(1);
        let streams = folders.iter().flat_map(|folder| &folder.event_streams);
        let events = iter(streams.map(|stream| self.events_of(stream, range)));
        let annotated = folders.iter().flat_map(|folder| &folder.data_streams);
        let annotations = iter(annotated.map(|stream| self.annotations_of(stream, range)));
        let mut found = Vec::new();
        let mut events = events.buffered(at_a_time);
        while let Some(some) = events.next().await {
            found.extend(some?);
        }
        let mut annotations = annotations.buffered(at_a_time);
        while let Some(some) = annotations.next().await {
            found.extend(some?);
        }
        found.sort_by_key(|event| event.start);
        Ok(found)
    }

    async fn events_of(&self, stream: &EventStream, range: TimeRange) -> Result<Vec<Event>> {
        let query = EventQuery {
            start_ns: Some(range.start),
            end_ns: Some(range.end),
            include_ongoing: true,
            ..EventQuery::default()
        };
        Ok(match self.event_stream_overview(stream, &query, MOST_EVENTS).await? {
            EventAnswer::Events(events) => events.iter().map(|event| mark(stream, event)).collect(),
            EventAnswer::Histogram(histogram) => numbers(stream, &histogram),
        })
    }

    /// Nodes look at starts only, so that all annotations before the range are asked for, too.
    async fn annotations_of(&self, stream: &DataStream, range: TimeRange) -> Result<Vec<Event>> {
        let found = self.annotation_get(stream, None, Some(range.end)).await?;
        let touches =
            |annotation: &&Annotation| annotation.end_ns.unwrap_or(annotation.start_ns) >= range.start;
        Ok(found.iter().filter(touches).map(|found| annotation(stream, found)).collect())
    }
}

/// An event. Its name is the first text of its content.
fn mark(stream: &EventStream, event: &crate::joule::Event) -> Event {
    let mut names = stream
        .event_fields
        .keys()
        .chain(event.content.keys())
        .filter_map(|field| event.content.get(field)?.as_str());
    let name = names.find(|name| !name.is_empty()).unwrap_or(&stream.name);
    Event {
        id: format!("event:{}:{}", stream.id, event.id),
        start: event.start_ns,
        end: Some(event.end_ns),
        name: name.into(),
        category: stream.name.clone(),
        fields: event.content.iter().map(|(field, value)| (field.clone(), text(value))).collect(),
        place: stream.path.as_deref().map(|path| Named::Events(path).id()),
    }
}

/// How many events there are when, where there are too many to show each.
fn numbers(stream: &EventStream, histogram: &Histogram) -> Vec<Event> {
    let filled = histogram.buckets.iter().filter(|bucket| bucket.count > 0);
    let event = |bucket: &crate::joule::Bucket| Event {
        id: format!("events:{}:{}", stream.id, bucket.start_ns),
        start: bucket.start_ns,
        end: Some(bucket.end_ns),
        name: format!("{} events", bucket.count),
        category: stream.name.clone(),
        fields: Vec::new(),
        place: None,
    };
    filled.map(event).collect()
}

fn annotation(stream: &DataStream, annotation: &Annotation) -> Event {
    let fields = [("title", &annotation.title), ("content", &annotation.content)];
    Event {
        id: format!("annotation:{}", annotation.id),
        start: annotation.start_ns,
        end: Some(annotation.end_ns.unwrap_or(annotation.start_ns)),
        name: annotation.title.clone(),
        category: "annotation".into(),
        fields: fields.map(|(name, value)| (name.to_string(), value.clone())).into(),
        place: stream.path.as_deref().map(|path| Named::Annotations(path).id()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

//! Events and annotations of a node as the explorer shows and writes them.
//!
//! A place is an event stream, or the annotations of one data stream. Nodes remove events by time and content alone:
//! one that cannot be told from others that way is not removed.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value};

use super::{
    Annotation, Condition, DataStream, Event, EventQuery, EventStream, FieldKind, Filter, Folder, Joule,
    NewAnnotation, NewEvent, Test,
};
use crate::{Error, ErrorKind, EventContent, EventField, EventFieldKind, EventWriter, Place, Result};

/// The shortest event a node keeps, ns.
const SHORTEST: i64 = 1000;

/// What a place's id names, by its path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Named<'a> {
    Events(&'a str),
    Annotations(&'a str),
}

impl<'a> Named<'a> {
    fn read(place_id: &'a str) -> Result<Self> {
        let (kind, path) = place_id.split_once(' ').unwrap_or_default();
        match kind {
            "events" => Ok(Self::Events(path)),
            "annotations" => Ok(Self::Annotations(path)),
            _ => Err(Error::invalid(format!("place \"{place_id}\" is none of this node."))),
        }
    }

    pub(super) fn id(self) -> String {
        match self {
            Self::Events(path) => format!("events {path}"),
            Self::Annotations(path) => format!("annotations {path}"),
        }
    }
}

/// The node's id of an event that the explorer shows.
fn number(event: &crate::Event) -> Result<i64> {
    let number = event.id.rsplit(':').next().and_then(|id| id.parse().ok());
    number.ok_or_else(|| Error::invalid(format!("event \"{}\" is none of this node.", event.id)))
}

fn place_of(event: &crate::Event) -> Result<Named<'_>> {
    Named::read(event.place.as_deref().unwrap_or_default())
}

fn text(written: &EventContent, name: &str) -> String {
    let found = written.fields.iter().find(|(field, _)| field == name);
    found.map(|(_, text)| text.trim().to_string()).unwrap_or_default()
}

/// Puts what is written into an event's content, by the kinds of the stream's fields; what is empty is left out.
fn fill(content: &mut Map<String, Value>, stream: &EventStream, written: &EventContent) -> Result<()> {
    for (name, text) in &written.fields {
        let value = match stream.event_fields.get(name) {
            _ if text.is_empty() => {
                content.remove(name);
                continue;
            }
            Some(FieldKind::Numeric) => {
                let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
                Value::Number(
                    number.ok_or_else(|| Error::invalid(format!("{name} is \"{text}\": give a number.")))?,
                )
            }
            _ => Value::String(text.clone()),
        };
        content.insert(name.clone(), value);
    }
    Ok(())
}

/// Whole microseconds, and an end that nodes keep.
fn times(written: &EventContent) -> (i64, i64) {
    let whole = |time: i64| time - time.rem_euclid(1000);
    let start = whole(written.start);
    (start, whole(written.end).max(start + SHORTEST))
}

fn place_for_events(stream: &EventStream) -> Option<Place> {
    let field = |(name, kind): (&String, &FieldKind)| EventField {
        name: name.clone(),
        kind: match kind {
            FieldKind::Numeric => EventFieldKind::Number,
            FieldKind::Category(words) => EventFieldKind::Choice(words.clone()),
            FieldKind::Text | FieldKind::Other(_) => EventFieldKind::Text,
        },
        required: false,
    };
    Some(Place {
        id: Named::Events(stream.path.as_deref()?).id(),
        name: stream.name.clone(),
        fields: stream.event_fields.iter().map(field).collect(),
        movable: true,
    })
}

fn place_for_annotations(stream: &DataStream) -> Option<Place> {
    let field = |name: &str, required| EventField { name: name.into(), kind: EventFieldKind::Text, required };
    Some(Place {
        id: Named::Annotations(stream.path.as_deref()?).id(),
        name: format!("Annotations of {}", stream.name),
        fields: vec![field("title", true), field("content", false)],
        movable: false,
    })
}

impl Joule {
    /// The folder at a path, with all below it and their paths.
    pub(super) async fn folder_at(&self, path: &str) -> Result<Folder> {
        if path == "/" { self.folder_root().await } else { self.folder_get(path).await }
    }

    /// The events that go on at an event's start, the event among them.
    async fn beside(&self, path: &str, event: &crate::Event) -> Result<Vec<Event>> {
        let query = EventQuery {
            start_ns: Some(event.start),
            end_ns: Some(event.start.saturating_add(SHORTEST)),
            include_ongoing: true,
            filter: Filter::default(),
        };
        self.event_stream_read_list(path, &query, usize::MAX).await
    }

    async fn rewrite(&self, path: &str, event: &crate::Event, written: &EventContent) -> Result<()> {
        let (stream, id) = (self.event_stream_get(path).await?, number(event)?);
        let found = self.beside(path, event).await?.into_iter().find(|other| other.id == id);
        let mut changed = found.ok_or_else(gone)?;
        fill(&mut changed.content, &stream, written)?;
        (changed.start_ns, changed.end_ns) = times(written);
        self.event_stream_rewrite(path, &[changed]).await.map(drop)
    }

    async fn remove_event(&self, path: &str, event: &crate::Event) -> Result<()> {
        let (id, beside) = (number(event)?, self.beside(path, event).await?);
        let chosen = beside.iter().find(|other| other.id == id).ok_or_else(gone)?;
        let filter = if beside.len() == 1 { Filter::default() } else { exactly(chosen) };
        let same = |other: &&Event| conditions(&chosen.content).all(|condition| meets(&condition, other));
        if beside.iter().filter(same).count() > 1 {
            return Err(Error::invalid(
                "Another event that says the same goes on at this moment, and a node removes events by time and \
                 content alone: both would go. Change this one first.",
            ));
        }
        self.event_stream_remove(path, Some(event.start), Some(event.start.saturating_add(SHORTEST)), &filter)
            .await
    }
}

/// Events that say what this one says.
fn exactly(event: &Event) -> Filter {
    let conditions: Vec<_> = conditions(&event.content).collect();
    if conditions.is_empty() { Filter::default() } else { Filter::all(conditions) }
}

fn conditions(content: &Map<String, Value>) -> impl Iterator<Item = Condition> {
    content.iter().filter_map(|(name, value)| match value {
        Value::Number(number) => Some(Condition::new(name, Test::Eq(number.as_f64()?))),
        Value::String(text) => Some(Condition::new(name, Test::Is(text.clone()))),
        _ => None,
    })
}

fn meets(condition: &Condition, event: &Event) -> bool {
    match (&condition.test, event.content.get(&condition.field)) {
        (Test::Is(text), Some(Value::String(other))) => text == other,
        (Test::Eq(number), Some(other)) => other.as_f64() == Some(*number),
        _ => false,
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::NotFound, "The node does not have this event any more: somebody else changed it.")
}

impl EventWriter for Joule {
    fn places<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<Place>>> {
        async move {
            let folder = self.folder_at(subject_id).await?;
            let below = folder.walk();
            let events = below.iter().flat_map(|folder| &folder.event_streams).filter_map(place_for_events);
            let annotations =
                below.iter().flat_map(|folder| &folder.data_streams).filter_map(place_for_annotations);
            Ok(events.chain(annotations).collect())
        }
        .boxed_local()
    }

    fn create<'a>(&'a self, place_id: &'a str, written: &'a EventContent) -> LocalBoxFuture<'a, Result<()>> {
        async move {
            let (start_ns, end_ns) = times(written);
            match Named::read(place_id)? {
                Named::Events(path) => {
                    let mut content = Map::new();
                    fill(&mut content, &self.event_stream_get(path).await?, written)?;
                    self.event_stream_write(path, &[NewEvent { start_ns, end_ns, content }]).await.map(drop)
                }
                Named::Annotations(path) => {
                    let end_ns = (written.end > written.start).then_some(end_ns);
                    let (title, content) = (text(written, "title"), text(written, "content"));
                    let annotation = NewAnnotation { title, content, start_ns, end_ns };
                    self.annotation_create(&annotation, path).await.map(drop)
                }
            }
        }
        .boxed_local()
    }

    fn update<'a>(
        &'a self,
        event: &'a crate::Event,
        written: &'a EventContent,
    ) -> LocalBoxFuture<'a, Result<()>> {
        async move {
            match place_of(event)? {
                Named::Events(path) => self.rewrite(path, event, written).await,
                Named::Annotations(_) => {
                    // The node takes the words alone; times and stream are what they are.
                    let annotation = Annotation {
                        id: number(event)?,
                        stream_id: 0,
                        title: text(written, "title"),
                        content: text(written, "content"),
                        start_ns: event.start,
                        end_ns: None,
                    };
                    self.annotation_update(&annotation).await.map(drop)
                }
            }
        }
        .boxed_local()
    }

    fn remove<'a>(&'a self, event: &'a crate::Event) -> LocalBoxFuture<'a, Result<()>> {
        async move {
            match place_of(event)? {
                Named::Events(path) => self.remove_event(path, event).await,
                Named::Annotations(_) => self.annotation_delete(number(event)?).await,
            }
        }
        .boxed_local()
    }
}

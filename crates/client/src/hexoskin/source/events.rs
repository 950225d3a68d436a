//! Ranges as events, and how they are made, renamed and deleted.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value};
use streamscope_frame::TickRate;

use super::text;
use crate::hexoskin::data::Span;
use crate::hexoskin::filters::Filters;
use crate::hexoskin::object::Object;
use crate::hexoskin::{Field, Hexoskin};
use crate::{Error, Event, EventContent, EventField, EventFieldKind, EventWriter, Place, Result, TimeRange};

/// Ticks that the server's documents count in; ranges are made in them.
const TICKS: TickRate = TickRate::T256;
/// What a range says.
const FIELDS: [(&str, bool); 2] = [("name", true), ("note", false)];

/// The ranges of a user, or of a record's user, that touch a stretch of time.
pub(super) async fn of(api: &Hexoskin, subject_id: &str, range: TimeRange) -> Result<Vec<Event>> {
    let user = user_of(api, subject_id).await?;
    let filters = Filters::new()
        .with("user", user.as_str())
        .with("start__lt", TICKS.at_or_after(range.end))
        .with("end__gt", TICKS.at_or_after(range.start))
        .with("order_by", "start");
    let mut ranges = api.resource("range").all(&filters);
    let mut events = Vec::new();
    while let Some(object) = ranges.next().await? {
        events.extend(event(&object, &user)?);
    }
    events.sort_by_key(|event| event.start);
    Ok(events)
}

/// The URI of the user that a subject is or belongs to.
async fn user_of(api: &Hexoskin, subject_id: &str) -> Result<String> {
    let subject = api.resource_from_uri(subject_id)?;
    if subject.resource() == "user" {
        return Ok(subject_id.into());
    }
    match subject.get("user").await? {
        Field::Object(user) => Ok(user.resource_uri()),
        Field::Value(_) => Err(Error::protocol(format!("{subject_id} does not say whose it is."))),
    }
}

fn event(object: &Object, user: &str) -> Result<Option<Event>> {
    let span = Span::of(object)?;
    let Some(start) = span.ticks.to_ns(span.start) else { return Ok(None) };
    let fields = FIELDS.map(|(name, _)| (name.to_string(), text(object, name)));
    Ok(Some(Event {
        id: object.resource_uri(),
        start,
        end: span.end.and_then(|end| span.ticks.to_ns(end)),
        name: text(object, "name"),
        category: "range".into(),
        fields: fields.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
        place: Some(user.into()),
    }))
}

/// The fields of a range that is written.
fn fields(content: &EventContent) -> Map<String, Value> {
    let mut fields: Map<String, Value> =
        content.fields.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect();
    fields.insert("start".into(), TICKS.at_or_after(content.start).into());
    fields.insert("end".into(), TICKS.at_or_after(content.end).into());
    fields
}

impl EventWriter for Hexoskin {
    fn places<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<Place>>> {
        async move {
            let field = |(name, required): (&str, bool)| EventField {
                name: name.into(),
                kind: EventFieldKind::Text,
                required,
            };
            let id = user_of(self, subject_id).await?;
            Ok(vec![Place { id, name: "Ranges".into(), fields: FIELDS.map(field).into(), movable: true }])
        }
        .boxed_local()
    }

    fn create<'a>(&'a self, place_id: &'a str, content: &'a EventContent) -> LocalBoxFuture<'a, Result<()>> {
        async move {
            let mut fields = fields(content);
            fields.insert("user".into(), place_id.into());
            self.resource("range").create(fields).await.map(drop)
        }
        .boxed_local()
    }

    fn update<'a>(&'a self, event: &'a Event, content: &'a EventContent) -> LocalBoxFuture<'a, Result<()>> {
        async move { self.resource_from_uri(&event.id)?.update(fields(content)).await }.boxed_local()
    }

    fn remove<'a>(&'a self, event: &'a Event) -> LocalBoxFuture<'a, Result<()>> {
        async move { self.resource_from_uri(&event.id)?.delete().await }.boxed_local()
    }
}

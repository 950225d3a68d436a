//! Writing events: a form for a new one or one that is there, where the platform takes events and the credentials allow.

pub mod form;

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::{Event, EventContent, EventField, EventFieldKind, Place, Source};
use streamscope_signal::TimeZone;
use wasm_bindgen_futures::spawn_local;

pub use self::form::{EventForm, NewEventButton};
use super::events::SubjectEvents;
use super::stage::Stage;
use crate::moment::{local_text, parse};
use crate::page::focus::focus_first;
use crate::state::Workspace;

/// An event as it is being written.
#[derive(Debug, Clone, PartialEq, Default)]
struct Draft {
    /// The event that is changed; `None` for a new one.
    event: Option<Event>,
    /// Id of the place.
    place: String,
    start: String,
    /// Empty for a moment.
    end: String,
    fields: BTreeMap<String, String>,
}

impl Draft {
    /// What is to be written, or what is wrong with it.
    fn content(&self, place: &Place, zone: &TimeZone) -> Result<EventContent, String> {
        let start = parse(&self.start, zone).map_err(|problem| format!("Start: {problem}"))?;
        let end = match self.end.trim() {
            "" => start,
            end => parse(end, zone).map_err(|problem| format!("End: {problem}"))?,
        };
        if end < start {
            return Err("End: it lies before the start.".into());
        }
        let written = |field: &EventField| {
            let text = self.fields.get(&field.name).map(|text| text.trim()).unwrap_or_default();
            match &field.kind {
                _ if text.is_empty() && field.required => {
                    Err(format!("{}: it must not be empty.", field.name))
                }
                EventFieldKind::Number if !text.is_empty() && text.parse::<f64>().is_err() => {
                    Err(format!("{}: \"{text}\" is not a number.", field.name))
                }
                _ => Ok((field.name.clone(), text.to_string())),
            }
        };
        let fields = place.fields.iter().map(written).collect::<Result<_, _>>()?;
        Ok(EventContent { start, end, fields })
    }
}

/// The draft and what became of the last one. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct EventEditor {
    workspace: Workspace,
    stage: Stage,
    events: SubjectEvents,
    draft: RwSignal<Option<Draft>>,
    places: RwSignal<Vec<Place>>,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl EventEditor {
    /// An editor for the events on a stage.
    pub fn beside(workspace: Workspace, stage: Stage, events: SubjectEvents) -> Self {
        Self {
            workspace,
            stage,
            events,
            draft: RwSignal::default(),
            places: RwSignal::default(),
            problem: RwSignal::default(),
            busy: RwSignal::new(false),
        }
    }

    /// Whether the platform takes events. Tracked.
    pub fn takes_events(&self) -> bool {
        self.workspace
            .source
            .with(|source| source.as_ref().is_some_and(|source| source.event_writer().is_some()))
    }

    /// Starts a new event over the measured interval, or at the crosshair, or in the middle of the window.
    pub fn begin(&self) {
        let window = self.stage.window.get_untracked();
        let middle = window.start + (window.end - window.start) / 2;
        let at = self.stage.cursor.get_untracked().unwrap_or(middle);
        let (start, end) = match self.stage.measured.get_untracked() {
            Some(measured) => (measured.start, Some(measured.end)),
            None => (at, None),
        };
        let text = |time| self.stage.zone.with_untracked(|zone| local_text(time, zone));
        self.open(Draft { start: text(start), end: end.map(text).unwrap_or_default(), ..Draft::default() });
    }

    /// Opens an event to be changed.
    pub fn edit(&self, event: Event) {
        let Some(place) = event.place.clone() else { return };
        let text = |time| self.stage.zone.with_untracked(|zone| local_text(time, zone));
        self.open(Draft {
            place,
            start: text(event.start),
            end: event.end.filter(|end| *end > event.start).map(text).unwrap_or_default(),
            fields: event.fields.iter().cloned().collect(),
            event: Some(event),
        });
    }

    /// Opens the event under the crosshair.
    pub fn edit_at_cursor(&self) {
        if let Some(event) =
            untrack(|| self.events.at_cursor()).into_iter().find(|event| event.place.is_some())
        {
            self.edit(event);
        }
    }

    fn open(self, draft: Draft) {
        let Some(source) = self.workspace.source.get_untracked() else { return };
        let Some(subject) = self.events.subject.get_untracked() else { return };
        self.problem.set(None);
        self.places.set(Vec::new());
        self.draft.set(Some(draft));
        spawn_local(async move {
            let Some(writer) = source.event_writer() else { return };
            match writer.places(&subject).await {
                Ok(places) => {
                    let first = places.first().map(|place| place.id.clone()).unwrap_or_default();
                    self.draft.update(|draft| {
                        if let Some(draft) = draft.as_mut().filter(|draft| draft.place.is_empty()) {
                            draft.place = first;
                        }
                    });
                    if places.is_empty() {
                        self.problem.set(Some("There is nothing here that takes events.".into()));
                    }
                    self.places.set(places);
                }
                Err(error) => self.problem.set(Some(error.to_string())),
            }
        });
    }

    /// Leaves the form; the keys go back to the tracks, or to what stands in their place.
    fn close(self) {
        self.draft.set(None);
        focus_first("[data-view=timeline] .stage, [data-view=timeline] .table-scroll");
    }

    /// The place of the draft.
    fn place(&self) -> Option<Place> {
        let id = self.draft.with(|draft| draft.as_ref().map(|draft| draft.place.clone()))?;
        self.places.with(|places| places.iter().find(|place| place.id == id).cloned())
    }

    fn save(self) {
        let (Some(draft), Some(place)) = (self.draft.get_untracked(), untrack(|| self.place())) else {
            return;
        };
        let content = match self.stage.zone.with_untracked(|zone| draft.content(&place, zone)) {
            Ok(content) => content,
            Err(problem) => return self.problem.set(Some(problem)),
        };
        self.write(async move |source| {
            let Some(writer) = source.event_writer() else { return Ok(()) };
            match &draft.event {
                Some(event) => writer.update(event, &content).await,
                None => writer.create(&place.id, &content).await,
            }
        });
    }

    fn remove(self) {
        let Some(event) = self.draft.get_untracked().and_then(|draft| draft.event) else { return };
        self.write(async move |source| match source.event_writer() {
            Some(writer) => writer.remove(&event).await,
            None => Ok(()),
        });
    }

    /// Sends a change, and reads the events anew when it is made.
    fn write(self, change: impl AsyncFnOnce(Rc<dyn Source>) -> streamscope_client::Result<()> + 'static) {
        let Some(source) = self.workspace.source.get_untracked() else { return };
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let outcome = change(source).await;
            self.busy.set(false);
            match outcome {
                Ok(()) => {
                    self.close();
                    self.events.read_anew();
                }
                Err(error) => self.problem.set(Some(error.to_string())),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_an_event_or_a_sentence_that_names_the_field() {
        let field = |name: &str, kind, required| EventField { name: name.into(), kind, required };
        let place = Place {
            id: "p".into(),
            name: "alarms".into(),
            fields: vec![
                field("value", EventFieldKind::Number, false),
                field("note", EventFieldKind::Text, true),
            ],
            movable: true,
        };
        let draft = |start: &str, end: &str, value: &str, note: &str| {
            let fields = [("value", value), ("note", note), ("other", "left out")];
            let fields = fields.map(|(name, text)| (name.to_string(), text.to_string())).into();
            Draft { start: start.into(), end: end.into(), fields, ..Draft::default() }
                .content(&place, &TimeZone::utc())
        };
        let note = draft("1970-01-01 00:00:01.5", " ", "2.5", " hot ").unwrap();
        assert_eq!((note.start, note.end), (1_500_000_000, 1_500_000_000));
        assert_eq!(note.fields, [("value".into(), "2.5".into()), ("note".to_string(), "hot".to_string())]);
        let refused = |start, end, value, note| draft(start, end, value, note).unwrap_err();
        assert!(refused("1970-01-02", "1970-01-01", "", "a").starts_with("End: "));
        assert!(refused("soon", "", "", "a").starts_with("Start: "));
        assert!(refused("1970-01-02", "", "much", "a").starts_with("value: "));
        assert!(refused("1970-01-02", "", "", " ").starts_with("note: "));
    }
}

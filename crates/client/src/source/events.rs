//! Events: what was noted beside the samples, and how it is written.

use futures_util::future::LocalBoxFuture;

use crate::Result;

/// Something noted beside the samples: a dose, a symptom, an annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Id on the platform.
    pub id: String,
    /// When it began, ns.
    pub start: i64,
    /// When it ended, ns: the start itself for a moment, `None` where nobody noted it.
    pub end: Option<i64>,
    /// Name to show.
    pub name: String,
    /// Kind of event (Rune: the category, "medication").
    pub category: String,
    /// What else was noted, by name (Joule: an event's content; an annotation's `title` and `content`).
    pub fields: Vec<(String, String)>,
    /// Id of the [`Place`] that it can be edited in; `None` where it cannot.
    pub place: Option<String>,
}

/// Where events can be written: a list with fields of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Id, as events name it.
    pub id: String,
    /// Name to show ("alarms", "Annotations of power").
    pub name: String,
    /// What an event of it says.
    pub fields: Vec<EventField>,
    /// Whether an event's times can be changed once it is written.
    pub movable: bool,
}

/// One thing that an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventField {
    /// The platform's name for it.
    pub name: String,
    /// What can be written.
    pub kind: EventFieldKind,
    /// Whether it must be there.
    pub required: bool,
}

/// What an [`EventField`] takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventFieldKind {
    /// Any text.
    Text,
    /// A number, written as text.
    Number,
    /// One of these.
    Choice(Vec<String>),
}

/// What is written of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventContent {
    /// When it began, ns.
    pub start: i64,
    /// When it ended, ns: the start itself for a moment.
    pub end: i64,
    /// What it says, by the names of its place's fields.
    pub fields: Vec<(String, String)>,
}

/// Writes events, where a platform has such and the credentials allow it.
pub trait EventWriter {
    /// Where events of a subject can be written.
    fn places<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<Place>>>;
    /// Writes a new event.
    fn create<'a>(&'a self, place_id: &'a str, content: &'a EventContent) -> LocalBoxFuture<'a, Result<()>>;
    /// Writes an event anew, under its id.
    fn update<'a>(&'a self, event: &'a Event, content: &'a EventContent) -> LocalBoxFuture<'a, Result<()>>;
    /// Takes an event away.
    fn remove<'a>(&'a self, event: &'a Event) -> LocalBoxFuture<'a, Result<()>>;
}

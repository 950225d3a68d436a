//! What all parts of the page share: the connection, the catalogue and the selection. Provided as context by `App`.

use std::collections::BTreeSet;
use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::{Filter, Filtered, Source, StreamInfo, Subject};
pub use streamscope_selection::{Selection, View};
use streamscope_signal::TimeZone;

use crate::catalogue::carry::Carried;
use crate::recording::{Recordings, Tasks};
use crate::row_filter::names::Names;
use crate::row_filter::words::words;
use crate::zones;

/// Where the source reads from. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What the page calls it: "Demo recordings", or the host.
    pub name: String,
}

/// How far a list has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Listing {
    /// Nothing was asked for.
    #[default]
    Idle,
    /// The answer is on its way.
    Loading,
    /// All there.
    Ready,
    /// What went wrong, in words.
    Failed(String),
}

/// Shared state. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct Workspace {
    /// The connection's source; `None` while connecting. Rows are read from [`reading`](Self::reading).
    pub source: RwSignal<Option<Rc<dyn Source>>, LocalStorage>,
    /// Where the source reads from; set and cleared with it.
    pub connection: RwSignal<Option<Connection>>,
    /// Subjects of the connection.
    pub subjects: RwSignal<Vec<Subject>>,
    /// Ids of subjects in which others lie that were asked for.
    pub looked_into: RwSignal<BTreeSet<String>>,
    /// The lists of what lies in them that are under way. They end with the connection.
    pub inner_listings: StoredValue<Tasks, LocalStorage>,
    /// How far `subjects` has come.
    pub subjects_listing: RwSignal<Listing>,
    /// Streams of the selected subject.
    pub streams: RwSignal<Vec<StreamInfo>>,
    /// How far `streams` has come.
    pub streams_listing: RwSignal<Listing>,
    /// The selection. Writing it updates the URL fragment.
    pub selection: RwSignal<Selection>,
    /// Id of the stream that the inspector describes; not part of the selection.
    pub focus: RwSignal<Option<String>>,
    /// The selection's time zone as a table.
    pub zone: Memo<TimeZone>,
    /// Rows and availability fetched so far: views fill it, the inspector reads what is in view from it.
    pub recordings: Recordings,
    /// The catalogue's streams, as filters name them.
    pub names: Memo<Names>,
    /// The filter in force, in words.
    pub filter_words: Memo<Option<String>>,
    /// What was looked at of the subject before, until it is found again.
    pub carried: StoredValue<Option<Carried>>,
    /// The selected subject and the filter on its rows.
    filter: Memo<Option<(String, Filter)>>,
    filtered: StoredValue<Option<Narrowed>, LocalStorage>,
}

/// A source, the filter that was put before it, and what came of that.
#[derive(Clone)]
struct Narrowed {
    source: Rc<dyn Source>,
    filter: (String, Filter),
    filtered: Rc<dyn Source>,
}

impl Workspace {
    /// Makes the page's one workspace, in the browser's own time zone, and provides it as context.
    pub fn provide() -> Self {
        let selection = RwSignal::new(Selection { zone: zones::own(), ..Selection::default() });
        let streams = RwSignal::<Vec<StreamInfo>>::default();
        let zone_name = Memo::new(move |_| selection.with(|selection| selection.zone.clone()));
        let years = Memo::new(move |_| streams.with(|streams| zones::years(streams)));
        let names = Memo::new(move |_| streams.with(|streams| Names::of(streams)));
        let zone = Memo::new(move |_| zones::table(&zone_name.get(), years.get()));
        let workspace = Self {
            source: RwSignal::new_local(None),
            connection: RwSignal::default(),
            subjects: RwSignal::default(),
            looked_into: RwSignal::default(),
            inner_listings: StoredValue::new_local(Tasks::default()),
            subjects_listing: RwSignal::default(),
            streams,
            streams_listing: RwSignal::default(),
            selection,
            focus: RwSignal::default(),
            zone,
            recordings: Recordings::new(),
            filter: Memo::new(move |_| {
                selection.with(|selection| Some((selection.subject.clone()?, selection.filter.clone()?)))
            }),
            filtered: StoredValue::new_local(None),
            carried: StoredValue::new(None),
            names,
            filter_words: Memo::new(move |_| {
                let filter = selection.with(|selection| selection.filter.clone())?;
                Some(names.with(|names| zone.with(|zone| words(&filter, names, zone))))
            }),
        };
        provide_context(workspace);
        workspace
    }

    /// What rows are read from: the source, behind the filter where one is in force. One and the same as long as both
    /// stay. Tracked.
    pub fn reading(&self) -> Option<Rc<dyn Source>> {
        let source = self.source.get()?;
        let Some(filter) = self.filter.get() else { return Some(source) };
        let same = |held: &Narrowed| Rc::ptr_eq(&held.source, &source) && held.filter == filter;
        if let Some(held) = self.filtered.get_value().filter(same) {
            return Some(held.filtered);
        }
        let (subject, wanted) = filter.clone();
        let filtered: Rc<dyn Source> = Rc::new(Filtered::new(source.clone(), subject, wanted));
        self.filtered.set_value(Some(Narrowed { source, filter, filtered: filtered.clone() }));
        Some(filtered)
    }

    /// Lets go of the source, of all that came from it, and with it of the credentials.
    pub fn forget_source(&self) {
        self.recordings.forget();
        self.inner_listings.with_value(Tasks::stop);
        self.filtered.set_value(None);
        self.carried.set_value(None);
        self.source.set(None);
    }

    /// The selected streams' metadata, in track order; streams that the catalogue does not hold are left out.
    pub fn selected_streams(&self) -> Vec<StreamInfo> {
        let wanted = self.selection.with(|selection| selection.streams.clone());
        self.streams.with(|streams| {
            wanted.iter().filter_map(|id| streams.iter().find(|stream| &stream.id == id).cloned()).collect()
        })
    }

    /// Subjects in which others lie that were not asked for yet. Tracked.
    pub fn unasked<'a>(&self, subjects: &'a [Subject]) -> impl Iterator<Item = &'a Subject> {
        let asked = self.looked_into.get();
        subjects.iter().filter(move |one| one.has_inner && !asked.contains(&one.id))
    }

    /// The selected subject, if the connection does not reach it: a link may name it. Tracked.
    pub fn unknown_subject(&self) -> Option<String> {
        let chosen = self.selection.with(|selection| selection.subject.clone())?;
        let ready = self.subjects_listing.get() == Listing::Ready;
        // It may lie in one that was not looked into yet.
        let known = self.subjects.with(|subjects| {
            subjects.iter().any(|one| one.id == chosen) || self.unasked(subjects).next().is_some()
        });
        (ready && !known).then_some(chosen)
    }

    /// Selected streams that the catalogue, once it is all there, does not hold: a link may name them. Tracked.
    pub fn unknown_streams(&self) -> Vec<String> {
        if self.streams_listing.get() != Listing::Ready {
            return Vec::new();
        }
        let wanted = self.selection.with(|selection| selection.streams.clone());
        self.streams.with(|streams| {
            wanted.into_iter().filter(|id| streams.iter().all(|stream| &stream.id != id)).collect()
        })
    }

    /// Puts a stream among the tracks, or takes it out, and describes it in the inspector.
    pub fn toggle_stream(&self, id: &str) {
        self.selection.update(|selection| match selection.streams.iter().position(|held| held == id) {
            Some(index) => {
                selection.streams.remove(index);
            }
            None => selection.streams.push(id.to_string()),
        });
        self.focus.set(Some(id.to_string()));
    }

    /// The stream that the inspector describes: the focused one, else the first track. Tracked.
    pub fn focused_stream(&self) -> Option<StreamInfo> {
        let first = self.selection.with(|selection| selection.streams.first().cloned());
        let id = self.focus.get().or(first)?;
        self.streams.with(|streams| streams.iter().find(|stream| stream.id == id).cloned())
    }
}

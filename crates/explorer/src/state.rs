//! What all parts of the page share: the connection, the catalogue and the selection. Provided as context by `App`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::{Clock, Filter, Filtered, Source, StreamInfo, Subject, Together};
pub use streamscope_selection::{Selection, View};
use streamscope_signal::TimeZone;

use crate::catalogue::carry::Carried;
use crate::recording::{Recordings, Tasks};
use crate::row_filter::names::Names;
use crate::row_filter::words::words;
use crate::text::in_line;
use crate::zones;

/// One of the connections that the source reads from. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its key, as [`Together`] knows it.
    pub key: String,
    /// What the page calls it: "Demo recordings", or the host.
    pub name: String,
    /// The platform's name.
    pub platform: &'static str,
    /// Whether it is a demo.
    pub is_demo: bool,
    /// Number of its colour.
    pub colour: usize,
    /// The subject that was looked at when another connection was turned to.
    pub left_at: Option<String>,
    /// Whether it is to the page itself, where no other program reaches it.
    pub in_page: bool,
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
    /// All connections as one source; `None` while there is none. Rows are read from [`reading`](Self::reading).
    pub source: RwSignal<Option<Rc<dyn Source>>, LocalStorage>,
    /// The same, as what it is.
    pub together: StoredValue<Option<Rc<Together>>, LocalStorage>,
    /// The connections, in the order in which they were made; set and cleared with the source.
    pub connections: RwSignal<Vec<Connection>>,
    /// Key of the connection whose subjects are listed.
    pub at: RwSignal<String>,
    /// Subjects of that connection.
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
    /// Streams of other subjects that are kept among the tracks.
    pub kept: RwSignal<Vec<StreamInfo>>,
    /// Names of the subjects of streams that are kept, as far as they are known.
    pub kept_names: RwSignal<BTreeMap<String, String>>,
    /// Ids of kept streams that their subjects turned out not to have.
    pub kept_unknown: RwSignal<BTreeSet<String>>,
    /// Notified when clocks were set.
    pub clocks_set: RwSignal<()>,
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
        let kept = RwSignal::<Vec<StreamInfo>>::default();
        let zone_name = Memo::new(move |_| selection.with(|selection| selection.zone.clone()));
        let years = Memo::new(move |_| {
            streams.with(|streams| kept.with(|kept| zones::years(streams.iter().chain(kept))))
        });
        let names = Memo::new(move |_| streams.with(|streams| Names::of(streams)));
        let zone = Memo::new(move |_| zones::table(&zone_name.get(), years.get()));
        let workspace = Self {
            source: RwSignal::new_local(None),
            together: StoredValue::new_local(None),
            connections: RwSignal::default(),
            at: RwSignal::default(),
            subjects: RwSignal::default(),
            looked_into: RwSignal::default(),
            inner_listings: StoredValue::new_local(Tasks::default()),
            subjects_listing: RwSignal::default(),
            streams,
            streams_listing: RwSignal::default(),
            kept,
            kept_names: RwSignal::default(),
            kept_unknown: RwSignal::default(),
            clocks_set: RwSignal::default(),
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
        self.clocks_set.track();
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
        self.together.set_value(None);
        self.kept.set(Vec::new());
        self.kept_names.set(BTreeMap::new());
        self.kept_unknown.set(BTreeSet::new());
        self.connections.set(Vec::new());
        self.source.set(None);
    }

    /// An id as its platform has it. Tracked.
    pub fn own_id(&self, id: &str) -> String {
        self.selection.with(|selection| selection.own_id(id).to_string())
    }

    /// The clock of a subject, as the selection has it. Tracked.
    pub fn clock_of(&self, subject_id: &str) -> Clock {
        self.selection.with(|held| held.clock_of(subject_id)).unwrap_or_default().1
    }

    /// Whether a connection is there. Tracked.
    pub fn is_connected(&self, key: &str) -> bool {
        self.connections.with(|all| all.iter().any(|one| one.key == key))
    }

    /// The connection whose subjects are listed. Tracked.
    pub fn connection(&self) -> Option<Connection> {
        let at = self.at.get();
        self.connections.with(|all| all.iter().find(|one| one.key == at).cloned())
    }

    /// The connection that an id belongs to. Tracked.
    pub fn connection_of(&self, id: &str) -> Option<Connection> {
        let key = self.key_of(id);
        self.connections.with(|all| all.iter().find(|one| one.key == key).cloned())
    }

    /// What the page calls a subject: its name, where it was listed, else its id. Tracked.
    pub fn subject_name(&self, id: &str) -> String {
        let listed =
            self.subjects.with(|all| all.iter().find(|one| one.id == id).map(|one| one.name.clone()));
        let noted = || self.kept_names.with(|names| names.get(id).cloned());
        let named = listed.filter(|name| !name.is_empty()).or_else(noted);
        in_line(&named.unwrap_or_else(|| self.own_id(id)), 60)
    }

    /// Keys of connections that the selection needs and that are not there. Tracked.
    pub fn missing_connections(&self) -> Vec<String> {
        let needed: Vec<_> =
            self.selection.with(|selection| selection.needs().into_iter().map(str::to_string).collect());
        needed.into_iter().filter(|key| !self.is_connected(key)).collect()
    }

    /// The key of the connection that an id belongs to. Tracked.
    pub fn key_of(&self, id: &str) -> String {
        self.selection.with(|selection| selection.key_of(id).to_string())
    }

    /// The selected streams' metadata, in track order; streams that the catalogue does not hold are left out.
    pub fn selected_streams(&self) -> Vec<StreamInfo> {
        let wanted = self.selection.with(|selection| selection.streams.clone());
        self.streams.with(|streams| {
            self.kept.with(|kept| {
                let found = |id: &String| streams.iter().chain(kept).find(|stream| &stream.id == id).cloned();
                wanted.iter().filter_map(found).collect()
            })
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
        if self.key_of(&chosen) != self.at.get() {
            return None;
        }
        let ready = self.subjects_listing.get() == Listing::Ready;
        // It may lie in one that was not looked into yet.
        let known = self.subjects.with(|subjects| {
            subjects.iter().any(|one| one.id == chosen) || self.unasked(subjects).next().is_some()
        });
        (ready && !known).then_some(chosen)
    }

    /// Selected streams that the catalogue, once it is all there, does not hold: a link may name them. Tracked.
    pub fn unknown_streams(&self) -> Vec<String> {
        let gone = self.kept_unknown.get();
        let gone = self.selection.with(|selection| {
            gone.into_iter().filter(|id| selection.kept.contains_key(id)).collect::<Vec<_>>()
        });
        if self.streams_listing.get() != Listing::Ready {
            return gone;
        }
        let wanted = self.selection.with(|selection| {
            let own = selection.streams.iter().filter(|id| !selection.kept.contains_key(*id));
            own.cloned().collect::<Vec<_>>()
        });
        let at = self.at.get();
        self.streams.with(|streams| {
            let is_unknown =
                |id: &String| streams.iter().all(|stream| &stream.id != id) && self.key_of(id) == at;
            wanted.into_iter().filter(is_unknown).chain(gone).collect()
        })
    }

    /// Puts a stream among the tracks, or takes it out, and describes it in the inspector.
    pub fn toggle_stream(&self, id: &str) {
        self.selection.update(|selection| match selection.streams.iter().position(|held| held == id) {
            Some(index) => {
                selection.streams.remove(index);
                selection.kept.remove(id);
            }
            None => selection.streams.push(id.to_string()),
        });
        self.focus.set(Some(id.to_string()));
    }

    /// The stream that the inspector describes: the focused one, else the first track. Tracked.
    pub fn focused_stream(&self) -> Option<StreamInfo> {
        let first = self.selection.with(|selection| selection.streams.first().cloned());
        let id = self.focus.get().or(first)?;
        self.streams.with(|streams| {
            self.kept.with(|kept| streams.iter().chain(kept).find(|stream| stream.id == id).cloned())
        })
    }
}

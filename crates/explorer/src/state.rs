//! What all parts of the page share: the connection, the catalogue and the selection. Provided as context by `App`.

use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::rune::AuthMethod;
use streamscope_client::{Platform, Source, StreamInfo, Subject, TimeRange};
use streamscope_signal::TimeZone;

use crate::recording::Recordings;
use crate::zones;

/// One of the three views of one selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Which data exist.
    Availability,
    /// What a typical day looks like.
    DayProfile,
    /// Every raw sample.
    #[default]
    Timeline,
}

/// What is looked at. Lives in the URL fragment, without credentials.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// The view.
    pub view: View,
    /// The platform that subject and streams belong to.
    pub platform: Option<Platform>,
    /// The subject whose streams are listed.
    pub subject: Option<String>,
    /// Ids of the selected streams, in the order of their tracks.
    pub streams: Vec<String>,
    /// The range in view; `None` until the streams' own span is known.
    pub range: Option<TimeRange>,
    /// IANA name of the time zone on screen.
    pub zone: String,
}

impl Selection {
    /// Names a platform. What belongs to another one is let go.
    pub fn turn_to(&mut self, platform: Platform) {
        if self.platform.replace(platform).unwrap_or(Platform::Rune) != platform {
            *self = Self { subject: None, streams: Vec::new(), range: None, ..std::mem::take(self) };
        }
    }
}

/// Where the source reads from. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What the page calls it: "Demo recordings", or the host.
    pub name: String,
    /// Whether these are the sandbox's demo recordings.
    pub demo: bool,
    /// Its addresses.
    pub access: Access,
}

/// A platform's addresses, and how requests are signed. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Rune.
    Rune {
        /// Base URL of the metadata (GraphQL) API.
        graph_url: String,
        /// Base URL of the stream API.
        stream_url: String,
        /// How requests are signed.
        credentials: AuthMethod,
    },
    /// A Joule node, with its API key.
    Joule {
        /// Base URL of the node.
        url: String,
    },
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
    /// The connection's source; `None` while connecting.
    pub source: RwSignal<Option<Rc<dyn Source>>, LocalStorage>,
    /// Where the source reads from; set and cleared with it.
    pub connection: RwSignal<Option<Connection>>,
    /// Subjects of the connection.
    pub subjects: RwSignal<Vec<Subject>>,
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
}

impl Workspace {
    /// Makes the page's one workspace, in the browser's own time zone, and provides it as context.
    pub fn provide() -> Self {
        let selection = RwSignal::new(Selection { zone: zones::own(), ..Selection::default() });
        let streams = RwSignal::<Vec<StreamInfo>>::default();
        let zone_name = Memo::new(move |_| selection.with(|selection| selection.zone.clone()));
        let years = Memo::new(move |_| streams.with(|streams| zones::years(streams)));
        let workspace = Self {
            source: RwSignal::new_local(None),
            connection: RwSignal::default(),
            subjects: RwSignal::default(),
            subjects_listing: RwSignal::default(),
            streams,
            streams_listing: RwSignal::default(),
            selection,
            focus: RwSignal::default(),
            zone: Memo::new(move |_| zones::table(&zone_name.get(), years.get())),
            recordings: Recordings::new(),
        };
        provide_context(workspace);
        workspace
    }

    /// The selected streams' metadata, in track order; streams that the catalogue does not hold are left out.
    pub fn selected_streams(&self) -> Vec<StreamInfo> {
        let wanted = self.selection.with(|selection| selection.streams.clone());
        self.streams.with(|streams| {
            wanted.iter().filter_map(|id| streams.iter().find(|stream| &stream.id == id).cloned()).collect()
        })
    }

    /// The selected subject, if the connection does not reach it: a link may name it. Tracked.
    pub fn unknown_subject(&self) -> Option<String> {
        let chosen = self.selection.with(|selection| selection.subject.clone())?;
        let ready = self.subjects_listing.get() == Listing::Ready;
        let known = self.subjects.with(|subjects| subjects.iter().any(|subject| subject.id == chosen));
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

//! The store of recordings, and the one read each of them may have under way.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::{Progress, Source, StreamInfo, TimeRange};
use wasm_bindgen_futures::spawn_local;

use super::coverage::Coverage;
use super::data::Data;
use super::events::Events;
use super::live::Following;
use super::ranges::intersection;
use super::sketch::Sketch;

/// What a recording is doing.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Status {
    /// Nothing: all that was asked for is there, or nothing was asked for.
    #[default]
    Idle,
    /// Fetching.
    Loading {
        /// Rows, bytes and pages of this read.
        progress: Progress,
        /// The range that is being fetched.
        range: TimeRange,
    },
    /// The last read failed; what had come before is kept.
    Failed {
        /// What happened, in the platform's or the client's words.
        message: String,
        /// What was wanted.
        range: TimeRange,
    },
    /// The person stopped the last read; what had come before is kept.
    Cancelled {
        /// What was wanted.
        range: TimeRange,
    },
}

/// All recordings of a connection. `Copy`, as Leptos signals are; made once, by `App`.
#[derive(Clone, Copy)]
pub struct Recordings {
    held: StoredValue<Held, LocalStorage>,
    count: RwSignal<usize>,
}

#[derive(Default)]
struct Held {
    source: Option<Rc<dyn Source>>,
    by_stream: BTreeMap<String, Recording>,
    coverage: Coverage,
    events: Events,
}

impl Recordings {
    /// An empty store.
    pub fn new() -> Self {
        Self { held: StoredValue::new_local(Held::default()), count: RwSignal::new(0) }
    }

    /// The recording of a stream, new or known. All are dropped, and their reads ended, when the source is another
    /// one than last time.
    pub fn of(&self, source: &Rc<dyn Source>, stream: &StreamInfo) -> Recording {
        self.follow(source);
        let known = self.held.with_value(|held| held.by_stream.get(&stream.id).cloned());
        known.unwrap_or_else(|| {
            let recording = Recording::new(source.clone(), stream.clone());
            self.held.update_value(|held| {
                held.by_stream.insert(stream.id.clone(), recording.clone());
            });
            self.count.update(|count| *count += 1);
            recording
        })
    }

    /// The recording of a stream of which something was asked for. Tracked: a view that finds none is told of one.
    pub fn known(&self, stream_id: &str) -> Option<Recording> {
        self.count.track();
        self.held.with_value(|held| held.by_stream.get(stream_id).cloned())
    }

    /// Which stretches of time hold data, as far as it was asked.
    pub fn coverage(&self, source: &Rc<dyn Source>) -> Coverage {
        self.follow(source);
        self.held.with_value(|held| held.coverage.clone())
    }

    /// What was noted beside the samples, as far as it was asked.
    pub fn events(&self, source: &Rc<dyn Source>) -> Events {
        self.follow(source);
        self.held.with_value(|held| held.events.clone())
    }

    fn follow(&self, source: &Rc<dyn Source>) {
        let same =
            self.held.with_value(|held| held.source.as_ref().is_some_and(|held| Rc::ptr_eq(held, source)));
        if !same {
            self.held.update_value(|held| {
                held.by_stream.values().for_each(|recording| {
                    recording.cancel();
                    recording.unfollow();
                });
                *held = Held { source: Some(source.clone()), ..Held::default() };
            });
        }
    }
}

impl Default for Recordings {
    fn default() -> Self {
        Self::new()
    }
}

/// What was fetched of one stream. Cheap to clone: all clones are one recording.
#[derive(Clone)]
pub struct Recording {
    pub(super) inner: Rc<Inner>,
}

pub(super) struct Inner {
    pub(super) source: Rc<dyn Source>,
    pub(super) stream: StreamInfo,
    pub(super) data: RefCell<Data>,
    pub(super) read: RefCell<Option<(AbortHandle, TimeRange)>>,
    pub(super) wanted: Cell<Option<TimeRange>>,
    /// Whether every sample is wanted, however many there are.
    pub(super) whole: Cell<bool>,
    pub(super) sketch: RefCell<Sketch>,
    pub(super) status: ArcRwSignal<Status>,
    version: ArcRwSignal<u64>,
    live: Live,
}

/// The live end of a recording.
#[derive(Default)]
pub(super) struct Live {
    pub(super) following: ArcRwSignal<Following>,
    pub(super) task: RefCell<Option<AbortHandle>>,
    /// End of the rows that came live, ns.
    pub(super) end: Cell<Option<i64>>,
}

impl Recording {
    fn new(source: Rc<dyn Source>, stream: StreamInfo) -> Self {
        Self {
            inner: Rc::new(Inner {
                source,
                data: RefCell::new(Data::of(&stream.dimensions)),
                stream,
                read: RefCell::default(),
                wanted: Cell::default(),
                whole: Cell::default(),
                sketch: RefCell::default(),
                status: ArcRwSignal::default(),
                version: ArcRwSignal::new(0),
                live: Live::default(),
            }),
        }
    }

    /// The stream's metadata.
    pub fn stream(&self) -> &StreamInfo {
        &self.inner.stream
    }

    /// What it is doing. Tracked.
    pub fn status(&self) -> Status {
        self.inner.status.get()
    }

    /// Whether rows are on their way. Not tracked.
    pub fn is_reading(&self) -> bool {
        matches!(self.status_untracked(), Status::Loading { .. })
    }

    /// What it is doing. Not tracked.
    pub fn status_untracked(&self) -> Status {
        self.inner.status.get_untracked()
    }

    /// Notes that the caller depends on the rows held.
    pub fn track(&self) {
        self.inner.version.track();
    }

    /// Looks at the rows held. Not tracked: see [`track`](Self::track).
    pub fn with<T>(&self, look: impl FnOnce(&Data) -> T) -> T {
        look(&self.inner.data.borrow())
    }

    /// The range of the stream's own data, with what came live.
    pub fn span(&self) -> Option<TimeRange> {
        let (recorded, live) = (span(&self.inner.stream), self.inner.live.end.get());
        match (recorded, live) {
            (Some(recorded), Some(end)) => Some(TimeRange { end: recorded.end.max(end), ..recorded }),
            (None, Some(end)) => {
                self.with(Data::fetched).ranges().first().map(|first| TimeRange { end, ..*first })
            }
            (recorded, None) => recorded,
        }
    }

    /// Where its rows come from.
    pub fn source(&self) -> &Rc<dyn Source> {
        &self.inner.source
    }

    pub(super) fn live(&self) -> &Live {
        &self.inner.live
    }

    /// Changes the rows held.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Data) -> T) -> T {
        change(&mut self.inner.data.borrow_mut())
    }

    /// The platform's own reduced rows, as far as they are there. Not tracked: see [`track`](Self::track).
    pub fn with_sketch<T>(&self, look: impl FnOnce(&Sketch) -> T) -> T {
        look(&self.inner.sketch.borrow())
    }

    /// Makes sure that a range can be looked at: every sample is fetched, or, where there are very many and the platform
    /// reduces them, a sketch of them.
    pub fn want(&self, range: TimeRange) {
        self.inner.whole.set(false);
        self.fetch(range);
    }

    /// Makes sure that every sample of a range is fetched.
    pub fn want_whole(&self, range: TimeRange) {
        self.inner.whole.set(true);
        self.fetch(range);
    }

    /// A read under way goes on when it serves, and ends when it does not.
    fn fetch(&self, range: TimeRange) {
        let range = match self.span() {
            Some(span) => intersection(range, span),
            None => Some(range),
        };
        let Some(range) = range else { return };
        let Some(first) = self.first_missing(range) else { return };
        if self.is_sketched(range) {
            return;
        }
        if let Some((_, reading)) = self.inner.read.borrow().as_ref()
            && reading.start <= first.start
            && first.start < reading.end
            && self.reached(*reading) >= first.start
        {
            self.inner.wanted.set(Some(range));
            return;
        }
        self.stop();
        self.inner.wanted.set(Some(range));
        self.start();
    }

    /// Stops the read under way. What has come is kept.
    pub fn cancel(&self) {
        if self.stop() {
            let range = self.inner.wanted.get().unwrap_or(TimeRange { start: 0, end: 0 });
            self.inner.status.set(Status::Cancelled { range });
            self.changed();
        }
    }

    /// Asks again for what was wanted last.
    pub fn retry(&self) {
        if let Some(range) = self.inner.wanted.get() {
            self.inner.status.set(Status::Idle);
            self.fetch(range);
        }
    }

    pub(super) fn first_missing(&self, range: TimeRange) -> Option<TimeRange> {
        self.with(Data::fetched).missing(range).first().copied()
    }

    /// How far the read of a range has come.
    fn reached(&self, reading: TimeRange) -> i64 {
        self.first_missing(reading).map_or(reading.end, |missing| missing.start)
    }

    fn stop(&self) -> bool {
        match self.inner.read.borrow_mut().take() {
            Some((handle, _)) => {
                handle.abort();
                true
            }
            None => false,
        }
    }

    pub(super) fn changed(&self) {
        self.inner.version.update(|version| *version += 1);
    }

    fn start(&self) {
        let Some(wanted) = self.inner.wanted.get() else { return };
        let (handle, registration) = AbortHandle::new_pair();
        *self.inner.read.borrow_mut() = Some((handle, wanted));
        self.inner.status.set(Status::Loading { progress: Progress::default(), range: wanted });
        let recording = self.clone();
        spawn_local(async move {
            let all = Abortable::new(recording.read_all(), registration);
            let Ok(outcome) = all.await else { return };
            recording.inner.read.borrow_mut().take();
            recording.inner.status.set(match outcome {
                Ok(()) => Status::Idle,
                Err(message) => {
                    let range = recording.inner.wanted.get().unwrap_or(wanted);
                    Status::Failed { message, range }
                }
            });
            recording.changed();
        });
    }
}

/// The range of a stream's own data: from its first sample to the end of its last, never empty.
pub fn span(stream: &StreamInfo) -> Option<TimeRange> {
    let (start, end) = (stream.min_time?, stream.max_time?);
    Some(TimeRange { start, end: end.max(start.saturating_add(1)) })
}

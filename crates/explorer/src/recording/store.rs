//! A recording, and the one read that it may have under way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::{Extent, Progress, Source, StreamInfo, TimeRange};
use wasm_bindgen_futures::spawn_local;

use super::context::Tries;
use super::data::Data;
use super::filtered::Filtered;
use super::live::Following;
use super::ranges::intersection;
use super::room::Room;
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

/// What was fetched of one stream. Cheap to clone: all clones are one recording.
#[derive(Clone)]
pub struct Recording {
    pub(super) inner: Rc<Inner>,
}

impl PartialEq for Recording {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

pub(super) struct Inner {
    pub(super) source: Rc<dyn Source>,
    pub(super) stream: StreamInfo,
    pub(super) data: RefCell<Data>,
    pub(super) read: RefCell<Option<(AbortHandle, TimeRange)>>,
    pub(super) wanted: Cell<Option<TimeRange>>,
    /// Ranges of which every sample is wanted, however many there are.
    pub(super) demands: RefCell<Vec<TimeRange>>,
    pub(super) tries: Tries,
    pub(super) room: Rc<Room>,
    /// When it was looked at last, as its room counts.
    pub(super) seen: Cell<u64>,
    /// Whether a view shows it.
    pub(super) on_screen: Cell<bool>,
    pub(super) sketch: RefCell<Sketch>,
    /// What a track draws instead, and whether it is being worked on.
    pub(super) filtered: RefCell<Option<Filtered>>,
    pub(super) is_filtering: Cell<bool>,
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
    pub(super) fn new(source: Rc<dyn Source>, stream: StreamInfo, room: Rc<Room>) -> Self {
        let recording = Self {
            inner: Rc::new(Inner {
                source,
                data: RefCell::new(Data::of(&stream.dimensions)),
                stream,
                read: RefCell::default(),
                wanted: Cell::default(),
                demands: RefCell::default(),
                tries: Tries::default(),
                room: room.clone(),
                seen: Cell::default(),
                on_screen: Cell::default(),
                sketch: RefCell::default(),
                filtered: RefCell::default(),
                is_filtering: Cell::default(),
                status: ArcRwSignal::default(),
                version: ArcRwSignal::new(0),
                live: Live::default(),
            }),
        };
        room.enter(&recording);
        recording
    }

    /// What tells it from others of the same stream: a filter makes another recording of it.
    pub fn number(&self) -> usize {
        Rc::as_ptr(&self.inner).addr()
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
        let (recorded, live) = (self.inner.stream.span(), self.inner.live.end.get());
        match (recorded, live) {
            (Some(recorded), Some(end)) => Some(TimeRange { end: recorded.end.max(end), ..recorded }),
            (None, Some(end)) => {
                self.with(Data::fetched).ranges().first().map(|first| TimeRange { end, ..*first })
            }
            (recorded, None) => recorded,
        }
    }

    /// The part of a range in which the stream can have data at all.
    pub fn possible(&self, range: TimeRange) -> Option<TimeRange> {
        if !self.stream().has_time() {
            return None;
        }
        match (self.span(), self.inner.stream.extent) {
            (Some(span), _) => intersection(range, span),
            (None, Extent::Empty) => None,
            (None, _) => Some(range),
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
    /// reduces them, a sketch of them; and the samples next to it, to which lines run.
    pub fn want(&self, range: TimeRange) {
        self.inner.room.look_at(self);
        let Some(range) = self.possible(range) else { return };
        self.inner.wanted.set(Some(range));
        self.fetch(self.warmed_up(range));
    }

    /// A read under way goes on when it serves, and ends when it does not.
    pub(super) fn fetch(&self, range: TimeRange) {
        let missing = self.first_missing(range).or_else(|| self.next_beside(range));
        let Some(first) = missing.filter(|_| !self.is_sketched(range)) else { return };
        if let Some((_, reading)) = self.inner.read.borrow().as_ref()
            && reading.start <= first.start
            && first.start < reading.end
            && self.reached(*reading) >= first.start
        {
            return;
        }
        self.stop();
        self.start(range);
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
        if let Some(range) = self.wanted() {
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
        self.redraw();
        self.refilter();
    }

    /// Has what is drawn of the rows drawn again.
    pub(super) fn redraw(&self) {
        self.inner.version.update(|version| *version += 1);
    }

    /// Starts to read what is demanded, unless a read is under way: that one comes to it.
    pub(super) fn start_if_idle(&self) {
        let idle = self.inner.read.borrow().is_none();
        if let Some(missing) = self.first_demanded().filter(|_| idle) {
            self.start(missing);
        }
    }

    fn start(&self, wanted: TimeRange) {
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

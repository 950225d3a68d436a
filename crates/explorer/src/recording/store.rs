//! The store of recordings, and the one read each of them may have under way.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::{Progress, Result, Source, StreamInfo, TimeRange};
use wasm_bindgen_futures::spawn_local;

use super::breath::{Breath, now};
use super::coverage::Coverage;
use super::data::Data;
use super::events::Events;
use super::ranges::intersection;

/// Rows that one recording may hold: at some 40 bytes a row, what fits a tab beside a few others.
const MOST_ROWS: usize = 40_000_000;

/// Rows taken in between two looks at the clock.
const ROWS_AT_ONCE: usize = 16_384;

/// What the track says of rows that step back in time: a stream that several times describe may be ordered by any.
const OUT_OF_ORDER: &str = "The rows of this stream do not come in order of their time, so they cannot be drawn on a \
                            time axis. What came before the first step back is drawn.";

/// Time between two redraws while rows arrive, ms.
const REDRAW: f64 = 100.0;

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
                held.by_stream.values().for_each(Recording::cancel);
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
    inner: Rc<Inner>,
}

struct Inner {
    source: Rc<dyn Source>,
    stream: StreamInfo,
    data: RefCell<Data>,
    read: RefCell<Option<(AbortHandle, TimeRange)>>,
    wanted: Cell<Option<TimeRange>>,
    status: ArcRwSignal<Status>,
    version: ArcRwSignal<u64>,
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
                status: ArcRwSignal::default(),
                version: ArcRwSignal::new(0),
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

    /// The range of the stream's own data.
    pub fn span(&self) -> Option<TimeRange> {
        span(&self.inner.stream)
    }

    /// Makes sure that a range is fetched. A read under way goes on when it serves, and ends when it does not.
    pub fn want(&self, range: TimeRange) {
        let range = match self.span() {
            Some(span) => intersection(range, span),
            None => Some(range),
        };
        let Some(range) = range else { return };
        let Some(first) = self.first_missing(range) else { return };
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
            self.want(range);
        }
    }

    fn first_missing(&self, range: TimeRange) -> Option<TimeRange> {
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

    fn changed(&self) {
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

    /// Reads what is missing of what is wanted, also when that changes on the way.
    async fn read_all(&self) -> std::result::Result<(), String> {
        let mut before = Progress::default();
        while let Some(wanted) = self.inner.wanted.get()
            && let Some(part) = self.first_missing(wanted)
        {
            if let Some((_, reading)) = self.inner.read.borrow_mut().as_mut() {
                *reading = part;
            }
            self.read_part(part, &mut before).await?;
        }
        Ok(())
    }

    async fn read_part(&self, part: TimeRange, before: &mut Progress) -> std::result::Result<(), String> {
        let in_words = |error: streamscope_client::Error| error.to_string();
        let mut read = self.inner.source.read(&self.inner.stream, part).map_err(in_words)?;
        let mut breath = Breath::started();
        let mut drawn_at = now();
        let mut skip = None;
        while let Some(frame) = next(read.as_mut()).await.map_err(in_words)? {
            let skipped = skip.get_or_insert_with(|| {
                self.inner.data.borrow_mut().begin(read.layout(), part.start, read.declares_gaps())
            });
            if read.begins_interval() {
                self.inner.data.borrow_mut().declare_gap(part.start);
            }
            let mut row = (*skipped).min(frame.num_rows());
            *skipped -= row;
            while row < frame.num_rows() {
                let rows = ROWS_AT_ONCE.min(frame.num_rows() - row);
                let pushed = self.inner.data.borrow_mut().push(part.start, frame.slice(row, rows));
                pushed.map_err(|_| OUT_OF_ORDER)?;
                row += rows;
                breath.take().await;
            }
            if self.with(Data::rows) > MOST_ROWS {
                return Err(format!(
                    "This range holds more than {MOST_ROWS} rows, which is more than a browser tab can keep. What was \
                     read so far is drawn; choose a shorter range for the rest."
                ));
            }
            if now() - drawn_at >= REDRAW {
                drawn_at = now();
                self.inner
                    .status
                    .set(Status::Loading { progress: sum(*before, read.progress()), range: part });
                self.changed();
            }
            breath.take().await;
        }
        let mut data = self.inner.data.borrow_mut();
        if skip.is_none() {
            data.begin(read.layout(), part.start, read.declares_gaps());
        }
        data.complete(part);
        *before = sum(*before, read.progress());
        Ok(())
    }
}

async fn next(read: &mut dyn streamscope_client::Read) -> Result<Option<streamscope_frame::RecordBatch>> {
    read.next_frame().await
}

fn sum(before: Progress, now: Progress) -> Progress {
    Progress {
        rows: before.rows + now.rows,
        bytes: before.bytes + now.bytes,
        pages: before.pages + now.pages,
        covered_to: now.covered_to.or(before.covered_to),
    }
}

/// The range of a stream's own data: from its first sample to the end of its last, never empty.
pub fn span(stream: &StreamInfo) -> Option<TimeRange> {
    let (start, end) = (stream.min_time?, stream.max_time?);
    Some(TimeRange { start, end: end.max(start.saturating_add(1)) })
}

//! All recordings of the page, by stream.

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::{Source, StreamInfo};

use super::coverage::Coverage;
use super::events::Events;
use super::room::Room;
use super::store::Recording;

/// All recordings of a connection. `Copy`, as Leptos signals are; made once, by `App`.
#[derive(Clone, Copy)]
pub struct Recordings {
    held: StoredValue<Held, LocalStorage>,
    count: RwSignal<usize>,
    room: StoredValue<Rc<Room>, LocalStorage>,
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
        Self {
            held: StoredValue::new_local(Held::default()),
            count: RwSignal::new(0),
            room: StoredValue::new_local(Rc::default()),
        }
    }

    /// Keeps no more rows than this, over all streams. Of what nobody looks at, the least recently seen goes first; it
    /// is fetched again when somebody does.
    pub fn keep_at_most(&self, rows: usize) {
        self.room.with_value(|room| room.keep(rows));
    }

    /// Lets go of the source and of all that came from it; ends every read.
    pub fn forget(&self) {
        self.held.update_value(|held| std::mem::take(held).end());
    }

    /// The recording of a stream, new or known. All are dropped, and their reads ended, when the source is another
    /// one than last time.
    pub fn of(&self, source: &Rc<dyn Source>, stream: &StreamInfo) -> Recording {
        self.follow(source);
        let known = self.held.with_value(|held| held.by_stream.get(&stream.id).cloned());
        known.unwrap_or_else(|| {
            let recording = Recording::new(source.clone(), stream.clone(), self.room.get_value());
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

    /// Lets go of what came from some streams, and of every answer on where streams have data and on events.
    pub fn forget_those(&self, goes: impl Fn(&StreamInfo) -> bool) {
        let gone = self.held.try_update_value(|held| {
            let coverage = std::mem::take(&mut held.coverage);
            let events = std::mem::take(&mut held.events);
            let (by_stream, stays) =
                std::mem::take(&mut held.by_stream).into_iter().partition(|(_, one)| goes(one.stream()));
            held.by_stream = stays;
            Held { source: None, by_stream, coverage, events }
        });
        gone.into_iter().for_each(Held::end);
    }

    fn follow(&self, source: &Rc<dyn Source>) {
        let same =
            self.held.with_value(|held| held.source.as_ref().is_some_and(|held| Rc::ptr_eq(held, source)));
        if !same {
            self.held.update_value(|held| {
                let new = Held { source: Some(source.clone()), ..Held::default() };
                std::mem::replace(held, new).end();
            });
        }
    }
}

impl Held {
    /// Ends every read and lets the rows go, whoever still holds a recording.
    fn end(self) {
        for recording in self.by_stream.values() {
            recording.cancel();
            recording.unfollow();
            recording.drop_rows();
        }
        self.coverage.end();
        self.events.end();
    }
}

impl Default for Recordings {
    fn default() -> Self {
        Self::new()
    }
}

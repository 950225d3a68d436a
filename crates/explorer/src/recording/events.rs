//! Events of subjects, fetched once for any range that is looked at.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::{Event, Source, TimeRange};
use wasm_bindgen_futures::spawn_local;

use super::ranges::RangeSet;

/// Events so far. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Events {
    inner: Rc<Inner>,
}

struct Inner {
    by_subject: RefCell<BTreeMap<String, Held>>,
    version: ArcRwSignal<u64>,
}

#[derive(Default)]
struct Held {
    /// Answered, or on its way.
    asked: RangeSet,
    /// By start and id: in time order, each once.
    events: BTreeMap<(i64, String), Event>,
    failure: Option<String>,
}

impl Default for Events {
    fn default() -> Self {
        Self { inner: Rc::new(Inner { by_subject: RefCell::default(), version: ArcRwSignal::new(0) }) }
    }
}

impl Events {
    /// Notes that the caller depends on the answers.
    pub fn track(&self) {
        self.inner.version.track();
    }

    /// Makes sure that a range is asked for.
    pub fn want(&self, source: &Rc<dyn Source>, subject_id: &str, range: TimeRange) {
        let missing = {
            let mut subjects = self.inner.by_subject.borrow_mut();
            let held = subjects.entry(subject_id.to_string()).or_default();
            let missing = held.asked.missing(range);
            missing.iter().for_each(|part| held.asked.insert(*part));
            missing
        };
        for part in missing {
            let (events, source, subject_id) = (self.clone(), source.clone(), subject_id.to_string());
            spawn_local(async move {
                let answer = source.events(&subject_id, part).await;
                events.put(&subject_id, answer.map_err(|error| error.to_string()));
            });
        }
    }

    fn put(&self, subject_id: &str, answer: Result<Vec<Event>, String>) {
        if let Some(held) = self.inner.by_subject.borrow_mut().get_mut(subject_id) {
            match answer {
                Ok(events) => {
                    let keyed = events.into_iter().map(|event| ((event.start, event.id.clone()), event));
                    held.events.extend(keyed);
                }
                Err(message) => held.failure = Some(message),
            }
        }
        self.inner.version.update(|version| *version += 1);
    }

    /// Asks again for everything, after a failure.
    pub fn retry(&self, source: &Rc<dyn Source>, subject_id: &str, range: TimeRange) {
        self.inner.by_subject.borrow_mut().remove(subject_id);
        self.inner.version.update(|version| *version += 1);
        self.want(source, subject_id, range);
    }

    /// The subject's events that touch a range, in order of their start.
    pub fn within(&self, subject_id: &str, range: TimeRange) -> Vec<Event> {
        let subjects = self.inner.by_subject.borrow();
        let events = subjects.get(subject_id).into_iter().flat_map(|held| held.events.values());
        let touches = |event: &&Event| {
            event.start < range.end && event.end.unwrap_or(event.start).max(event.start) >= range.start
        };
        events.filter(touches).cloned().collect()
    }

    /// Whether any event of the subject is known.
    pub fn any(&self, subject_id: &str) -> bool {
        self.inner.by_subject.borrow().get(subject_id).is_some_and(|held| !held.events.is_empty())
    }

    /// Why the events of a subject are not all there, when asking failed.
    pub fn failure(&self, subject_id: &str) -> Option<String> {
        self.inner.by_subject.borrow().get(subject_id)?.failure.clone()
    }
}

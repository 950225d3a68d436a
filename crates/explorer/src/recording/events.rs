//! Events of subjects, fetched once for any range that is looked at.
//!
//! Whoever changed an event asks for all anew. An answer to a question from before that may name what is gone: it is
//! dropped.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::{Event, Source, TimeRange};

use super::ranges::RangeSet;
use super::tasks::Tasks;

/// Events so far. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Events {
    inner: Rc<Inner>,
}

struct Inner {
    by_subject: RefCell<BTreeMap<String, Held>>,
    /// How often anything was asked for anew.
    round: Cell<u64>,
    tasks: Tasks,
    version: ArcRwSignal<u64>,
}

#[derive(Default)]
struct Held {
    /// The round in which its questions were asked.
    round: u64,
    /// Answered, or on its way.
    asked: RangeSet,
    /// By start and id: in time order, each once.
    events: BTreeMap<(i64, String), Event>,
    failure: Option<String>,
}

impl Default for Events {
    fn default() -> Self {
        let inner = Inner {
            by_subject: RefCell::default(),
            round: Cell::default(),
            tasks: Tasks::default(),
            version: ArcRwSignal::new(0),
        };
        Self { inner: Rc::new(inner) }
    }
}

impl Events {
    /// Notes that the caller depends on the answers.
    pub fn track(&self) {
        self.inner.version.track();
    }

    /// Makes sure that a range is asked for.
    pub fn want(&self, source: &Rc<dyn Source>, subject_id: &str, range: TimeRange) {
        let (round, missing) = self.ask(subject_id, range);
        for part in missing {
            let (events, source, subject_id) = (self.clone(), source.clone(), subject_id.to_string());
            self.inner.tasks.spawn(async move {
                let answer = source.events(&subject_id, part).await;
                events.put(&subject_id, round, answer.map_err(|error| error.to_string()));
            });
        }
    }

    /// Ends every question that is under way.
    pub(super) fn end(&self) {
        self.inner.tasks.stop();
    }

    /// The parts of a range that nobody asked for yet, which from now on count as asked for, and the round.
    fn ask(&self, subject_id: &str, range: TimeRange) -> (u64, Vec<TimeRange>) {
        let mut subjects = self.inner.by_subject.borrow_mut();
        let new = || Held { round: self.inner.round.get(), ..Held::default() };
        let held = subjects.entry(subject_id.to_string()).or_insert_with(new);
        let missing = held.asked.missing(range);
        missing.iter().for_each(|part| held.asked.insert(*part));
        (held.round, missing)
    }

    fn put(&self, subject_id: &str, round: u64, answer: Result<Vec<Event>, String>) {
        let mut subjects = self.inner.by_subject.borrow_mut();
        if let Some(held) = subjects.get_mut(subject_id).filter(|held| held.round == round) {
            match answer {
                Ok(events) => {
                    let keyed = events.into_iter().map(|event| ((event.start, event.id.clone()), event));
                    held.events.extend(keyed);
                }
                Err(message) => held.failure = Some(message),
            }
        }
        drop(subjects);
        self.inner.version.update(|version| *version += 1);
    }

    /// Asks again for everything, after a failure or a change.
    pub fn retry(&self, source: &Rc<dyn Source>, subject_id: &str, range: TimeRange) {
        self.forget(subject_id);
        self.inner.version.update(|version| *version += 1);
        self.want(source, subject_id, range);
    }

    /// Forgets a subject's events, and every answer that is still on its way.
    fn forget(&self, subject_id: &str) {
        self.inner.round.set(self.inner.round.get() + 1);
        self.inner.by_subject.borrow_mut().remove(subject_id);
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: TimeRange = TimeRange { start: 0, end: 100 };

    fn event(id: &str) -> Event {
        Event {
            id: id.into(),
            start: 10,
            end: Some(10),
            name: id.into(),
            category: "test".into(),
            fields: Vec::new(),
            place: None,
        }
    }

    #[test]
    fn a_deleted_event_does_not_come_back_with_an_older_answer() {
        let events = Events::default();
        let (before, parts) = events.ask("s", ALL);
        assert_eq!(parts, [ALL]);
        // One of two is deleted while the answer that holds both is on its way.
        events.forget("s");
        let (after, parts) = events.ask("s", ALL);
        assert_eq!(parts, [ALL]);
        events.put("s", after, Ok(vec![event("kept")]));
        events.put("s", before, Ok(vec![event("kept"), event("deleted")]));
        events.put("s", before, Err("too late".into()));
        let ids: Vec<_> = events.within("s", ALL).into_iter().map(|event| event.id).collect();
        assert_eq!((ids, events.failure("s")), (vec!["kept".to_string()], None));
    }
}

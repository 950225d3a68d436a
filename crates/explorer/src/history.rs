//! Keeps the selection and the URL fragment in step, and remembers the ranges on the way.
//!
//! A gesture becomes one entry of the browser's history: the fragment follows once the selection rests.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use streamscope_client::TimeRange;
use wasm_bindgen::JsValue;

use crate::state::{Selection, Workspace};
use crate::{link, zones};

/// How long the selection must rest before it counts as settled.
const REST: Duration = Duration::from_millis(350);

/// The most ranges remembered.
const MOST_RANGES: usize = 100;

/// Ranges looked at, oldest first, and where among them we are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trail {
    ranges: Vec<TimeRange>,
    here: usize,
}

impl Trail {
    /// Notes a range as the newest, unless we are there already. What lay ahead is forgotten.
    pub fn visit(&mut self, range: TimeRange) {
        if self.ranges.get(self.here) == Some(&range) {
            return;
        }
        self.ranges.truncate(self.here + 1);
        self.ranges.push(range);
        if self.ranges.len() > MOST_RANGES {
            self.ranges.remove(0);
        }
        self.here = self.ranges.len() - 1;
    }

    /// The range before, or after, without going there.
    pub fn peek(&self, ahead: bool) -> Option<TimeRange> {
        let index = if ahead { self.here.checked_add(1)? } else { self.here.checked_sub(1)? };
        self.ranges.get(index).copied()
    }

    /// Goes to the range before, or after.
    pub fn step(&mut self, ahead: bool) -> Option<TimeRange> {
        let range = self.peek(ahead)?;
        self.here = if ahead { self.here + 1 } else { self.here - 1 };
        Some(range)
    }
}

/// Reads the selection from the fragment now and whenever it changes, writes it back when it rests, and returns the
/// trail of ranges.
pub fn follow(workspace: Workspace) -> RwSignal<Trail> {
    let trail = RwSignal::new(Trail::default());
    let selection = workspace.selection;
    let listen = window_event_listener(ev::hashchange, move |_| adopt(selection));
    on_cleanup(move || listen.remove());
    adopt(selection);

    let mut settle = debounce(REST, move |now: Selection| {
        // Compared with what is selected by then: a link may have been opened in between.
        if selection.with_untracked(|held| held != &now) {
            return;
        }
        publish(&now);
        if let Some(range) = now.range {
            trail.update(|trail| trail.visit(range));
        }
    });
    Effect::new(move || settle(selection.get()));
    trail
}

fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Takes the fragment's selection over. An empty fragment changes nothing.
fn adopt(selection: RwSignal<Selection>) {
    let fragment = fragment();
    let held = selection.get_untracked();
    if fragment.len() <= 1 || fragment.trim_start_matches('#') == link::write(&held) {
        return;
    }
    let mut named = link::read(&fragment, &held);
    if !zones::exists(&named.zone) {
        named.zone = held.zone;
    }
    selection.set(named);
}

/// Writes the selection into the address bar: a new entry, unless the one there only lacks what was filled in.
fn publish(selection: &Selection) {
    let (old, new) = (fragment(), link::write(selection));
    if old.trim_start_matches('#') == new {
        return;
    }
    let before = link::read(&old, selection);
    let filled_in = &before == selection || is_filled_in(&before, selection);
    if let Ok(history) = window().history() {
        let address = format!("#{new}");
        let _ = if old.len() <= 1 || filled_in {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(&address))
        };
    }
}

/// Whether a selection only names what the one before had left open. Another subject is another place to come back to.
fn is_filled_in(before: &Selection, now: &Selection) -> bool {
    let same_subject = before.subject.is_none() || before.subject == now.subject;
    same_subject && (before.subject.is_none() || before.range.is_none() || before.streams.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_comes_to_every_subject_that_was_looked_at() {
        let of = |subject: &str, streams: &[&str]| Selection {
            subject: (!subject.is_empty()).then(|| subject.to_string()),
            streams: streams.iter().map(|id| id.to_string()).collect(),
            range: (!streams.is_empty()).then(|| range(1)),
            ..Selection::default()
        };
        assert!(is_filled_in(&of("", &[]), &of("a", &["s"])));
        assert!(is_filled_in(&of("a", &[]), &of("a", &["s"])));
        assert!(!is_filled_in(&of("a", &["s"]), &of("b", &[])));
        assert!(
            !is_filled_in(&of("b", &[]), &of("c", &[])),
            "b was looked at, though nothing of it was chosen"
        );
    }

    fn range(start: i64) -> TimeRange {
        TimeRange { start, end: start + 10 }
    }

    #[test]
    fn a_trail_goes_back_and_forward_and_forgets_what_lay_ahead() {
        let mut trail = Trail::default();
        assert_eq!(trail.step(false), None);
        for start in [1, 2, 2, 3] {
            trail.visit(range(start));
        }
        assert_eq!(trail.step(false), Some(range(2)));
        assert_eq!(trail.step(false), Some(range(1)));
        assert_eq!(trail.step(false), None);
        assert_eq!(trail.step(true), Some(range(2)));
        trail.visit(range(2));
        assert_eq!(trail.peek(true), Some(range(3)));
        trail.visit(range(9));
        assert_eq!(trail.peek(true), None);
        assert_eq!(trail.peek(false), Some(range(2)));
    }

    #[test]
    fn a_trail_has_an_end() {
        let mut trail = Trail::default();
        (0..1000).for_each(|start| trail.visit(range(start)));
        let steps = std::iter::from_fn(|| trail.step(false)).count();
        assert_eq!(steps, MOST_RANGES - 1);
    }
}

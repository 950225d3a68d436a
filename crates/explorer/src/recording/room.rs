//! How many rows the page keeps, over all its recordings, and which go first when there are more.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::data::Data;
use super::sketch::Sketch;
use super::store::{Inner, Recording};

/// Rows that the page keeps: at some 40 bytes a row, what a tab has room for.
const MOST_ROWS: usize = 40_000_000;

/// The room that all recordings of a page share.
pub(super) struct Room {
    recordings: RefCell<Vec<Weak<Inner>>>,
    looks: Cell<u64>,
    most: Cell<usize>,
}

impl Default for Room {
    fn default() -> Self {
        Self { recordings: RefCell::default(), looks: Cell::default(), most: Cell::new(MOST_ROWS) }
    }
}

/// A recording, as the choice of what to drop sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Keeping {
    rows: usize,
    /// When it was looked at last, counted in looks.
    seen: u64,
    /// Whether its rows are on screen, demanded or on their way.
    needed: bool,
}

impl Room {
    /// Keeps so many rows from now on.
    pub(super) fn keep(&self, most: usize) {
        self.most.set(most);
    }

    /// Rows that are kept at most.
    pub(super) fn most(&self) -> usize {
        self.most.get()
    }

    /// Takes in a recording.
    pub(super) fn enter(&self, recording: &Recording) {
        let mut recordings = self.recordings.borrow_mut();
        recordings.retain(|held| held.strong_count() > 0);
        recordings.push(Rc::downgrade(&recording.inner));
    }

    /// Notes that somebody looks at a recording.
    pub(super) fn look_at(&self, recording: &Recording) {
        self.looks.set(self.looks.get() + 1);
        recording.inner.seen.set(self.looks.get());
    }

    /// Drops the rows of recordings that nobody needs until the others have room, least recently seen first. Whether
    /// there is room now.
    pub(super) fn make(&self) -> bool {
        let all: Vec<_> = self.recordings.borrow().iter().filter_map(Weak::upgrade).collect();
        let all: Vec<_> = all.into_iter().map(|inner| Recording { inner }).collect();
        let keeping: Vec<_> = all.iter().map(Recording::keeping).collect();
        let (dropped, enough) = to_drop(&keeping, self.most.get());
        for place in dropped {
            if let Some(recording) = all.get(place) {
                recording.drop_rows();
            }
        }
        enough
    }
}

impl Recording {
    /// Notes whether a view shows it. What no view shows is not followed.
    pub fn show(&self, on_screen: bool) {
        self.inner.on_screen.set(on_screen);
        if !on_screen {
            self.unfollow();
        }
    }

    /// Lets all rows go; they are fetched again when they are wanted.
    pub(super) fn drop_rows(&self) {
        self.change(Data::clear);
        self.clear_filtered();
        *self.inner.sketch.borrow_mut() = Sketch::default();
        self.changed();
    }

    fn keeping(&self) -> Keeping {
        let needed = self.inner.on_screen.get()
            || !self.inner.demands.borrow().is_empty()
            || self.inner.read.borrow().is_some()
            || self.live().task.borrow().is_some();
        Keeping { rows: self.with(Data::rows) + self.filtered_rows(), seen: self.inner.seen.get(), needed }
    }

    /// Gives up rows of its own that are far from what is wanted of it, when they are the greater part. A read under
    /// way must then be begun again.
    pub(super) fn shrink(&self) -> bool {
        let mut wanted = self.inner.demands.borrow().clone();
        wanted.extend(self.wanted());
        let (rows, needed) =
            self.with(|data| (data.rows(), wanted.iter().map(|range| data.rows_in(*range)).sum::<usize>()));
        let shrinks = needed <= rows / 2;
        if shrinks {
            self.drop_rows();
        }
        shrinks
    }
}

/// Places of the recordings whose rows go, and whether the others then fit.
fn to_drop(keeping: &[Keeping], most: usize) -> (Vec<usize>, bool) {
    let mut rows: usize = keeping.iter().map(|of| of.rows).sum();
    let mut idle: Vec<_> =
        (0..keeping.len()).filter(|place| keeping.get(*place).is_some_and(|of| !of.needed)).collect();
    idle.sort_by_key(|place| keeping.get(*place).map(|of| of.seen));
    let mut dropped = Vec::new();
    for place in idle {
        if rows <= most {
            break;
        }
        if let Some(of) = keeping.get(place).filter(|of| of.rows > 0) {
            rows -= of.rows;
            dropped.push(place);
        }
    }
    (dropped, rows <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_seen_go_first_and_what_is_needed_stays() {
        let keeping = |rows, seen, needed| Keeping { rows, seen, needed };
        let held =
            [keeping(10, 1, true), keeping(20, 4, false), keeping(30, 2, false), keeping(40, 3, false)];
        assert_eq!(to_drop(&held, 100), (vec![], true));
        assert_eq!(to_drop(&held, 99), (vec![2], true));
        assert_eq!(to_drop(&held, 69), (vec![2, 3], true));
        assert_eq!(to_drop(&held, 10), (vec![2, 3, 1], true));
        assert_eq!(to_drop(&held, 9), (vec![2, 3, 1], false));
    }
}

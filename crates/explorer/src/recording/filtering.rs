//! A recording's display filter: set, and kept in step with the rows while the page stays free.

use streamscope_client::TimeRange;
use streamscope_signal::DisplayFilter;
use wasm_bindgen_futures::spawn_local;

use super::breath::{Breath, now};
use super::data::Data;
use super::filtered::Filtered;
use super::store::{Recording, Status};

/// Time between two redraws while rows are filtered, ms.
const REDRAW: f64 = 100.0;

impl Recording {
    /// Has the rows filtered, or with a filter that is none no longer.
    pub fn filter(&self, filter: DisplayFilter) {
        let before =
            self.with_filtered(|filtered| filtered.map_or(DisplayFilter::default(), Filtered::filter));
        if before == filter {
            return;
        }
        let made = (!filter.is_none()).then(|| Filtered::new(filter, &self.stream().dimensions));
        *self.inner.filtered.borrow_mut() = made;
        self.changed();
    }

    /// Looks at the filtered rows; `None` where no filter is set. Not tracked: see [`track`](Self::track).
    pub fn with_filtered<T>(&self, look: impl FnOnce(Option<&Filtered>) -> T) -> T {
        look(self.inner.filtered.borrow().as_ref())
    }

    /// Looks at the rows that a track draws: the filtered ones where there are some, else those held.
    pub fn with_drawn<T>(&self, look: impl FnOnce(&Data) -> T) -> T {
        self.with(|held| {
            self.with_filtered(|filtered| look(filtered.and_then(Filtered::data).unwrap_or(held)))
        })
    }

    /// What a view wants last, and what its filter needs before it.
    pub(super) fn wanted(&self) -> Option<TimeRange> {
        self.inner.wanted.get().map(|range| self.warmed_up(range))
    }

    /// Whether what a track draws is filtered.
    pub fn is_drawn_filtered(&self) -> bool {
        self.with_filtered(|filtered| filtered.and_then(Filtered::data).is_some())
    }

    /// A range with what its filter needs before it, as far as the stream has data there.
    pub(super) fn warmed_up(&self, range: TimeRange) -> TimeRange {
        let before = self.with_filtered(|filtered| filtered.map_or(0, Filtered::warm_up));
        let start = range.start.saturating_sub(before);
        match self.span() {
            Some(span) => TimeRange { start: start.max(span.start).min(range.start), ..range },
            None => TimeRange { start, ..range },
        }
    }

    /// Filtered rows held.
    pub(super) fn filtered_rows(&self) -> usize {
        self.with_filtered(|filtered| filtered.map_or(0, Filtered::rows))
    }

    /// Lets the filtered rows go.
    pub(super) fn clear_filtered(&self) {
        if let Some(filtered) = self.inner.filtered.borrow_mut().as_mut() {
            filtered.clear();
        }
    }

    /// Filters what came since last time, if there is a filter and nothing is at it already.
    pub(super) fn refilter(&self) {
        if self.inner.filtered.borrow().is_none() || self.inner.is_filtering.replace(true) {
            return;
        }
        let recording = self.clone();
        let before = self.with_filtered(|filtered| filtered.map_or(0, Filtered::warm_up));
        spawn_local(async move {
            let mut breath = Breath::started();
            let mut drawn_at = now();
            while recording.filter_step() {
                if now() - drawn_at >= REDRAW {
                    drawn_at = now();
                    recording.redraw();
                }
                breath.take().await;
            }
            recording.inner.is_filtering.set(false);
            recording.redraw();
            // Once the rate is known, so is what a window needs before it.
            let after = recording.with_filtered(|filtered| filtered.map_or(0, Filtered::warm_up));
            if after > before && recording.status_untracked() == Status::Idle {
                recording.wanted().into_iter().for_each(|wanted| recording.fetch(wanted));
            }
        });
    }

    fn filter_step(&self) -> bool {
        let mut filtered = self.inner.filtered.borrow_mut();
        filtered.as_mut().is_some_and(|filtered| self.with(|held| filtered.step(held)))
    }
}

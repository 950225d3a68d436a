//! Painting in step with the screen: however often a chart's data change, it is drawn at most once a frame, and what
//! would take a frame too long waits for the next one.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use leptos::prelude::*;

use crate::recording::breath::now;

/// Painting for this long, ms, then the rest waits for the next frame. More than all charts of a page take to follow a
/// gesture, so they move as one; less than what a first painting of all of them may take.
const LONGEST: f64 = 14.0;

/// The same for charts that are new: nothing moves yet that must move as one, and code that runs for the first time is
/// slow.
const LONGEST_NEW: f64 = 4.0;

/// A chart that may want to be painted.
struct Chart {
    paint: Box<dyn Fn()>,
    /// Whether it waits to be painted.
    waits: Cell<bool>,
    /// How often it was painted: the first time is before its box has a size.
    painted: Cell<u8>,
}

thread_local! {
    /// Charts that wait, in the order in which they changed.
    static WAITING: RefCell<VecDeque<Rc<Chart>>> = RefCell::default();
}

/// Runs `paint` in the next animation frame after anything that `track` reads has changed. `paint` itself is not
/// tracked. Ends with the component that called it.
pub fn use_painting(track: impl Fn() + 'static, paint: impl Fn() + 'static) {
    let chart = Rc::new(Chart { paint: Box::new(paint), waits: Cell::new(false), painted: Cell::new(0) });
    let held = StoredValue::new_local(chart.clone());
    Effect::new(move |_| {
        track();
        if !chart.waits.replace(true) {
            let first = WAITING.with_borrow_mut(|waiting| {
                waiting.push_back(chart.clone());
                waiting.len() == 1
            });
            if first {
                request_animation_frame(paint_waiting);
            }
        }
    });
    on_cleanup(move || held.with_value(|chart| chart.waits.set(false)));
}

fn paint_waiting() {
    let begun = now();
    // The one that is painted stays in the queue, so that a change meanwhile does not ask for another frame.
    while let Some(chart) = WAITING.with_borrow(|waiting| waiting.front().cloned()) {
        let is_new = chart.painted.get() < 2;
        if chart.waits.take() {
            untrack(&chart.paint);
            chart.painted.set(chart.painted.get().saturating_add(1));
        }
        let more = WAITING.with_borrow_mut(|waiting| {
            waiting.pop_front();
            !waiting.is_empty()
        });
        if more && now() - begun > if is_new { LONGEST_NEW } else { LONGEST } {
            request_animation_frame(paint_waiting);
            return;
        }
    }
}

//! The tracks under the hand: pointers, wheel and keys move the window, the cursor and the brush.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{FocusEvent, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

use super::event_editor::EventEditor;
use super::events::{EventLane, SubjectEvents};
use super::keys::{Action, action};
use super::stage::{EDGE, GUTTER, Gesture, Stage, interval_between, wheeled};
use super::track::Track;
use crate::catalogue::carry;
use crate::charts::scale::TimeScale;
use crate::charts::surface::use_size;
use crate::recording::Recording;
use crate::state::Workspace;

/// Pointers on the tracks: id and x of each, two at most.
type Pointers = StoredValue<Vec<(i32, f64)>>;

/// The stack of tracks.
#[component]
pub fn Tracks(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
    /// The subject's events.
    events: SubjectEvents,
    /// Where events are changed.
    editor: EventEditor,
    /// Whether the list of keys is open.
    help: RwSignal<bool>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let node = NodeRef::<Div>::new();
    let size = use_size(node);
    Effect::new(move |_| {
        let Some(node) = node.get() else { return };
        if stage.has_keys.get_value() && nothing_has_focus() {
            let _ = node.focus();
        }
    });
    Effect::new(move |_| stage.width.set((size.get().0 - GUTTER - EDGE).max(1.0)));
    let count = Signal::derive(move || recordings.with(Vec::len));
    let pointers: Pointers = StoredValue::new(Vec::new());
    let gesture = StoredValue::new(Gesture::None);
    let x_of = move |event: &MouseEvent| {
        let left = node.get_untracked().map_or(0.0, |node| node.get_bounding_client_rect().left());
        f64::from(event.client_x()) - left
    };

    let down = move |event: PointerEvent| {
        if event.button() != 0 || on_button(&event) {
            return;
        }
        let x = x_of(&event);
        pointers.update_value(|held| held.push((event.pointer_id(), x)));
        gesture.set_value(begun(&stage, &pointers.get_value(), event.shift_key()));
        if let Some(node) = node.get_untracked() {
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: PointerEvent| {
        let x = x_of(&event);
        pointers.update_value(|held| {
            held.iter_mut().filter(|(id, _)| *id == event.pointer_id()).for_each(|held| held.1 = x);
        });
        match pointers.get_value().as_slice() {
            [] => point(&stage, x),
            [(_, only)] => {
                gesture.get_value().moved(&stage, (*only, None));
                point(&stage, *only);
            }
            [(_, one), (_, other), ..] => gesture.get_value().moved(&stage, (*one, Some(*other))),
        }
    };
    let up = move |event: PointerEvent| {
        let held_before = pointers.get_value().len();
        pointers.update_value(|held| held.retain(|(id, _)| *id != event.pointer_id()));
        if held_before > 0 && pointers.get_value().is_empty() {
            gesture.get_value().ended(&stage);
            gesture.set_value(Gesture::None);
        } else if held_before > 1 {
            gesture.set_value(begun(&stage, &pointers.get_value(), false));
        }
    };
    let leave = move |_: PointerEvent| {
        if pointers.get_value().is_empty() && !stage.by_key.get_untracked() {
            stage.cursor.set(None);
        }
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        // Lines and pages as pixels.
        let unit = [1.0, 16.0, 400.0].get(event.delta_mode() as usize).copied().unwrap_or(1.0);
        wheeled(&stage, x_of(&event), (event.delta_x() * unit, event.delta_y() * unit), event.shift_key());
        point(&stage, x_of(&event));
    };
    let keys = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if let Some(action) = action(&event.key(), event.shift_key()) {
            event.prevent_default();
            match action {
                Action::Help => help.update(|open| *open = !*open),
                Action::Event(by) => to_event(&stage, events, by),
                Action::Edit => editor.edit_at_cursor(),
                Action::Subject(by) => carry::step(&workspace, by),
                action => act(&stage, recordings, action),
            }
        }
    };
    view! {
        <div
            class="stage"
            class:measuring=move || stage.measuring.get()
            node_ref=node
            tabindex="0"
            role="group"
            aria-label="Tracks. Arrow keys pan, plus and minus zoom, square brackets step by sample, question mark lists all keys."
            on:keydown=keys
            on:focus=move |_| stage.has_keys.set_value(true)
            on:blur=move |event: FocusEvent| stage.has_keys.set_value(event.related_target().is_none())
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=up
            on:pointerleave=leave
            on:wheel=wheel
            on:dblclick=move |event: MouseEvent| match () {
                () if on_button(&event) => {}
                () if events.lane_holds(&event) => editor.edit_at_cursor(),
                () => stage.fit(),
            }
        >
            <EventLane stage events />
            <For
                each=move || recordings.with(|held| held.iter().map(Recording::number).collect::<Vec<_>>())
                key=|number| *number
                children=move |number| {
                    let known = recordings.with_untracked(|held| held.iter().find(|held| held.number() == number).cloned());
                    known.map(|recording| view! { <Track stage recording tracks=count /> })
                }
            />
        </div>
    }
}

/// Tracks that went with a subject leave the focus nowhere; those of the next one take it up.
pub(super) fn nothing_has_focus() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// Whether an event is meant for a button over the tracks.
fn on_button(event: &MouseEvent) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.and_then(|element| element.closest("button").ok().flatten()).is_some()
}

fn begun(stage: &Stage, pointers: &[(i32, f64)], shift: bool) -> Gesture {
    match pointers {
        [] => Gesture::None,
        [(_, x)] if stage.measuring.get_untracked() => Gesture::Span { from: *x, measures: true },
        [(_, x)] if stage.shifting.with_untracked(Option::is_some) => Gesture::Shift { from: *x },
        [(_, x)] if shift => Gesture::Span { from: *x, measures: false },
        [(_, x)] => Gesture::Pan { window: stage.window.get_untracked(), from: *x },
        [(_, one), (_, other), ..] => Gesture::Pinch { scale: stage.scale(), before: (*one, *other) },
    }
}

/// The crosshair follows the pointer while it is over the data.
fn point(stage: &Stage, x: f64) {
    let scale: TimeScale = stage.scale();
    let inside = scale.left <= x && x <= scale.left + scale.width;
    let cursor = inside.then(|| scale.time(x));
    stage.by_key.set(false);
    if stage.cursor.get_untracked() != cursor {
        stage.cursor.set(cursor);
    }
}

/// The next or previous event from the cursor, or from the middle of the window.
fn to_event(stage: &Stage, events: SubjectEvents, by: i64) {
    let window = stage.window.get_untracked();
    let from = stage.cursor.get_untracked().unwrap_or(window.start + (window.end - window.start) / 2);
    if let Some(time) = untrack(|| events.beyond(from, by)) {
        stage.point_at(time);
    }
}

fn act(stage: &Stage, recordings: RwSignal<Vec<Recording>, LocalStorage>, action: Action) {
    match action {
        Action::Pan(share) => stage.pan(share),
        Action::Zoom(factor) => stage.zoom(factor),
        Action::Step(by) => recordings.with_untracked(|recordings| {
            // The first track that has one more sample on that side.
            if let Some(time) = recordings.iter().find_map(|recording| stepped(stage, recording, by)) {
                stage.point_at(time);
            }
        }),
        Action::First => stage.point_at(stage.bounds.get_untracked().start),
        Action::Last => stage.point_at(stage.bounds.get_untracked().end - 1),
        Action::Fit => stage.fit(),
        Action::Mark => mark(stage),
        Action::Clear => stage.clear_cursors(),
        Action::Spectrum => stage.with_spectra.update(|shown| *shown = !*shown),
        Action::Help | Action::Event(_) | Action::Edit | Action::Subject(_) => {}
    }
}

/// The first press sets one measuring cursor, the next one the other.
fn mark(stage: &Stage) {
    let Some(cursor) = stage.cursor.get_untracked() else { return };
    match stage.mark.get_untracked() {
        None => {
            stage.measured.set(None);
            stage.mark.set(Some(cursor));
        }
        Some(from) => {
            stage.measured.set(interval_between(from, cursor));
            stage.mark.set(None);
        }
    }
}

/// The sample before or after the cursor in the first track; the first in view when there is no cursor.
fn stepped(stage: &Stage, recording: &Recording, by: i64) -> Option<i64> {
    recording.with(|data| {
        let row = match stage.cursor.get_untracked() {
            None => data.position(stage.window.get_untracked().start),
            Some(cursor) if by > 0 => data.position(cursor.saturating_add(1)),
            Some(cursor) => data.position(cursor).checked_sub(1)?,
        };
        data.row(row).map(|row| row.time)
    })
}

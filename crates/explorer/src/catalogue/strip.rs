//! A row's availability at a glance: the subject's whole span, filled where the stream has data. Asked for once the row
//! has come into view.

use leptos::html::Span;
use leptos::prelude::*;
use streamscope_client::{Extent, StreamInfo, TimeRange};
use streamscope_signal::SECOND;
use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, IntersectionObserverEntry};

use crate::recording::{Question, WindowState, can_tell};
use crate::state::Workspace;

/// Windows along a strip: a few pixels each.
const WINDOWS: i64 = 120;

/// Window lengths that the platforms answer, s.
const RESOLUTIONS: [u32; 7] = [300, 900, 3_600, 10_800, 21_600, 43_200, 86_400];

/// The strip.
#[component]
pub fn Strip(
    /// The stream.
    stream: StreamInfo,
    /// What the strip's width stands for.
    whole: Memo<Option<TimeRange>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let strip = NodeRef::<Span>::new();
    let seen = when_seen(strip);
    let (own, extent) = (stream.span(), stream.extent);
    let picture = move || {
        let (Some(source), Some(whole), true) = (workspace.reading(), whole.get(), seen.get()) else {
            return None;
        };
        let own = own?;
        // A strip is not worth reading every row.
        if !can_tell(source.as_ref(), &stream) {
            return None;
        }
        let question = Question::one(&stream, resolution(whole));
        let coverage = workspace.recordings.coverage(&source);
        coverage.track();
        coverage.want(&source, &question, own);
        Some(gradient(&coverage.states(&question, own), question.resolution_s, whole))
    };
    view! {
        <span class="strip" class:unknown=extent == Extent::Unknown node_ref=strip aria-hidden="true" style:background-image=move || picture().unwrap_or_default()></span>
    }
}

/// The finest resolution that makes no more windows than a strip can show.
fn resolution(whole: TimeRange) -> u32 {
    let fits = |&seconds: &u32| (whole.end - whole.start) / (i64::from(seconds) * SECOND) <= WINDOWS;
    RESOLUTIONS.into_iter().find(fits).unwrap_or(86_400)
}

/// Filled where there are data, hatched where the question failed; as a background picture.
fn gradient(states: &[(i64, WindowState)], resolution_s: u32, whole: TimeRange) -> String {
    let length = (whole.end - whole.start).max(1) as f64;
    let place = |time: i64| ((time - whole.start) as f64 / length * 100.0).clamp(0.0, 100.0);
    let window = i64::from(resolution_s) * SECOND;
    let first = states.first().map_or(0.0, |&(start, _)| place(start));
    let mut stops = vec![format!("transparent 0 {first:.2}%")];
    let mut index = 0;
    while let Some(&(start, state)) = states.get(index) {
        let run = states.iter().skip(index).take_while(|(_, other)| *other == state).count();
        let end = start + window * run as i64;
        let colour = match state {
            WindowState::Data => "var(--accent)",
            WindowState::Failed => "var(--danger)",
            WindowState::Empty | WindowState::NotAsked => "transparent",
        };
        stops.push(format!("{colour} {:.2}% {:.2}%", place(start), place(end)));
        index += run;
    }
    stops.push("transparent 0".into());
    format!("linear-gradient(90deg, {})", stops.join(", "))
}

/// Turns true once the element has been on screen.
fn when_seen(element: NodeRef<Span>) -> ReadSignal<bool> {
    let (seen, set_seen) = signal(false);
    Effect::new(move || {
        let Some(element) = element.get() else { return };
        let look = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let on_screen =
                |entry: JsValue| entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting();
            if entries.iter().any(on_screen) {
                set_seen.try_set(true);
            }
        });
        let Ok(observer) = IntersectionObserver::new(look.as_ref().unchecked_ref()) else {
            set_seen.set(true);
            return;
        };
        observer.observe(&element);
        let held = StoredValue::new_local((observer, look));
        on_cleanup(move || held.with_value(|(observer, _)| observer.disconnect()));
    });
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_has_a_window_every_few_pixels() {
        let days = |days: i64| TimeRange { start: 0, end: days * 86_400 * SECOND };
        assert_eq!(resolution(TimeRange { start: 0, end: 1 }), 300);
        assert_eq!(resolution(days(1)), 900);
        assert_eq!(resolution(days(30)), 21_600);
        assert_eq!(resolution(days(4_000)), 86_400);
    }

    #[test]
    fn runs_of_windows_become_stops() {
        let whole = TimeRange { start: 0, end: 400 * SECOND };
        let state = |index: i64, state| (index * 100 * SECOND, state);
        let states = [
            state(0, WindowState::Data),
            state(1, WindowState::Data),
            state(2, WindowState::Empty),
            state(3, WindowState::Failed),
        ];
        let picture = gradient(&states, 100, whole);
        assert!(picture.contains("var(--accent) 0.00% 50.00%"), "{picture}");
        assert!(picture.contains("transparent 50.00% 75.00%, var(--danger) 75.00% 100.00%"), "{picture}");
    }
}

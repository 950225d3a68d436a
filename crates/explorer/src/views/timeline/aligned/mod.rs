//! Around events: what the selected streams show before and after each, laid over one another.

mod overlay;
mod paint;

use leptos::prelude::*;
use streamscope_client::{Event, TimeRange};
use wasm_bindgen_futures::spawn_local;

use self::overlay::{Overlay, overlays};
use self::paint::paint;
use crate::catalogue::label;
use crate::charts::surface::ChartCanvas;
use crate::moment::length;
use crate::recording::Recording;
use crate::text::in_line;

/// Events that are laid over one another at most: each is read from the platform.
const MOST: usize = 100;

/// What the panel shows.
#[derive(Debug, Clone, PartialEq)]
enum State {
    /// The fields hold no window.
    Wrong(&'static str),
    /// So many events of so many are done.
    Reading(usize, usize),
    Failed(String),
    /// The overlays, each with the name of its stream.
    Made(Vec<(String, Overlay)>),
}

/// The window that two lengths mean, around an event's start.
fn window_of(before: &str, after: &str) -> Result<TimeRange, &'static str> {
    const WRONG: &str = "Give lengths like 30 min, 2 h or 90 s.";
    let positive = |text: &str| length(text).filter(|length| *length > 0).ok_or(WRONG);
    let (before, after) = (positive(before)?, positive(after)?);
    Ok(TimeRange { start: -before, end: after })
}

/// The overlays of the selected streams around the events listed.
#[component]
pub fn AlignedPanel(
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
    /// The events.
    listed: Memo<Vec<Event>>,
) -> impl IntoView {
    let (before, after) = (RwSignal::new("30 min".to_string()), RwSignal::new("2 h".to_string()));
    let state = RwSignal::new(State::Reading(0, 0));
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let number = asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        let window = match (before.with(|before| after.with(|after| window_of(before, after))), number) {
            (Ok(window), Some(_)) => window,
            (Err(words), _) => return state.set(State::Wrong(words)),
            (_, None) => return,
        };
        let (recordings, mut events) = (recordings.get(), listed.get());
        events.truncate(MOST);
        spawn_local(async move {
            let goes_on = move || asked.try_get_value() == number;
            let total = events.len() * recordings.len();
            let mut made = Vec::new();
            for (place, recording) in recordings.iter().enumerate() {
                let told = |done: usize| {
                    let done = place * events.len() + done;
                    goes_on() && state.try_set(State::Reading(done, total)).is_none()
                };
                match overlays(recording, &events, window, told).await {
                    None => return,
                    Some(Ok(overlays)) => {
                        made.extend(overlays.into_iter().map(|overlay| (label(recording.stream()), overlay)));
                    }
                    Some(Err(problem)) if goes_on() => return drop(state.try_set(State::Failed(problem))),
                    Some(Err(_)) => return,
                }
            }
            if goes_on() {
                drop(state.try_set(State::Made(made)));
            }
        });
    });
    on_cleanup(move || {
        asked.try_update_value(|asked| *asked += 1);
    });
    let field = move |name: &'static str, text: RwSignal<String>| {
        view! {
            <label>
                {name} " "
                <input
                    type="text"
                    size="8"
                    aria-label=format!("Time {name}")
                    aria-invalid=move || state.with(|state| matches!(state, State::Wrong(_))).to_string()
                    prop:value=text
                    on:change:target=move |event| text.set(event.target().value())
                />
            </label>
        }
    };
    let too_many = move || {
        let all = listed.with(Vec::len);
        (all > MOST).then(|| format!("The first {MOST} of {all} events. Filter the list for others."))
    };
    let said = move || {
        state.with(|state| match state {
            State::Wrong(words) => words.to_string(),
            State::Reading(done, total) => {
                format!("Reading around event {} of {total}…", (done + 1).min(*total))
            }
            State::Failed(problem) => problem.clone(),
            State::Made(made) if made.is_empty() => "No data around these events.".into(),
            State::Made(_) => too_many().unwrap_or_default(),
        })
    };
    let charts = move || {
        let State::Made(made) = state.get() else { return Vec::new() };
        made.into_iter().map(|(stream, overlay)| view! { <OverlayChart stream overlay /> }).collect()
    };
    view! {
        <div class="aligned" role="group" aria-label="Around the events">
            <header class="event-list-head">
                {field("before", before)} {field("after", after)} <span class="event-count" role="status">{said}</span>
            </header>
            {charts}
        </div>
    }
}

#[component]
fn OverlayChart(stream: String, overlay: Overlay) -> impl IntoView {
    let name = match overlay.name == stream {
        true => stream,
        false => format!("{stream}, {}", in_line(&overlay.name, 40)),
    };
    let note = overlay.note();
    let label = format!("{name}: {note}");
    view! {
        <section class="overlay" aria-label=name.clone()>
            <header class="spectrum-head">
                <h4 class="track-name">{name.clone()}</h4>
                <p class="track-note">{note}</p>
            </header>
            <div class="overlay-plot">
                <ChartCanvas
                    class="overlay-data"
                    label=Signal::stored(label)
                    track=|| ()
                    paint=move |pane, theme| {
                        // A browser that stops drawing text half-way leaves a picture that is incomplete, not wrong.
                        let _ = paint(pane, theme, &overlay);
                    }
                />
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use streamscope_signal::SECOND;

    use super::*;

    #[test]
    fn two_lengths_make_a_window() {
        assert_eq!(window_of("90 s", "2h"), Ok(TimeRange { start: -90 * SECOND, end: 7200 * SECOND }));
        for (before, after) in [("", "2 h"), ("0 s", "1 s"), ("2", "1 h"), ("-1 h", "1 h")] {
            assert!(window_of(before, after).is_err(), "{before}, {after}");
        }
    }
}

//! Start and end as text, in the zone on screen; taken over on Enter or when a field is left.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use streamscope_client::TimeRange;

use crate::moment::{local_text, typed};
use crate::state::Workspace;

/// The two fields.
#[component]
pub fn RangeFields(
    /// Everything there is, for a field that is emptied.
    all: Memo<Option<TimeRange>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let (start, end) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<String>);
    let range = Memo::new(move |_| workspace.selection.with(|selection| selection.range));
    let show = move || {
        let zone = workspace.zone.get();
        let text = |time: Option<i64>| time.map(|time| local_text(time, &zone)).unwrap_or_default();
        start.set(text(range.get().map(|range| range.start)));
        end.set(text(range.get().map(|range| range.end)));
        problem.set(None);
    };
    Effect::new(show);
    let take_over = move || {
        let chosen = read(
            &start.get_untracked(),
            &end.get_untracked(),
            all.get_untracked(),
            &workspace.zone.get_untracked(),
        );
        match chosen {
            Ok(chosen) => {
                problem.set(None);
                if range.get_untracked() != Some(chosen) {
                    workspace.selection.update(|selection| selection.range = Some(chosen));
                }
            }
            Err(message) => problem.set(Some(message)),
        }
    };
    let unchanged = move || {
        let zone = workspace.zone.get_untracked();
        range.get_untracked().is_some_and(|range| {
            start.get_untracked() == local_text(range.start, &zone)
                && end.get_untracked() == local_text(range.end, &zone)
        })
    };
    let leave = move || {
        if !unchanged() {
            take_over();
        }
    };
    let on_escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            untrack(show);
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        take_over();
    };
    let field = move |id: &'static str, label: &'static str, value: RwSignal<String>| {
        view! {
            <input
                id=id
                class="time"
                aria-label=label
                title="Date and time on the zone's wall clock, like 2026-03-28 07:05:09; also now, -2h, 27 Feb 2024 14:00, or Unix time. Escape puts back what was there."
                aria-invalid=move || problem.with(Option::is_some).to_string()
                aria-describedby="range-problem"
                autocomplete="off"
                spellcheck="false"
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                on:blur=move |_| leave()
            />
        }
    };
    view! {
        <form class="range-fields" on:submit=submit on:keydown=on_escape>
            {field("range-start", "Start", start)}
            <span aria-hidden="true">"–"</span>
            {field("range-end", "End", end)}
            <button type="submit" class="unseen" tabindex="-1">"Apply"</button>
            <span id="range-problem" class="range-problem" role="alert">{move || problem.get()}</span>
        </form>
    }
}

/// The range that two texts mean. An empty one means the start or the end of everything.
fn read(
    start: &str,
    end: &str,
    all: Option<TimeRange>,
    zone: &streamscope_signal::TimeZone,
) -> Result<TimeRange, String> {
    let now = (js_sys::Date::now() * 1e6) as i64;
    let one = |text: &str, otherwise: Option<i64>| match (text.trim(), otherwise) {
        ("", Some(otherwise)) => Ok(otherwise),
        (text, _) => typed(text, zone, now),
    };
    let start = one(start, all.map(|all| all.start)).map_err(|problem| format!("Start: {problem}"))?;
    let end = one(end, all.map(|all| all.end)).map_err(|problem| format!("End: {problem}"))?;
    if start >= end {
        return Err("The end must lie after the start.".into());
    }
    Ok(TimeRange { start, end })
}

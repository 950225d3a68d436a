//! The streams: a list box with one tab stop. Arrows move, Enter and Space put a stream among the tracks.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use streamscope_client::{StreamInfo, Subject, TimeRange};
use streamscope_signal::{Civil, TimeZone};

use super::facets::device_name;
use super::strip::Strip;
use crate::charts::civil::month_name;
use crate::charts::format::duration;
use crate::recording::span;
use crate::state::Workspace;

/// Rows that Page Up and Page Down pass.
const PAGE: usize = 8;

/// The list.
#[component]
pub fn StreamList(
    /// The streams that the filter leaves.
    shown: Memo<Vec<StreamInfo>>,
    /// The subject, for the names of its devices.
    subject: Memo<Option<Subject>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let active = RwSignal::new(None::<String>);
    let whole = Memo::new(move |_| workspace.streams.with(|streams| whole_span(streams)));
    let position = move |streams: &[StreamInfo]| {
        active.with_untracked(|id| streams.iter().position(|stream| Some(&stream.id) == id.as_ref()))
    };
    let go_to = move |index: usize| {
        shown.with_untracked(|streams| {
            let Some(stream) = streams.get(index.min(streams.len().saturating_sub(1))) else { return };
            active.set(Some(stream.id.clone()));
            workspace.focus.set(Some(stream.id.clone()));
            if let Some(row) = document().get_element_by_id(&row_id(&stream.id)) {
                row.scroll_into_view_with_scroll_into_view_options(&nearest());
            }
        });
    };
    let on_key = move |event: KeyboardEvent| {
        let (here, count) = shown.with_untracked(|streams| (position(streams), streams.len()));
        let next = match (event.key().as_str(), here) {
            ("ArrowDown" | "ArrowUp" | "PageDown" | "PageUp", None) => Some(0),
            ("ArrowDown", Some(here)) => Some(here + 1),
            ("ArrowUp", Some(here)) => Some(here.saturating_sub(1)),
            ("PageDown", Some(here)) => Some(here + PAGE),
            ("PageUp", Some(here)) => Some(here.saturating_sub(PAGE)),
            ("Home", _) => Some(0),
            ("End", _) => Some(count),
            (" " | "Enter", Some(_)) => {
                if let Some(id) = active.get_untracked() {
                    workspace.toggle_stream(&id);
                }
                None
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(index) = next {
            go_to(index);
        }
    };
    view! {
        <ul
            class="streams"
            role="listbox"
            aria-multiselectable="true"
            aria-label="Streams"
            tabindex="0"
            aria-activedescendant=move || active.get().map(|id| row_id(&id))
            on:keydown=on_key
            on:focus=move |_| {
                if active.with_untracked(Option::is_none) {
                    go_to(0);
                }
            }
        >
            <For each=move || shown.get() key=|stream| stream.id.clone() let:stream>
                <Row stream subject whole active />
            </For>
        </ul>
        <Show when=move || shown.with(Vec::is_empty)>
            <p class="catalogue-note note">"No stream matches the search and the filters."</p>
        </Show>
    }
}

#[component]
fn Row(
    stream: StreamInfo,
    subject: Memo<Option<Subject>>,
    whole: Memo<Option<TimeRange>>,
    active: RwSignal<Option<String>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let id = StoredValue::new(stream.id.clone());
    let track = Memo::new(move |_| {
        workspace
            .selection
            .with(|selection| id.with_value(|id| selection.streams.iter().position(|held| held == id)))
    });
    let is_active = move || active.with(|active| id.with_value(|id| active.as_ref() == Some(id)));
    let times = span(&stream);
    let said = move || match times {
        Some(times) => span_text(times, &workspace.zone.get()),
        None => "no data".into(),
    };
    let source = {
        let stream = stream.clone();
        move || subject.with(|subject| origin(&stream, subject.as_ref()))
    };
    let toggle = move |_| {
        let id = id.get_value();
        active.set(Some(id.clone()));
        workspace.toggle_stream(&id);
    };
    view! {
        <li
            id=row_id(&stream.id)
            role="option"
            class="stream"
            class:active=is_active
            aria-selected=move || track.get().is_some().to_string()
            data-stream=stream.id.clone()
            on:click=toggle
        >
            <span class="tick" aria-hidden="true"></span>
            <span class="stream-name">{title(&stream)}</span>
            <span class="stream-unit">{units(&stream)}</span>
            <span class="stream-source">{source}</span>
            <span class="stream-span">{said}</span>
            <Strip stream=stream.clone() whole />
        </li>
    }
}

fn row_id(stream: &str) -> String {
    format!("stream-{stream}")
}

pub(super) fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}

/// The stretch that all streams lie in.
fn whole_span(streams: &[StreamInfo]) -> Option<TimeRange> {
    let start = streams.iter().filter_map(span).map(|span| span.start).min()?;
    let end = streams.iter().filter_map(span).map(|span| span.end).max()?;
    Some(TimeRange { start, end })
}

/// What is measured, "Heart rate"; the stream type's name where the platform does not say.
pub fn title(stream: &StreamInfo) -> String {
    let measurement = stream.labels.get("measurement").map(|label| label.replace('_', " "));
    let Some(words) = measurement.filter(|words| !words.trim().is_empty()) else {
        return stream.name.clone();
    };
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or(words)
}

/// What tells streams of one measurement apart: where below the subject they lie, device, stream type, and whatever
/// else they are labelled with.
fn origin(stream: &StreamInfo, subject: Option<&Subject>) -> String {
    let others =
        stream.labels.iter().filter(|(name, _)| !["category", "measurement"].contains(&name.as_str()));
    let below = subject.and_then(|subject| stream.subject_id.strip_prefix(&subject.id));
    let below = below.unwrap_or_default().trim_matches('/').replace('/', " / ");
    let name = if title(stream) == stream.name { String::new() } else { stream.name.clone() };
    let parts = [below, device_name(stream, subject), name];
    let parts = parts.into_iter().chain(others.map(|(_, value)| value.clone()));
    let readable = parts.map(|part| part.replace('_', " ")).filter(|part| !part.is_empty());
    readable.collect::<Vec<_>>().join(" · ")
}

/// The units of a stream's values, each once.
fn units(stream: &StreamInfo) -> String {
    let mut units: Vec<&str> = Vec::new();
    for dimension in stream.dimensions.iter().filter(|dimension| dimension.data_type != "timestamp") {
        let unit = dimension.unit_abbrev.as_str();
        if !unit.is_empty() && !units.contains(&unit) {
            units.push(unit);
        }
    }
    units.join(", ")
}

/// "1 – 31 Mar 2026", "28 Feb 2026, 5 min".
fn span_text(span: TimeRange, zone: &TimeZone) -> String {
    let (first, last) = (Civil::at(span.start, zone), Civil::at(span.end.saturating_sub(1), zone));
    let full = |civil: &Civil| format!("{} {} {}", civil.day, month_name(civil), civil.year);
    let same_month = (first.year, first.month) == (last.year, last.month);
    match (same_month, first.day == last.day, first.year == last.year) {
        (true, true, _) => format!("{}, {}", full(&first), duration(span.end - span.start)),
        (true, false, _) => format!("{} – {}", first.day, full(&last)),
        (false, _, true) => format!("{} {} – {}", first.day, month_name(&first), full(&last)),
        (false, _, false) => format!("{} – {}", full(&first), full(&last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::civil::tests::paris;
    use crate::moment::parse;

    #[test]
    fn a_span_says_no_more_than_it_must() {
        let span = |start, end| {
            let range =
                TimeRange { start: parse(start, &paris()).unwrap(), end: parse(end, &paris()).unwrap() };
            span_text(range, &paris())
        };
        assert_eq!(span("2026-03-01", "2026-04-01"), "1 – 31 Mar 2026");
        assert_eq!(span("2026-02-28", "2026-03-02 10:00"), "28 Feb – 2 Mar 2026");
        assert_eq!(span("2025-12-31", "2026-01-02"), "31 Dec 2025 – 1 Jan 2026");
        assert_eq!(span("2026-02-28 10:00", "2026-02-28 10:05"), "28 Feb 2026, 5 min");
    }
}

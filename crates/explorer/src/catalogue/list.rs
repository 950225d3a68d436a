//! The streams: a list box with one tab stop. Arrows move, Enter and Space put a stream among the tracks. Of thousands,
//! only the rows near those in view are made.

use std::ops::Range;
use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html::Ul;
use leptos::prelude::*;
use streamscope_client::{Extent, StreamInfo, Subject, TimeRange, whole_span};
use streamscope_signal::{Civil, TimeZone};

use super::facets::device_name;
use super::strip::Strip;
use crate::charts::civil::month_name;
use crate::charts::format::duration;
use crate::charts::surface::use_size;
use crate::state::Workspace;
use crate::text::in_line;

/// Rows that Page Up and Page Down pass.
const PAGE: usize = 8;

/// A list of no more rows is made whole.
const FEW: usize = 100;

/// Rows made above and below those in view.
const BEYOND: usize = 12;

/// Height of a row in CSS pixels, as the style sheet has it.
const ROW: f64 = 81.0;

/// The list.
#[component]
pub fn StreamList(
    /// The streams that the filter leaves.
    shown: Memo<Vec<Arc<StreamInfo>>>,
    /// The subject, for the names of its devices.
    subject: Memo<Option<Subject>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let active = RwSignal::new(None::<String>);
    let whole = Memo::new(move |_| workspace.streams.with(|streams| whole_span(streams)));
    let list = NodeRef::<Ul>::new();
    let size = use_size(list);
    let scrolled = RwSignal::new(0.0_f64);
    let made = Memo::new(move |_| made_rows(shown.with(Vec::len), scrolled.get(), size.get().1));
    // What is not made keeps its room.
    let room = move |rows: usize| format!("{}px", rows as f64 * ROW);
    let position = move |streams: &[Arc<StreamInfo>]| {
        active.with_untracked(|id| streams.iter().position(|stream| Some(&stream.id) == id.as_ref()))
    };
    let go_to = move |index: usize| {
        shown.with_untracked(|streams| {
            let index = index.min(streams.len().saturating_sub(1));
            let Some(stream) = streams.get(index) else { return };
            active.set(Some(stream.id.clone()));
            workspace.focus.set(Some(stream.id.clone()));
            if let Some(list) = list.get_untracked() {
                let (top, height) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
                let (above, below) = (index as f64 * ROW, (index + 1) as f64 * ROW - height);
                list.set_scroll_top(top.max(below).min(above) as i32);
                scrolled.set(f64::from(list.scroll_top()));
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
            node_ref=list
            on:scroll:target=move |event| scrolled.set(f64::from(event.target().scroll_top()))
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
            <li role="presentation" style:height=move || room(made.get().start)></li>
            <For
                each=move || {
                    let made = made.get();
                    shown.with(|shown| shown.get(made).map(<[_]>::to_vec)).unwrap_or_default()
                }
                key=|stream| stream.id.clone()
                let:stream
            >
                <Row stream shown subject whole active />
            </For>
            <li role="presentation" style:height=move || room(shown.with(Vec::len).saturating_sub(made.get().end))></li>
        </ul>
        <Show when=move || shown.with(Vec::is_empty)>
            <p class="catalogue-note note">"No stream matches the search and the filters."</p>
        </Show>
    }
}

#[component]
fn Row(
    stream: Arc<StreamInfo>,
    shown: Memo<Vec<Arc<StreamInfo>>>,
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
    let extent = stream.extent;
    let said = move || match extent {
        Extent::Known(times) => span_text(times, &workspace.zone.get()),
        Extent::Empty => "no data".into(),
        Extent::Unknown => "times not known".into(),
    };
    let source = {
        let stream = stream.clone();
        Memo::new(move |_| subject.with(|subject| origin(&stream, subject.as_ref())))
    };
    let place = move || {
        let place = shown.with(|shown| id.with_value(|id| shown.iter().position(|one| one.id == *id)));
        place.map(|place| (place + 1).to_string())
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
            aria-setsize=move || shown.with(Vec::len).to_string()
            aria-posinset=place
            data-stream=stream.id.clone()
            // Before the list has the focus: it scrolls to its first row only where none was pointed at.
            on:mousedown=move |_| active.set(Some(id.get_value()))
            on:click=toggle
        >
            <span class="tick" aria-hidden="true"></span>
            <span class="stream-name" title=title(&stream)>{label(&stream)}</span>
            <span class="stream-unit" title=units(&stream)>{in_line(&units(&stream), 40)}</span>
            <span class="stream-source" title=source>{source}</span>
            <span class="stream-span">{said}</span>
            <Strip stream=StreamInfo::clone(&stream) whole />
        </li>
    }
}

/// The rows that are made: those in view, and some on either side.
fn made_rows(count: usize, scrolled: f64, height: f64) -> Range<usize> {
    if count <= FEW {
        return 0..count;
    }
    let first = (scrolled / ROW).floor().max(0.0) as usize;
    let in_view = (height / ROW).ceil() as usize + 1;
    let start = first.saturating_sub(BEYOND).min(count);
    start..(first + in_view + BEYOND).min(count).max(start)
}

fn row_id(stream: &str) -> String {
    format!("stream-{stream}")
}

pub(super) fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
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

/// The title as part of a line.
pub fn label(stream: &StreamInfo) -> String {
    in_line(&title(stream), 80)
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
    let readable = parts.map(|part| in_line(&part.replace('_', " "), 80)).filter(|part| !part.is_empty());
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
    fn of_thousands_of_rows_those_in_view_are_made() {
        assert_eq!(made_rows(100, 5_000.0, 600.0), 0..100);
        assert_eq!(made_rows(5_000, 0.0, 600.0), 0..21);
        assert_eq!(made_rows(5_000, 81.0 * 100.5, 600.0), 88..121);
        assert_eq!(made_rows(5_000, 81.0 * 4_999.0, 600.0), 4_987..5_000);
        assert_eq!(made_rows(101, 81.0 * 4_999.0, 600.0), 101..101, "until the list is scrolled back");
    }

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

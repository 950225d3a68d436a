//! The events as a table: searched, sorted, clicked to go there, changed and saved.

mod listed;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use streamscope_client::Event;

use self::listed::{Choice, Column, csv, length};
use super::aligned::AlignedPanel;
use super::events::SubjectEvents;
use super::stage::Stage;
use crate::charts::civil::exact_time;
use crate::charts::format::{duration, grouped};
use crate::recording::Recording;
use crate::text::in_line;
use crate::views::export::save;
use crate::views::toggle::Toggle;

/// Rows of the table: a page with very many answers slowly.
const MOST: usize = 300;

/// The events in range, or all of the subject's, as a table.
#[component]
pub fn EventList(
    /// What all tracks share.
    stage: Stage,
    /// The events.
    events: SubjectEvents,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
    /// Takes an event that is to be changed.
    edit: Callback<Event>,
) -> impl IntoView {
    let in_range = RwSignal::new(true);
    let choice = RwSignal::new(Choice::default());
    let aligning = RwSignal::new(false);
    let listed = Memo::new(move |_| {
        let all = if in_range.get() { events.in_view.get() } else { events.all() };
        choice.with(|choice| choice.of(all))
    });
    let count = move || match listed.with(Vec::len) {
        0 => "No such event.".to_string(),
        1 => "1 event".into(),
        all @ ..=MOST => format!("{all} events"),
        all => format!("the first {MOST} of {} events", grouped(all as u64)),
    };
    let save_csv = move |_| {
        let text = listed.with_untracked(|listed| csv(listed, &stage.zone.get_untracked()));
        let _ = save(&Array::of1(&Uint8Array::from(text.as_bytes())), "text/csv", "events.csv");
    };
    let rows = move || {
        let shown = listed.get().into_iter().take(MOST);
        shown.map(|event| view! { <EventRow stage event edit /> }).collect::<Vec<_>>()
    };
    let heading = move || if in_range.get() { "Events in this range" } else { "All events" };
    let name = move || if in_range.get() { "Events in view" } else { "All events" };
    view! {
        <Show when=move || events.any()>
            <div class="event-list">
                <header class="event-list-head">
                    <h3 class="track-name">{heading}</h3>
                    <input
                        type="search"
                        placeholder="Filter events"
                        aria-label="Filter events"
                        on:input:target=move |event| choice.update(|choice| choice.words = event.target().value())
                    />
                    <label>
                        <input
                            type="checkbox"
                            prop:checked=move || in_range.get()
                            on:change:target=move |event| in_range.set(event.target().checked())
                        />
                        "In range only"
                    </label>
                    <Toggle on=aligning label="Align" title="Lay what was recorded around the events listed over one another" />
                    <button type="button" title="Save the events listed as CSV" on:click=save_csv>"Events CSV"</button>
                    <span class="event-count" role="status">{count}</span>
                </header>
                <div class="table-scroll" tabindex="0" role="region" aria-label=name>
                    <table class="number-table event-table">
                        <Head stage choice />
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <Show when=move || aligning.get()><AlignedPanel recordings listed /></Show>
            </div>
        </Show>
    }
}

/// Names of the columns, which sort by them.
#[component]
fn Head(stage: Stage, choice: RwSignal<Choice>) -> impl IntoView {
    let cells = Column::ALL.map(|(column, name)| {
        let sorted = move || match choice.with(|choice| choice.order) {
            (by, turned) if by == column => Some(if turned { "descending" } else { "ascending" }),
            _ => None,
        };
        let sign = move || match sorted() {
            Some("ascending") => " ↑",
            Some(_) => " ↓",
            None => "",
        };
        let zone = (column == Column::Start)
            .then(|| view! { " " <small>{move || stage.zone.with(|zone| zone.name().to_string())}</small> });
        view! {
            <th scope="col" aria-sort=sorted>
                <button type="button" class="bare" on:click=move |_| choice.update(|choice| choice.sort_by(column))>
                    {name} <span aria-hidden="true">{sign}</span>
                </button>
                {zone}
            </th>
        }
    });
    view! { <thead><tr>{cells.into_iter().collect::<Vec<_>>()}</tr></thead> }
}

/// An event; its start brings it into view.
#[component]
fn EventRow(stage: Stage, event: Event, edit: Callback<Event>) -> impl IntoView {
    let start = exact_time(event.start, &stage.zone.get());
    let long = match length(&event) {
        None => "end not noted".into(),
        Some(0) => String::new(),
        Some(length) => duration(length),
    };
    let ends = (event.start, event.end.unwrap_or(event.start));
    let fields =
        event.fields.iter().map(|(name, value)| format!("{}: {}", in_line(name, 40), in_line(value, 80)));
    let fields = fields.collect::<Vec<_>>().join(", ");
    let whole = format!("{} {fields}", event.name);
    let button = event.place.is_some().then(|| {
        let event = event.clone();
        view! { <button type="button" class="small" on:click=move |_| edit.run(event.clone())>"Change"</button> }
    });
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="bare" title="Bring it into view" on:click=move |_| stage.show(ends)>{start}</button>
            </th>
            <td>{long}</td>
            <td title=event.category.clone()>{in_line(&event.category, 40)}</td>
            <td title=whole>{in_line(&event.name, 120)} " " <small>{in_line(&fields, 120)}</small> " " {button}</td>
        </tr>
    }
}

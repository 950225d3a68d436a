//! The rows in view as a table: the same numbers as the picture, a page at a time.

use leptos::prelude::*;
use streamscope_client::TimeRange;

use super::stage::Stage;
use crate::catalogue::{label, title};
use crate::charts::civil::exact_time;
use crate::charts::format::grouped;
use crate::recording::{Recording, SampleValue};
use crate::text::in_line;

/// Rows on a page: what a reader or a screen reader takes in, and never more elements than that.
const PAGE: usize = 50;

/// Letters of a cell that are shown; the rest is its title.
const LETTERS: usize = 120;

/// Which rows a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Page {
    number: usize,
    pages: usize,
    first: usize,
    after: usize,
}

impl Page {
    /// The page with that number, or the last one, of rows `from..to`.
    fn of(number: usize, from: usize, to: usize) -> Self {
        let pages = to.saturating_sub(from).div_ceil(PAGE).max(1);
        let number = number.min(pages - 1);
        let first = from + number * PAGE;
        Self { number, pages, first, after: (first + PAGE).min(to).max(first) }
    }
}

/// A table of the samples in view, one stream at a time.
#[component]
pub fn SampleTable(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let page = RwSignal::new(0_usize);
    Effect::new(move |_| {
        stage.window.track();
        chosen.track();
        page.set(0);
    });
    let current = move || {
        let recordings = recordings.get();
        recordings.get(chosen.get()).or_else(|| recordings.first()).cloned()
    };
    let tabs = move || {
        let names = recordings
            .get()
            .into_iter()
            .map(|recording| (label(recording.stream()), title(recording.stream())));
        let tabs: Vec<_> = names
            .enumerate()
            .map(|(place, (name, whole))| {
                view! {
                    <button
                        type="button"
                        role="tab"
                        title=whole
                        aria-selected=move || (chosen.get() == place).to_string()
                        on:click=move |_| chosen.set(place)
                    >
                        {name}
                    </button>
                }
            })
            .collect();
        view! { <div class="table-tabs" role="tablist" aria-label="Stream">{tabs}</div> }
    };
    let body = move || {
        let recording = current()?;
        recording.track();
        Some(rows(&stage, &recording, stage.window.get(), page))
    };
    view! { <div class="sample-table">{tabs} {body}</div> }
}

fn rows(stage: &Stage, recording: &Recording, window: TimeRange, page: RwSignal<usize>) -> AnyView {
    recording.with(|data| {
        let Some(layout) = data.layout() else {
            return view! { <p class="table-empty">"Nothing has arrived yet."</p> }.into_any();
        };
        let shown = Page::of(page.get(), data.position(window.start), data.position(window.end));
        let zone = stage.zone.get();
        let heads: Vec<_> = layout
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let unit = match place {
                    0 => zone.name().to_string(),
                    _ => column.unit.clone().unwrap_or_default(),
                };
                view! {
                    <th scope="col" title=format!("{} {unit}", column.name)>
                        {in_line(&column.name, 40)} " " <small>{in_line(&unit, 24)}</small>
                    </th>
                }
            })
            .collect();
        let rows: Vec<_> = (shown.first..shown.after)
            .filter_map(|index| data.row(index))
            .map(|row| {
                let time = row.time;
                let cells = row.cells.into_iter().skip(1).map(|cell| {
                    let class = if cell == SampleValue::Null { "null" } else { "value" };
                    let whole = cell.text();
                    let shown = in_line(&whole, LETTERS);
                    let title = (shown != whole).then_some(whole);
                    view! { <td class=class title=title>{shown}</td> }
                });
                let cells: Vec<_> = cells.collect();
                view! { <tr><th scope="row">{exact_time(time, &zone)}</th> {cells}</tr> }
            })
            .collect();
        let (at_start, at_end) = (shown.number == 0, shown.number + 1 == shown.pages);
        let total = data.rows_in(window);
        let caption = match total {
            0 => "No rows in this range.".to_string(),
            _ => format!(
                "Rows {} to {} of {} in this range",
                grouped((shown.number * PAGE + 1) as u64),
                grouped((shown.number * PAGE + shown.after - shown.first) as u64),
                grouped(total as u64)
            ),
        };
        view! {
            <div class="table-pages">
                <button type="button" disabled=at_start on:click=move |_| page.set(0)>"First"</button>
                <button type="button" disabled=at_start on:click=move |_| page.set(shown.number.saturating_sub(1))>
                    "Previous"
                </button>
                <span role="status">{caption}</span>
                <button type="button" disabled=at_end on:click=move |_| page.set(shown.number + 1)>
                    "Next"
                </button>
                <button type="button" disabled=at_end on:click=move |_| page.set(shown.pages - 1)>
                    "Last"
                </button>
            </div>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Samples in view">
                <table>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_every_row_once() {
        let (from, to) = (1_000, 1_000 + 120);
        let pages: Vec<_> = (0..3).map(|number| Page::of(number, from, to)).collect();
        assert_eq!(pages[0], Page { number: 0, pages: 3, first: 1_000, after: 1_050 });
        assert_eq!(pages[2], Page { number: 2, pages: 3, first: 1_100, after: 1_120 });
        assert_eq!(Page::of(99, from, to), pages[2]);
        assert_eq!(Page::of(0, 5, 5), Page { number: 0, pages: 1, first: 5, after: 5 });
    }
}

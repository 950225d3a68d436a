//! The search field and one choice a facet.

use leptos::prelude::*;
use streamscope_client::{Facet, FacetOf, Subject};

use super::facets::{Entry, StreamSearch, device_name};
use crate::state::Workspace;
use crate::text::in_line;

/// Search and facets.
#[component]
pub fn FilterBar(
    /// What the person looks for.
    search: RwSignal<StreamSearch>,
    /// All streams.
    entries: Memo<Vec<Entry>>,
    /// In which of them all words occur.
    found: Memo<Vec<bool>>,
    /// The subject, for the names of its devices.
    subject: Memo<Option<Subject>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let narrowed = move || search.with(|search| search.chosen.len());
    let facets = move || workspace.source.get().map(|source| source.about().facets).unwrap_or_default();
    view! {
        <search class="filter">
            <input
                type="search"
                aria-label="Search streams"
                placeholder="Search streams"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || search.with(|search| search.words.clone())
                on:input:target=move |event| search.update(|search| search.words = event.target().value())
            />
            <details>
                <summary>
                    "Filters"
                    <Show when=move || { narrowed() > 0 }><span class="badge">{narrowed}</span></Show>
                </summary>
                <div class="facets">
                    {move || facets().iter().enumerate().map(|(index, &facet)| view! { <Choice search entries found subject facet index /> }).collect_view()}
                </div>
            </details>
        </search>
    }
}

#[component]
fn Choice(
    search: RwSignal<StreamSearch>,
    entries: Memo<Vec<Entry>>,
    found: Memo<Vec<bool>>,
    subject: Memo<Option<Subject>>,
    facet: Facet,
    index: usize,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen = move || search.with(|search| search.chosen(facet).cloned()).unwrap_or_default();
    let options = Memo::new(move |_| {
        entries
            .with(|entries| found.with(|found| search.with(|search| search.options(facet, entries, found))))
    });
    let name = move |value: &str| {
        if facet.of != FacetOf::Device {
            return value.to_string();
        }
        let holds = |stream: &&streamscope_client::StreamInfo| stream.device_id.as_deref() == Some(value);
        let found = workspace.streams.with(|streams| streams.iter().find(holds).cloned());
        subject.with(|subject| found.map(|stream| device_name(&stream, subject.as_ref()))).unwrap_or_default()
    };
    let id = format!("facet-{index}");
    view! {
        <label for=id.clone()>{facet.label}</label>
        <select
            id=id
            disabled=move || options.with(Vec::is_empty)
            on:change:target=move |event| {
                let value = event.target().value();
                search.update(|search| search.choose(facet, (!value.is_empty()).then_some(value)));
            }
        >
            <option value="" selected=move || chosen().is_empty()>"Any"</option>
            {move || options.get().into_iter().map(|(value, count)| {
                let text = format!("{} ({count})", in_line(&name(&value), 60));
                let selected = chosen() == value;
                view! { <option value=value selected=selected>{text}</option> }
            }).collect_view()}
        </select>
    }
}

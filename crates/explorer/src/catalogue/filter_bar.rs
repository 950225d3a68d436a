//! The search field and one choice a facet.

use leptos::prelude::*;
use streamscope_client::Subject;

use super::facets::{Facet, Filter, device_name};
use crate::state::Workspace;

/// Search and facets.
#[component]
pub fn FilterBar(
    /// What the person looks for.
    filter: RwSignal<Filter>,
    /// The subject, for the names of its devices.
    subject: Memo<Option<Subject>>,
) -> impl IntoView {
    let narrowed = move || filter.with(|filter| filter.chosen.iter().flatten().count());
    view! {
        <search class="filter">
            <input
                type="search"
                aria-label="Search streams"
                placeholder="Search streams"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || filter.with(|filter| filter.search.clone())
                on:input:target=move |event| filter.update(|filter| filter.search = event.target().value())
            />
            <details>
                <summary>
                    "Filters"
                    <Show when=move || { narrowed() > 0 }><span class="badge">{narrowed}</span></Show>
                </summary>
                <div class="facets">
                    {Facet::ALL.into_iter().enumerate().map(|(index, facet)| view! { <Choice filter subject facet index /> }).collect_view()}
                </div>
            </details>
        </search>
    }
}

#[component]
fn Choice(
    filter: RwSignal<Filter>,
    subject: Memo<Option<Subject>>,
    facet: Facet,
    index: usize,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen =
        move || filter.with(|filter| filter.chosen.get(index).cloned().flatten()).unwrap_or_default();
    let options = Memo::new(move |_| {
        subject.with(|subject| {
            workspace
                .streams
                .with(|streams| filter.with(|filter| filter.options(facet, streams, subject.as_ref())))
        })
    });
    let name = move |value: &str| {
        if facet != Facet::Device {
            return value.to_string();
        }
        let holds = |stream: &&streamscope_client::StreamInfo| stream.device_id.as_deref() == Some(value);
        let found = workspace.streams.with(|streams| streams.iter().find(holds).cloned());
        subject.with(|subject| found.map(|stream| device_name(&stream, subject.as_ref()))).unwrap_or_default()
    };
    let id = format!("facet-{index}");
    view! {
        <label for=id.clone()>{facet.label()}</label>
        <select
            id=id
            disabled=move || options.with(Vec::is_empty)
            on:change:target=move |event| {
                let value = event.target().value();
                filter.update(|filter| {
                    if let Some(held) = filter.chosen.get_mut(index) {
                        *held = (!value.is_empty()).then_some(value);
                    }
                });
            }
        >
            <option value="" selected=move || chosen().is_empty()>"Any"</option>
            {move || options.get().into_iter().map(|(value, count)| {
                let text = format!("{} ({count})", name(&value));
                let selected = chosen() == value;
                view! { <option value=value selected=selected>{text}</option> }
            }).collect_view()}
        </select>
    }
}

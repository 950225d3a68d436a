//! The bar on top: which view, which range, in which time zone.

pub mod fields;
pub mod presets;
pub mod tabs;
pub mod zone_select;

use leptos::prelude::*;
use streamscope_client::{TimeRange, whole_span};

use self::fields::RangeFields;
use self::presets::Preset;
use self::tabs::ViewTabs;
use self::zone_select::ZoneSelect;
use crate::history::Trail;
use crate::state::Workspace;

/// The bar.
#[component]
pub fn RangeBar(
    /// Ranges looked at.
    trail: RwSignal<Trail>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let all = Memo::new(move |_| everything(&workspace));
    let set_range =
        move |range: TimeRange| workspace.selection.update(|selection| selection.range = Some(range));
    let step = move |ahead: bool| {
        if let Some(range) = trail.try_update(|trail| trail.step(ahead)).flatten() {
            set_range(range);
        }
    };
    let preset = move |preset: Preset| {
        let (text, meaning) = preset.labels();
        let range = Memo::new(move |_| Some(preset.range(all.get()?, &workspace.zone.get())));
        let on = move || {
            let range = range.get();
            range.is_some() && workspace.selection.with(|selection| selection.range == range)
        };
        view! {
            <button
                type="button"
                title=meaning
                aria-label=format!("{text}: {meaning}")
                aria-pressed=move || on().to_string()
                disabled=move || range.get().is_none()
                on:click=move |_| {
                    if let Some(range) = range.get_untracked() {
                        set_range(range);
                    }
                }
            >
                {text}
            </button>
        }
    };
    view! {
        <ViewTabs />
        <div class="row range">
            <div class="segments" role="group" aria-label="Earlier ranges">
                <button type="button" aria-label="Back to the range before" title="Back to the range before"
                    disabled=move || trail.with(|trail| trail.peek(false).is_none())
                    on:click=move |_| step(false)>"←"</button>
                <button type="button" aria-label="Forward again" title="Forward again"
                    disabled=move || trail.with(|trail| trail.peek(true).is_none())
                    on:click=move |_| step(true)>"→"</button>
            </div>
            <div class="segments" role="group" aria-label="Range presets">
                {Preset::ALL.into_iter().map(preset).collect_view()}
            </div>
            <RangeFields all />
            <ZoneSelect />
        </div>
    }
}

/// Everything that the selected streams hold; without tracks, everything in the catalogue.
fn everything(workspace: &Workspace) -> Option<TimeRange> {
    let chosen = workspace.selected_streams();
    match chosen.is_empty() {
        true => workspace.streams.with(|streams| whole_span(streams)),
        false => whole_span(&chosen),
    }
}

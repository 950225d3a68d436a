//! Buttons above the tracks, the list of keys, and the line that reads the cursor.

use leptos::prelude::*;

use super::stage::{KEYS, Stage};
use crate::charts::civil::exact_time;
use crate::charts::format::duration;
use crate::views::toggle::Toggle;

/// Zoom, fit, measure, table and keys.
#[component]
pub fn Controls(
    /// What all tracks share.
    stage: Stage,
    /// Whether the table stands in for the picture.
    as_table: RwSignal<bool>,
    /// Whether the value axes can be set.
    with_axes: RwSignal<bool>,
    /// Whether the display filters can be set.
    with_filters: RwSignal<bool>,
    /// Whether the events are listed beside the picture.
    with_events: RwSignal<bool>,
    /// Whether the list of keys is open.
    help: RwSignal<bool>,
    /// Whether there are rows to follow.
    can_follow: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="button-group" role="group" aria-label="Zoom">
            <button type="button" title="Zoom in (+)" aria-label="Zoom in" on:click=move |_| stage.zoom(0.5)>"+"</button>
            <button type="button" title="Zoom out (−)" aria-label="Zoom out" on:click=move |_| stage.zoom(2.0)>"−"</button>
            <button type="button" title="Show all data (0)" on:click=move |_| stage.fit()>"Fit"</button>
        </div>
        <Show when=move || can_follow.get()>
            <Toggle on=stage.live label="Live" title="Follow the rows as they are recorded; panning ends it" />
        </Show>
        <Toggle on=stage.measuring label="Measure" title="Drag to measure an interval (m)" />
        <Toggle on=with_axes label="Axes" title="Set the value axis of each track" />
        <Toggle on=with_filters label="Filters" title="Draw tracks filtered; the samples stay as they are" />
        <Toggle on=stage.with_spectra label="Spectrum" title="Show the power spectrum of what is in view, or measured (s)" />
        <Toggle on=with_events label="Events" title="List the events, to search, sort and go to them" />
        <Toggle on=as_table label="Table" />
        <Toggle on=help label="?" name="Keys" title="List of keys (?)" />
    }
}

/// All keys and what they do.
#[component]
pub fn KeyList() -> impl IntoView {
    let entries = KEYS.map(|(keys, does)| view! { <div><dt><kbd>{keys}</kbd></dt><dd>{does}</dd></div> });
    view! { <dl class="key-list" aria-label="Keys">{entries.into_iter().collect::<Vec<_>>()}</dl> }
}

/// The instant under the crosshair, exact and with its zone; without a crosshair, how long the window is.
#[component]
pub fn CursorLine(
    /// What all tracks share.
    stage: Stage,
) -> impl IntoView {
    let text = move || {
        let zone = stage.zone.get();
        match stage.cursor.get() {
            Some(cursor) => exact_time(cursor, &zone),
            None => {
                let window = stage.window.get();
                format!(
                    "{} in view from {}",
                    duration(window.end - window.start),
                    exact_time(window.start, &zone)
                )
            }
        }
    };
    let spoken = move || {
        stage.by_key.get().then(|| stage.cursor.get().map(|cursor| exact_time(cursor, &stage.zone.get())))
    };
    view! {
        <p class="cursor-line">
            <span class="cursor-time">{text}</span>
            <span class="zone-name">{move || stage.zone.with(|zone| zone.name().to_string())}</span>
            <span class="unseen" aria-live="polite">{spoken}</span>
        </p>
    }
}

//! Buttons above the tracks, the list of keys, and the line that reads the cursor.

use leptos::prelude::*;

use super::keys::KEYS;
use super::stage::Stage;
use crate::charts::civil::exact_time;
use crate::charts::format::duration;
use crate::views::toggle::Toggle;

/// What is open beside the tracks, or stands in for them.
#[derive(Clone, Copy, Default)]
pub struct Panels {
    /// The list of tracks, and their clocks.
    pub tracks: RwSignal<bool>,
    /// Fields of the value axes.
    pub axes: RwSignal<bool>,
    /// Fields of the display filters.
    pub filters: RwSignal<bool>,
    /// The list of events.
    pub events: RwSignal<bool>,
    /// The table in place of the picture.
    pub table: RwSignal<bool>,
    /// The list of keys.
    pub help: RwSignal<bool>,
}

/// Zoom, fit, measure, panels, table and keys.
#[component]
pub fn Controls(
    /// What all tracks share.
    stage: Stage,
    /// What they open.
    panels: Panels,
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
        <Toggle on=panels.tracks label="Tracks" title="Order the tracks, keep them, and set clocks" />
        <Toggle on=panels.axes label="Axes" title="Set the value axis of each track" />
        <Toggle on=panels.filters label="Filters" title="Draw tracks filtered; the samples stay as they are" />
        <Toggle on=stage.with_spectra label="Spectrum" title="Show the power spectrum of what is in view, or measured (s)" />
        <Toggle on=stage.on_paper label="Paper" title="ECG paper: 25 mm/s and 10 mm/mV, with the grid of it" />
        <Toggle on=panels.events label="Events" title="List the events, to search, sort and go to them" />
        <Toggle on=panels.table label="Table" />
        <Toggle on=panels.help label="?" name="Keys" title="List of keys (?)" />
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

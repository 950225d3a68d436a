//! One stream of a timeline: its name and legend, its picture, the crosshair above it, and what it is doing.

use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};

use super::paint::{Painted, paint_cursor, paint_track};
use super::readout::{Reading, read, sentence, unit};
use super::stage::Stage;
use crate::catalogue::title;
use crate::charts::format::{bytes, grouped};
use crate::charts::surface::ChartCanvas;
use crate::recording::{Data, Drawing, Following, Recording, Shown, Status};

/// Height of one state lane in CSS pixels.
pub const LANE: f64 = 24.0;
/// Height of the numbers' part of a track among so many: a few share what many would fill.
fn numbers_height(tracks: usize) -> f64 {
    (440.0 / tracks.max(1) as f64).clamp(132.0, 280.0)
}

/// How many numbers and states a stream has, before its first row has arrived.
fn expected(stream: &StreamInfo) -> (usize, usize) {
    stream.dimensions.iter().fold((0, 0), |(numbers, states), dimension| match dimension.data_type.as_str() {
        "bool" | "boolean" | "enum" | "string" | "text" => (numbers, states + 1),
        "timestamp" | "dict" => (numbers, states),
        _ if dimension.display.states => (numbers, states + 1),
        _ => (numbers + 1, states),
    })
}

/// A track.
#[component]
pub fn Track(
    /// What all tracks share.
    stage: Stage,
    /// The stream's rows.
    recording: Recording,
    /// How many tracks there are.
    #[prop(into)]
    tracks: Signal<usize>,
) -> impl IntoView {
    let stream = recording.stream().clone();
    let name = title(&stream);
    let painted = RwSignal::new_local(Painted::default());
    let held = StoredValue::new_local(recording.clone());
    let shown = Memo::new(move |_| {
        held.with_value(|recording| {
            recording.track();
            recording.with(|data| data.shown().cloned())
        })
    });
    let (numbers, states) = expected(&stream);
    let height = move || {
        let (numbers, states) = shown.with(|shown| match shown {
            Some(shown) => {
                let numbers = shown.numbers().count();
                (numbers, shown.charted().count() - numbers)
            }
            None => (numbers, states),
        });
        let numbers = if numbers > 0 || states == 0 { numbers_height(tracks.get()) } else { 8.0 };
        format!("{}px", numbers + states as f64 * LANE)
    };
    let readings = Memo::new(move |_| {
        let cursor = stage.cursor.get()?;
        stage.window.track();
        held.with_value(|recording| {
            recording.track();
            let reading =
                |data: &Data| recording.with_sketch(|sketch| read(data, sketch, &stage.scale(), cursor));
            Some(recording.with(reading))
        })
    });
    let described = {
        let name = name.clone();
        Signal::derive(move || format!("{name}, {}", painted.with(|painted| painted.note.clone())))
    };
    let spoken = {
        let name = name.clone();
        move || {
            let readings = readings.get()?;
            stage.by_key.get().then(|| {
                shown.with(|shown| shown.as_ref().map(|shown| sentence(&name, &shown.layout, &readings)))
            })?
        }
    };
    view! {
        <section class="track" aria-label=name.clone() data-stream=stream.id.clone()>
            <header class="track-head" data-caption="">
                <h3 class="track-name" title=stream.description.clone()>{name.clone()}</h3>
                <Legend shown readings painted />
                <span class="track-note">{move || painted.with(|painted| painted.note.clone())}</span>
            </header>
            <div class="track-plot" style:height=height>
                <ChartCanvas
                    class="track-data"
                    label=described
                    track=move || {
                        stage.window.track();
                        stage.zone.track();
                        held.with_value(|recording| {
                            recording.track();
                            recording.status();
                        });
                    }
                    paint=move |pane, theme| {
                        let now = held.with_value(|recording| paint_track(pane, theme, &stage, recording));
                        if painted.with_untracked(|before| *before != now) {
                            painted.set(now);
                        }
                    }
                />
                <ChartCanvas
                    class="track-cursor"
                    label="Crosshair"
                    above=true
                    track=move || {
                        readings.track();
                        stage.window.track();
                        stage.measured.track();
                        stage.mark.track();
                        stage.brush.track();
                        painted.track();
                    }
                    paint=move |pane, theme| {
                        let marks = readings.get_untracked().unwrap_or_default();
                        painted.with_untracked(|painted| paint_cursor(pane, theme, &stage, painted, &marks));
                    }
                />
                <TrackState stage recording=recording.clone() />
            </div>
            <p class="visually-hidden" aria-live="polite">{spoken}</p>
        </section>
    }
}

/// The dimensions: swatch, name, value under the cursor, unit.
#[component]
fn Legend(
    shown: Memo<Option<Shown>>,
    readings: Memo<Option<Vec<Reading>>>,
    painted: RwSignal<Painted, LocalStorage>,
) -> impl IntoView {
    move || {
        let shown = shown.get()?;
        let entries = shown.charted().enumerate().map(|(place, (column, drawing))| {
            let described = shown.layout.columns.get(column).cloned();
            let (label, unit) =
                described.map(|column| (column.name.clone(), in_brackets(unit(&column)))).unwrap_or_default();
            let swatch = (drawing == Drawing::Line).then(|| {
                view! { <i class="swatch" style:--swatch=format!("var(--series-{})", place % 7 + 1)></i> }
            });
            let reading = move || {
                readings.with(|readings| {
                    let found = readings.as_ref()?.iter().find(|reading| reading.column == column)?;
                    Some(found.text.clone())
                })
            };
            view! {
                <li>
                    {swatch} <span class="dimension">{label}</span>
                    <span class="unit">{unit}</span>
                    <output class="reading">{reading}</output>
                </li>
            }
        });
        let entries: Vec<_> = entries.collect();
        let missing = painted.with(|painted| painted.missing > 0).then(|| {
            view! { <li class="missing">"▲ null or NaN: " {grouped(painted.with(|painted| painted.missing))}</li> }
        });
        Some(view! { <ul class="legend">{entries} {missing}</ul> })
    }
}

/// "(g)"; nothing for a dimension without a unit.
fn in_brackets(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!("({unit})") }
}

/// Progress, failure or emptiness, over the picture and without moving it.
#[component]
fn TrackState(stage: Stage, recording: Recording) -> impl IntoView {
    let held = StoredValue::new_local(recording.clone());
    let status = Memo::new(move |_| held.with_value(Recording::status));
    let empty = Memo::new(move |_| {
        let window = stage.window.get();
        held.with_value(|recording| {
            recording.track();
            recording.with(|data| {
                data.fetched().covers(within_span(recording, window)) && data.rows_in(window) == 0
            })
        })
    });
    let cancel = move |_| held.with_value(Recording::cancel);
    let retry = move |_| held.with_value(Recording::retry);
    let following = Memo::new(move |_| held.with_value(Recording::following));
    move || match status.get() {
        _ if stage.live.get()
            && let Following::Failed(message) = following.get() =>
        {
            view! {
                <div class="track-state failed" role="alert"><span>{message}</span></div>
            }
            .into_any()
        }
        Status::Loading { progress, range } => {
            let covered = progress.covered_to.map_or(0.0, |to| {
                ((to - range.start) as f64 / (range.end - range.start).max(1) as f64).clamp(0.0, 1.0)
            });
            let figures = format!(
                "{} rows · {} · {:.0} % of the time",
                grouped(progress.rows),
                bytes(progress.bytes),
                covered * 100.0
            );
            view! {
                <div class="track-state loading" role="status">
                    <progress max="1" value=covered aria-label="Time covered"></progress>
                    <span>{figures}</span>
                    <button type="button" on:click=cancel>"Cancel"</button>
                </div>
            }
            .into_any()
        }
        Status::Failed { message, .. } => view! {
            <div class="track-state failed" role="alert">
                <span>{message}</span>
                <button type="button" on:click=retry>"Retry"</button>
            </div>
        }
        .into_any(),
        Status::Cancelled { .. } => view! {
            <div class="track-state cancelled" role="status">
                <span>"Stopped. What had arrived is drawn, the hatched part was not fetched."</span>
                <button type="button" on:click=retry>"Resume"</button>
            </div>
        }
        .into_any(),
        Status::Idle if empty.get() => view! {
            <div class="track-state empty" role="status">
                <span>"No data in this range."</span>
                <button type="button" on:click=move |_| held.with_value(|recording| {
                    if let Some(span) = recording.span() {
                        stage.look_at(span);
                    }
                })>"Show all of this stream"</button>
            </div>
        }
        .into_any(),
        Status::Idle => ().into_any(),
    }
}

/// The part of a range in which the stream can have data at all.
pub fn within_span(recording: &Recording, range: TimeRange) -> TimeRange {
    let span = recording.span().unwrap_or(range);
    crate::recording::intersection(range, span).unwrap_or(TimeRange { start: range.start, end: range.start })
}

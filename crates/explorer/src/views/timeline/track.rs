//! One stream of a timeline: its name and legend, its picture, the crosshair above it, and what it is doing.

use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};
use streamscope_signal::DisplayFilter;

use super::axes::beyond_note;
use super::clock::clock_note;
use super::legend::Legend;
use super::paint::{Painted, paint_cursor, paint_track};
use super::readout::{At, Reading, read, sentence};
use super::spectrum::SpectrumChart;
use super::stage::{DrawnAxis, Stage};
use crate::catalogue::{label, title};
use crate::charts::format::{bytes, grouped};
use crate::charts::surface::ChartCanvas;
use crate::connection::switch::Swatch;
use crate::recording::{Data, Drawing, Following, Recording, Status, expected};
use crate::row_filter::InForce;
use crate::state::Workspace;

/// Height of one state lane in CSS pixels.
pub const LANE: f64 = 24.0;
/// Height of the numbers' part of a track among so many: a few share what many would fill.
fn numbers_height(tracks: usize) -> f64 {
    (440.0 / tracks.max(1) as f64).clamp(132.0, 280.0)
}

/// How many numbers and states a stream has, before its first row has arrived.
fn expected_counts(stream: &StreamInfo) -> (usize, usize) {
    let count =
        |wanted| stream.dimensions.iter().filter_map(expected).filter(|drawing| *drawing == wanted).count();
    (count(Drawing::Line), count(Drawing::Bands))
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
    let name = label(&stream);
    let whole = format!("{}\n{}", title(&stream), stream.description);
    let painted = RwSignal::new_local(Painted::default());
    let held = StoredValue::new_local(recording.clone());
    let shown = Memo::new(move |_| {
        held.with_value(|recording| {
            recording.track();
            recording.with(|data| data.shown().cloned())
        })
    });
    let axis = Memo::new(move |_| {
        held.with_value(|recording| stage.axes.with(|axes| axes.get(&recording.stream().id).copied()))
    });
    let through = Memo::new(move |_| {
        held.with_value(|recording| stage.display.with(|all| all.get(&recording.stream().id).copied()))
    });
    Effect::new(move |_| {
        let filter = through.get().unwrap_or_default();
        held.with_value(|recording| recording.filter(filter));
    });
    on_cleanup(move || held.with_value(|recording| recording.filter(DisplayFilter::default())));
    let (numbers, states) = expected_counts(&stream);
    let has_numbers = numbers > 0;
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
        let stepped = stage.by_key.get();
        held.with_value(|recording| {
            recording.track();
            let always = TimeRange { start: i64::MIN, end: i64::MAX };
            let at = At { cursor, stepped, possible: recording.possible(always) };
            let reading =
                |data: &Data| recording.with_sketch(|sketch| read(data, sketch, &stage.scale(), at));
            let mut readings = recording.with_drawn(reading);
            for reading in &mut readings {
                let name = shown.with(|shown| {
                    let column = shown.as_ref()?.layout.columns.get(reading.column)?;
                    Some(column.name.clone())
                });
                if name.is_some_and(|name| stage.is_hidden(&recording.stream().id, &name)) {
                    reading.mark = None;
                }
            }
            if recording.is_drawn_filtered() {
                readings.iter_mut().filter(|reading| reading.mark.is_some()).for_each(Reading::name_filtered);
            }
            Some(readings)
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
    let note = move || {
        let note = painted.with(|painted| painted.note.clone());
        view! { <span title=note.clone()>{note.clone()}</span> }
    };
    let single = move || {
        shown.with(|shown| shown.as_ref().map_or(numbers + states, |shown| shown.charted().count())) < 2
    };
    let named = stream.dimensions.clone();
    view! {
        <section class="track" role="group" aria-label=name.clone() data-stream=stream.id.clone()>
            <header class="track-head" class:single=single data-caption="">
                <h3 class="track-name" title=whole>{name.clone()} <Origin subject=stream.subject_id.clone() /></h3>
                <InForce />
                <Legend stage stream=stream.id.clone() named shown readings />
                <p class="track-note"><OffClock subject=stream.subject_id.clone() /><OnPaper painted /><Through painted /><Beyond painted /><Missing painted />{note}</p>
            </header>
            <div class="track-plot" style:height=height>
                <ChartCanvas
                    class="track-data"
                    label=described
                    track=move || {
                        stage.window.track();
                        stage.shift.track();
                        stage.zone.track();
                        axis.track();
                        through.track();
                        stage.hidden.track();
                        stage.on_paper.track();
                        stage.paper.track();
                        held.with_value(|recording| {
                            recording.track();
                            recording.status();
                        });
                    }
                    paint=move |pane, theme| {
                        let now = held.with_value(|recording| paint_track(pane, theme, &stage, recording));
                        if let Some(scale) = now.values {
                            let ends = (scale.low.min(scale.high), scale.low.max(scale.high));
                            held.with_value(|recording| stage.note_drawn(&recording.stream().id, DrawnAxis { ends, height: scale.height }));
                        }
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
            <p class="unseen" aria-live="polite">{spoken}</p>
            <Show when=move || stage.with_spectra.get() && has_numbers>
                <SpectrumChart stage recording=held.get_value() />
            </Show>
        </section>
    }
}

/// Whose track it is, where several subjects share the time axis: the colour of the connection, and the subject's name.
#[component]
fn Origin(subject: String) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let subject = StoredValue::new(subject);
    let is_shared = Memo::new(move |_| {
        workspace.connections.with(Vec::len) > 1 || workspace.selection.with(|held| !held.kept.is_empty())
    });
    let name = move || subject.with_value(|subject| workspace.subject_name(subject));
    let colour = move || subject.with_value(|subject| workspace.connection_of(subject).map(|one| one.colour));
    view! {
        <Show when=move || is_shared.get()>
            <span class="track-origin">{move || colour().map(|colour| view! { <Swatch colour /> })} {name}</span>
        </Show>
    }
}

/// The clock that is set; nothing where times are as they were recorded.
#[component]
fn OffClock(subject: String) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    move || {
        let clock = workspace.clock_of(&subject);
        clock_note(clock).map(|words| view! { <span class="through">{words} " "</span> })
    }
}

/// The scales of the paper; nothing without paper.
#[component]
fn OnPaper(painted: RwSignal<Painted, LocalStorage>) -> impl IntoView {
    move || {
        let scales = painted.with(|painted| painted.paper.clone())?;
        Some(view! { <span class="through">{scales} " "</span> })
    }
}

/// The display filter in force, or why there is none; nothing where none is set.
#[component]
fn Through(painted: RwSignal<Painted, LocalStorage>) -> impl IntoView {
    move || {
        let words = painted.with(|painted| painted.through.clone())?;
        Some(view! { <span class="through" title=words.clone()>{words.clone()} " "</span> })
    }
}

/// How many values in view are null or NaN; nothing where none is.
#[component]
fn Missing(painted: RwSignal<Painted, LocalStorage>) -> impl IntoView {
    let count = move || painted.with(|painted| painted.missing);
    move || {
        (count() > 0).then(|| view! { <span class="missing">"▲ null or NaN: " {grouped(count())} " "</span> })
    }
}

/// How far values in view reach beyond a held axis; nothing where none does.
#[component]
fn Beyond(painted: RwSignal<Painted, LocalStorage>) -> impl IntoView {
    move || {
        let beyond = painted.with(|painted| painted.beyond)?;
        Some(view! { <span class="missing">"↕ " {beyond_note(beyond)} " "</span> })
    }
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
                data.fetched().covers(within_span(recording, window))
                    && data.rows_in(window) == 0
                    && !data.is_crossed(window)
            })
        })
    });
    let cancel = move |_| held.with_value(Recording::cancel);
    let retry = move |_| held.with_value(Recording::retry);
    let following = Memo::new(move |_| held.with_value(Recording::following));
    if !recording.stream().has_time() {
        return view! {
            <div class="track-state empty" role="status"><span data-caption="">"These rows have no time."</span></div>
        }
        .into_any();
    }
    let state = move || match status.get() {
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
                <span data-caption="">"No data in this range."</span>
                <button type="button" on:click=move |_| held.with_value(|recording| {
                    if let Some(span) = recording.span() {
                        stage.look_at(span);
                    }
                })>"Show all of this stream"</button>
            </div>
        }
        .into_any(),
        Status::Idle => ().into_any(),
    };
    state.into_any()
}

/// The part of a range in which the stream can have data at all.
pub fn within_span(recording: &Recording, range: TimeRange) -> TimeRange {
    recording.possible(range).unwrap_or(TimeRange { start: range.start, end: range.start })
}

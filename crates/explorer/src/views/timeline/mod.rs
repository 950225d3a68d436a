//! The timeline: raw streams as stacked tracks on one time axis.

pub mod controls;
pub mod events;
pub mod measure;
pub mod notebook;
pub mod overview;
pub mod paint;
pub mod readout;
pub mod stage;
pub mod table;
pub mod track;
pub mod tracks;

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use streamscope_client::TimeRange;

use self::controls::{Controls, CursorLine, KeyList};
use self::events::{EventTable, Noted};
use self::measure::Measure;
use self::notebook::{NoteButton, NoteEditor, Notebook};
use self::overview::Overview;
use self::paint::paint_time_axis;
use self::stage::Stage;
use self::table::SampleTable;
use self::tracks::Tracks;
use crate::charts::civil::exact_time;
use crate::charts::surface::ChartCanvas;
use crate::recording::{Following, Recording, span};
use crate::state::Workspace;
use crate::views::export::Exports;

/// How long the window must rest before its rows are fetched and the selection follows.
const REST: Duration = Duration::from_millis(180);

/// Raw streams as stacked tracks.
#[component]
pub fn TimelineView() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let recordings = use_recordings(workspace);
    let bounds = Memo::new(move |_| all_data(&workspace, recordings));
    let first = workspace.selection.with_untracked(|selection| selection.range);
    let stage = Stage::new(bounds, first.unwrap_or_else(|| bounds.get_untracked()), workspace.zone);
    let noted = Noted::beside(workspace, stage);
    let notebook = Notebook::beside(workspace, stage, noted);
    keep_in_step(workspace, stage, recordings);
    follow_live(stage, recordings);

    let as_table = RwSignal::new(false);
    let help = RwSignal::new(false);
    let figure = NodeRef::<Div>::new();
    let axis_label = Signal::derive(move || {
        let (window, zone) = (stage.window.get(), stage.zone.get());
        format!("Time axis from {} to {}", exact_time(window.start, &zone), exact_time(window.end, &zone))
    });
    let picture = move || {
        view! {
            <div class="stage-scroll"><Tracks stage recordings noted notebook help /></div>
            <ChartCanvas
                class="time-axis"
                label=axis_label
                track=move || {
                    stage.window.track();
                    stage.zone.track();
                }
                paint=move |pane, theme| {
                    let _ = paint_time_axis(pane, theme, &stage);
                }
            />
            <Overview stage />
        }
    };
    view! {
        <div class="timeline" data-view="timeline">
            <div class="toolbar" role="toolbar" aria-label="Timeline">
                <Controls stage as_table help can_follow=Signal::derive(move || can_follow(&workspace)) />
                <NoteButton notebook />
                <Exports figure title="Timeline" />
            </div>
            <Show when=move || help.get()><KeyList /></Show>
            <Show
                when=move || !recordings.with(Vec::is_empty)
                fallback=|| view! {
                    <p class="view-empty">"Choose one or more streams on the left to see their samples here."</p>
                }
            >
                <div class="figure" node_ref=figure>
                    <Show when=move || !as_table.get() fallback=move || view! {
                        <SampleTable stage recordings />
                        <EventTable stage noted edit=Callback::new(move |event| notebook.edit(event)) />
                    }>
                        {picture()}
                    </Show>
                </div>
                <NoteEditor notebook />
                <CursorLine stage />
                <Measure stage recordings />
            </Show>
        </div>
    }
}

/// Everything the selected streams hold, with what came live.
fn all_data(workspace: &Workspace, recordings: RwSignal<Vec<Recording>, LocalStorage>) -> TimeRange {
    let mut spans: Vec<_> = workspace.selected_streams().iter().filter_map(span).collect();
    recordings.with(|recordings| {
        for recording in recordings {
            if recording.following() == Following::Yes {
                recording.track();
            }
            spans.extend(recording.span());
        }
    });
    let start = spans.iter().map(|span| span.start).min();
    let end = spans.iter().map(|span| span.end).max();
    match (start, end) {
        (Some(start), Some(end)) => TimeRange { start, end },
        _ => workspace
            .selection
            .with(|selection| selection.range)
            .unwrap_or(TimeRange { start: 0, end: 1_000_000_000 }),
    }
}

/// The recordings of the selected streams, in track order.
fn use_recordings(workspace: Workspace) -> RwSignal<Vec<Recording>, LocalStorage> {
    let recordings = RwSignal::new_local(Vec::new());
    Effect::new(move |_| {
        let Some(source) = workspace.source.get() else {
            recordings.set(Vec::new());
            return;
        };
        let streams = workspace.selected_streams();
        recordings.set(streams.iter().map(|stream| workspace.recordings.of(&source, stream)).collect());
    });
    recordings
}

/// Whether rows of any selected stream can be had as they are recorded.
fn can_follow(workspace: &Workspace) -> bool {
    let Some(source) = workspace.source.get() else { return false };
    workspace.selected_streams().iter().any(|stream| source.live(stream, 0).is_some())
}

/// While the timeline is live, rows are taken in as they are recorded and the window ends with them.
fn follow_live(stage: Stage, recordings: RwSignal<Vec<Recording>, LocalStorage>) {
    Effect::new(move |_| {
        let live = stage.live.get();
        recordings.with(|recordings| {
            recordings
                .iter()
                .for_each(|recording| if live { recording.follow() } else { recording.unfollow() });
        });
    });
    Effect::new(move |_| {
        stage.bounds.track();
        if stage.live.get() {
            stage.slide();
        }
    });
    on_cleanup(move || {
        recordings.with_untracked(|recordings| recordings.iter().for_each(Recording::unfollow));
    });
}

/// The selection's range becomes the window; a window at rest becomes the selection's range, and its rows are fetched.
fn keep_in_step(workspace: Workspace, stage: Stage, recordings: RwSignal<Vec<Recording>, LocalStorage>) {
    let range = Memo::new(move |_| workspace.selection.with(|selection| selection.range));
    Effect::new(move |_| {
        if let Some(range) = range.get().or_else(|| Some(stage.bounds.get())) {
            stage.window.set(range);
        }
    });
    let settle = move || {
        let Some(window) = stage.window.try_get_untracked() else { return };
        if range.get_untracked() != Some(window) {
            workspace.selection.update(|selection| selection.range = Some(window));
        }
        recordings
            .with_untracked(|recordings| recordings.iter().for_each(|recording| recording.want(window)));
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move |_| {
        stage.window.track();
        recordings.track();
        if recordings.with_untracked(Vec::is_empty) {
            return;
        }
        stop();
        timer.set_value(set_timeout_with_handle(settle, REST).ok());
    });
    on_cleanup(stop);
}

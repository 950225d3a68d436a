//! The timeline: raw streams as stacked tracks on one time axis.

pub mod aligned;
pub mod arrange;
pub mod axes;
pub mod clock;
pub mod controls;
pub mod event_editor;
pub mod event_list;
pub mod events;
pub mod filters;
pub mod keys;
pub mod legend;
pub mod measure;
pub mod overview;
pub mod paint;
pub mod paper;
pub mod readout;
pub mod spectrogram;
pub mod spectrum;
pub mod stage;
pub mod table;
pub mod track;
pub mod tracks;

use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::html::{Div, P};
use leptos::prelude::*;
use streamscope_client::{TimeRange, whole_span};

use self::arrange::TracksPanel;
use self::axes::AxesPanel;
use self::controls::{Controls, CursorLine, KeyList, Panels};
use self::event_editor::{EventEditor, EventForm, NewEventButton};
use self::event_list::EventList;
use self::events::SubjectEvents;
use self::filters::FiltersPanel;
use self::keys::{Action, action};
use self::measure::Measure;
use self::overview::Overview;
use self::paint::paint_time_axis;
use self::paper::PaperPanel;
use self::stage::Stage;
use self::table::SampleTable;
use self::tracks::{Tracks, nothing_has_focus};
use crate::catalogue::carry;
use crate::charts::civil::exact_time;
use crate::charts::surface::ChartCanvas;
use crate::recording::{Following, Recording};
use crate::state::Workspace;
use crate::views::export::Exports;

/// How long the window must rest before its rows are fetched and the selection follows.
const REST: Duration = Duration::from_millis(180);
/// How long a window rests before a track that was just chosen is fetched: the window may follow it.
const NEW_TRACK: Duration = Duration::from_millis(20);

/// Raw streams as stacked tracks.
#[component]
pub fn TimelineView() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let recordings = use_recordings(workspace);
    let bounds = Memo::new(move |_| all_data(&workspace, recordings));
    let first = workspace.selection.with_untracked(|selection| selection.range);
    let window = first.unwrap_or_else(|| bounds.get_untracked());
    let stage = Stage::new(bounds, window, workspace.selection, workspace.zone);
    let events = SubjectEvents::beside(workspace, stage);
    let editor = EventEditor::beside(workspace, stage, events);
    keep_in_step(workspace, stage, recordings);
    follow_live(stage, recordings);
    leave_cursors_behind(workspace, stage);

    let panels = Panels::default();
    let figure = NodeRef::<Div>::new();
    let axis_label = Signal::derive(move || {
        let (window, zone) = (stage.window.get(), stage.zone.get());
        format!("Time axis from {} to {}", exact_time(window.start, &zone), exact_time(window.end, &zone))
    });
    let picture = move || {
        view! {
            <div class="stage-scroll"><Tracks stage recordings events editor help=panels.help /></div>
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
                <Controls stage panels can_follow=Signal::derive(move || can_follow(&workspace)) />
                <NewEventButton editor />
                <Exports figure title="Timeline" />
            </div>
            <Show when=move || panels.help.get()><KeyList /></Show>
            <Show when=move || panels.tracks.get()><TracksPanel stage recordings /></Show>
            <Show when=move || panels.axes.get()><AxesPanel stage recordings /></Show>
            <Show when=move || panels.filters.get()><FiltersPanel stage recordings /></Show>
            <Show when=move || stage.on_paper.get()><PaperPanel stage recordings /></Show>
            <Show
                when=move || !recordings.with(Vec::is_empty)
                fallback=move || view! { <NoTracks stage /> }
            >
                <div class="figure" node_ref=figure>
                    <Show when=move || !panels.table.get() fallback=move || view! { <SampleTable stage recordings /> }>
                        {picture()}
                    </Show>
                </div>
                <Show when=move || panels.table.get() || panels.events.get()>
                    <EventList stage events recordings edit=Callback::new(move |event| editor.edit(event)) />
                </Show>
                <EventForm editor />
                <CursorLine stage />
                <Measure stage recordings />
            </Show>
        </div>
    }
}

/// What stands in place of the tracks while no stream is chosen. It takes the keyboard over from tracks that went with
/// their subject, so that the keys step on.
#[component]
fn NoTracks(stage: Stage) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let node = NodeRef::<P>::new();
    Effect::new(move |_| {
        if let Some(node) = node.get().filter(|_| stage.has_keys.get_value() && nothing_has_focus()) {
            let _ = node.focus();
        }
    });
    let words = move || match carry::waits(&workspace) {
        true => {
            "Nothing of the same kind was recorded here. Choose other streams on the left, or go on to another subject."
        }
        false => "Choose one or more streams on the left to see their samples here.",
    };
    let keys = move |event: KeyboardEvent| {
        if let Some(Action::Subject(by)) = action(&event.key(), event.shift_key()) {
            carry::step(&workspace, by);
        }
    };
    view! { <p class="view-empty" node_ref=node tabindex="-1" on:keydown=keys>{words}</p> }
}

/// Everything the selected streams hold, with what came live.
fn all_data(workspace: &Workspace, recordings: RwSignal<Vec<Recording>, LocalStorage>) -> TimeRange {
    let mut all = whole_span(&workspace.selected_streams());
    recordings.with(|recordings| {
        for recording in recordings {
            if recording.following() == Following::Yes {
                recording.track();
            }
            all = all.into_iter().chain(recording.span()).reduce(TimeRange::hull);
        }
    });
    let selected = || workspace.selection.with(|selection| selection.range);
    all.or_else(selected).unwrap_or(TimeRange { start: 0, end: 1_000_000_000 })
}

/// The recordings of the selected streams, in track order.
fn use_recordings(workspace: Workspace) -> RwSignal<Vec<Recording>, LocalStorage> {
    let recordings = RwSignal::new_local(Vec::new());
    Effect::new(move |_| {
        let Some(source) = workspace.reading() else {
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
    let Some(source) = workspace.reading() else { return false };
    workspace.selected_streams().iter().any(|stream| source.live(stream, 0).is_some())
}

/// While the timeline is live, rows are taken in as they are recorded and the window ends with them. A stream that is
/// no longer selected is no longer followed.
fn follow_live(stage: Stage, recordings: RwSignal<Vec<Recording>, LocalStorage>) {
    let shown = StoredValue::new_local(Vec::<Recording>::new());
    let leave = move |stays: &[Recording]| {
        let before = shown.try_update_value(|shown| std::mem::replace(shown, stays.to_vec()));
        let gone = before.into_iter().flatten().filter(|recording| !stays.contains(recording));
        gone.for_each(|recording| recording.show(false));
    };
    Effect::new(move |_| {
        let live = stage.live.get();
        recordings.with(|recordings| {
            leave(recordings);
            for recording in recordings {
                recording.show(true);
                if live { recording.follow() } else { recording.unfollow() }
            }
        });
    });
    Effect::new(move |_| {
        stage.bounds.track();
        if stage.live.get() {
            stage.slide();
        }
    });
    on_cleanup(move || leave(&[]));
}

/// The cursors of one subject say nothing of another's data.
fn leave_cursors_behind(workspace: Workspace, stage: Stage) {
    let subject = Memo::new(move |_| workspace.selection.with(|selection| selection.subject.clone()));
    Effect::watch(move || subject.get(), move |_, _, _| stage.clear_cursors(), false);
}

/// The selection's range becomes the window; a window at rest becomes the selection's range, and its rows are fetched.
fn keep_in_step(workspace: Workspace, stage: Stage, recordings: RwSignal<Vec<Recording>, LocalStorage>) {
    let range = Memo::new(move |_| workspace.selection.with(|selection| selection.range));
    Effect::new(move |_| {
        if let Some(range) = range.get().or_else(|| Some(stage.bounds.get())) {
            stage.window.set(range);
        }
    });
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let is_new = StoredValue::new(false);
    let settle = move || {
        timer.try_set_value(None);
        is_new.try_set_value(false);
        let Some(window) = stage.window.try_get_untracked() else { return };
        if range.get_untracked() != Some(window) {
            workspace.selection.update(|selection| selection.range = Some(window));
        }
        recordings
            .with_untracked(|recordings| recordings.iter().for_each(|recording| recording.want(window)));
    };
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move |before: Option<usize>| {
        stage.window.track();
        let tracks = recordings.with(Vec::len);
        // A window that slides with live rows never rests: the selection follows it step by step.
        let slides = stage.live.get_untracked() && timer.with_value(Option::is_some);
        if tracks > 0 && !slides {
            stop();
            if before != Some(tracks) {
                is_new.set_value(true);
            }
            let rest = if is_new.get_value() { NEW_TRACK } else { REST };
            timer.set_value(set_timeout_with_handle(settle, rest).ok());
        }
        tracks
    });
    on_cleanup(stop);
}

//! The tracks as a list: whose each is, in which order, which stay when another subject is turned to, and their clocks.

use leptos::prelude::*;
use streamscope_client::StreamInfo;

use super::clock::ClockRow;
use super::stage::Stage;
use crate::catalogue::label;
use crate::connection::switch::Swatch;
use crate::recording::Recording;
use crate::state::Workspace;
use crate::text::in_line;

/// A row for each track, and one for the clock of each subject.
#[component]
pub fn TracksPanel(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    let streams = Memo::new(move |_| {
        recordings.with(|all| all.iter().map(|recording| recording.stream().clone()).collect::<Vec<_>>())
    });
    let rows = move || streams.get().into_iter().map(|stream| view! { <TrackRow stream /> }).collect_view();
    let subjects = Memo::new(move |_| {
        let mut subjects = Vec::<String>::new();
        streams.with(|streams| {
            for stream in streams {
                if !subjects.contains(&stream.subject_id) {
                    subjects.push(stream.subject_id.clone());
                }
            }
        });
        subjects
    });
    let clocks =
        move || subjects.get().into_iter().map(|subject| view! { <ClockRow stage subject /> }).collect_view();
    view! {
        <div class="axes" role="group" aria-label="Tracks">
            {rows}
            <p class="note">"Clocks: what a device recorded is shown later by an offset, and longer by a drift. Measure from one mark to its match (drag, or m twice), then set the clock by the two."</p>
            {clocks}
        </div>
    }
}

#[component]
fn TrackRow(stream: StreamInfo) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let id = StoredValue::new(stream.id.clone());
    let name = label(&stream);
    let held = StoredValue::new(stream);
    let place = Memo::new(move |_| {
        workspace.selection.with(|held| {
            let place = id.with_value(|id| held.streams.iter().position(|one| one == id));
            place.map(|place| (place, held.streams.len()))
        })
    });
    let is_first = move || place.get().is_none_or(|(place, _)| place == 0);
    let is_last = move || place.get().is_none_or(|(place, count)| place + 1 == count);
    let move_by = move |by: isize| {
        workspace.selection.update(|held| {
            let from = id.with_value(|id| held.streams.iter().position(|one| one == id));
            let to = from.and_then(|from| from.checked_add_signed(by)).filter(|to| *to < held.streams.len());
            if let (Some(from), Some(to)) = (from, to) {
                held.streams.swap(from, to);
            }
        });
    };
    let is_kept =
        Memo::new(move |_| workspace.selection.with(|held| id.with_value(|id| held.kept.contains_key(id))));
    let keep = move |_| {
        if !is_kept.get_untracked() {
            workspace.note_kept(vec![held.get_value()]);
        }
        workspace.selection.update(|selection| {
            let (id, subject) = held.with_value(|stream| (stream.id.clone(), stream.subject_id.clone()));
            // A track of another subject that is kept no more has no place to stay.
            if selection.kept.remove(&id).is_none() {
                selection.kept.insert(id, subject);
            } else if selection.subject.as_ref() != Some(&subject) {
                selection.retain(|stream| stream != id);
            }
        });
    };
    let origin = move || {
        held.with_value(|stream| {
            let connection = workspace.connection_of(&stream.subject_id).map(|one| in_line(&one.name, 40));
            let subject = workspace.subject_name(&stream.subject_id);
            match connection.filter(|connection| *connection != subject) {
                Some(connection) => format!("{subject} · {connection}"),
                None => subject,
            }
        })
    };
    let colour =
        move || held.with_value(|stream| workspace.connection_of(&stream.subject_id).map(|one| one.colour));
    let remove =
        move |_| workspace.selection.update(|held| id.with_value(|id| held.retain(|stream| stream != id)));
    view! {
        <div class="axis-row" role="group" aria-label=name.clone()>
            {move || colour().map(|colour| view! { <Swatch colour /> })}
            <span class="axis-name" title=name.clone()>{in_line(&name, 60)}</span>
            <span class="note track-origin">{origin}</span>
            <button type="button" title="Move up" aria-label="Move up" disabled=is_first on:click=move |_| move_by(-1)>"↑"</button>
            <button type="button" title="Move down" aria-label="Move down" disabled=is_last on:click=move |_| move_by(1)>"↓"</button>
            <button
                type="button"
                title="Keep this track when another subject is turned to"
                aria-pressed=move || is_kept.get().to_string()
                on:click=keep
            >"Keep"</button>
            <button type="button" on:click=remove>"Remove"</button>
        </div>
    }
}

//! Fetches the streams of the selected subject, and chooses subject and range where a link names none.

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};
use streamscope_signal::DAY;
use wasm_bindgen_futures::spawn_local;

use super::list::title;
use crate::moment::whole_seconds;
use crate::recording::span;
use crate::state::{Listing, Workspace};

/// How much of the data is in view at first: a day of a dense stream is a few million rows.
const FIRST_LOOK: i64 = DAY;

/// Keeps the list of streams that of the selected subject. Returns the way to ask again.
pub fn follow(workspace: Workspace) -> Callback<()> {
    let again = RwSignal::new(());
    let task = StoredValue::new_local(None::<AbortHandle>);
    let subject = Memo::new(move |_| workspace.selection.with(|selection| selection.subject.clone()));
    // As a memo, so that a selection that changes in other ways fetches nothing.
    let unknown = Memo::new(move |_| workspace.unknown_subject().is_some());
    Effect::new(move || choose_subject(workspace));
    Effect::new(move || {
        again.track();
        task.update_value(|task| {
            if let Some(task) = task.take() {
                task.abort();
            }
        });
        workspace.streams.set(Vec::new());
        let (Some(source), Some(subject), false) = (workspace.source.get(), subject.get(), unknown.get())
        else {
            workspace.streams_listing.set(Listing::Idle);
            return;
        };
        workspace.streams_listing.set(Listing::Loading);
        let (handle, registration) = AbortHandle::new_pair();
        task.set_value(Some(handle));
        spawn_local(async move {
            let Ok(answer) = Abortable::new(source.streams(&subject), registration).await else { return };
            match answer {
                Ok(mut streams) => {
                    let key = |stream: &StreamInfo| {
                        (title(stream).to_lowercase(), stream.device_id.clone(), stream.id.clone())
                    };
                    streams.sort_by_cached_key(key);
                    workspace.streams.set(streams);
                    workspace.streams_listing.set(Listing::Ready);
                }
                Err(error) => workspace.streams_listing.set(Listing::Failed(error.to_string())),
            }
        });
    });
    Effect::new(move || fill_in(workspace));
    Callback::new(move |()| again.set(()))
}

/// A connection's first subject, where the selection names none.
fn choose_subject(workspace: Workspace) {
    let first = workspace.subjects.with(|subjects| subjects.first().map(|subject| subject.id.clone()));
    let chosen = workspace.selection.with(|selection| selection.subject.is_some());
    if !chosen && first.is_some() {
        workspace.selection.update(|selection| selection.subject = first);
    }
}

/// A range, where the selection has streams but none.
fn fill_in(workspace: Workspace) {
    let no_range = workspace.selection.with(|selection| selection.range.is_none());
    if workspace.streams_listing.get() == Listing::Ready
        && no_range
        && let Some(range) = first_look(&workspace.selected_streams())
    {
        workspace.selection.update(|selection| selection.range = Some(range));
    }
}

/// The end of what the streams hold.
fn first_look(streams: &[StreamInfo]) -> Option<TimeRange> {
    let spans: Vec<_> = streams.iter().filter_map(span).collect();
    let start = spans.iter().map(|span| span.start).min()?;
    let end = spans.iter().map(|span| span.end).max()?;
    Some(whole_seconds(TimeRange { start: start.max(end.saturating_sub(FIRST_LOOK)), end }))
}

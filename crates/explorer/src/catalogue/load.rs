//! Fetches the streams of the selected subject, and chooses subject and range where a link names none.

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::LocalBoxStream;
use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange, whole_span};
use streamscope_signal::DAY;
use wasm_bindgen_futures::spawn_local;

use super::list::title;
use crate::moment::whole_seconds;
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
    super::inner::follow(workspace);
    super::kept::follow(workspace);
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
            let _ = Abortable::new(list(workspace, source.streams(&subject)), registration).await;
        });
    });
    Effect::new(move || super::carry::put_down(workspace));
    Effect::new(move || fill_in(workspace));
    Callback::new(move |()| again.set(()))
}

/// Puts streams into the catalogue as their pages come, in the order of their titles.
async fn list(
    workspace: Workspace,
    mut pages: LocalBoxStream<'static, streamscope_client::Result<Vec<StreamInfo>>>,
) {
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => workspace.streams.update(|streams| {
                streams.extend(page);
                streams.sort_by_cached_key(|stream| {
                    (title(stream).to_lowercase(), stream.device_id.clone(), stream.id.clone())
                });
            }),
            Err(error) => {
                workspace.streams_listing.set(Listing::Failed(error.to_string()));
                return;
            }
        }
    }
    workspace.streams_listing.set(Listing::Ready);
}

/// A connection's first subject, where the selection names none.
fn choose_subject(workspace: Workspace) {
    // One that others lie in has no streams of its own: the first of those is a better start.
    let first = workspace
        .subjects
        .with(|subjects| subjects.iter().find(|one| !one.has_inner).map(|subject| subject.id.clone()));
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
    let TimeRange { start, end } = whole_span(streams)?;
    Some(whole_seconds(TimeRange { start: start.max(end.saturating_sub(FIRST_LOOK)), end }))
}

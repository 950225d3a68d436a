//! The left column: subjects, then the streams of one, to be searched, narrowed and put among the tracks.

pub mod carry;
pub mod facets;
pub mod filter_bar;
pub mod inner;
pub mod kept;
pub mod list;
pub mod load;
pub mod strip;
pub mod subjects;
pub mod tree;

use std::sync::Arc;

use leptos::prelude::*;
use streamscope_client::StreamInfo;

use self::facets::{Entry, StreamSearch, found};
use self::filter_bar::FilterBar;
use self::list::StreamList;
pub use self::list::{label, title};
use self::subjects::SubjectPicker;
use crate::connection::switch::ConnectionSwitch;
use crate::state::{Listing, Workspace};

/// The column.
#[component]
pub fn Catalogue(
    /// Asks again for the streams.
    retry: Callback<()>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let search = RwSignal::new(StreamSearch::default());
    let subject = Memo::new(move |_| {
        let id = workspace.selection.with(|selection| selection.subject.clone())?;
        workspace.subjects.with(|subjects| subjects.iter().find(|subject| subject.id == id).cloned())
    });
    let entries = Memo::new(move |_| {
        subject.with(|subject| {
            let entry = |stream: &StreamInfo| Entry::new(stream, subject.as_ref());
            workspace.streams.with(|streams| streams.iter().map(entry).collect::<Vec<_>>())
        })
    });
    let words = Memo::new(move |_| search.with(|search| search.words.clone()));
    let found = Memo::new(move |_| {
        // A facet that is chosen finds nothing else.
        words.with(|words| entries.with(|entries| found(entries, words)))
    });
    let shown = Memo::new(move |_| {
        entries.with(|entries| found.with(|found| search.with(|search| search.left(entries, found))))
    });
    let body = move || match workspace.streams_listing.get() {
        Listing::Idle => view! {
            <p class="catalogue-note note">
                {move || if workspace.connection().is_some() {
                    "Choose a subject to see its streams."
                } else {
                    "Connect, and the subjects and their streams appear here."
                }}
            </p>
        }
        .into_any(),
        Listing::Loading => view! { <Skeleton /> }.into_any(),
        Listing::Failed(message) => view! {
            <div class="catalogue-note stack">
                <p class="problem" role="alert">{message}</p>
                <div class="row"><button on:click=move |_| retry.run(())>"Retry"</button></div>
            </div>
        }
        .into_any(),
        Listing::Ready if workspace.streams.with(Vec::is_empty) => view! {
            <p class="catalogue-note note">{move || nothing(workspace)}</p>
        }
        .into_any(),
        Listing::Ready => view! {
            <FilterBar search entries found subject />
            <Counts search shown />
            <StreamList shown subject />
        }
        .into_any(),
    };
    view! {
        <ConnectionSwitch />
        <SubjectPicker />
        {body}
    }
}

/// Why a subject's list is empty.
fn nothing(workspace: Workspace) -> String {
    let chosen = workspace.selection.with(|selection| selection.subject.clone());
    let noun = workspace.source.get().map(|source| source.about().stream.many).unwrap_or("streams");
    let holds_others = workspace.subjects.with(|subjects| {
        subjects.iter().any(|one| one.has_inner || (chosen.is_some() && one.parent == chosen))
    });
    match holds_others {
        true => format!("There are no {noun} here: choose one of those that lie in it."),
        false => format!("There are no {noun} here."),
    }
}

/// How many streams there are, are left and are tracks.
#[component]
fn Counts(search: RwSignal<StreamSearch>, shown: Memo<Vec<Arc<StreamInfo>>>) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let text = move || {
        let all = workspace.streams.with(Vec::len);
        let left = shown.with(Vec::len);
        if search.with(StreamSearch::is_empty) {
            format!("{all} streams")
        } else {
            format!("{left} of {all} streams")
        }
    };
    let tracks = move || workspace.selection.with(|selection| selection.streams.len());
    view! {
        <div class="counts note">
            <span role="status">{text} ", " {tracks} " selected"</span>
            <Show when=move || !search.with(StreamSearch::is_empty)>
                <button class="quiet small" on:click=move |_| search.set(StreamSearch::default())>"Clear filters"</button>
            </Show>
            <Show when=move || search.with(StreamSearch::is_empty) && (tracks() > 0)>
                <button class="quiet small" on:click=move |_| workspace.selection.update(|selection| selection.retain(|_| false))>
                    "Deselect all"
                </button>
            </Show>
        </div>
    }
}

/// Holds the place of the list.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label="Loading the streams">
            {(0..8).map(|_| view! { <div class="skeleton-row"><span class="bone"></span><span class="bone short"></span></div> }).collect_view()}
        </div>
    }
}

//! The left column: subjects, then the streams of one, to be searched, narrowed and put among the tracks.

pub mod facets;
pub mod filter_bar;
pub mod list;
pub mod load;
pub mod strip;
pub mod subjects;
pub mod tree;

use leptos::prelude::*;

use self::facets::Filter;
use self::filter_bar::FilterBar;
use self::list::StreamList;
pub use self::list::title;
use self::subjects::SubjectPicker;
use crate::state::{Listing, Workspace};

/// The column.
#[component]
pub fn Catalogue(
    /// Asks again for the streams.
    retry: Callback<()>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let filter = RwSignal::new(Filter::default());
    let subject = Memo::new(move |_| {
        let id = workspace.selection.with(|selection| selection.subject.clone())?;
        workspace.subjects.with(|subjects| subjects.iter().find(|subject| subject.id == id).cloned())
    });
    let shown = Memo::new(move |_| {
        subject.with(|subject| {
            filter.with(|filter| {
                workspace.streams.with(|streams| {
                    let left = streams.iter().filter(|stream| filter.matches(stream, subject.as_ref()));
                    left.cloned().collect::<Vec<_>>()
                })
            })
        })
    });
    let body = move || match workspace.streams_listing.get() {
        Listing::Idle => view! {
            <p class="catalogue-note note">
                {move || if workspace.connection.with(Option::is_some) {
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
            <p class="catalogue-note note">"This subject has no streams."</p>
        }
        .into_any(),
        Listing::Ready => view! {
            <FilterBar filter subject />
            <Counts filter shown />
            <StreamList shown subject />
        }
        .into_any(),
    };
    view! {
        <SubjectPicker />
        {body}
    }
}

/// How many streams there are, are left and are tracks.
#[component]
fn Counts(filter: RwSignal<Filter>, shown: Memo<Vec<streamscope_client::StreamInfo>>) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let text = move || {
        let all = workspace.streams.with(Vec::len);
        let left = shown.with(Vec::len);
        if filter.with(Filter::is_empty) {
            format!("{all} streams")
        } else {
            format!("{left} of {all} streams")
        }
    };
    let tracks = move || workspace.selection.with(|selection| selection.streams.len());
    view! {
        <div class="counts note">
            <span role="status">{text} ", " {tracks} " selected"</span>
            <Show when=move || !filter.with(Filter::is_empty)>
                <button class="quiet small" on:click=move |_| filter.set(Filter::default())>"Clear filters"</button>
            </Show>
            <Show when=move || filter.with(Filter::is_empty) && (tracks() > 0)>
                <button class="quiet small" on:click=move |_| workspace.selection.update(|selection| selection.streams.clear())>
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

//! Which rows are read: a filter on the subject's streams, said in words, and an editor for it. Nothing where the platform
//! filters no rows.

pub mod condition;
pub mod editor;
pub mod fields;
pub mod names;
pub mod node;
pub mod words;

use leptos::prelude::*;

use self::editor::Editor;
use crate::page::focus::focus_first;
use crate::state::Workspace;

/// The line that says which filter is in force, and the editor below it.
#[component]
pub fn RowFilter() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let open = RwSignal::new(false);
    let can = Memo::new(move |_| can_filter(&workspace));
    let filtered = Memo::new(move |_| workspace.selection.with(|selection| selection.filter.is_some()));
    let clear = move |_| {
        workspace.selection.update(|selection| selection.filter = None);
        focus_first("#row-filter-toggle");
    };
    view! {
        <Show when=move || can.get()>
            <section class="row-filter" aria-label="Row filter">
                <div class="row-filter-line">
                    <button
                        type="button"
                        id="row-filter-toggle"
                        aria-expanded=move || open.get().to_string()
                        aria-controls="row-filter-editor"
                        on:click=move |_| open.update(|open| *open = !*open)
                    >
                        {move || if filtered.get() { "Edit the row filter" } else { "Filter rows…" }}
                    </button>
                    <Show when=move || filtered.get()>
                        <button type="button" on:click=clear>"Clear the row filter"</button>
                        <p class="row-filter-words" role="status">{move || in_force(&workspace)}</p>
                    </Show>
                </div>
                <Show when=move || open.get()><Editor open /></Show>
            </section>
        </Show>
        <Show when=move || !can.get() && filtered.get() && workspace.source.get().is_some()>
            <div class="banner problem" role="alert">
                <span>"The link names a row filter, and rows are not filtered here."</span>
                <button class="quiet" on:click=clear>"Leave out"</button>
            </div>
        </Show>
    }
}

/// Whether rows of the selected subject can be filtered. Tracked.
fn can_filter(workspace: &Workspace) -> bool {
    let subject = workspace.selection.with(|selection| selection.subject.clone());
    let (Some(source), Some(subject)) = (workspace.source.get(), subject) else { return false };
    // Asking for the future asks the platform for nothing yet.
    source.stored_filters(&subject).is_some()
}

/// "Only rows where Speed is at least 10"; nothing where no filter is in force. Tracked.
pub fn in_force(workspace: &Workspace) -> Option<String> {
    workspace.filter_words.get().map(|words| format!("Only rows where {words}"))
}

/// The filter in force, where rows are shown. In a saved figure it stands among the notes.
#[component]
pub fn InForce() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    move || {
        in_force(&workspace).map(|words| {
            view! { <p class="view-note row-filter-note" title=words.clone()>{words.clone()}</p> }
        })
    }
}

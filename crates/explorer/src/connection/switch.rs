//! Several connections: which of them the catalogue lists, and what a link still needs.

use leptos::prelude::*;
use streamscope_client::together::names::platform_of;

use super::{Phase, Session};
use crate::state::{Connection, Workspace};
use crate::text::in_line;

/// The colour of a connection, as its tracks have it too.
#[component]
pub fn Swatch(
    /// Number of the colour.
    colour: usize,
) -> impl IntoView {
    view! { <span class="connection-swatch" data-colour=colour.to_string() aria-hidden="true"></span> }
}

/// One button for each connection; nothing where there is but one.
#[component]
pub fn ConnectionSwitch() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    let several = move || workspace.connections.with(Vec::len) > 1;
    let button = move |one: Connection| {
        let (key, name) = (one.key.clone(), in_line(&one.name, 40));
        let is_here = move || workspace.at.with(|at| *at == key);
        let key = one.key;
        view! {
            <button type="button" aria-pressed=move || is_here().to_string() on:click=move |_| session.turn_to(&key)>
                <Swatch colour=one.colour />
                <span>{name}</span>
                <span class="note">{one.platform}</span>
            </button>
        }
    };
    view! {
        <Show when=move || several()>
            <div class="connections" role="group" aria-label="Connections">
                {move || workspace.connections.get().into_iter().map(button).collect_view()}
            </div>
        </Show>
    }
}

/// Names the connections that a link needs and that are not there.
#[component]
pub fn MissingConnections() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    let missing = Memo::new(move |_| {
        if workspace.connections.with(Vec::is_empty) {
            return Vec::new();
        }
        let keys = workspace.missing_connections();
        keys.iter().map(|key| session.connector(Some(platform_of(key))).platform()).collect::<Vec<_>>()
    });
    let names = move || missing.with(|all| all.iter().map(|one| one.name).collect::<Vec<_>>().join(", "));
    let forget = move |_| {
        let gone = untrack(|| workspace.missing_connections());
        workspace.selection.update(|selection| {
            let before = selection.clone();
            selection.retain(|stream| !gone.iter().any(|key| key == before.key_of(stream)));
            selection.subject.take_if(|subject| gone.iter().any(|key| key == before.key_of(subject)));
        });
    };
    view! {
        <Show when=move || !missing.with(Vec::is_empty) && session.phase.get() == Phase::Connected>
            <div class="banner problem" role="alert">
                <span>"The link also shows recordings of " {names} ". Connect there to see all of it."</span>
                <button on:click=move |_| {
                    session.steps.set(Vec::new());
                    session.phase.set(Phase::Form);
                }>"Connect…"</button>
                <button class="quiet" on:click=forget>"Leave out"</button>
            </div>
        </Show>
    }
}

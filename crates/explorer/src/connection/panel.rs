//! What the canvas shows while there is no source: the attempt under way, or the form.

use leptos::prelude::*;

use super::form::ConnectForm;
use super::steps::{Step, Steps};
use super::{Phase, Session};
use crate::page::focus::focus_first;

/// Connecting, in place of the charts.
#[component]
pub fn ConnectPanel() -> impl IntoView {
    let session = expect_context::<Session>();
    let failed = move || session.steps.with(|steps| Step::failure(steps).is_some());
    view! {
        <Show when=move || session.phase.get() == Phase::Form fallback=move || view! {
            <div class="connect stack">
                <Show when=failed fallback=|| view! {
                    <h2>"Opening the recordings…"</h2>
                    <span class="bone"></span>
                    <span class="bone"></span>
                    <span class="bone"></span>
                }>
                    <h2>"The recordings cannot be opened"</h2>
                    <Steps steps=session.steps />
                    <div class="row">
                        <button class="primary" on:click=move |_| session.start()>"Retry"</button>
                        <button on:click=move |_| {
                            session.stop();
                            session.phase.set(Phase::Form);
                        }>"Connect to a platform"</button>
                    </div>
                </Show>
            </div>
        }>
            <Form />
        </Show>
    }
}

/// The form takes the keys while it is there. Esc leaves it, where there is something to go back to.
#[component]
fn Form() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<crate::state::Workspace>();
    Effect::new(move |_| focus_first("form.connect [aria-label=Platform] [aria-pressed=true]"));
    on_cleanup(|| {
        // Where the form was left for the charts, the way back to it stands in the header by then.
        request_animation_frame(|| focus_first("header .connection + button"));
    });
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && untrack(|| workspace.connection().is_some()) {
            session.stop();
            session.phase.set(Phase::Connected);
        }
    };
    view! { <div on:keydown=on_key><ConnectForm /></div> }
}

/// In the header: what is connected, and the way to another connection or none.
#[component]
pub fn ConnectionStatus() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<crate::state::Workspace>();
    let name = move || {
        let others = workspace.connections.with(Vec::len).saturating_sub(1);
        let and = if others > 0 { format!(" and {others} more") } else { String::new() };
        workspace.connection().map(|connection| format!("{}{and}", connection.name))
    };
    view! {
        {move || name().map(|name| view! {
            <span class="connection" title=name.clone()>{name.clone()}</span>
            <Show when=move || session.phase.get() == Phase::Connected>
                <button class="quiet" on:click=move |_| {
                    session.steps.set(Vec::new());
                    session.phase.set(Phase::Form);
                }>"Connection…"</button>
            </Show>
        })}
    }
}

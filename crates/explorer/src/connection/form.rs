//! The form that connects to a platform. Names every field as the platform's own site and client do.

pub mod joule;
pub mod rune;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use streamscope_client::Platform;

use self::joule::JouleFields;
use self::rune::RuneFields;
use super::steps::{Step, Steps};
use super::target::Target;
use super::{Phase, Session};
use crate::state::Workspace;

/// The platforms that the form connects to.
const PLATFORMS: [Platform; 2] = [Platform::Rune, Platform::Joule];

/// The form.
#[component]
pub fn ConnectForm() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    let named = workspace.selection.with_untracked(|selection| selection.platform);
    let platform = RwSignal::new(named.unwrap_or(Platform::Rune));
    let (rune, joule) = (rune::Fields::new(), joule::Fields::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        session.connect(match platform.get_untracked() {
            Platform::Joule => Target::Joule(joule.config()),
            _ => Target::Rune(Box::new(rune.config())),
        });
    };
    let running = move || session.steps.with(|steps| Step::is_running(steps));
    let failed = move || session.steps.with(|steps| Step::failure(steps).is_some());
    let choices = PLATFORMS.map(|one| {
        let choose = move |_| {
            session.stop();
            platform.set(one);
        };
        view! {
            <button
                type="button"
                disabled=running
                aria-pressed=move || (platform.get() == one).to_string()
                on:click=choose
            >
                {one.name()}
            </button>
        }
    });
    view! {
        <Present />
        <form class="connect stack" on:submit=submit aria-labelledby="connect-title" autocomplete="off">
            <h2 id="connect-title">"Connect to " {move || platform.get().name()}</h2>
            <div class="segments" role="group" aria-label="Platform">{choices}</div>
            <p class="note">
                "Credentials are kept in this page's memory only. They go to the addresses below, never into links, \
                 exports or browser storage, and are gone when the page closes."
            </p>
            <fieldset class="stack" disabled=running>
                <legend class="unseen">"Credentials"</legend>
                {move || match platform.get() {
                    Platform::Joule => view! { <JouleFields fields=joule /> }.into_any(),
                    _ => view! { <RuneFields fields=rune /> }.into_any(),
                }}
            </fieldset>
            <div class="row">
                <button class="primary" type="submit" disabled=running>
                    {move || if failed() { "Retry" } else { "Connect" }}
                </button>
                <Show when=running>
                    <button type="button" on:click=move |_| session.stop()>"Cancel"</button>
                </Show>
                <Show when=move || session.has_demo(platform.get()) && !running()>
                    <button type="button" on:click=move |_| session.open_demo(platform.get_untracked())>
                        "Open the demo recordings"
                    </button>
                </Show>
            </div>
            <Steps steps=session.steps />
        </form>
    }
}

/// The connection that stands, while another is being made.
#[component]
fn Present() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    let name =
        move || workspace.connection.with(|connection| connection.as_ref().map(|held| held.name.clone()));
    view! {
        <Show when=move || name().is_some()>
            <section class="connect stack" aria-label="Present connection">
                <h2>{move || format!("Connected to {}", name().unwrap_or_default())}</h2>
                <div class="row">
                    <button type="button" class="primary" on:click=move |_| {
                        session.stop();
                        session.phase.set(Phase::Connected);
                    }>"Back to the charts"</button>
                    <button type="button" on:click=move |_| session.disconnect()>"Disconnect"</button>
                </div>
            </section>
        </Show>
    }
}

/// One text of a configuration.
type Part<C> = fn(&mut C) -> &mut String;

/// A labelled text of a configuration.
#[component]
fn Text<C: Clone + Send + Sync + 'static>(
    config: RwSignal<C>,
    id: &'static str,
    label: &'static str,
    part: Part<C>,
    #[prop(optional)] secret: bool,
    #[prop(optional)] optional: bool,
    #[prop(optional)] placeholder: &'static str,
) -> impl IntoView {
    let value = move || part(&mut config.get()).clone();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                type=if secret { "password" } else { "text" }
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=placeholder
                required=!optional
                prop:value=value
                on:input:target=move |event| {
                    let typed = event.target().value();
                    config.update(|config| *part(config) = typed);
                }
            />
        </div>
    }
}

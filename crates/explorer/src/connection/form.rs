//! The form that connects to Rune. Names every field as Rune's own site and client do.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use streamscope_client::rune::{AuthMethod, Config};

use super::steps::{Step, Steps};
use super::{Phase, Session};
use crate::state::{Credentials, Workspace};

/// The form's fields. They are dropped with the form, as soon as a connection stands.
#[derive(Clone, Copy)]
struct Fields {
    method: RwSignal<Credentials>,
    token_id: RwSignal<String>,
    token_secret: RwSignal<String>,
    key_id: RwSignal<String>,
    access_key: RwSignal<String>,
    jwt: RwSignal<String>,
    graph_url: RwSignal<String>,
    stream_url: RwSignal<String>,
}

impl Fields {
    fn new() -> Self {
        let defaults = Config::default();
        Self {
            method: RwSignal::default(),
            token_id: RwSignal::default(),
            token_secret: RwSignal::default(),
            key_id: RwSignal::default(),
            access_key: RwSignal::default(),
            jwt: RwSignal::default(),
            graph_url: RwSignal::new(defaults.graph_url),
            stream_url: RwSignal::new(defaults.stream_url),
        }
    }

    /// Only the credentials on screen: what was typed for another kind is not sent.
    fn config(&self) -> Config {
        let urls = Config {
            graph_url: self.graph_url.get_untracked(),
            stream_url: self.stream_url.get_untracked(),
            ..Config::default()
        };
        match self.method.get_untracked() {
            Credentials::AccessToken => Config {
                auth_method: Some(AuthMethod::AccessToken),
                access_token_id: Some(self.token_id.get_untracked()),
                access_token_secret: Some(self.token_secret.get_untracked()),
                ..urls
            },
            Credentials::ClientKeys => Config {
                auth_method: Some(AuthMethod::ClientKeys),
                client_key_id: Some(self.key_id.get_untracked()),
                client_access_key: Some(self.access_key.get_untracked()),
                ..urls
            },
            Credentials::Jwt => {
                Config { auth_method: Some(AuthMethod::Jwt), jwt: Some(self.jwt.get_untracked()), ..urls }
            }
        }
    }
}

/// The form.
#[component]
pub fn ConnectForm() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    let fields = Fields::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        session.connect(fields.config());
    };
    let running = move || session.steps.with(|steps| Step::is_running(steps));
    let failed = move || session.steps.with(|steps| Step::failure(steps).is_some());
    let back =
        move || workspace.connection.with(|connection| connection.as_ref().map(|held| held.name.clone()));
    let has_demo = session.demo.with_value(Option::is_some);
    view! {
        <Show when=move || back().is_some()>
            <section class="connect stack" aria-label="Present connection">
                <h2>{move || format!("Connected to {}", back().unwrap_or_default())}</h2>
                <div class="row">
                    <button type="button" class="primary" on:click=move |_| {
                        session.stop();
                        session.phase.set(Phase::Connected);
                    }>"Back to the charts"</button>
                    <button type="button" on:click=move |_| session.disconnect()>"Disconnect"</button>
                </div>
            </section>
        </Show>
        <form class="connect stack" on:submit=submit aria-labelledby="connect-title" autocomplete="off">
            <h2 id="connect-title">"Connect to Rune"</h2>
            <p class="note">
                "Credentials are kept in this page's memory only. They go to the two addresses below, never into links, \
                 exports or browser storage, and are gone when the page closes."
            </p>
            <fieldset class="stack" disabled=running>
                <legend class="unseen">"Credentials"</legend>
                <div class="segments" role="group" aria-label="Kind of credentials">
                    <Kind fields which=Credentials::AccessToken label="Access token" />
                    <Kind fields which=Credentials::ClientKeys label="Client key" />
                    <Kind fields which=Credentials::Jwt label="JWT" />
                </div>
                {move || match fields.method.get() {
                    Credentials::AccessToken => view! {
                        <Text id="access-token-id" label="Access token ID" value=fields.token_id />
                        <Text id="access-token-secret" label="Access token secret" value=fields.token_secret secret=true />
                    }.into_any(),
                    Credentials::ClientKeys => view! {
                        <Text id="client-key-id" label="Client key ID" value=fields.key_id />
                        <Text id="client-access-key" label="Client access key" value=fields.access_key secret=true />
                    }.into_any(),
                    Credentials::Jwt => view! {
                        <Text id="jwt" label="JWT" value=fields.jwt secret=true />
                    }.into_any(),
                }}
                <Text id="graph-url" label="Graph URL" value=fields.graph_url />
                <Text id="stream-url" label="Stream URL" value=fields.stream_url />
            </fieldset>
            <div class="row">
                <button class="primary" type="submit" disabled=running>
                    {move || if failed() { "Retry" } else { "Connect" }}
                </button>
                <Show when=running>
                    <button type="button" on:click=move |_| session.stop()>"Cancel"</button>
                </Show>
                <Show when=move || has_demo && back().is_none() && !running()>
                    <button type="button" on:click=move |_| session.start()>"Open the demo recordings"</button>
                </Show>
            </div>
            <Steps steps=session.steps />
        </form>
    }
}

#[component]
fn Kind(fields: Fields, which: Credentials, label: &'static str) -> impl IntoView {
    view! {
        <button
            type="button"
            aria-pressed=move || (fields.method.get() == which).to_string()
            on:click=move |_| fields.method.set(which)
        >
            {label}
        </button>
    }
}

#[component]
fn Text(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] secret: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                type=if secret { "password" } else { "text" }
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                required=true
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
            />
        </div>
    }
}

//! The form that connects to Rune. Names every field as Rune's own site and client do.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use streamscope_client::rune::{AuthMethod, Config};

use super::config_file::ConfigFile;
use super::steps::{Step, Steps};
use super::{Phase, Session};
use crate::state::Workspace;

/// What the form holds. It is dropped with the form, as soon as a connection stands.
#[derive(Clone, Copy)]
struct Fields {
    method: RwSignal<AuthMethod>,
    config: RwSignal<Config>,
}

impl Fields {
    fn new() -> Self {
        Self { method: RwSignal::new(AuthMethod::AccessToken), config: RwSignal::new(Config::default()) }
    }

    /// Signs with the credentials on screen: what was typed for another kind is not sent.
    fn config(&self) -> Config {
        Config { auth_method: Some(self.method.get_untracked()), ..self.config.get_untracked() }
    }
}

/// One text of a configuration.
type Part = fn(&mut Config) -> &mut String;

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
    let take = Callback::new(move |(method, config): (AuthMethod, Config)| {
        fields.method.set(method);
        fields.config.set(config);
    });
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
                "Credentials are kept in this page's memory only. They go to the addresses below, never into links, \
                 exports or browser storage, and are gone when the page closes."
            </p>
            <fieldset class="stack" disabled=running>
                <legend class="unseen">"Credentials"</legend>
                <ConfigFile take />
                <div class="segments" role="group" aria-label="Kind of credentials">
                    <Kind fields which=AuthMethod::AccessToken label="Access token" />
                    <Kind fields which=AuthMethod::ClientKeys label="Client key" />
                    <Kind fields which=AuthMethod::Jwt label="JWT" />
                    <Kind fields which=AuthMethod::CognitoRefresh label="Refresh token" />
                    // Headers come from a configuration file only.
                    <Show when=move || fields.method.get() == AuthMethod::Custom>
                        <Kind fields which=AuthMethod::Custom label="Headers" />
                    </Show>
                </div>
                {move || credentials(fields)}
                <Text fields id="graph-url" label="Graph URL" part=|config| &mut config.graph_url />
                <Text fields id="stream-url" label="Stream URL" part=|config| &mut config.stream_url />
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

/// The fields of the chosen kind of credentials.
fn credentials(fields: Fields) -> AnyView {
    match fields.method.get() {
        AuthMethod::AccessToken => view! {
            <Text fields id="access-token-id" label="Access token ID"
                part=|config| config.access_token_id.get_or_insert_default() />
            <Text fields id="access-token-secret" label="Access token secret" secret=true
                part=|config| config.access_token_secret.get_or_insert_default() />
        }
        .into_any(),
        AuthMethod::ClientKeys => view! {
            <Text fields id="client-key-id" label="Client key ID"
                part=|config| config.client_key_id.get_or_insert_default() />
            <Text fields id="client-access-key" label="Client access key" secret=true
                part=|config| config.client_access_key.get_or_insert_default() />
        }
        .into_any(),
        AuthMethod::Jwt => view! {
            <Text fields id="jwt" label="JWT" secret=true part=|config| config.jwt.get_or_insert_default() />
        }
        .into_any(),
        AuthMethod::CognitoRefresh => view! {
            <Text fields id="cognito-client-id" label="Cognito client ID"
                part=|config| config.cognito_client_id.get_or_insert_default() />
            <Text fields id="cognito-refresh-token" label="Cognito refresh token" secret=true
                part=|config| config.cognito_refresh_token.get_or_insert_default() />
            <Text fields id="cognito-url" label="Cognito URL (empty: AWS, us-west-2)" optional=true
                part=|config| config.cognito_url.get_or_insert_default() />
        }
        .into_any(),
        AuthMethod::Custom => {
            let headers = fields.config.with_untracked(|config| config.custom_auth_headers.clone());
            let names: Vec<_> = headers.into_iter().map(|(name, _)| name).collect();
            view! { <p class="note">"Requests are signed with these headers of the file: " {names.join(", ")} "."</p> }
                .into_any()
        }
    }
}

#[component]
fn Kind(fields: Fields, which: AuthMethod, label: &'static str) -> impl IntoView {
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
    fields: Fields,
    id: &'static str,
    label: &'static str,
    part: Part,
    #[prop(optional)] secret: bool,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let value = move || part(&mut fields.config.get()).clone();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                type=if secret { "password" } else { "text" }
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                required=!optional
                prop:value=value
                on:input:target=move |event| {
                    let typed = event.target().value();
                    fields.config.update(|config| *part(config) = typed);
                }
            />
        </div>
    }
}

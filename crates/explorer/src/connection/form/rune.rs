//! The fields of Rune.

use leptos::prelude::*;
use streamscope_client::rune::{AuthMethod, Config};

use super::super::config_file::ConfigFile;
use super::Text;

/// What the form holds of Rune.
#[derive(Clone, Copy)]
pub struct Fields {
    method: RwSignal<AuthMethod>,
    config: RwSignal<Config>,
}

impl Fields {
    pub(super) fn new() -> Self {
        Self { method: RwSignal::new(AuthMethod::AccessToken), config: RwSignal::new(Config::default()) }
    }

    /// Signs with the credentials on screen: what was typed for another kind is not sent.
    pub(super) fn config(self) -> Config {
        Config { auth_method: Some(self.method.get_untracked()), ..self.config.get_untracked() }
    }
}

/// Credentials and addresses.
#[component]
pub fn RuneFields(
    /// What the form holds.
    fields: Fields,
) -> impl IntoView {
    let config = fields.config;
    let take = Callback::new(move |(method, config): (AuthMethod, Config)| {
        fields.method.set(method);
        fields.config.set(config);
    });
    view! {
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
        <Text config id="graph-url" label="Graph URL" part=|config| &mut config.graph_url />
        <Text config id="stream-url" label="Stream URL" part=|config| &mut config.stream_url />
    }
}

/// The fields of the chosen kind of credentials.
fn credentials(fields: Fields) -> AnyView {
    let config = fields.config;
    match fields.method.get() {
        AuthMethod::AccessToken => view! {
            <Text config id="access-token-id" label="Access token ID"
                part=|config| config.access_token_id.get_or_insert_default() />
            <Text config id="access-token-secret" label="Access token secret" secret=true
                part=|config| config.access_token_secret.get_or_insert_default() />
        }
        .into_any(),
        AuthMethod::ClientKeys => view! {
            <Text config id="client-key-id" label="Client key ID"
                part=|config| config.client_key_id.get_or_insert_default() />
            <Text config id="client-access-key" label="Client access key" secret=true
                part=|config| config.client_access_key.get_or_insert_default() />
        }
        .into_any(),
        AuthMethod::Jwt => view! {
            <Text config id="jwt" label="JWT" secret=true part=|config| config.jwt.get_or_insert_default() />
        }
        .into_any(),
        AuthMethod::CognitoRefresh => view! {
            <Text config id="cognito-client-id" label="Cognito client ID"
                part=|config| config.cognito_client_id.get_or_insert_default() />
            <Text config id="cognito-refresh-token" label="Cognito refresh token" secret=true
                part=|config| config.cognito_refresh_token.get_or_insert_default() />
            <Text config id="cognito-url" label="Cognito URL (empty: AWS, us-west-2)" optional=true
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

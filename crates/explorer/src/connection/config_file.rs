//! The official client's configuration file, chosen, dropped or pasted: it fills the form, and goes nowhere else.

use leptos::ev::DragEvent;
use leptos::prelude::*;
use streamscope_client::rune::{AuthMethod, Config};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileList};

/// More than any configuration holds, bytes: what is larger was chosen by mistake.
const LARGEST: f64 = 65_536.0;

/// What became of the last file.
#[derive(Clone, PartialEq)]
enum Outcome {
    Read(AuthMethod),
    Refused(String),
}

/// The credentials of a file and how they sign, or what is wrong with it.
fn understood(text: &str) -> Result<(AuthMethod, Config), String> {
    let config = Config::from_yaml(text).map_err(|error| error.to_string())?;
    let method = config.auth_method().map_err(|error| error.to_string())?;
    Ok((method, config))
}

/// A place for the file.
#[component]
pub fn ConfigFile(
    /// Takes what was read.
    take: Callback<(AuthMethod, Config)>,
) -> impl IntoView {
    let outcome = RwSignal::new(None);
    let pasted = RwSignal::new(String::new());
    let read = move |text: String| match understood(&text) {
        Ok((method, config)) => {
            pasted.set(String::new());
            outcome.set(Some(Outcome::Read(method)));
            take.run((method, config));
        }
        Err(message) => outcome.set(Some(Outcome::Refused(message))),
    };
    let read_file = move |files: Option<FileList>| {
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            match contents(&file).await {
                Ok(text) => read(text),
                Err(message) => outcome.set(Some(Outcome::Refused(message))),
            }
        });
    };
    view! {
        <details
            class="config-file"
            on:dragover=|event: DragEvent| event.prevent_default()
            on:drop=move |event: DragEvent| {
                event.prevent_default();
                read_file(event.data_transfer().and_then(|held| held.files()));
            }
        >
            <summary>"Use the official client's configuration"</summary>
            <div class="stack">
                <p class="note">"Choose or drop " <code>"~/.rune/config"</code> ", or paste what it says. It is read here and sent nowhere."</p>
                <input
                    type="file"
                    aria-label="Configuration file"
                    on:change:target=move |event| read_file(event.target().files())
                />
                <textarea
                    aria-label="Contents of the configuration"
                    rows="4"
                    spellcheck="false"
                    autocomplete="off"
                    placeholder="access_token_id: …"
                    prop:value=pasted
                    on:input:target=move |event| pasted.set(event.target().value())
                ></textarea>
                <div class="row">
                    <button type="button" disabled=move || pasted.with(|text| text.trim().is_empty()) on:click=move |_| read(pasted.get_untracked())>
                        "Read"
                    </button>
                </div>
            </div>
        </details>
        {move || outcome.get().map(|outcome| match outcome {
            Outcome::Read(method) => view! {
                <p class="note" role="status">{format!("The form holds the file's {}.", kind(method))}</p>
            }.into_any(),
            Outcome::Refused(message) => view! { <p class="problem" role="alert">{message}</p> }.into_any(),
        })}
    }
}

async fn contents(file: &File) -> Result<String, String> {
    if file.size() > LARGEST {
        return Err("This file is larger than any configuration. Choose ~/.rune/config.".into());
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| "The browser could not read the file.".into())
}

fn kind(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::AccessToken => "access token",
        AuthMethod::ClientKeys => "client key",
        AuthMethod::Jwt => "JWT",
        AuthMethod::CognitoRefresh => "refresh token",
        AuthMethod::Custom => "headers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_with_its_kind_of_credentials_or_refused_in_words() {
        let (method, config) = understood("client_key_id: a\nclient_access_key: 'b'\n").unwrap();
        assert_eq!(method, AuthMethod::ClientKeys);
        assert_eq!(config.client_access_key.as_deref(), Some("b"));
        assert!(understood("jwt: a\naccess_token_id: b\n").unwrap_err().contains("auth_method"));
        assert!(understood("- not\n- a map\n").unwrap_err().contains("Line 1: "));
    }
}

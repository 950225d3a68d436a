//! The official client's configuration file, chosen, dropped or pasted: it fills the form, and goes nowhere else.

use leptos::ev::DragEvent;
use leptos::prelude::*;
use streamscope_client::registry::{Entry, SettingsFile, Way};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileList};

/// More than any configuration holds, bytes: what is larger was chosen by mistake.
const LARGEST: f64 = 65_536.0;

/// What became of the last file.
#[derive(Clone, PartialEq)]
enum Outcome {
    /// The label of the way to sign in that it holds.
    Read(&'static str),
    Refused(String),
}

/// A place for the file.
#[component]
pub fn ConfigFile(
    /// The file.
    file: SettingsFile,
    /// The ways to sign in.
    ways: &'static [Way],
    /// Takes what was read.
    take: Callback<Entry>,
) -> impl IntoView {
    let outcome = RwSignal::new(None);
    let pasted = RwSignal::new(String::new());
    let read = move |text: String| match (file.read)(&text) {
        Ok(entry) => {
            pasted.set(String::new());
            let way = ways.iter().find(|way| way.id == entry.way);
            outcome.set(Some(Outcome::Read(way.map(|way| way.label).unwrap_or_default())));
            take.run(entry);
        }
        Err(error) => outcome.set(Some(Outcome::Refused(error.to_string()))),
    };
    let read_file = move |files: Option<FileList>| {
        let Some(chosen) = files.and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            match contents(&chosen).await {
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
                <p class="note">"Choose or drop " <code>{file.name}</code> ", or paste what it says. It is read here and sent nowhere."</p>
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
            Outcome::Read(way) => view! {
                <p class="note" role="status">{format!("The form holds what the file says: {way}.")}</p>
            }.into_any(),
            Outcome::Refused(message) => view! { <p class="problem" role="alert">{message}</p> }.into_any(),
        })}
    }
}

async fn contents(file: &File) -> Result<String, String> {
    if file.size() > LARGEST {
        return Err("This file is larger than any configuration of this client.".into());
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| "The browser could not read the file.".into())
}

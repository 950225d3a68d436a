//! A button that copies text.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Copies a text, and says so for a moment.
#[component]
pub fn CopyButton(
    /// What the button does, for those who cannot see where it stands.
    #[prop(into)]
    label: String,
    /// The text, read when the button is pressed.
    text: Signal<String>,
) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        let writing = window().navigator().clipboard().write_text(&text.get_untracked());
        spawn_local(async move {
            said.set(if JsFuture::from(writing).await.is_ok() { "Copied" } else { "The browser refused" });
            let clear = move || {
                let _ = said.try_set("");
            };
            set_timeout(clear, Duration::from_secs(2));
        });
    };
    view! {
        <button type="button" class="copy" aria-label=label on:click=copy>"Copy"</button>
        <span class="said" role="status">{move || said.get()}</span>
    }
}

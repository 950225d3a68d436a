//! The request behind the view, to be taken elsewhere.

use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};

use super::copy::CopyButton;
use super::request::{self, Language};
use crate::recording::span;
use crate::state::Workspace;

/// Tabs of languages with the request for a stream over the range in view.
#[component]
pub fn Reproduce(
    /// The stream that is described.
    stream: Memo<Option<StreamInfo>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let language = RwSignal::new(Language::default());
    let text = Memo::new(move |_| {
        let (stream, connection) = (stream.get()?, workspace.connection.get()?);
        let (view, range) = workspace.selection.with(|selection| (selection.view, selection.range));
        let range: TimeRange = range.or_else(|| span(&stream))?;
        Some(request::text(language.get(), &connection.access, view, &stream.id, range))
    });
    let choices = Language::ALL.map(|one| {
        view! {
            <button type="button" aria-pressed=move || (language.get() == one).to_string() on:click=move |_| language.set(one)>
                {one.name()}
            </button>
        }
    });
    view! {
        <section aria-labelledby="reproduce-heading">
            <h3 id="reproduce-heading">"Reproduce this"</h3>
            <div class="row">
                <div class="button-group" role="group" aria-label="Language">{choices}</div>
                <CopyButton label="Copy the request" text=Signal::derive(move || text.get().unwrap_or_default()) />
            </div>
            <pre class="request" tabindex="0" aria-label="Request"><code>{move || text.get().unwrap_or_else(|| "Choose a stream.".into())}</code></pre>
            <p class="note">"With placeholders where your credentials go."</p>
        </section>
    }
}

//! The right column: what the described stream is, what is in view of it, and how to get the same elsewhere.

pub mod copy;
pub mod metadata;
pub mod reproduce;
pub mod summary;

use copy::CopyButton;
use leptos::prelude::*;
use metadata::Metadata;
use reproduce::Reproduce;
use summary::Summary;

use crate::state::Workspace;

/// Describes the focused stream.
#[component]
pub fn Inspector() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let stream = Memo::new(move |_| workspace.focused_stream());
    let link = Signal::derive(|| window().location().href().unwrap_or_default());
    view! {
        <div class="details">
            {move || match stream.get() {
                Some(stream) => view! { <Metadata stream /> }.into_any(),
                None => view! { <p class="note">"Choose a stream on the left to read about it here."</p> }.into_any(),
            }}
            <Show when=move || stream.with(Option::is_some)>
                <Summary stream />
                <Reproduce stream />
                <section aria-labelledby="link-heading">
                    <h3 id="link-heading">"Link"</h3>
                    <p>"The address of this page reopens this view: streams, range and zone. It holds no credentials."</p>
                    <div class="row"><CopyButton label="Copy the link" text=link /></div>
                </section>
            </Show>
        </div>
    }
}

//! The request behind the view, to be taken elsewhere.

use leptos::prelude::*;
use streamscope_client::reproduce::{Language, Picture};
use streamscope_client::{Ask, StreamInfo, TimeRange};

use super::copy::CopyButton;
use crate::state::{View, Workspace};

/// Said where a platform writes none.
const NO_REQUEST: &str = "There is no request in this language.";

/// Tabs of languages with the request for a stream over the range in view.
#[component]
pub fn Reproduce(
    /// The stream that is described.
    stream: Memo<Option<StreamInfo>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let language = RwSignal::new(Language::default());
    // There may be no stream to ask for, and no request in this language.
    let request = move |language| {
        let (stream, source) = (stream.get()?, workspace.reading()?);
        let (view, range) = workspace.selection.with(|selection| (selection.view, selection.range));
        let always = TimeRange { start: i64::MIN, end: i64::MAX };
        let timeless = (!stream.has_time()).then_some(always);
        let range = timeless.or(range).or_else(|| stream.span())?;
        let picture = match view {
            View::Timeline => Picture::Rows,
            View::Availability => Picture::Availability,
            View::DayProfile => Picture::DailyAggregate,
        };
        Some(source.reproduce(language, picture, &Ask::of(&stream, range)))
    };
    let text =
        Memo::new(move |_| request(language.get()).map(|text| text.unwrap_or_else(|| NO_REQUEST.into())));
    // What lies on this computer is asked for nowhere.
    let nowhere = Memo::new(move |_| Language::ALL.into_iter().all(|one| request(one) == Some(None)));
    let in_page = move || workspace.connection().is_some_and(|held| held.in_page);
    let note = move || match in_page() {
        true => {
            "These recordings live in this page alone. Your own server takes the same request at its address."
        }
        false => "With placeholders where your credentials go.",
    };
    let choices = Language::ALL.map(|one| {
        view! {
            <button type="button" aria-pressed=move || (language.get() == one).to_string() on:click=move |_| language.set(one)>
                {one.name()}
            </button>
        }
    });
    view! {
        <section aria-labelledby="reproduce-heading" hidden=nowhere>
            <h3 id="reproduce-heading">"Reproduce this"</h3>
            <div class="row">
                <div class="button-group" role="group" aria-label="Language">{choices}</div>
                <CopyButton label="Copy the request" text=Signal::derive(move || text.get().unwrap_or_default()) />
            </div>
            <pre class="request" tabindex="0" aria-label="Request"><code>{move || text.get().unwrap_or_else(|| "Choose a stream.".into())}</code></pre>
            <p class="note">{note}</p>
        </section>
    }
}

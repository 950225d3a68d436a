//! How what was chosen is understood, and what of that can be corrected before it is opened.

use leptos::prelude::*;
use streamscope_client::registry::{Choice, Understanding};

use super::Session;
use super::form::Entries;
use crate::text::in_line;

/// What was found, and a choice for each part of it that may be otherwise.
#[component]
pub fn Understood(
    /// The platform of what was chosen.
    platform: &'static str,
    /// What the form holds.
    entries: Entries,
    /// Looks again, after a choice.
    look: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let found = move || session.understood.get().unwrap_or_default();
    let said = move || {
        let line = |(what, how): (String, String)| view! { <dt>{what}</dt> <dd>{in_line(&how, 400)}</dd> };
        found().said.into_iter().map(line).collect_view()
    };
    let problem =
        move || found().problem.map(|problem| view! { <p class="problem" role="alert">{problem}</p> });
    let ids = move || found().choices.into_iter().map(|choice| choice.id).collect::<Vec<_>>();
    view! {
        <Show when=move || session.understood.with(Option::is_some)>
            <section class="understood stack" aria-label="As understood">
                <h3>{move || format!("{} as understood", in_line(&found().name, 80))}</h3>
                <dl class="facts">{said}</dl>
                {problem}
                // By id, so that the focus stays while all is looked at again.
                <For each=ids key=|id| *id children=move |id| view! { <Correction platform entries id look /> } />
            </section>
        </Show>
    }
}

/// One choice: what was found, or something else.
#[component]
fn Correction(
    platform: &'static str,
    entries: Entries,
    id: &'static str,
    look: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let choice = Memo::new(move |_| session.understood.with(|found| of_id(found.as_ref()?, id).cloned()));
    let label = move || choice.with(|choice| choice.as_ref().map(|choice| choice.label));
    let found = move || {
        choice.with(|choice| choice.as_ref().map(|choice| in_line(&choice.found, 80)).unwrap_or_default())
    };
    let value = move || entries.with(platform, |entry| entry.values.get(id).cloned().unwrap_or_default());
    let choose = move |text: String| {
        entries.change(platform, |entry| {
            entry.values.insert(id.into(), text);
        });
        look.run(());
    };
    let is_written =
        choice.with_untracked(|choice| choice.as_ref().is_some_and(|choice| choice.options.is_empty()));
    let input = if is_written {
        view! {
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder=found
                prop:value=value
                on:change:target=move |event| choose(event.target().value())
            />
        }
        .into_any()
    } else {
        let options = move || {
            let all = choice
                .with(|choice| choice.as_ref().map(|choice| choice.options.clone()).unwrap_or_default());
            let chosen = value();
            let option = |(value, label): (String, String)| {
                let is_chosen = value == chosen;
                view! { <option value=value selected=is_chosen>{in_line(&label, 80)}</option> }
            };
            all.into_iter().map(option).collect_view()
        };
        // What holds by itself, or held before something else was chosen.
        let by_itself =
            move || if value().is_empty() { format!("{} (as found)", found()) } else { "As found".into() };
        view! {
            <select id=id on:change:target=move |event| choose(event.target().value())>
                <option value="" selected=move || value().is_empty()>{by_itself}</option>
                {options}
            </select>
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {input}
        </div>
    }
}

fn of_id<'a>(found: &'a Understanding, id: &str) -> Option<&'a Choice> {
    found.choices.iter().find(|choice| choice.id == id)
}

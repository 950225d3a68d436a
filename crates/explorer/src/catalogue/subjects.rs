//! Who is looked at.

use leptos::prelude::*;

use super::tree::SubjectTree;
use crate::state::Workspace;

/// The subject picker.
#[component]
pub fn SubjectPicker() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen = move || workspace.selection.with(|selection| selection.subject.clone()).unwrap_or_default();
    let choose = move |id: String| {
        workspace.focus.set(None);
        workspace.selection.update(|selection| {
            selection.subject = Some(id);
            selection.streams.clear();
            selection.range = None;
        });
    };
    let note = move || {
        let id = chosen();
        let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        workspace.subjects.with(|subjects| {
            let known = subjects.iter().find(|subject| subject.id == id)?;
            Some(format!("{} · {}", plural(subjects.len(), "subject"), plural(known.devices.len(), "device")))
        })
    };
    let options = move || {
        let subjects = workspace.subjects.get();
        subjects
            .into_iter()
            .map(|subject| {
                let id = subject.id.clone();
                let name = if subject.name.is_empty() { subject.id.clone() } else { subject.name };
                view! { <option value=subject.id selected=move || chosen() == id>{name}</option> }
            })
            .collect_view()
    };
    let count = move || workspace.subjects.with(Vec::len);
    let nested =
        Memo::new(move |_| workspace.subjects.with(|all| all.iter().any(|subject| subject.parent.is_some())));
    view! {
        <Show when=move || nested.get() fallback=move || view! {
            <div class="subject field">
                <label for="subject">"Subject"</label>
                <span class="note subject-note">{note}</span>
                <select
                    id="subject"
                    disabled=move || count() == 0
                    prop:value=chosen
                    on:change:target=move |event| choose(event.target().value())
                >
                    {options}
                </select>
            </div>
        }>
            <SubjectTree choose=Callback::new(choose) />
        </Show>
    }
}

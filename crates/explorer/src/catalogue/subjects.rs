//! Who is looked at.

use leptos::prelude::*;

use super::carry;
use super::tree::SubjectTree;
use crate::state::Workspace;
use crate::text::in_line;

/// The subject picker.
#[component]
pub fn SubjectPicker() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen = move || workspace.selection.with(|selection| selection.subject.clone()).unwrap_or_default();
    let choose = move |id: String| carry::turn_to(&workspace, id);
    let stepper = move |by: isize, sign: &'static str, title: &'static str| {
        view! {
            <button
                type="button"
                title=title
                aria-label=title
                disabled=move || carry::next(&workspace, by).is_none()
                on:click=move |_| carry::step(&workspace, by)
            >
                {sign}
            </button>
        }
    };
    let note = move || {
        let id = chosen();
        let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        workspace.subjects.with(|subjects| {
            let known = subjects.iter().find(|subject| subject.id == id)?;
            let noun = workspace.source.get()?.about().subject;
            let count = format!("{} {}", subjects.len(), noun.of(subjects.len()));
            let devices = known.devices.len();
            Some(if devices == 0 { count } else { format!("{count} · {}", plural(devices, "device")) })
        })
    };
    let options = move || {
        let subjects = workspace.subjects.get();
        subjects
            .into_iter()
            .map(|subject| {
                let id = subject.id.clone();
                let name = if subject.name.is_empty() { subject.id.clone() } else { subject.name };
                let shown = in_line(&name, 60);
                view! { <option value=subject.id title=name selected=move || chosen() == id>{shown}</option> }
            })
            .collect_view()
    };
    let count = move || workspace.subjects.with(Vec::len);
    let nested = Memo::new(move |_| {
        workspace.subjects.with(|all| all.iter().any(|subject| subject.parent.is_some() || subject.has_inner))
    });
    view! {
        <Show when=move || nested.get() fallback=move || view! {
            <div class="subject field">
                <label for="subject">"Subject"</label>
                <span class="note subject-note">{note}</span>
                <div class="subject-row">
                    <select
                        id="subject"
                        disabled=move || count() == 0
                        prop:value=chosen
                        on:change:target=move |event| choose(event.target().value())
                    >
                        {options}
                    </select>
                    <div class="button-group" role="group" aria-label="Step through the subjects">
                        {stepper(-1, "‹", "Previous subject (<)")}
                        {stepper(1, "›", "Next subject (>)")}
                    </div>
                </div>
            </div>
        }>
            <SubjectTree choose=Callback::new(choose) />
        </Show>
    }
}

//! The form of a [`EventEditor`].

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Form;
use leptos::prelude::*;
use streamscope_client::{EventField, EventFieldKind, Place};
use wasm_bindgen::JsCast;

use super::{Draft, EventEditor};
use crate::text::in_line;

/// The button that starts an event; nothing where the platform takes none.
#[component]
pub fn NewEventButton(
    /// Whose draft it starts.
    editor: EventEditor,
) -> impl IntoView {
    view! {
        <Show when=move || editor.takes_events()>
            <button type="button" title="Note an event at the cursor, or over the measured interval" on:click=move |_| editor.begin()>
                "Note"
            </button>
        </Show>
    }
}

/// The form; nothing while no event is being written.
#[component]
pub fn EventForm(
    /// Whose draft it holds.
    editor: EventEditor,
) -> impl IntoView {
    let is_open = Memo::new(move |_| editor.draft.with(Option::is_some));
    view! {
        <Show when=move || is_open.get()><Editor editor /></Show>
    }
}

#[component]
fn Editor(editor: EventEditor) -> impl IntoView {
    let node = NodeRef::<Form>::new();
    let draft = editor.draft;
    Effect::new(move |_| {
        if let Some(form) = node.get()
            && let Ok(Some(first)) = form.query_selector("input:not([disabled])")
        {
            let _ = first.dyn_into::<web_sys::HtmlElement>().map(|first| first.focus());
        }
    });
    let is_new =
        Memo::new(move |_| draft.with(|draft| draft.as_ref().is_none_or(|draft| draft.event.is_none())));
    let place = Memo::new(move |_| editor.place());
    // An event that is there keeps its place; where it cannot move, its times as well.
    let fixed =
        move || !is_new.get() && place.with(|place| place.as_ref().is_none_or(|place| !place.movable));
    let choices = move || {
        let chosen = draft.with_untracked(|draft| draft.as_ref().map(|draft| draft.place.clone()));
        let option = |place: Place| {
            let selected = chosen.as_ref() == Some(&place.id);
            view! { <option value=place.id.clone() title=place.name.clone() selected=selected>{in_line(&place.name, 60)}</option> }
        };
        editor.places.get().into_iter().map(option).collect_view()
    };
    let time = move |id: &'static str, label: &'static str, part: fn(&mut Draft) -> &mut String| {
        let value = move || draft.get().map(|mut draft| part(&mut draft).clone()).unwrap_or_default();
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input
                    id=id
                    class="time"
                    disabled=fixed
                    prop:value=value
                    on:input:target=move |event| {
                        let typed = event.target().value();
                        draft.update(|draft| draft.iter_mut().for_each(|draft| *part(draft) = typed.clone()));
                    }
                />
            </div>
        }
    };
    let fields = move || {
        let place = place.get()?;
        Some(
            place
                .fields
                .into_iter()
                .enumerate()
                .map(|(number, field)| view! { <FieldInput draft number field /> })
                .collect_view(),
        )
    };
    let sure = RwSignal::new(false);
    let delete = move |_| {
        if sure.get_untracked() { editor.remove() } else { sure.set(true) }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        editor.save();
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            editor.close();
        }
    };
    view! {
        <form class="note-editor" node_ref=node aria-labelledby="note-title" on:submit=submit on:keydown=on_key>
            <h3 id="note-title">{move || if is_new.get() { "Note an event" } else { "Change an event" }}</h3>
            <div class="note-fields">
                <div class="field">
                    <label for="note-place">"In"</label>
                    <select
                        id="note-place"
                        disabled=move || !is_new.get()
                        on:change:target=move |event| {
                            let chosen = event.target().value();
                            draft.update(|draft| draft.iter_mut().for_each(|draft| draft.place = chosen.clone()));
                        }
                    >
                        {choices}
                    </select>
                </div>
                {time("note-start", "Start", |draft| &mut draft.start)}
                {time("note-end", "End (empty: a moment)", |draft| &mut draft.end)}
                {fields}
            </div>
            {move || editor.problem.get().map(|problem| view! { <p class="problem" role="alert">{problem}</p> })}
            <div class="row">
                <button type="submit" class="primary" disabled=move || editor.busy.get() || place.with(Option::is_none)>"Save"</button>
                <Show when=move || !is_new.get()>
                    <button type="button" class:danger=move || sure.get() disabled=move || editor.busy.get() on:click=delete>
                        {move || if sure.get() { "Delete for good" } else { "Delete…" }}
                    </button>
                </Show>
                <button type="button" on:click=move |_| editor.close()>"Cancel"</button>
                <span class="note">{move || fixed().then_some("The platform keeps the times of this event as they are.")}</span>
            </div>
        </form>
    }
}

/// One field of an event.
#[component]
fn FieldInput(draft: RwSignal<Option<Draft>>, number: usize, field: EventField) -> impl IntoView {
    let id = format!("note-field-{number}");
    let name = StoredValue::new(field.name.clone());
    let value = move || {
        draft.with(|draft| {
            let fields = draft.as_ref().map(|draft| &draft.fields);
            fields.and_then(|fields| fields.get(&name.get_value()).cloned()).unwrap_or_default()
        })
    };
    let put = move |text: String| {
        draft.update(|draft| {
            if let Some(draft) = draft {
                draft.fields.insert(name.get_value(), text);
            }
        });
    };
    let input = match field.kind {
        EventFieldKind::Choice(choices) => {
            let now = untrack(value);
            let option = |choice: String| {
                let (selected, shown) = (choice == now, choice.clone());
                view! { <option value=choice selected=selected>{shown}</option> }
            };
            let choices: Vec<_> = std::iter::once(String::new()).chain(choices).map(option).collect();
            view! { <select id=id.clone() on:change:target=move |event| put(event.target().value())>{choices}</select> }
                .into_any()
        }
        kind => {
            let mode = if kind == EventFieldKind::Number { "decimal" } else { "text" };
            view! {
                <input
                    id=id.clone()
                    inputmode=mode
                    required=field.required
                    prop:value=value
                    on:input:target=move |event| put(event.target().value())
                />
            }
            .into_any()
        }
    };
    view! { <div class="field"><label for=id title=field.name.clone()>{in_line(&field.name, 60)}</label>{input}</div> }
}

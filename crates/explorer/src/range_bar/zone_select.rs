//! The time zone on screen: a choice among all that the browser knows.

use leptos::prelude::*;

use crate::state::Workspace;
use crate::zones;

/// The choice.
#[component]
pub fn ZoneSelect() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen = Memo::new(move |_| workspace.selection.with(|selection| selection.zone.clone()));
    let own = zones::own();
    let names = zones::names();
    // A zone may have an older name that the browser takes but does not list.
    let listed = {
        let names = names.clone();
        move || names.contains(&chosen.get())
    };
    let option = |name: String, text: String| {
        let value = name.clone();
        view! { <option value=value selected=move || chosen.get() == name>{text}</option> }
    };
    view! {
        <select
            class="zone"
            aria-label="Time zone"
            title="Time zone"
            prop:value=chosen
            on:change:target=move |event| {
                let zone = event.target().value();
                workspace.selection.update(|selection| selection.zone = zone);
            }
        >
            <Show when=move || !listed()>
                <option value=chosen selected=true>{chosen}</option>
            </Show>
            {names
                .into_iter()
                .map(|name| {
                    let text = if name == own { format!("{name} (here)") } else { name.clone() };
                    option(name, text)
                })
                .collect_view()}
        </select>
    }
}

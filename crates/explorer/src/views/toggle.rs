//! A toolbar button that is on or off.

use leptos::prelude::*;

/// A button that stays pressed while `on` is set.
#[component]
pub fn Toggle(
    /// What it switches.
    on: RwSignal<bool>,
    /// What it says.
    label: &'static str,
    /// Its name for those who hear it, where that is not what it says.
    #[prop(optional)]
    name: Option<&'static str>,
    /// What it does, in a few words.
    #[prop(optional)]
    title: Option<&'static str>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="toggle"
            aria-label=name
            title=title
            aria-pressed=move || on.get().to_string()
            on:click=move |_| on.update(|on| *on = !*on)
        >
            {label}
        </button>
    }
}

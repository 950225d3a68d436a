//! The side columns of a narrow screen: at most one is open.

use leptos::ev;
use leptos::prelude::*;

/// A column that becomes a drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawer {
    /// Subjects and streams.
    Catalogue,
    /// What the focused stream is.
    Inspector,
}

impl Drawer {
    fn id(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Inspector => "inspector",
        }
    }
}

/// Opens a drawer, or closes it again. Hidden where the columns fit side by side.
#[component]
pub fn DrawerButton(
    /// The open drawer.
    drawer: RwSignal<Option<Drawer>>,
    /// The drawer this button opens.
    which: Drawer,
    /// What the button says.
    label: &'static str,
) -> impl IntoView {
    let open = move || drawer.get() == Some(which);
    view! {
        <button
            class="drawer-button"
            aria-expanded=move || open().to_string()
            aria-controls=which.id()
            on:click=move |_| drawer.update(|now| *now = (*now != Some(which)).then_some(which))
        >
            {label}
        </button>
    }
}

/// What lies behind an open drawer: a click on it, or Escape anywhere, closes the drawer.
#[component]
pub fn DrawerClose(
    /// The open drawer.
    drawer: RwSignal<Option<Drawer>>,
) -> impl IntoView {
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && drawer.get_untracked().is_some() {
            drawer.set(None);
        }
    });
    on_cleanup(move || escape.remove());
    view! {
        <Show when=move || drawer.get().is_some()>
            <button class="drawer-close" aria-label="Close the panel" tabindex="-1" on:click=move |_| drawer.set(None)></button>
        </Show>
    }
}

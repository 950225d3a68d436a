//! One tab a view. Arrows move between them, as in every tab list.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::state::{View, Workspace};

/// The views in the order of their tabs: overview first.
pub const VIEWS: [(View, &str); 3] =
    [(View::Availability, "Availability"), (View::DayProfile, "Day profile"), (View::Timeline, "Timeline")];

/// The id of a view's tab.
pub fn tab_id(view: View) -> String {
    format!("tab-{}", crate::link::view_name(view))
}

/// The tabs.
#[component]
pub fn ViewTabs() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let current = Memo::new(move |_| workspace.selection.with(|selection| selection.view));
    let show = move |view: View| workspace.selection.update(|selection| selection.view = view);
    let on_key = move |event: KeyboardEvent| {
        let here = VIEWS.iter().position(|(view, _)| *view == current.get_untracked()).unwrap_or_default();
        let next = match event.key().as_str() {
            "ArrowRight" => (here + 1) % VIEWS.len(),
            "ArrowLeft" => (here + VIEWS.len() - 1) % VIEWS.len(),
            "Home" => 0,
            "End" => VIEWS.len() - 1,
            _ => return,
        };
        event.prevent_default();
        if let Some((view, _)) = VIEWS.get(next) {
            show(*view);
            if let Some(tab) = document().get_element_by_id(&tab_id(*view)) {
                use wasm_bindgen::JsCast;
                let _ = tab.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        }
    };
    let tab = move |(view, label): (View, &'static str)| {
        let on = move || current.get() == view;
        view! {
            <button
                type="button"
                role="tab"
                id=tab_id(view)
                aria-controls="canvas"
                aria-selected=move || on().to_string()
                tabindex=move || if on() { "0" } else { "-1" }
                on:click=move |_| show(view)
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label="View" on:keydown=on_key>
            {VIEWS.into_iter().map(tab).collect_view()}
        </div>
    }
}

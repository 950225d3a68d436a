//! The time zone on screen: a choice among all that the browser knows.

use std::time::Duration;

use leptos::html::Select;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlSelectElement;

use crate::state::Workspace;
use crate::zones;

/// How long after the page stands its some 400 zones are listed: making so many elements must not hold up the start.
const LATER: Duration = Duration::from_millis(400);

/// The choice.
#[component]
pub fn ZoneSelect() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen = Memo::new(move |_| workspace.selection.with(|selection| selection.zone.clone()));
    let own = zones::own();
    let names = RwSignal::new(Vec::new());
    set_timeout(move || drop(names.try_set(zones::names())), LATER);
    // A zone may have an older name that the browser takes but does not list.
    let other =
        Memo::new(move |_| Some(chosen.get()).filter(|chosen| names.with(|names| !names.contains(chosen))));
    let node = NodeRef::<Select>::new();
    // The list is made again only when it itself changes, and by hand: so many views would hold up the page.
    Effect::new(move |_| {
        let Some(select) = node.get() else { return };
        let other = other.get();
        names.with(|names| {
            let _ = fill(&select, other.iter().chain(names), &own, &chosen.get_untracked());
        });
    });
    view! {
        <select
            class="zone"
            aria-label="Time zone"
            title="Time zone"
            node_ref=node
            prop:value=chosen
            on:change:target=move |event| {
                let zone = event.target().value();
                workspace.selection.update(|selection| selection.zone = zone);
            }
        ></select>
    }
}

/// Fills the list. A name may come from a link: it is text and nothing else.
fn fill<'a>(
    select: &HtmlSelectElement,
    names: impl Iterator<Item = &'a String>,
    own: &str,
    chosen: &str,
) -> Result<(), JsValue> {
    let all = document().create_document_fragment();
    for name in names {
        let option = document().create_element("option")?;
        let here = if name == own { " (here)" } else { "" };
        option.set_attribute("value", name)?;
        option.set_text_content(Some(&format!("{name}{here}")));
        all.append_child(&option)?;
    }
    select.replace_children_with_node_1(&all);
    select.set_value(chosen);
    Ok(())
}

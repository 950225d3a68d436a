//! Where the keys go when what held them leaves the page.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Gives the focus to the first element that a CSS selector finds; without one, it stays where it is.
pub fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Only an element that is gone by now refuses.
        let _ = element.focus();
    }
}

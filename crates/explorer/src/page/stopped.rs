//! When the program itself fails: says so on the page, instead of a page that no longer answers.

use leptos::prelude::window;
use wasm_bindgen::JsValue;
use web_sys::{Event, console};

/// From now on a panic is told to the console, and to web/assets/loader.js, which tells the person.
pub fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        console::error_1(&JsValue::from_str(&panic.to_string()));
        if let Ok(event) = Event::new("streamscope-stopped") {
            let _ = window().dispatch_event(&event);
        }
    }));
}

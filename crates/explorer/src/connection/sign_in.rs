//! Signing in on a platform's own page: leaving this one, and coming back.
//!
//! While the person is away the tab keeps two texts that work once, the state and the verifier, and nothing else: what was
//! filled in travels in the state, without its secrets. The address that they come back to holds a code or a token; the
//! loader takes it out of the address bar before anything else runs, and hands it over here.

use leptos::prelude::{document, window};
use streamscope_client::registry::{Departure, Kept, Returned};
use wasm_bindgen::JsValue;

/// Where the tab keeps the two texts.
const KEPT: &str = "streamscope.sign-in";
/// Where the loader puts the address.
const ADDRESS: &str = "streamscopeReturned";

/// The page's own address, to which people come back: without what links add to it.
pub fn here() -> String {
    let address = document().base_uri().ok().flatten().unwrap_or_default();
    address.split(['?', '#']).next().unwrap_or_default().into()
}

/// Sends the person away. False when the browser keeps nothing, so that they could not come back.
pub fn leave(departure: &Departure) -> bool {
    let kept = serde_json::to_string(&departure.kept).unwrap_or_default();
    let storage = window().session_storage().ok().flatten();
    storage.is_some_and(|storage| storage.set_item(KEPT, &kept).is_ok())
        && window().location().assign(&departure.url).is_ok()
}

/// What the person has come back with, once. `Err` when the address is not the answer to a sign-in of this tab.
pub fn returned() -> Option<Result<Returned, &'static str>> {
    let address = js_sys::Reflect::get(&window(), &ADDRESS.into()).ok()?.as_string()?;
    let _ = js_sys::Reflect::set(&window(), &ADDRESS.into(), &JsValue::UNDEFINED);
    let storage = window().session_storage().ok().flatten();
    let kept = storage.as_ref().and_then(|storage| storage.get_item(KEPT).ok().flatten());
    if let Some(storage) = storage {
        let _ = storage.remove_item(KEPT);
    }
    let kept = kept.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
    Some(match kept {
        Some(kept) => Ok(Returned { address, back: here(), kept }),
        None => Err("The address holds a sign-in that this tab did not begin. Sign in again."),
    })
}

//! Giving way: long work is cut so that the page stays free between its pieces.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Work for this long, ms, then give way.
const STRETCH: f64 = 8.0;

/// Counts the time worked since the last pause.
pub struct Breath {
    since: f64,
}

impl Breath {
    /// Starts to count.
    pub fn started() -> Self {
        Self { since: now() }
    }

    /// Pauses when it has been long enough.
    pub async fn take(&mut self) {
        if now() - self.since >= STRETCH {
            give_way().await;
            self.since = now();
        }
    }
}

/// Waits so many milliseconds.
pub async fn rest(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve: Function, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// Milliseconds on a clock that never goes back.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Lets the page handle what waits: input, timers, the next frame. A message to oneself comes back at once, where a
/// timer of zero would wait 4 ms.
async fn give_way() {
    let Ok(channel) = MessageChannel::new() else { return };
    let (sender, receiver) = (channel.port1(), channel.port2());
    let promise = Promise::new(&mut |resolve: Function, _| {
        receiver.set_onmessage(Some(&resolve));
    });
    if sender.post_message(&JsValue::NULL).is_ok() {
        let _ = JsFuture::from(promise).await;
    }
    receiver.close();
}

//! Painting in step with the screen: however often a chart's data change, it is drawn at most once a frame.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Runs `paint` in the next animation frame after anything that `track` reads has changed. `paint` itself is not
/// tracked. Ends with the component that called it.
pub fn use_painting(track: impl Fn() + 'static, paint: impl Fn() + 'static) {
    let pending = Rc::new(Cell::new(None::<i32>));
    let callback = Rc::new(Closure::<dyn Fn()>::new({
        let pending = pending.clone();
        move || {
            pending.set(None);
            untrack(&paint);
        }
    }));
    let held = StoredValue::new_local((pending.clone(), callback.clone()));
    Effect::new(move |_| {
        track();
        if pending.get().is_none() {
            let asked = window().request_animation_frame(callback.as_ref().as_ref().unchecked_ref());
            pending.set(asked.ok());
        }
    });
    on_cleanup(move || {
        held.with_value(|(pending, _)| {
            if let Some(frame) = pending.take() {
                let _ = window().cancel_animation_frame(frame);
            }
        });
    });
}

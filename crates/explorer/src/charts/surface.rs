//! A canvas that fills its box, sharp at any pixel density, painted in step with the screen.

use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlCanvasElement, ResizeObserver};

use super::frame::use_painting;
use super::pane::Pane;
use super::theme::{Theme, use_dark};

/// An element's size in CSS pixels, as a signal that follows it; zero until it is in the page.
pub fn use_size<E>(node: NodeRef<E>) -> ReadSignal<(f64, f64)>
where
    E: leptos::html::ElementType + 'static,
    E::Output: JsCast + Clone + AsRef<Element> + 'static,
{
    let (size, set_size) = signal((0.0, 0.0));
    let measure = move || {
        if let Some(element) = node.try_get_untracked().flatten() {
            let element: &Element = element.as_ref();
            let now = (f64::from(element.client_width()), f64::from(element.client_height()));
            if size.try_get_untracked() != Some(now) {
                set_size.set(now);
            }
        }
    };
    let callback = Closure::<dyn Fn()>::new(measure);
    let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
    let held = StoredValue::new_local((observer, callback));
    Effect::new(move |_| {
        if let Some(element) = node.get() {
            measure();
            held.with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.observe(element.as_ref());
                }
            });
        }
    });
    on_cleanup(move || {
        held.with_value(|(observer, _)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
        });
    });
    size
}

/// Device pixels per CSS pixel, now.
pub fn density() -> f64 {
    window().device_pixel_ratio().clamp(0.5, 4.0)
}

/// A canvas for one chart. It takes the size of its box, which the style sheet gives.
#[component]
pub fn ChartCanvas(
    /// Class of the canvas.
    #[prop(into)]
    class: String,
    /// What the picture shows, in words.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it lies above another canvas and is no picture of its own.
    #[prop(optional)]
    above: bool,
    /// Reads every signal that changes the picture.
    track: impl Fn() + 'static,
    /// Draws the picture.
    paint: impl Fn(&Pane, &Theme) + 'static,
) -> impl IntoView {
    let node = NodeRef::<Canvas>::new();
    let size = use_size(node);
    let dark = use_dark();
    use_painting(
        move || {
            size.track();
            dark.track();
            track();
        },
        move || {
            let Some(canvas) = node.try_get_untracked().flatten() else { return };
            let canvas: HtmlCanvasElement = canvas;
            let (Some((width, height)), Some(dark)) = (size.try_get_untracked(), dark.try_get_untracked())
            else {
                return;
            };
            if let Some(pane) = Pane::on(&canvas, width, height, density()) {
                paint(&pane, &Theme::read(&canvas, dark));
            }
        },
    );
    view! {
        <canvas
            class=class
            node_ref=node
            role=if above { "presentation" } else { "img" }
            data-above=above.then_some("")
            aria-label=move || (!above).then(|| label.get())
        ></canvas>
    }
}

//! What a chart is drawn on: plotters' canvas backend for frames, grids, labels and boxes, and the canvas' own
//! context beneath it for the data, whose lines deserve fractions of a pixel and one path a series.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Why plotters could not draw.
pub type DrawError = DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>;

/// A canvas to draw on, in device pixels.
pub struct Pane {
    canvas: HtmlCanvasElement,
    /// The canvas' context.
    pub context: CanvasRenderingContext2d,
    /// Device pixels per CSS pixel.
    pub density: f64,
    /// Width in device pixels.
    pub width: f64,
    /// Height in device pixels.
    pub height: f64,
}

impl Pane {
    /// A cleared pane of that many CSS pixels on a canvas; `None` where the browser refuses a 2D context.
    pub fn on(canvas: &HtmlCanvasElement, width: f64, height: f64, density: f64) -> Option<Self> {
        let (device_width, device_height) = ((width * density).round(), (height * density).round());
        if device_width < 1.0 || device_height < 1.0 {
            return None;
        }
        // Setting a size clears the canvas and drops its memory: only when it changed.
        if f64::from(canvas.width()) != device_width || f64::from(canvas.height()) != device_height {
            canvas.set_width(device_width as u32);
            canvas.set_height(device_height as u32);
        }
        let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        context.clear_rect(0.0, 0.0, device_width, device_height);
        Some(Self { canvas: canvas.clone(), context, density, width: device_width, height: device_height })
    }

    /// The whole pane as plotters sees it; `None` where the browser refuses.
    pub fn area(&self) -> Option<DrawingArea<CanvasBackend, Shift>> {
        CanvasBackend::with_canvas_object(self.canvas.clone()).map(IntoDrawingArea::into_drawing_area)
    }
}

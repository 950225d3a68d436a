//! Fills that tell states apart without colour.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::axes::PlotBox;
use super::pane::Pane;
use super::theme::{Rgb, css};

/// A pattern of strokes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hatch {
    /// Not fetched, or not asked yet: one diagonal.
    Diagonal,
    /// Failed: both diagonals.
    Crossed,
    /// Many states in one pixel: upright lines.
    Upright,
}

/// Fills boxes with a pattern, all in one path. The pattern lies still while a box moves under it.
pub fn fill_hatched(pane: &Pane, boxes: &[PlotBox], hatch: Hatch, ink: Rgb) {
    if boxes.is_empty() {
        return;
    }
    let Some(tile) = tile(hatch, ink, pane.density) else { return };
    let context = &pane.context;
    let Ok(Some(pattern)) = context.create_pattern_with_html_canvas_element(&tile, "repeat") else { return };
    context.set_fill_style_canvas_pattern(&pattern);
    context.begin_path();
    for at in boxes {
        context.rect(at.left, at.top, at.width, at.height);
    }
    context.fill();
}

fn tile(hatch: Hatch, ink: Rgb, density: f64) -> Option<HtmlCanvasElement> {
    let side = (match hatch {
        Hatch::Diagonal | Hatch::Crossed => 6.0,
        Hatch::Upright => 3.0,
    } * density)
        .round();
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(side as u32);
    canvas.set_height(side as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_stroke_style_str(&css(ink, 1.0));
    context.set_line_width(density);
    context.begin_path();
    let line = |from: (f64, f64), to: (f64, f64)| {
        context.move_to(from.0, from.1);
        context.line_to(to.0, to.1);
    };
    match hatch {
        Hatch::Upright => line((side / 2.0, 0.0), (side / 2.0, side)),
        Hatch::Diagonal | Hatch::Crossed => {
            // Three strokes, so that the corners of neighbouring tiles join.
            for shift in [-side, 0.0, side] {
                line((shift, side), (shift + side, 0.0));
                if hatch == Hatch::Crossed {
                    line((shift, 0.0), (shift + side, side));
                }
            }
        }
    }
    context.stroke();
    Some(canvas)
}

//! The figure as a picture to keep: what is on screen, with title, units, zone and source.

use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement};

use super::surface::density;
use super::theme::{FONT, Theme, css};

/// Height of a line of text in CSS pixels.
const LINE: f64 = 20.0;
/// Air around the figure.
const AIR: f64 = 16.0;

/// A piece of the figure, top to bottom.
enum Piece {
    Text(String),
    Canvas(HtmlCanvasElement, f64),
}

/// Draws a figure and hands it over as PNG. Canvases inside `figure` appear as they are on screen, with the text of
/// elements marked `data-caption` between them; `title` stands above, `notes` below.
pub fn png(
    figure: &Element,
    title: &str,
    notes: &[String],
    theme: &Theme,
    done: impl FnOnce(Blob) + 'static,
) -> Result<(), JsValue> {
    let pieces = pieces(figure)?;
    let scale = density();
    let width = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Canvas(canvas, _) => f64::from(canvas.width()) / scale,
            Piece::Text(_) => 0.0,
        })
        .fold(320.0, f64::max)
        + 2.0 * AIR;
    let heights = pieces.iter().map(|piece| match piece {
        Piece::Text(_) => LINE,
        Piece::Canvas(_, height) => *height,
    });
    let height = heights.sum::<f64>() + LINE * (notes.len() as f64 + 1.5) + 2.0 * AIR;
    let canvas: HtmlCanvasElement = leptos::prelude::document().create_element("canvas")?.dyn_into()?;
    canvas.set_width((width * scale) as u32);
    canvas.set_height((height * scale) as u32);
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or_else(|| JsValue::from_str("no 2D canvas"))?.dyn_into()?;
    context.scale(scale, scale)?;
    context.set_fill_style_str(&css(theme.surface, 1.0));
    context.fill_rect(0.0, 0.0, width, height);
    context.set_text_baseline("top");
    let text = |text: &str, y: f64, font: &str, ink| {
        context.set_font(&format!("{font} {FONT}"));
        context.set_fill_style_str(&css(ink, 1.0));
        context.fill_text_with_max_width(text, AIR, y, width - 2.0 * AIR)
    };
    let mut y = AIR;
    text(title, y, "600 16px", theme.ink)?;
    y += LINE * 1.5;
    for piece in &pieces {
        match piece {
            Piece::Text(caption) => {
                text(caption, y + 3.0, "12px", theme.ink)?;
                y += LINE;
            }
            Piece::Canvas(drawn, height) => {
                let width = f64::from(drawn.width()) / scale;
                if drawn.width() > 0 && drawn.height() > 0 {
                    context
                        .draw_image_with_html_canvas_element_and_dw_and_dh(drawn, AIR, y, width, *height)?;
                }
                y += height;
            }
        }
    }
    for note in notes {
        text(note, y + 4.0, "11px", theme.muted)?;
        y += LINE;
    }
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            done(blob);
        }
    });
    canvas.to_blob(done.unchecked_ref())
}

fn pieces(figure: &Element) -> Result<Vec<Piece>, JsValue> {
    let found = figure.query_selector_all("[data-caption], canvas:not([data-above])")?;
    let nodes = (0..found.length()).filter_map(|index| found.item(index));
    Ok(nodes
        .filter_map(|node| match node.dyn_into::<HtmlCanvasElement>() {
            Ok(canvas) => {
                let height = f64::from(canvas.client_height());
                Some(Piece::Canvas(canvas, height))
            }
            Err(node) => {
                let text = node.dyn_into::<HtmlElement>().ok()?.inner_text();
                let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
                Some(Piece::Text(line))
            }
        })
        .collect())
}

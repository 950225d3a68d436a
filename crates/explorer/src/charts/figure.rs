//! The figure as a picture to keep: what is on screen, with title, units, zone and source.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, Element, HtmlCanvasElement};

use super::surface::density;
use super::theme::{FONT, Theme, css};

/// Height of a line of text in CSS pixels.
const LINE: f64 = 20.0;
/// Air around the figure.
const AIR: f64 = 16.0;
/// Width of a swatch.
const SWATCH: f64 = 14.0;
/// Room between two words of a caption.
const BETWEEN: f64 = 14.0;
/// Size of a caption's letters.
const CAPTION: &str = "12px";

/// A piece of the figure, top to bottom.
enum Piece {
    Caption(Vec<Word>),
    Canvas(HtmlCanvasElement, f64),
}

/// A few words of a caption, after the swatch that they explain.
struct Word {
    swatch: Option<String>,
    text: String,
}

/// Draws a figure and hands it over as PNG. Canvases inside `figure` appear as they are on screen, with the text and
/// the legends of elements marked `data-caption` between them; `title` stands above, `notes` below.
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
            Piece::Caption(_) => 0.0,
        })
        .fold(320.0, f64::max)
        + 2.0 * AIR;
    let canvas: HtmlCanvasElement = leptos::prelude::document().create_element("canvas")?.dyn_into()?;
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or_else(|| JsValue::from_str("no 2D canvas"))?.dyn_into()?;
    // Captions are laid out first: they decide how high the picture is.
    context.set_font(&format!("{CAPTION} {FONT}"));
    let mut height = AIR + LINE * 1.5;
    let mut lines = Vec::new();
    for piece in &pieces {
        height += match piece {
            Piece::Caption(words) => {
                let laid = laid_out(&context, words, width - 2.0 * AIR)?;
                let high = laid.last().map_or(0.0, |last| last.1 + LINE);
                lines.push(laid);
                high
            }
            Piece::Canvas(_, height) => *height,
        };
    }
    height += LINE * notes.len() as f64 + AIR;
    canvas.set_width((width * scale) as u32);
    canvas.set_height((height * scale) as u32);
    context.scale(scale, scale)?;
    context.set_fill_style_str(&css(theme.surface, 1.0));
    context.fill_rect(0.0, 0.0, width, height);
    context.set_text_baseline("top");
    let text = |text: &str, (x, y): (f64, f64), font: &str, ink| {
        context.set_font(&format!("{font} {FONT}"));
        context.set_fill_style_str(&css(ink, 1.0));
        context.fill_text_with_max_width(text, x, y, width - AIR - x)
    };
    let mut y = AIR;
    text(title, (AIR, y), "600 16px", theme.ink)?;
    y += LINE * 1.5;
    let mut lines = lines.into_iter();
    for piece in &pieces {
        match piece {
            Piece::Caption(words) => {
                let laid = lines.next().unwrap_or_default();
                for (word, (left, down)) in words.iter().zip(&laid) {
                    let (mut x, top) = (AIR + left, y + down);
                    if let Some(swatch) = &word.swatch {
                        context.set_fill_style_str(swatch);
                        context.fill_rect(x, top + 8.0, SWATCH, 4.0);
                        x += SWATCH + 4.0;
                    }
                    text(&word.text, (x, top + 3.0), CAPTION, theme.ink)?;
                }
                y += laid.last().map_or(0.0, |last| last.1 + LINE);
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
        text(note, (AIR, y + 4.0), "11px", theme.muted)?;
        y += LINE;
    }
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            done(blob);
        }
    });
    canvas.to_blob(done.unchecked_ref())
}

/// Where each word of a caption begins, from its upper left corner; words that do not fit go to the next line.
fn laid_out(
    context: &CanvasRenderingContext2d,
    words: &[Word],
    width: f64,
) -> Result<Vec<(f64, f64)>, JsValue> {
    let measure: Function = Reflect::get(context, &"measureText".into())?.dyn_into()?;
    let (mut x, mut y) = (0.0, 0.0);
    let mut laid = Vec::new();
    for word in words {
        let measured = measure.call1(context, &word.text.as_str().into())?;
        let text = Reflect::get(&measured, &"width".into())?.as_f64().unwrap_or_default();
        let wide = text + word.swatch.as_ref().map_or(0.0, |_| SWATCH + 4.0);
        if x > 0.0 && x + wide > width {
            (x, y) = (0.0, y + LINE);
        }
        laid.push((x, y));
        x += wide + BETWEEN;
    }
    Ok(laid)
}

fn pieces(figure: &Element) -> Result<Vec<Piece>, JsValue> {
    let mut pieces = Vec::new();
    for element in elements(figure, "[data-caption], canvas:not([data-above])")? {
        match element.dyn_into::<HtmlCanvasElement>() {
            Ok(canvas) => {
                let height = f64::from(canvas.client_height());
                pieces.push(Piece::Canvas(canvas, height));
            }
            Err(caption) => pieces.push(Piece::Caption(words(&caption)?)),
        }
    }
    Ok(pieces)
}

/// What a caption says: entries of legends and parts of notes one by one, all else as it stands. What the crosshair
/// reads is left out.
fn words(caption: &Element) -> Result<Vec<Word>, JsValue> {
    let mut words = Vec::new();
    for part in elements(caption, "h3, li, .track-note > span")? {
        let swatch = match part.query_selector(".swatch")? {
            Some(swatch) => leptos::prelude::window()
                .get_computed_style(&swatch)?
                .and_then(|style| style.get_property_value("--swatch").ok()),
            None => None,
        };
        let text = match part.clone_node_with_deep(true)?.dyn_into::<Element>() {
            Ok(copy) => {
                elements(&copy, "output")?.iter().for_each(Element::remove);
                copy.text_content().unwrap_or_default()
            }
            Err(_) => String::new(),
        };
        words.push(Word { swatch, text: one_line(&text) });
    }
    if words.is_empty() {
        words.push(Word { swatch: None, text: one_line(&caption.text_content().unwrap_or_default()) });
    }
    words.retain(|word| !word.text.is_empty());
    Ok(words)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn elements(below: &Element, selector: &str) -> Result<Vec<Element>, JsValue> {
    let found = below.query_selector_all(selector)?;
    Ok((0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect())
}

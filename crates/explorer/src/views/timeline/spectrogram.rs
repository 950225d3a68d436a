//! The power spectrum over time: time to the right, frequency upwards, strength as colour, each dimension in a band of its
//! own.

use js_sys::Uint8ClampedArray;
use leptos::prelude::document;
use plotters::style::text_anchor::{HPos, VPos};
use streamscope_signal::{Spectrogram, TimeZone};
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::spectrum::{MARGINS, decibel};
use crate::charts::axes::{Margins, PlotBox, draw_axes, draw_text};
use crate::charts::format::value;
use crate::charts::pane::{DrawError, Pane};
use crate::charts::scale::ValueScale;
use crate::charts::theme::{Rgb, Theme};
use crate::charts::ticks::{TimeTick, time_ticks};
use crate::charts::values::value_ticks;
use crate::recording::Spectra;

/// Decibels below the strongest that are told apart.
const DEPTH: f64 = 80.0;
/// Room between two bands, in CSS pixels.
const BETWEEN: f64 = 4.0;

/// Paints the spectra of a track over time.
pub(super) fn paint_over_time(
    pane: &Pane,
    theme: &Theme,
    spectra: &Spectra,
    (zone, unit): (&TimeZone, &str),
) -> Result<(), DrawError> {
    let whole = PlotBox::inside(pane, MARGINS);
    let all: Vec<_> = spectra.curves.iter().filter_map(|curve| curve.over_time.as_ref()).collect();
    let strongest = all
        .iter()
        .flat_map(|one| one.stretches.iter().flatten())
        .fold(0.0, |most: f64, density| most.max(*density));
    let high = decibel(strongest);
    let half = spectra.rate_hz / 2.0;
    let height = whole.height / all.len().max(1) as f64;
    let ticks = time_ticks(spectra.range, whole.width / pane.density, zone);
    for (band, spectrogram) in all.iter().enumerate() {
        let below = if band + 1 < all.len() { BETWEEN * pane.density } else { 0.0 };
        let plot = PlotBox { top: whole.top + band as f64 * height, height: height - below, ..whole };
        let scale = ValueScale { low: 0.0, high: half, top: plot.top, height: plot.height };
        let labels = value_ticks(0.0, half, (plot.height / pane.density / 22.0).max(1.0) as usize);
        let bottom = (pane.height - plot.top - plot.height) / pane.density;
        let margins = Margins { top: plot.top / pane.density, bottom, ..MARGINS };
        // Only the last band has room for the times.
        let last = band + 1 == all.len();
        let label = |tick: &TimeTick| if last { tick.label.clone() } else { String::new() };
        let ticks: Vec<_> =
            ticks.iter().map(|tick| TimeTick { label: label(tick), ..tick.clone() }).collect();
        draw_axes(pane, margins, theme, (spectra.range, &ticks), (scale, &labels))?;
        // What cannot be drawn leaves the axes.
        let _ = draw_colours(pane, theme, plot, spectrogram, high);
    }
    let size = 11.0 * pane.density;
    let said =
        format!("Hz; colour: {} to {} dB re 1 {unit}", value((high - DEPTH).round()), value(high.round()));
    draw_text(pane, &said, (4.0 * pane.density, pane.density), size, theme.muted, (HPos::Left, VPos::Top))
}

/// From the page through the accent to the text's colour: darker, or in the dark lighter, is stronger.
fn colour(theme: &Theme, strength: f64) -> Rgb {
    let mix =
        |one: u8, other: u8, share: f64| (f64::from(one) + (f64::from(other) - f64::from(one)) * share) as u8;
    let (from, to, share) = match strength < 0.6 {
        true => (theme.surface, theme.accent, strength / 0.6),
        false => (theme.accent, theme.ink, (strength - 0.6) / 0.4),
    };
    (mix(from.0, to.0, share), mix(from.1, to.1, share), mix(from.2, to.2, share))
}

/// The strongest density of each of so many rows of pixels, from the top.
fn rows(density: &[f64], rows: usize) -> impl Iterator<Item = f64> {
    (0..rows).rev().map(move |row| {
        let place = |row: usize| row * density.len() / rows.max(1);
        let (from, to) = (place(row), place(row + 1).max(place(row) + 1).min(density.len()));
        density.get(from..to).unwrap_or_default().iter().copied().fold(0.0, f64::max)
    })
}

fn draw_colours(
    pane: &Pane,
    theme: &Theme,
    plot: PlotBox,
    spectrogram: &Spectrogram,
    high: f64,
) -> Result<(), JsValue> {
    let (width, height) = (spectrogram.stretches.len(), plot.height.max(1.0) as usize);
    let mut pixels = vec![0_u8; width * height * 4];
    for (column, density) in
        spectrogram.stretches.iter().enumerate().filter(|(_, density)| !density.is_empty())
    {
        for (row, density) in rows(density, height).enumerate() {
            let strength = ((decibel(density) - high) / DEPTH + 1.0).clamp(0.0, 1.0);
            let (red, green, blue) = colour(theme, strength);
            let at = (row * width + column) * 4;
            if let Some(pixel) = pixels.get_mut(at..at + 4) {
                pixel.copy_from_slice(&[red, green, blue, 255]);
            }
        }
    }
    let pixels = Uint8ClampedArray::from(pixels.as_slice());
    let image = ImageData::new_with_js_u8_clamped_array(&pixels, width as u32)?;
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let inside: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or_else(|| JsValue::from_str("no 2D canvas"))?.dyn_into()?;
    inside.put_image_data(&image, 0.0, 0.0)?;
    pane.context.save();
    pane.context.set_image_smoothing_enabled(false);
    let drawn = pane.context.draw_image_with_html_canvas_element_and_dw_and_dh(
        &canvas,
        plot.left,
        plot.top,
        plot.width,
        plot.height,
    );
    pane.context.restore();
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_peak_is_lost_between_rows_and_few_densities_fill_them_all() {
        assert_eq!(rows(&[1.0, 9.0, 2.0, 3.0], 2).collect::<Vec<_>>(), [3.0, 9.0]);
        assert_eq!(rows(&[1.0, 2.0], 4).collect::<Vec<_>>(), [2.0, 2.0, 1.0, 1.0]);
        assert!(rows(&[], 3).all(|density| density == 0.0));
    }
}

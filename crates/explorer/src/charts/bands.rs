//! States over time, as bands: one lane a dimension, each band with its name where there is room.

use plotters::style::text_anchor::{HPos, VPos};
use streamscope_client::TimeRange;

use super::axes::{PlotBox, draw_text};
use super::hatch::{Hatch, fill_hatched};
use super::pane::{DrawError, Pane};
use super::scale::TimeScale;
use super::theme::{Rgb, Theme, css};
use crate::recording::{Data, StateColumn};

/// Bands drawn one by one; with more of them, each pixel shows its state or that there are several.
const MOST_BANDS: usize = 1500;

/// Draws the states of a column in a lane.
pub fn draw(
    pane: &Pane,
    lane: PlotBox,
    time: TimeScale,
    data: &Data,
    column: usize,
    theme: &Theme,
) -> Result<(), DrawError> {
    let names = data.state_names(column);
    // A number says little without what it is the state of.
    let label = data.shown().filter(|shown| shown.display(column).states);
    let label =
        label.and_then(|shown| shown.layout.columns.get(column)).map(|column| format!("{} ", column.name));
    let label = label.unwrap_or_default();
    let colour = |name: Option<&str>| -> Option<Rgb> {
        name.and_then(|name| names.iter().position(|known| known == name))
            .map(|index| theme.series_colour(index))
    };
    let count: usize = data.states(column, time.range).map(|runs| runs.within(time.range).len()).sum();
    if count > MOST_BANDS {
        draw_columns(pane, lane, time.range, data, column, theme, colour);
        return Ok(());
    }
    for runs in data.states(column, time.range) {
        for run in runs.within(time.range) {
            let name = run.state.and_then(|state| runs.names().get(state as usize)).map(String::as_str);
            let left = time.x(run.start).max(lane.left);
            let right = time.x(run.end).min(lane.left + lane.width);
            let band = PlotBox { left, width: (right - left).max(pane.density), ..lane };
            let text = format!("{label}{}", name.unwrap_or("null"));
            draw_band(pane, band, &text, colour(name), theme)?;
        }
    }
    Ok(())
}

fn draw_band(
    pane: &Pane,
    band: PlotBox,
    text: &str,
    ink: Option<Rgb>,
    theme: &Theme,
) -> Result<(), DrawError> {
    let context = &pane.context;
    match ink {
        Some(ink) => {
            context.set_fill_style_str(&css(ink, 0.3));
            context.fill_rect(band.left, band.top, band.width, band.height);
            context.set_fill_style_str(&css(ink, 1.0));
            context.fill_rect(
                band.left,
                band.top + band.height - 3.0 * pane.density,
                band.width,
                3.0 * pane.density,
            );
        }
        None => {
            context.set_stroke_style_str(&css(theme.danger, 1.0));
            context.set_line_width(pane.density);
            context.stroke_rect(
                band.left + 0.5,
                band.top + 0.5,
                (band.width - 1.0).max(0.5),
                band.height - 1.0,
            );
        }
    }
    let needed = (text.chars().count() as f64 * 6.5 + 10.0) * pane.density;
    if band.width < needed {
        return Ok(());
    }
    let at = (band.left + 5.0 * pane.density, band.top + band.height / 2.0 - pane.density);
    draw_text(pane, text, at, 11.0 * pane.density, theme.ink, (HPos::Left, VPos::Center))
}

fn draw_columns(
    pane: &Pane,
    lane: PlotBox,
    range: TimeRange,
    data: &Data,
    column: usize,
    theme: &Theme,
    colour: impl Fn(Option<&str>) -> Option<Rgb>,
) {
    let pixels = (lane.width / pane.density).max(1.0) as usize;
    let step = lane.width / pixels as f64;
    let mut mixed = Vec::new();
    for (index, (state, name)) in data.state_columns(column, range, pixels).into_iter().enumerate() {
        let at = PlotBox { left: lane.left + index as f64 * step, width: step, ..lane };
        match state {
            StateColumn::Empty => {}
            StateColumn::Mixed => mixed.push(at),
            StateColumn::One(_) => {
                pane.context.set_fill_style_str(&css(colour(name.as_deref()).unwrap_or(theme.danger), 0.45));
                pane.context.fill_rect(at.left, at.top, at.width, at.height);
            }
        }
    }
    fill_hatched(pane, &mixed, Hatch::Upright, theme.muted);
}

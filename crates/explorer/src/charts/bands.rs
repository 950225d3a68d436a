//! States over time, as bands: one lane a dimension, each band with its name where there is room. A state has a colour and
//! a step: the height at which its line runs, so that bands are told apart without colour too.

use plotters::style::text_anchor::{HPos, VPos};
use streamscope_client::TimeRange;

use super::axes::{PlotBox, draw_text};
use super::hatch::{Hatch, fill_hatched};
use super::pane::{DrawError, Pane};
use super::scale::TimeScale;
use super::theme::{Rgb, Theme, css};
use crate::recording::{Data, StateColumn};
use crate::text::in_line;

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
    let label = label
        .and_then(|shown| shown.layout.columns.get(column))
        .map(|column| format!("{} ", in_line(&column.name, 40)));
    let label = label.unwrap_or_default();
    let look = |name: Option<&str>| -> Option<Look> {
        let place = name.and_then(|name| names.iter().position(|known| known == name))?;
        Some(Look { ink: theme.series_colour(place), step: step_of(place, names.len()) })
    };
    let count: usize = data.states(column, time.range).map(|runs| runs.within(time.range).len()).sum();
    if count > MOST_BANDS {
        draw_columns(pane, lane, time.range, data, column, theme, look);
        return Ok(());
    }
    for runs in data.states(column, time.range) {
        for run in runs.within(time.range) {
            let name = run.state.and_then(|state| runs.names().get(state as usize)).map(String::as_str);
            let left = time.x(run.start).max(lane.left);
            let right = time.x(run.end).min(lane.left + lane.width);
            let band = PlotBox { left, width: (right - left).max(pane.density), ..lane };
            let text = format!("{label}{}", in_line(name.unwrap_or("null"), 60));
            draw_band(pane, band, &text, look(name), theme)?;
        }
    }
    Ok(())
}

/// How a state looks.
#[derive(Clone, Copy)]
struct Look {
    ink: Rgb,
    /// Where its line runs: 0 at the lane's top, 1 at its bottom.
    step: f64,
}

/// The first state runs at the bottom, the last one at the top, as in a hypnogram.
fn step_of(place: usize, states: usize) -> f64 {
    1.0 - place as f64 / states.saturating_sub(1).max(1) as f64
}

/// Height of a state's line in CSS pixels.
const LINE: f64 = 3.0;

/// Fills the width of a band as its state looks: pale, with its line at its step.
fn fill(pane: &Pane, band: PlotBox, look: Look, pale: f64) {
    let line = LINE * pane.density;
    pane.context.set_fill_style_str(&css(look.ink, pale));
    pane.context.fill_rect(band.left, band.top, band.width, band.height);
    pane.context.set_fill_style_str(&css(look.ink, 1.0));
    let top = band.top + (band.height - line) * look.step;
    pane.context.fill_rect(band.left, top.round(), band.width, line);
}

fn draw_band(
    pane: &Pane,
    band: PlotBox,
    text: &str,
    look: Option<Look>,
    theme: &Theme,
) -> Result<(), DrawError> {
    let context = &pane.context;
    match look {
        Some(look) => fill(pane, band, look, 0.3),
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
    // The name keeps clear of the line.
    let middle = look.map_or(0.5, |look| if look.step < 0.5 { 0.6 } else { 0.4 });
    let at = (band.left + 5.0 * pane.density, band.top + band.height * middle);
    draw_text(pane, text, at, 11.0 * pane.density, theme.ink, (HPos::Left, VPos::Center))
}

fn draw_columns(
    pane: &Pane,
    lane: PlotBox,
    range: TimeRange,
    data: &Data,
    column: usize,
    theme: &Theme,
    look: impl Fn(Option<&str>) -> Option<Look>,
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
                let look = look(name.as_deref()).unwrap_or(Look { ink: theme.danger, step: 1.0 });
                fill(pane, at, look, 0.45);
            }
        }
    }
    fill_hatched(pane, &mixed, Hatch::Upright, theme.muted);
}

#[cfg(test)]
mod tests {
    use super::step_of;

    #[test]
    fn each_state_has_a_step_of_its_own() {
        let steps: Vec<_> = (0..4).map(|place| step_of(place, 4)).collect();
        assert_eq!((steps[0], steps[3]), (1.0, 0.0));
        assert!(steps.windows(2).all(|pair| pair[1] < pair[0]));
        assert_eq!(step_of(0, 1), 1.0);
    }
}

//! How profiles look: a step per slot, broken where a slot had no data; below, how many days each mean stands on.

use streamscope_client::TimeRange;
use streamscope_signal::{DAY, SECOND};

use super::DrawnCurve;
use crate::charts::axes::{Margins, PlotBox, draw_axes, fill_box};
use crate::charts::pane::{DrawError, Pane};
use crate::charts::scale::ValueScale;
use crate::charts::theme::{Theme, css};
use crate::charts::ticks::TimeTick;
use crate::charts::values::{ValueTicks, value_ticks};

/// Height of the lane that shows the days behind one curve.
pub const LANE: f64 = 22.0;
/// Height of the curves' part.
pub const CURVES: f64 = 240.0;
/// Margins of the whole.
pub const MARGINS: Margins = Margins { left: 56.0, right: 12.0, top: 8.0, bottom: 26.0 };

/// Paints the curves of one unit.
pub fn paint(
    pane: &Pane,
    theme: &Theme,
    curves: &[DrawnCurve],
    n_days: u32,
    slot: Option<usize>,
) -> Result<(), DrawError> {
    let lanes = curves.len() as f64 * LANE;
    let margins = Margins { bottom: MARGINS.bottom + lanes, ..MARGINS };
    let plot = PlotBox::inside(pane, margins);
    let day = TimeRange { start: 0, end: DAY };
    let time = plot.time_scale(day);
    let values = || curves.iter().flat_map(|shown| shown.curve.aggregate.values.iter().flatten());
    let low = values().copied().filter(|value| value.is_finite()).fold(f64::INFINITY, f64::min);
    let high = values().copied().filter(|value| value.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let scale = ValueScale::around(low, high, plot.top, plot.height);
    let labels = if low <= high { value_ticks(scale.low, scale.high, 5) } else { ValueTicks::default() };
    let step = if plot.width / pane.density < 520.0 { 6 } else { 3 };
    let ticks: Vec<_> = (0..=24)
        .step_by(step)
        .map(|hour: i64| TimeTick {
            time: hour * 3600 * SECOND,
            label: format!("{hour:02}:00"),
            strong: false,
        })
        .collect();
    // Labels belong below the lanes, so the grid goes first and without them.
    let grid: Vec<_> = ticks.iter().map(|tick| TimeTick { label: String::new(), ..tick.clone() }).collect();
    draw_axes(pane, margins, theme, (day, &grid), (scale, &labels))?;
    if let Some(slot) = slot {
        let slots = curves.first().map_or(1, |shown| shown.curve.aggregate.values.len().max(1)) as f64;
        let at =
            PlotBox { left: plot.left + slot as f64 / slots * plot.width, width: plot.width / slots, ..plot };
        fill_box(pane, at, theme.ink, 0.1)?;
    }
    for shown in curves {
        paint_curve(pane, theme, shown, plot, scale);
    }
    for (place, shown) in curves.iter().enumerate() {
        let top = plot.top + plot.height + (place as f64 * LANE + 4.0) * pane.density;
        let lane = PlotBox { top, height: (LANE - 6.0) * pane.density, ..plot };
        paint_days(pane, theme, shown, lane, n_days);
    }
    for tick in &ticks {
        use plotters::style::text_anchor::{HPos, VPos};
        let at = (time.x(tick.time), pane.height - 16.0 * pane.density);
        let at = (at.0.min(pane.width - 18.0 * pane.density), at.1);
        crate::charts::axes::draw_text(
            pane,
            &tick.label,
            at,
            11.0 * pane.density,
            theme.muted,
            (HPos::Center, VPos::Top),
        )?;
    }
    Ok(())
}

fn paint_curve(pane: &Pane, theme: &Theme, shown: &DrawnCurve, plot: PlotBox, scale: ValueScale) {
    let context = &pane.context;
    let slots = shown.curve.aggregate.values.len().max(1) as f64;
    context.set_stroke_style_str(&css(theme.series_colour(shown.colour), 1.0));
    context.set_line_width(2.0 * pane.density);
    let dash = js_sys::Array::new();
    if shown.earlier {
        dash.push(&(6.0 * pane.density).into());
        dash.push(&(4.0 * pane.density).into());
    }
    let _ = context.set_line_dash(&dash);
    context.begin_path();
    let mut drawing = false;
    for (slot, value) in shown.curve.aggregate.values.iter().enumerate() {
        let Some(value) = value.filter(|value| !value.is_nan()) else {
            drawing = false;
            continue;
        };
        let left = plot.left + slot as f64 / slots * plot.width;
        let right = plot.left + (slot + 1) as f64 / slots * plot.width;
        if drawing {
            context.line_to(left, scale.y(value))
        } else {
            context.move_to(left, scale.y(value))
        }
        context.line_to(right, scale.y(value));
        drawing = true;
    }
    context.stroke();
    let _ = context.set_line_dash(&js_sys::Array::new());
}

/// Bars as tall as the share of days that have data in the slot.
fn paint_days(pane: &Pane, theme: &Theme, shown: &DrawnCurve, lane: PlotBox, n_days: u32) {
    let context = &pane.context;
    let slots = shown.curve.aggregate.n_days_with_data.len().max(1) as f64;
    context.set_fill_style_str(&css(theme.line, 1.0));
    context.fill_rect(lane.left, lane.top + lane.height, lane.width, pane.density);
    context
        .set_fill_style_str(&css(theme.series_colour(shown.colour), if shown.earlier { 0.35 } else { 0.7 }));
    context.begin_path();
    for (slot, &days) in shown.curve.aggregate.n_days_with_data.iter().enumerate() {
        let height = lane.height * f64::from(days) / f64::from(n_days.max(1));
        let left = (lane.left + slot as f64 / slots * lane.width).round();
        let right = (lane.left + (slot + 1) as f64 / slots * lane.width).round();
        context.rect(left, lane.top + lane.height - height, (right - left - pane.density).max(1.0), height);
    }
    context.fill();
}

//! The picture of an overlay: thin lines for events, a band and a thick line for what they have in common.

use plotters::style::text_anchor::{HPos, VPos};
use streamscope_client::TimeRange;
use streamscope_signal::{DAY, SECOND};

use super::super::stage::{EDGE, GUTTER};
use super::overlay::Overlay;
use crate::charts::axes::{Margins, PlotBox, draw_axes, draw_text};
use crate::charts::format::duration;
use crate::charts::pane::{DrawError, Pane};
use crate::charts::scale::ValueScale;
use crate::charts::theme::{Theme, css};
use crate::charts::ticks::TimeTick;
use crate::charts::values::{ValueTicks, value_ticks};

const MARGINS: Margins = Margins { left: GUTTER, right: EDGE, top: 16.0, bottom: 18.0 };
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Ticks of a window around an event, at round distances from it, for so many CSS pixels.
fn ticks(window: TimeRange, width: f64) -> Vec<TimeTick> {
    let decimal = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i64.pow(power)));
    let clock = [SECOND, MINUTE].into_iter().flat_map(|unit| [1, 2, 5, 10, 15, 30].map(|count| count * unit));
    let longer = [1, 2, 3, 6, 12]
        .map(|hours| hours * HOUR)
        .into_iter()
        .chain([1, 2, 7, 14, 30].map(|days| days * DAY));
    let span = (window.end - window.start).max(1);
    let fits = |step: &i64| *step as f64 / span as f64 * width >= 80.0;
    let step = decimal.chain(clock).chain(longer).find(fits).unwrap_or(span);
    let first = window.start.div_euclid(step) * step;
    let all = std::iter::successors(Some(first), |time| time.checked_add(step));
    let label = |time: i64| match time {
        0 => "event".to_string(),
        time if time < 0 => format!("−{}", duration(-time)),
        time => format!("+{}", duration(time)),
    };
    all.skip_while(|time| *time < window.start)
        .take_while(|time| *time <= window.end)
        .map(|time| TimeTick { time, label: label(time), strong: time == 0 })
        .collect()
}

/// Paints an overlay.
pub(super) fn paint(pane: &Pane, theme: &Theme, overlay: &Overlay) -> Result<(), DrawError> {
    let plot = PlotBox::inside(pane, MARGINS);
    let (low, high) = overlay.extremes();
    let scale = ValueScale::around(low, high, plot.top, plot.height);
    let wanted = (plot.height / pane.density / 22.0).max(2.0) as usize;
    let labels = if low <= high { value_ticks(scale.low, scale.high, wanted) } else { ValueTicks::default() };
    let times = ticks(overlay.window, plot.width / pane.density);
    draw_axes(pane, MARGINS, theme, (overlay.window, &times), (scale, &labels))?;
    let context = &pane.context;
    context.save();
    context.begin_path();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    let zero = plot.time_scale(overlay.window).x(0).round();
    context.set_fill_style_str(&css(theme.ink, 0.6));
    context.fill_rect(zero, plot.top, pane.density.round(), plot.height);
    let ink = theme.series_colour(overlay.place);
    let several = overlay.lines.len() > 1;
    let x =
        |place: usize, places: usize| plot.left + (place as f64 + 0.5) / places.max(1) as f64 * plot.width;
    let stroke = |values: &mut dyn Iterator<Item = f64>, places: usize| {
        context.begin_path();
        let mut pen_down = false;
        for (place, value) in values.enumerate() {
            let (x, y) = (x(place, places), scale.y(value));
            match (value.is_finite(), pen_down) {
                (true, true) => context.line_to(x, y),
                (true, false) => context.move_to(x, y),
                (false, _) => {}
            }
            pen_down = value.is_finite();
        }
        context.stroke();
    };
    context.set_stroke_style_str(&css(ink, if several { 0.3 } else { 1.0 }));
    context.set_line_width(pane.density);
    for line in &overlay.lines {
        stroke(&mut line.iter().copied(), line.len());
    }
    if several {
        let places = overlay.levels.len();
        let step = plot.width / places.max(1) as f64;
        context.set_fill_style_str(&css(ink, 0.18));
        for (place, level) in overlay.levels.iter().enumerate() {
            let Some((mean, deviation)) = level.and_then(|level| Some((level.mean, level.deviation?))) else {
                continue;
            };
            let (top, bottom) = (scale.y(mean + deviation), scale.y(mean - deviation));
            context.fill_rect(plot.left + place as f64 * step, top, step, bottom - top);
        }
        context.set_stroke_style_str(&css(ink, 1.0));
        context.set_line_width(2.5 * pane.density);
        stroke(&mut overlay.levels.iter().map(|level| level.map_or(f64::NAN, |level| level.mean)), places);
    }
    context.restore();
    let size = 11.0 * pane.density;
    draw_text(
        pane,
        &overlay.unit,
        (4.0 * pane.density, pane.density),
        size,
        theme.muted,
        (HPos::Left, VPos::Top),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_distances_from_the_event() {
        let labels = |start: i64, end: i64, width: f64| {
            ticks(TimeRange { start, end }, width).into_iter().map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(
            labels(-30 * MINUTE, 2 * HOUR, 500.0),
            ["−30 min", "event", "+30 min", "+1 h", "+1 h 30 min", "+2 h"]
        );
        assert_eq!(labels(-SECOND, SECOND, 200.0), ["−1 s", "event", "+1 s"]);
        assert!(labels(-400 * DAY, 400 * DAY, 10.0).len() <= 3);
    }
}

//! Frames, grids and axis labels, drawn by plotters on ticks that [`ticks`](super::ticks) and [`values`](super::values)
//! placed.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use streamscope_client::TimeRange;

use super::pane::{DrawError, Pane};
use super::scale::{TimeScale, ValueScale};
use super::theme::{FONT, Rgb, Theme};
use super::ticks::TimeTick;
use super::values::ValueTicks;

/// Room around the data, in CSS pixels. The same for all tracks, so that their times align.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margins {
    /// For the value axis and its labels.
    pub left: f64,
    /// To the right of the data.
    pub right: f64,
    /// Above the data.
    pub top: f64,
    /// For the time axis and its labels.
    pub bottom: f64,
}

/// The rectangle of the data, in device pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotBox {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl PlotBox {
    /// What a pane's margins leave.
    pub fn inside(pane: &Pane, margins: Margins) -> Self {
        let (left, top) = ((margins.left * pane.density).round(), (margins.top * pane.density).round());
        let width = (pane.width - left - (margins.right * pane.density).round()).max(1.0);
        let height = (pane.height - top - (margins.bottom * pane.density).round()).max(1.0);
        Self { left, top, width, height }
    }

    /// The range laid over the box.
    pub fn time_scale(&self, range: TimeRange) -> TimeScale {
        TimeScale { range, left: self.left, width: self.width }
    }
}

/// A time axis of chosen ticks. Positions are offsets from the range's start, ns.
struct TimeAxis<'a> {
    range: TimeRange,
    ticks: &'a [TimeTick],
}

impl Ranged for TimeAxis<'_> {
    type FormatOption = NoDefaultFormatting;
    type ValueType = i64;

    fn map(&self, time: &i64, (left, right): (i32, i32)) -> i32 {
        let scale = TimeScale { range: self.range, left: f64::from(left), width: f64::from(right - left) };
        scale.x(*time).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<i64> {
        match hint.weight().allow_light_points() {
            true => Vec::new(),
            false => self.ticks.iter().map(|tick| tick.time).collect(),
        }
    }

    fn range(&self) -> Range<i64> {
        self.range.start..self.range.end
    }
}

impl ValueFormatter<i64> for TimeAxis<'_> {
    fn format_ext(&self, time: &i64) -> String {
        self.ticks.iter().find(|tick| tick.time == *time).map(|tick| tick.label.clone()).unwrap_or_default()
    }
}

/// A value axis of chosen ticks.
struct ValueAxis<'a> {
    scale: ValueScale,
    ticks: &'a [(f64, String)],
}

impl Ranged for ValueAxis<'_> {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (bottom, top): (i32, i32)) -> i32 {
        let scale = ValueScale { top: f64::from(top), height: f64::from(bottom - top), ..self.scale };
        scale.y(*value).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight().allow_light_points() {
            true => Vec::new(),
            false => self.ticks.iter().map(|tick| tick.0).collect(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.scale.low..self.scale.high
    }
}

impl ValueFormatter<f64> for ValueAxis<'_> {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|tick| tick.0 == *value).map(|tick| tick.1.clone()).unwrap_or_default()
    }
}

/// Draws a grid at the ticks, a frame line to the left, and the labels for which the margins leave room.
pub fn draw_axes(
    pane: &Pane,
    margins: Margins,
    theme: &Theme,
    (range, time_ticks): (TimeRange, &[TimeTick]),
    (scale, values): (ValueScale, &ValueTicks),
) -> Result<(), DrawError> {
    let density = pane.density;
    let device = |css: f64| (css * density).round() as i32;
    let line = colour(theme.line);
    let muted = colour(theme.muted);
    let labels = TextStyle::from((FONT, 11.0 * density)).color(&muted);
    let Some(root) = pane.area() else { return Ok(()) };
    let mut chart = ChartBuilder::on(&root)
        .margin_top(device(margins.top))
        .margin_right(device(margins.right))
        .y_label_area_size(device(margins.left))
        .x_label_area_size(device(margins.bottom))
        .build_cartesian_2d(
            TimeAxis { range, ticks: time_ticks },
            ValueAxis { scale, ticks: &values.ticks },
        )?;
    chart
        .configure_mesh()
        .x_labels(time_ticks.len().max(1))
        .y_labels(values.ticks.len().max(1))
        .max_light_lines(0)
        .light_line_style(TRANSPARENT)
        .bold_line_style(line.stroke_width(density.round() as u32))
        .axis_style(line.stroke_width(density.round() as u32))
        .set_all_tick_mark_size(device(4.0))
        .x_label_style(labels.clone())
        .y_label_style(labels)
        .draw()?;
    match &values.base {
        Some(base) => draw_base(pane, PlotBox::inside(pane, margins), theme, base),
        None => Ok(()),
    }
}

/// The value that all labels of the axis count from, in the upper left corner, over a ground that keeps it legible.
fn draw_base(pane: &Pane, plot: PlotBox, theme: &Theme, base: &str) -> Result<(), DrawError> {
    let density = pane.density;
    let text = format!("{base} +");
    let ground =
        PlotBox { width: text.chars().count() as f64 * 6.4 * density, height: 15.0 * density, ..plot };
    fill_box(pane, ground, theme.surface, 0.85)?;
    let at = (plot.left + 3.0 * density, plot.top + 2.0 * density);
    draw_text(pane, &text, at, 11.0 * density, theme.muted, (HPos::Left, VPos::Top))
}

/// Draws a text; `at` and `size` in device pixels.
pub fn draw_text(
    pane: &Pane,
    text: &str,
    at: (f64, f64),
    size: f64,
    ink: Rgb,
    anchor: (HPos, VPos),
) -> Result<(), DrawError> {
    let ink = colour(ink);
    let style = TextStyle::from((FONT, size)).color(&ink).pos(Pos::new(anchor.0, anchor.1));
    let Some(area) = pane.area() else { return Ok(()) };
    area.draw(&Text::new(text, (at.0.round() as i32, at.1.round() as i32), style))
}

/// Fills a rectangle; device pixels.
pub fn fill_box(pane: &Pane, at: PlotBox, ink: Rgb, alpha: f64) -> Result<(), DrawError> {
    let from = (at.left.round() as i32, at.top.round() as i32);
    let to = ((at.left + at.width).round() as i32, (at.top + at.height).round() as i32);
    let Some(area) = pane.area() else { return Ok(()) };
    area.draw(&Rectangle::new([from, to], colour(ink).mix(alpha).filled()))
}

fn colour((red, green, blue): Rgb) -> RGBColor {
    RGBColor(red, green, blue)
}

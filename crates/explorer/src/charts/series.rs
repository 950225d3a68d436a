//! Numbers over time: an envelope with the mean inside where samples outnumber pixels, points and lines where they do
//! not. Nothing is drawn across a gap, and no extreme is ever left out.

use streamscope_client::TimeRange;
use streamscope_signal::PixelColumn;
use web_sys::CanvasRenderingContext2d;

use super::axes::PlotBox;
use super::pane::Pane;
use super::scale::{TimeScale, ValueScale};
use super::theme::{Rgb, css};
use crate::recording::Data;

/// Columns drawn at most, whatever the pixel density: finer ones nobody sees.
const MOST_COLUMNS: f64 = 2400.0;

/// Samples further apart than this, in CSS pixels, are marked with a point each.
const POINT_SPACING: f64 = 7.0;

/// What is drawn of one number over one range.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// Each column reduces many samples.
    Envelope(Vec<PixelColumn>),
    /// Each column holds one or two samples: they are drawn at their own times.
    Samples(Vec<PixelColumn>),
}

impl Picture {
    /// Reduces a column of a recording to what a width of device pixels can show.
    pub fn of(data: &Data, column: usize, range: TimeRange, width: f64) -> Self {
        let pixels = width.clamp(1.0, MOST_COLUMNS) as usize;
        if data.rows_in(range) <= pixels * 2 {
            let columns = data.columns(column, range, pixels * 4);
            if columns.iter().all(|column| column.count + column.missing <= 2) {
                return Self::Samples(with_neighbours(data, column, range, columns));
            }
        }
        Self::Envelope(data.columns(column, range, pixels))
    }

    /// The columns, in time order.
    pub fn columns(&self) -> &[PixelColumn] {
        match self {
            Self::Envelope(columns) | Self::Samples(columns) => columns,
        }
    }

    /// Smallest and largest finite value; positive and negative infinity when there is none.
    pub fn extremes(&self) -> (f64, f64) {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let with_values = || self.columns().iter().filter(|column| column.count > 0);
        let low = with_values().flat_map(|column| [finite(column.min), finite(column.first)]).flatten();
        let high = with_values().flat_map(|column| [finite(column.max), finite(column.last)]).flatten();
        (low.fold(f64::INFINITY, f64::min), high.fold(f64::NEG_INFINITY, f64::max))
    }

    /// Samples in a column that has any, on average; `None` where samples are drawn as they are.
    pub fn samples_per_pixel(&self) -> Option<f64> {
        let Self::Envelope(columns) = self else { return None };
        let filled = columns.iter().filter(|column| column.count > 0);
        let (columns, samples) = filled.fold((0_u64, 0_u64), |sum, column| (sum.0 + 1, sum.1 + column.count));
        (columns > 0).then(|| samples as f64 / columns as f64)
    }
}

/// The columns with the samples just outside the range, however far away, where lines run to them.
fn with_neighbours(
    data: &Data,
    column: usize,
    range: TimeRange,
    columns: Vec<PixelColumn>,
) -> Vec<PixelColumn> {
    let at = |row: usize| {
        let time = data.row(row)?.time;
        let instant = TimeRange { start: time, end: time.saturating_add(1) };
        data.columns(column, instant, 1).first().copied().filter(|column| column.count > 0)
    };
    let after = at(data.position(range.end)).filter(|after| !after.gap_before);
    let filled = |column: &&PixelColumn| column.count + column.missing > 0;
    let next = columns.iter().find(filled).copied().or(after);
    let before = data.position(range.start).checked_sub(1).and_then(at);
    let before = before.filter(|_| next.is_some_and(|next| !next.gap_before));
    // Without samples inside, one neighbour alone has no line that crosses the range.
    let after = after.filter(|_| before.is_some() || columns.iter().any(|column| filled(&column)));
    before.into_iter().chain(columns).chain(after).collect()
}

/// Draws a picture inside a box.
pub fn draw(pane: &Pane, plot: PlotBox, time: TimeScale, values: ValueScale, picture: &Picture, ink: Rgb) {
    let context = &pane.context;
    context.save();
    context.begin_path();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    context.set_line_join("round");
    match picture {
        Picture::Envelope(columns) => draw_envelope(pane, plot, values, columns, ink),
        Picture::Samples(columns) => draw_samples(pane, time, values, columns, ink),
    }
    context.restore();
}

fn draw_envelope(pane: &Pane, plot: PlotBox, values: ValueScale, columns: &[PixelColumn], ink: Rgb) {
    let context = &pane.context;
    let step = plot.width / columns.len().max(1) as f64;
    let thinnest = pane.density;
    context.set_fill_style_str(&css(ink, 0.36));
    context.begin_path();
    let mut previous: Option<&PixelColumn> = None;
    for (index, column, broken) in filled(columns) {
        // Reach to where the neighbour ended: a steep flank stays in one piece.
        let joins = previous.filter(|_| !broken);
        let low = joins.map_or(column.min, |before| column.min.min(before.last));
        let high = joins.map_or(column.max, |before| column.max.max(before.last));
        let (top, bottom) = (values.y(high), values.y(low));
        let height = (bottom - top).max(thinnest);
        context.rect(
            plot.left + index as f64 * step,
            top - (height - (bottom - top)) / 2.0,
            step.max(1.0),
            height,
        );
        previous = Some(column);
    }
    context.fill();
    context.set_stroke_style_str(&css(ink, 1.0));
    context.set_line_width(1.25 * pane.density);
    context.begin_path();
    let mut stretch: Vec<(f64, f64)> = Vec::new();
    for (index, column, broken) in filled(columns) {
        if broken {
            line(context, &stretch, pane.density);
            stretch.clear();
        }
        stretch.push((plot.left + (index as f64 + 0.5) * step, values.y(column.mean)));
    }
    line(context, &stretch, pane.density);
    context.stroke();
}

/// The means of columns that no gap parts. One alone has no line of its own: it gets a mark that can be seen.
fn line(context: &CanvasRenderingContext2d, stretch: &[(f64, f64)], density: f64) {
    match stretch {
        [] => {}
        &[(x, y)] => {
            context.move_to(x - density, y);
            context.line_to(x + density, y);
        }
        [(x, y), rest @ ..] => {
            context.move_to(*x, *y);
            rest.iter().for_each(|(x, y)| context.line_to(*x, *y));
        }
    }
}

fn draw_samples(pane: &Pane, time: TimeScale, values: ValueScale, columns: &[PixelColumn], ink: Rgb) {
    let context = &pane.context;
    context.set_stroke_style_str(&css(ink, 1.0));
    context.set_fill_style_str(&css(ink, 1.0));
    context.set_line_width(1.5 * pane.density);
    let mut points: Vec<(f64, f64, bool)> = Vec::new();
    for (_, column, broken) in filled(columns) {
        points.push((time.x(column.first_time), values.y(column.first), broken));
        if column.last_time > column.first_time && column.count > 1 {
            points.push((time.x(column.last_time), values.y(column.last), false));
        }
    }
    context.begin_path();
    for (index, &(x, y, gap_before)) in points.iter().enumerate() {
        if index == 0 || gap_before { context.move_to(x, y) } else { context.line_to(x, y) }
    }
    context.stroke();
    let spacing = points.last().zip(points.first()).map_or(0.0, |(last, first)| last.0 - first.0);
    let roomy = spacing / points.len().max(1) as f64 >= POINT_SPACING * pane.density || points.len() == 1;
    context.begin_path();
    for (index, &(x, y, gap_before)) in points.iter().enumerate() {
        let next_is_apart = points.get(index + 1).is_none_or(|next| next.2);
        let lonely = (index == 0 || gap_before) && next_is_apart;
        if roomy || lonely {
            let radius = if roomy { 2.25 } else { 1.25 } * pane.density;
            context.move_to(x + radius, y);
            let _ = context.arc(x, y, radius, 0.0, std::f64::consts::TAU);
        }
    }
    context.fill();
}

/// Marks, at the foot of the box, the pixels in which values are null or NaN: a bar in an envelope, a wedge at a sample.
pub fn draw_missing(pane: &Pane, plot: PlotBox, time: TimeScale, picture: &Picture, ink: Rgb) {
    let context = &pane.context;
    let step = plot.width / picture.columns().len().max(1) as f64;
    let bottom = plot.top + plot.height;
    let half = 3.0 * pane.density;
    context.set_fill_style_str(&css(ink, 1.0));
    context.begin_path();
    for (index, column) in picture.columns().iter().enumerate().filter(|(_, column)| column.missing > 0) {
        match picture {
            Picture::Envelope(_) => {
                let height = 2.0 * pane.density;
                context.rect(plot.left + index as f64 * step, bottom - height, step.max(1.0), height);
            }
            Picture::Samples(_) => {
                let x = time.x(column.first_time);
                if plot.left <= x && x <= plot.left + plot.width {
                    context.move_to(x - half, bottom);
                    context.line_to(x + half, bottom);
                    context.line_to(x, bottom - 2.0 * half);
                    context.close_path();
                }
            }
        }
    }
    context.fill();
}

/// The columns with values: index, column, and whether a gap or a missing value lies before it.
fn filled(columns: &[PixelColumn]) -> impl Iterator<Item = (usize, &PixelColumn, bool)> {
    let mut missing = false;
    columns.iter().enumerate().filter_map(move |(index, column)| {
        if column.count == 0 {
            missing |= column.missing > 0;
            return None;
        }
        Some((index, column, std::mem::take(&mut missing) || column.gap_before))
    })
}

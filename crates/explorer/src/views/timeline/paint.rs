//! How a track looks: grid, hatched stretches, envelopes or samples, state lanes; and the crosshair above them.

use leptos::prelude::{GetUntracked, WithUntracked, untrack};
use streamscope_client::TimeRange;
use streamscope_selection::axes::Axis;

use super::axes;
use super::paper::track_millivolts;
use super::readout::{Reading, aggregation_note, filter_note, sketch_note, thinned_note};
use super::stage::{GUTTER, Stage, TRACK_MARGINS};
use super::track::{LANE, within_span};
use crate::charts::axes::{PlotBox, draw_axes, draw_text};
use crate::charts::bands;
use crate::charts::hatch::{Hatch, fill_hatched};
use crate::charts::pane::{DrawError, Pane};
use crate::charts::paper;
use crate::charts::scale::{TimeScale, ValueScale};
use crate::charts::series::{Picture, draw, draw_missing};
use crate::charts::theme::{Theme, css};
use crate::charts::ticks::time_ticks;
use crate::charts::values::{ValueTicks, value_ticks};
use crate::recording::{Data, Drawing, Recording, Shown, Sketch, Status};

/// What was painted last: the legend and the crosshair follow it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Painted {
    /// The aggregation in force, in words.
    pub note: String,
    /// The display filter, in words, or why there is none; `None` where none is set.
    pub through: Option<String>,
    /// The scales of the paper that it lies on; `None` without paper.
    pub paper: Option<String>,
    /// Null and NaN values in view, over all dimensions.
    pub missing: u64,
    /// Smallest and largest value in view, where they lie beyond a held axis.
    pub beyond: Option<(f64, f64)>,
    /// The value axis, in CSS pixels; `None` without numbers.
    pub values: Option<ValueScale>,
}

/// Paints a recording into a track.
pub fn paint_track(pane: &Pane, theme: &Theme, stage: &Stage, recording: &Recording) -> Painted {
    let axis =
        stage.axes.with_untracked(|axes| axes.get(&recording.stream().id).copied()).unwrap_or_default();
    let range = stage.window_of(&recording.stream().subject_id);
    let whole = PlotBox::inside(pane, TRACK_MARGINS);
    let time = whole.time_scale(range);
    recording.with(|data| {
        let (mut numbers, states) = columns(data);
        numbers.retain(|(_, column)| {
            let name =
                data.layout().and_then(|layout| layout.columns.get(*column)).map(|column| &column.name);
            name.is_none_or(|name| !untrack(|| stage.is_hidden(&recording.stream().id, name)))
        });
        let lanes = (states.len() as f64 * LANE * pane.density).min(whole.height);
        let plot = PlotBox { height: (whole.height - lanes).max(1.0), ..whole };
        let is_filtered = recording.is_drawn_filtered();
        // What the platform reduced cannot be filtered.
        let sketches = match is_filtered {
            true => Vec::new(),
            false => sketches(recording, data, &numbers, range, plot.width),
        };
        let is_part = sketches.is_empty() || recording.with_sketch(Sketch::is_growing);
        if is_part || matches!(recording.status_untracked(), Status::Failed { .. }) {
            paint_unfetched(pane, theme, recording, data, whole, time);
        }
        let settling = recording.with_filtered(|filtered| {
            filtered.map_or(Vec::new(), |filtered| filtered.settling_in(range, time.per_pixel() as i64))
        });
        shade(pane, plot, time, &settling, &css(theme.muted, 0.14));
        let mut painted = recording.with_drawn(|drawn| {
            paint_numbers(pane, theme, stage, drawn, (plot, time, axis), (&numbers, &sketches))
        });
        painted.through =
            recording.with_filtered(|filtered| filtered.map(|filtered| filter_note(filtered, range)));
        if is_filtered && recording.is_sketched(range) {
            painted.note = "too many samples to filter: zoom in".into();
        }
        if !sketches.is_empty() {
            let samples = recording.with_sketch(Sketch::samples_a_row);
            painted.note = sketch_note(&painted.note, samples, recording.is_reading());
        }
        if let Some(one_in) = data.thinned() {
            painted.note = thinned_note(&painted.note, one_in);
        }
        for (place, &column) in states.iter().enumerate() {
            let height = LANE * pane.density;
            let lane = PlotBox {
                top: plot.top + plot.height + place as f64 * height + 2.0 * pane.density,
                height: height - 4.0 * pane.density,
                ..whole
            };
            // A browser that stops drawing text half-way leaves a picture that is incomplete, not wrong.
            let _ = bands::draw(pane, lane, time, data, column, theme);
        }
        painted
    })
}

/// Shades stretches of time.
fn shade(pane: &Pane, plot: PlotBox, time: TimeScale, stretches: &[TimeRange], style: &str) {
    pane.context.set_fill_style_str(style);
    for stretch in stretches {
        let (left, right) =
            (time.x(stretch.start).max(plot.left), time.x(stretch.end).min(plot.left + plot.width));
        pane.context.fill_rect(left, plot.top, (right - left).max(0.0), plot.height);
    }
}

/// Numeric columns and state columns.
fn columns(data: &Data) -> (Vec<(usize, usize)>, Vec<usize>) {
    let Some(shown) = data.shown() else { return Default::default() };
    let states = shown.charted().filter(|(_, drawing)| *drawing == Drawing::Bands);
    (shown.placed_numbers().collect(), states.map(|(column, _)| column).collect())
}

/// A picture, and the place of its dimension among those of the track.
type Placed = (usize, Picture);

/// What the platform's reduced rows show of the numbers where samples are not fetched; nothing where they all are.
fn sketches(
    recording: &Recording,
    data: &Data,
    numbers: &[(usize, usize)],
    range: TimeRange,
    width: f64,
) -> Vec<Placed> {
    let fetched = data.fetched();
    let Some(shown) = data.shown().filter(|_| !fetched.covers(within_span(recording, range))) else {
        return Vec::new();
    };
    let pixels = width.clamp(1.0, 2400.0) as usize;
    recording.with_sketch(|sketch| {
        let pictures = numbers.iter().filter_map(|&(place, column)| {
            let name = &shown.layout.columns.get(column)?.name;
            let columns = sketch.columns(name, range, pixels, &fetched);
            columns.iter().any(|column| column.count > 0).then_some((place, Picture::Envelope(columns)))
        });
        pictures.collect()
    })
}

fn paint_numbers(
    pane: &Pane,
    theme: &Theme,
    stage: &Stage,
    data: &Data,
    (plot, time, axis): (PlotBox, TimeScale, Axis),
    (numbers, sketches): (&[(usize, usize)], &[Placed]),
) -> Painted {
    let pictures: Vec<_> = numbers
        .iter()
        .map(|&(place, column)| (place, Picture::of(data, column, time.range, plot.width)))
        .collect();
    let (low, high) = pictures.iter().chain(sketches).fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(low, high), (_, picture)| {
            let (lowest, highest) = picture.extremes();
            (low.min(lowest), high.max(highest))
        },
    );
    let beyond = Some((low, high)).filter(|(low, high)| low <= high && axes::is_left(axis, (*low, *high)));
    // Where the platform names an axis, it holds at least that; what lies beyond is never cut off.
    let limits = data.shown().and_then(Shown::limits).filter(|_| low <= high);
    let (low, high) = limits.map_or((low, high), |(lower, upper)| (low.min(lower), high.max(upper)));
    let scale = axes::scale(axis, (low, high), plot.top, plot.height);
    let ends = (scale.low.min(scale.high), scale.low.max(scale.high));
    let wanted = (plot.height / pane.density / 22.0).max(2.0) as usize;
    let labels = if low <= high { value_ticks(ends.0, ends.1, wanted) } else { ValueTicks::default() };
    let ticks = stage.zone.with_untracked(|zone| time_ticks(time.range, plot.width / pane.density, zone));
    let below = (pane.height - plot.top - plot.height) / pane.density;
    let margins = crate::charts::axes::Margins { bottom: below, ..TRACK_MARGINS };
    let grid: Vec<_> = ticks
        .into_iter()
        .map(|tick| crate::charts::ticks::TimeTick { label: String::new(), ..tick })
        .collect();
    let paper = stage.on_paper.get_untracked().then(|| stage.paper.get_untracked());
    let millivolts = track_millivolts(data);
    if paper.is_some() {
        paper::draw(pane, plot, time, (scale, millivolts), theme);
    }
    let _ = draw_axes(pane, margins, theme, (time.range, &grid), (scale, &labels));
    for (place, picture) in sketches.iter().chain(&pictures) {
        draw(pane, plot, time, scale, picture, theme.series_colour(*place));
        draw_missing(pane, plot, time, picture, theme.danger);
    }
    let samples = pictures.iter().filter_map(|(_, picture)| picture.samples_per_pixel()).reduce(f64::max);
    let in_view = |column: usize| data.figures(column, time.range).map_or(0, |figures| figures.missing);
    let css_pixels = |device: f64| device / pane.density;
    let values = ValueScale { top: css_pixels(plot.top), height: css_pixels(plot.height), ..scale };
    Painted {
        note: if data.rows_in(time.range) == 0 { String::new() } else { aggregation_note(samples) },
        paper: paper.map(|paper| {
            let time = TimeScale { width: css_pixels(time.width), ..time };
            paper.scales(&time, values, millivolts.filter(|_| low <= high))
        }),
        through: None,
        beyond,
        missing: numbers.iter().map(|&(_, column)| in_view(column)).sum(),
        values: (low <= high).then_some(values),
    }
}

/// Hatches what was not fetched: one diagonal for "not yet", both for "failed".
fn paint_unfetched(
    pane: &Pane,
    theme: &Theme,
    recording: &Recording,
    data: &Data,
    plot: PlotBox,
    time: TimeScale,
) {
    let missing = data.fetched().missing(within_span(recording, time.range));
    let boxes: Vec<_> = missing
        .iter()
        .map(|part| {
            let (left, right) = (time.x(part.start), time.x(part.end));
            PlotBox { left, width: right - left, ..plot }
        })
        .filter(|part| part.width >= pane.density)
        .collect();
    match recording.status_untracked() {
        Status::Failed { .. } => fill_hatched(pane, &boxes, Hatch::Crossed, theme.line),
        _ => fill_hatched(pane, &boxes, Hatch::Diagonal, theme.line),
    }
}

/// Paints the crosshair, its marks, and the intervals that are measured or brushed.
pub fn paint_cursor(pane: &Pane, theme: &Theme, stage: &Stage, painted: &Painted, readings: &[Reading]) {
    let plot = PlotBox::inside(pane, TRACK_MARGINS);
    let time = plot.time_scale(stage.window.get_untracked());
    if let Some(mark) = stage.mark.get_untracked() {
        upright(pane, plot, time.x(mark), &css(theme.accent, 1.0));
    }
    let intervals =
        [(stage.measured.get_untracked(), theme.accent), (stage.brush.get_untracked(), theme.muted)];
    for (interval, ink) in intervals {
        if let Some(TimeRange { start, end }) = interval {
            let (left, right) = (time.x(start).max(plot.left), time.x(end).min(plot.left + plot.width));
            pane.context.set_fill_style_str(&css(ink, 0.14));
            pane.context.fill_rect(left, 0.0, (right - left).max(0.0), pane.height);
            upright(pane, plot, time.x(start), &css(ink, 1.0));
            upright(pane, plot, time.x(end), &css(ink, 1.0));
        }
    }
    let Some(cursor) = stage.cursor.get_untracked() else { return };
    upright(pane, plot, time.x(cursor), &css(theme.ink, 0.6));
    let Some(values) = painted.values else { return };
    let values =
        ValueScale { top: values.top * pane.density, height: values.height * pane.density, ..values };
    for (place, reading) in readings.iter().enumerate() {
        let Some(mark) = reading.mark else { continue };
        let (x, y) = (time.x(reading.time.unwrap_or(cursor)), values.y(mark));
        let on_axis = values.top <= y && y <= values.top + values.height;
        if x < GUTTER * pane.density || !on_axis {
            continue;
        }
        let context = &pane.context;
        context.begin_path();
        let _ = context.arc(x, y, 3.5 * pane.density, 0.0, std::f64::consts::TAU);
        context.set_fill_style_str(&css(theme.surface, 1.0));
        context.fill();
        context.set_line_width(2.0 * pane.density);
        context.set_stroke_style_str(&css(theme.series_colour(place), 1.0));
        context.stroke();
    }
}

fn upright(pane: &Pane, plot: PlotBox, x: f64, style: &str) {
    if x < plot.left || x > plot.left + plot.width {
        return;
    }
    let context = &pane.context;
    let x = x.round() + (pane.density.round() % 2.0) * 0.5;
    context.set_stroke_style_str(style);
    context.set_line_width(pane.density.round());
    context.begin_path();
    context.move_to(x, 0.0);
    context.line_to(x, pane.height);
    context.stroke();
}

/// Paints the time axis that all tracks share, with the date and zone at its start.
pub fn paint_time_axis(pane: &Pane, theme: &Theme, stage: &Stage) -> Result<(), DrawError> {
    use plotters::style::text_anchor::{HPos, VPos};
    let range = stage.window.get_untracked();
    let plot = PlotBox::inside(pane, TRACK_MARGINS);
    let time = plot.time_scale(range);
    let ticks = stage.zone.with_untracked(|zone| time_ticks(range, plot.width / pane.density, zone));
    pane.context.set_fill_style_str(&css(theme.muted, 1.0));
    for tick in &ticks {
        let x = time.x(tick.time);
        pane.context.fill_rect(x.round(), 0.0, pane.density.round(), 5.0 * pane.density);
        let ink = if tick.strong { theme.ink } else { theme.muted };
        let half = tick.label.chars().count() as f64 * 3.2 * pane.density;
        let x = x.clamp(plot.left.min(half), (pane.width - half).max(half));
        draw_text(
            pane,
            &tick.label,
            (x, 8.0 * pane.density),
            11.0 * pane.density,
            ink,
            (HPos::Center, VPos::Top),
        )?;
    }
    Ok(())
}

//! How the grid looks: a bar as tall as the share of time with data, a dot for none, hatches for what is not known.

use plotters::style::text_anchor::{HPos, VPos};
use streamscope_client::TimeRange;

use super::grid::{CellState, Grid};
use crate::charts::axes::{PlotBox, draw_text};
use crate::charts::hatch::{Hatch, fill_hatched};
use crate::charts::pane::{DrawError, Pane};
use crate::charts::theme::{Theme, css};
use crate::recording::intersection;
use crate::text::in_line;

/// Height of the column labels in CSS pixels.
pub const HEAD: f64 = 22.0;

/// Where the grid's cells are, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometry {
    /// Room for row labels.
    pub gutter: f64,
    /// Width of a column.
    pub column: f64,
    /// Height of a row.
    pub row: f64,
}

impl Geometry {
    /// A grid in so many CSS pixels.
    pub fn of(grid: &Grid, width: f64) -> Self {
        let gutter = if width < 560.0 { 92.0 } else { 168.0 };
        let row = if grid.by_hour { 18.0 } else { 28.0 };
        Self { gutter, column: (width - gutter).max(1.0) / grid.columns.max(1) as f64, row }
    }

    /// Height of the whole.
    pub fn height(&self, grid: &Grid) -> f64 {
        HEAD + grid.rows.len() as f64 * self.row + 4.0
    }

    /// The cell under a point: row and place.
    pub fn hit(&self, grid: &Grid, x: f64, y: f64) -> Option<(usize, usize)> {
        if y < HEAD {
            return None;
        }
        let row = ((y - HEAD) / self.row) as usize;
        let column = (x - self.gutter) / self.column;
        let places = &grid.rows.get(row)?.places;
        let place =
            places.iter().position(|place| place.left <= column && column < place.left + place.width)?;
        Some((row, place))
    }
}

/// What stands out in the grid.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Emphasis {
    /// The cell under the pointer or the keys.
    pub active: Option<(usize, usize)>,
    /// The selected range.
    pub range: Option<TimeRange>,
}

/// Paints the grid.
pub fn paint(
    pane: &Pane,
    theme: &Theme,
    grid: &Grid,
    states: &[Vec<CellState>],
    emphasis: Emphasis,
) -> Result<(), DrawError> {
    let scale = pane.density;
    let geometry = Geometry::of(grid, pane.width / scale);
    let box_of = |row: usize, place: usize| -> Option<PlotBox> {
        let held = grid.rows.get(row)?.places.get(place)?;
        let left = ((geometry.gutter + held.left * geometry.column) * scale).round();
        let right = ((geometry.gutter + (held.left + held.width) * geometry.column) * scale).round();
        let gap = if right - left > 6.0 { scale.round() } else { 0.0 };
        let top = ((HEAD + row as f64 * geometry.row) * scale).round();
        let height = (geometry.row * scale).round() - (2.0 * scale).round();
        Some(PlotBox { left, top, width: (right - left - gap).max(1.0), height })
    };
    paint_labels(pane, theme, grid, geometry)?;
    let (mut waiting, mut failed) = (Vec::new(), Vec::new());
    for (row, states) in states.iter().enumerate() {
        for (place, state) in states.iter().enumerate() {
            let Some(at) = box_of(row, place) else { continue };
            match state {
                CellState::Data(share) => paint_share(pane, theme, at, *share),
                CellState::Empty => paint_none(pane, theme, at),
                CellState::NotAsked => waiting.push(at),
                CellState::Failed => failed.push(at),
            }
        }
    }
    fill_hatched(pane, &waiting, Hatch::Diagonal, theme.line);
    fill_hatched(pane, &failed, Hatch::Crossed, theme.danger);
    let context = &pane.context;
    if let Some(range) = emphasis.range {
        context.set_fill_style_str(&css(theme.accent, 0.9));
        for (row, held) in grid.rows.iter().enumerate() {
            for (place, _) in
                held.places.iter().enumerate().filter(|(_, place)| intersection(place.range, range).is_some())
            {
                if let Some(at) = box_of(row, place) {
                    let line = (2.0 * scale).round();
                    context.fill_rect(at.left, at.top + at.height, at.width + scale.round(), line);
                }
            }
        }
    }
    if let Some(at) = emphasis.active.and_then(|(row, place)| box_of(row, place)) {
        context.set_stroke_style_str(&css(theme.ink, 1.0));
        context.set_line_width(2.0 * scale);
        context.stroke_rect(at.left, at.top, at.width, at.height);
    }
    Ok(())
}

fn paint_share(pane: &Pane, theme: &Theme, at: PlotBox, share: f64) {
    let context = &pane.context;
    context.set_fill_style_str(&css(theme.series_colour(0), 0.16));
    context.fill_rect(at.left, at.top, at.width, at.height);
    context.set_fill_style_str(&css(theme.series_colour(0), 0.9));
    let height = (at.height * share).max(2.0 * pane.density).round();
    context.fill_rect(at.left, at.top + at.height - height, at.width, height);
}

fn paint_none(pane: &Pane, theme: &Theme, at: PlotBox) {
    let side = (3.0 * pane.density).min(at.width);
    pane.context.set_fill_style_str(&css(theme.muted, 0.7));
    pane.context.fill_rect(at.left + (at.width - side) / 2.0, at.top + (at.height - side) / 2.0, side, side);
}

fn paint_labels(pane: &Pane, theme: &Theme, grid: &Grid, geometry: Geometry) -> Result<(), DrawError> {
    let scale = pane.density;
    let size = 11.0 * scale;
    let letters = ((geometry.gutter - 8.0) / 6.2) as usize;
    for (row, held) in grid.rows.iter().enumerate() {
        let label = match held.label.chars().count() > letters {
            true => in_line(&held.label, letters.saturating_sub(1)),
            false => in_line(&held.label, letters),
        };
        let y = (HEAD + (row as f64 + 0.5) * geometry.row - 1.0) * scale;
        draw_text(pane, &label, (0.0, y), size, theme.ink, (HPos::Left, VPos::Center))?;
    }
    let widest =
        grid.heads.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(1) as f64 * 6.2 + 10.0;
    let every = (widest / geometry.column).ceil().max(1.0) as usize;
    for (column, text) in grid.heads.iter().step_by(every) {
        let x = (geometry.gutter + *column as f64 * geometry.column) * scale;
        if x + widest * scale > pane.width + 10.0 * scale {
            continue;
        }
        draw_text(pane, text, (x, 4.0 * scale), size, theme.muted, (HPos::Left, VPos::Top))?;
    }
    Ok(())
}

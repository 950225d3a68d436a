//! How the columns of a stream are shown: as lines or bands, and in which values.
//!
//! What is held and exported are the platform's own values; what charts, figures and tables show went through the
//! dimension's [`Display`].

use streamscope_client::{Dimension, Display};
use streamscope_frame::{ColumnType, Layout};
use streamscope_signal::PixelColumn;

use super::sample_value::SampleValue;
use super::segment::DURATION_COLUMN;

/// How a column is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// As a line or envelope on a value axis.
    Line,
    /// As bands, one for each stretch of a state.
    Bands,
}

/// How a dimension will be drawn, before its first row has arrived; `None` for those that are not.
pub fn expected(dimension: &Dimension) -> Option<Drawing> {
    match dimension.data_type.as_str() {
        "timestamp" | "dict" => None,
        _ if dimension.id == DURATION_COLUMN => None,
        "bool" | "boolean" | "enum" | "string" | "text" => Some(Drawing::Bands),
        _ if dimension.display.states => Some(Drawing::Bands),
        _ => Some(Drawing::Line),
    }
}

/// The columns of a stream's rows, and how each is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shown {
    /// The columns, as they are read.
    pub layout: Layout,
    /// One for each column.
    displays: Vec<Display>,
}

impl Shown {
    /// The columns of a read, with what the platform says of the dimensions of the same names.
    pub fn of(layout: &Layout, dimensions: &[Dimension]) -> Self {
        let display =
            |name: &str| dimensions.iter().find(|dimension| dimension.id == name).map(|of| of.display);
        let displays =
            layout.columns.iter().map(|column| display(&column.name).unwrap_or_default()).collect();
        Self { layout: layout.clone(), displays }
    }

    /// Columns that are drawn, and how: not the time, not the duration.
    pub fn charted(&self) -> impl Iterator<Item = (usize, Drawing)> {
        let columns =
            self.layout.columns.iter().enumerate().filter(|(_, column)| column.name != DURATION_COLUMN);
        columns.filter_map(|(index, column)| {
            let drawing = match column.kind {
                ColumnType::Time | ColumnType::Json => return None,
                ColumnType::Bool | ColumnType::Text => Drawing::Bands,
                _ if self.display(index).states => Drawing::Bands,
                _ => Drawing::Line,
            };
            Some((index, drawing))
        })
    }

    /// Columns that are drawn as lines.
    pub fn numbers(&self) -> impl Iterator<Item = usize> {
        self.charted().filter(|(_, drawing)| *drawing == Drawing::Line).map(|(index, _)| index)
    }

    /// Columns that are drawn as lines, each with its place among all that are drawn: what its colour follows.
    pub fn placed_numbers(&self) -> impl Iterator<Item = (usize, usize)> {
        let lines = self.charted().enumerate().filter(|(_, (_, drawing))| *drawing == Drawing::Line);
        lines.map(|(place, (column, _))| (place, column))
    }

    /// How a column's values are shown.
    pub fn display(&self, column: usize) -> Display {
        self.displays.get(column).copied().unwrap_or_default()
    }

    /// The value axis that the platform names for these columns: from the lowest to the highest, where each has one.
    pub fn limits(&self) -> Option<(f64, f64)> {
        let limits: Option<Vec<_>> = self.numbers().map(|column| self.display(column).limits).collect();
        limits?.into_iter().reduce(|(low, high), (lower, higher)| (low.min(lower), high.max(higher)))
    }

    /// A cell as it is shown.
    pub(super) fn cell(&self, column: usize, cell: SampleValue) -> SampleValue {
        let display = self.display(column);
        match cell {
            _ if display.is_plain() => cell,
            SampleValue::Number(value) => SampleValue::Number(display.shown(value)),
            SampleValue::Integer(value) => SampleValue::Number(display.shown(value as f64)),
            other => other,
        }
    }
}

/// A pixel column as it is shown.
pub(super) fn shown_pixel(display: Display, column: PixelColumn) -> PixelColumn {
    let value = |value| display.shown(value);
    let (one, other) = (value(column.min), value(column.max));
    PixelColumn {
        min: one.min(other),
        max: one.max(other),
        mean: value(column.mean),
        first: value(column.first),
        last: value(column.last),
        ..column
    }
}

#[cfg(test)]
mod tests {
    use streamscope_frame::Column;

    use super::*;

    fn shown(display: Display) -> Shown {
        let dimension = Dimension {
            id: "V".into(),
            data_type: "float32".into(),
            quantity: String::new(),
            unit: String::new(),
            unit_abbrev: String::new(),
            display,
        };
        let columns = [("time", ColumnType::Time), ("V", ColumnType::Float)];
        let layout = Layout::new(columns.map(|(name, kind)| Column::new(name, kind)).into());
        Shown::of(&layout, &[dimension])
    }

    #[test]
    fn a_negative_scale_turns_the_envelope_over() {
        let display = Display { offset: 1.5, scale: -2.0, ..Display::default() };
        let raw = PixelColumn {
            min: -1.0,
            max: 3.0,
            mean: 1.0,
            first: -1.0,
            last: 3.0,
            first_time: 0,
            last_time: 9,
            count: 3,
            missing: 1,
            gap_before: true,
        };
        let turned = shown_pixel(display, raw);
        assert_eq!((turned.min, turned.max, turned.mean), (-3.0, 5.0, 1.0));
        assert_eq!((turned.first, turned.last, turned.count), (5.0, -3.0, 3));
        assert_eq!(shown(display).cell(1, SampleValue::Integer(2)), SampleValue::Number(-1.0));
    }

    #[test]
    fn numbers_that_name_states_are_bands() {
        let states = shown(Display { states: true, ..Display::default() });
        assert_eq!(states.charted().collect::<Vec<_>>(), [(1, Drawing::Bands)]);
        assert_eq!(shown(Display::default()).numbers().collect::<Vec<_>>(), [1]);
        // A plain value keeps every digit.
        assert_eq!(states.cell(1, SampleValue::Integer(i64::MAX)), SampleValue::Integer(i64::MAX));
    }
}

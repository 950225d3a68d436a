//! What the crosshair reads in a track: numbers for the eye and a sentence for the ear.

use streamscope_client::TimeRange;
use streamscope_frame::{Column, Layout};

use crate::charts::format::{self, grouped, value};
use crate::charts::scale::TimeScale;
use crate::recording::{Data, Drawing, Filtered, SampleValue, Shown, Sketch, intersection};
use crate::text::in_line;

/// What one dimension reads at the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Number of the column.
    pub column: usize,
    /// The value in words, without unit.
    pub text: String,
    /// Where its mark stands on the value axis.
    pub mark: Option<f64>,
    /// The time it was measured, for a single sample.
    pub time: Option<i64>,
}

impl Reading {
    /// Says that what is read is a filtered value, not a sample.
    pub fn name_filtered(&mut self) {
        self.text.push_str(" filtered");
    }
}

/// Where a track is read.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The instant under the crosshair, ns.
    pub cursor: i64,
    /// Whether it was stepped to by key: then a sample at that very instant is read, however many share its pixel.
    pub stepped: bool,
    /// The range outside which the stream has no data; `None` where it has none at all.
    pub possible: Option<TimeRange>,
}

/// What a track's dimensions read at an instant.
pub fn read(data: &Data, sketch: &Sketch, scale: &TimeScale, at: At) -> Vec<Reading> {
    let Some(shown) = data.shown() else { return Vec::new() };
    let cursor = at.cursor;
    let per_pixel = scale.per_pixel();
    let crowded = data.rows_in(scale.range) as f64 > 2.0 * scale.width;
    let pixel = TimeRange {
        start: cursor.saturating_sub((per_pixel / 2.0) as i64),
        end: cursor.saturating_add((per_pixel / 2.0) as i64 + 1),
    };
    let possible = at.possible.and_then(|range| intersection(pixel, range));
    let fetched = possible.is_none_or(|pixel| data.fetched().covers(pixel));
    // A sample further away than this is not "at" the cursor.
    let reach = (per_pixel * 24.0) as u64;
    let nearest = data.nearest(cursor).filter(|(_, row)| row.time.abs_diff(cursor) <= reach);
    let crowded = crowded && !(at.stepped && nearest.as_ref().is_some_and(|(_, row)| row.time == cursor));
    shown
        .charted()
        .map(|(column, drawing)| match drawing {
            Drawing::Line if !fetched && nearest.is_none() => sketched(sketch, shown, column, pixel),
            Drawing::Line if crowded => over_pixel(data, column, pixel),
            Drawing::Bands => state(data, column, cursor),
            _ => match nearest.as_ref().and_then(|(_, row)| Some((row.time, row.cells.get(column)?))) {
                Some((time, cell)) => sample(column, time, cell),
                None => nothing(column),
            },
        })
        .collect()
}

fn nothing(column: usize) -> Reading {
    Reading { column, text: "no data".into(), mark: None, time: None }
}

fn over_pixel(data: &Data, column: usize, pixel: TimeRange) -> Reading {
    match data.figures(column, pixel) {
        Some(figures) if figures.count > 0 => Reading {
            column,
            text: format!(
                "{} … {}, mean {} of {}",
                value(figures.min),
                value(figures.max),
                value(figures.mean),
                grouped(figures.count)
            ),
            mark: Some(figures.mean),
            time: None,
        },
        Some(figures) if figures.missing > 0 => {
            Reading { column, text: format!("{} missing", grouped(figures.missing)), mark: None, time: None }
        }
        _ => nothing(column),
    }
}

/// Of a place whose samples are not here.
fn sketched(sketch: &Sketch, shown: &Shown, column: usize, pixel: TimeRange) -> Reading {
    let name = shown.layout.columns.get(column).map(|column| column.name.as_str()).unwrap_or_default();
    // A reduced row stands at the middle of its samples: look as far as the next one.
    let reach = (pixel.end - pixel.start).max(1);
    let wide = TimeRange { start: pixel.start.saturating_sub(reach), end: pixel.end.saturating_add(reach) };
    match sketch.figures(name, pixel).or_else(|| sketch.figures(name, wide)) {
        Some(figures) => Reading {
            column,
            text: format!("{} … {}, mean {}", value(figures.min), value(figures.max), value(figures.mean)),
            mark: Some(figures.mean),
            time: None,
        },
        None if sketch.serves(pixel) => nothing(column),
        None => Reading { text: "not fetched".into(), ..nothing(column) },
    }
}

fn sample(column: usize, time: i64, cell: &SampleValue) -> Reading {
    let (text, mark) = match cell {
        SampleValue::Number(number) => {
            (format::sample(*number), Some(*number).filter(|number| number.is_finite()))
        }
        SampleValue::Integer(number) => (cell.text(), Some(*number as f64)),
        _ => (in_line(&cell.text(), 60), None),
    };
    Reading { column, text, mark, time: Some(time) }
}

fn state(data: &Data, column: usize, cursor: i64) -> Reading {
    match data.state_at(column, cursor) {
        Some((_, name)) => {
            Reading { column, text: in_line(name.unwrap_or("null"), 60), mark: None, time: None }
        }
        None => nothing(column),
    }
}

/// The unit of a column; empty when it has none.
pub fn unit(column: &Column) -> &str {
    column.unit.as_deref().unwrap_or_default()
}

/// All readings of a track in one sentence.
pub fn sentence(name: &str, layout: &Layout, readings: &[Reading]) -> String {
    let parts = readings.iter().filter_map(|reading| {
        let column = layout.columns.get(reading.column)?;
        let (name, unit) = (in_line(&column.name, 40), in_line(unit(column), 40));
        Some(format!("{name} {} {unit}", reading.text).trim_end().to_string())
    });
    format!("{name}: {}", parts.collect::<Vec<_>>().join(", "))
}

/// How a track is drawn, in words; `pictures` are the samples per pixel of its numeric dimensions.
pub fn aggregation_note(samples_per_pixel: Option<f64>) -> String {
    match samples_per_pixel {
        Some(samples) if samples >= 1.5 => {
            format!("min–max of {} samples per pixel, line: mean", grouped(samples.round() as u64))
        }
        Some(_) => "min–max per pixel, line: mean".into(),
        None => "every sample".into(),
    }
}

/// The same where the platform's reduced rows stand in for samples that are not here.
pub fn sketch_note(note: &str, samples_a_row: u64, reading: bool) -> String {
    let sketch = format!("min–max and mean of {} samples each", grouped(samples_a_row));
    match (note.is_empty(), reading) {
        (true, true) => sketch,
        (true, false) => format!("{sketch}; zoom in for every sample"),
        (false, _) => format!("{note}; elsewhere {sketch}"),
    }
}

/// The same where the platform left samples out, and extremes with them.
pub fn thinned_note(note: &str, one_in: u64) -> String {
    let drawn = note.replace("every sample", "");
    let joint = if drawn.is_empty() { "" } else { "; " };
    format!(
        "thinned by the platform to one sample in {}, extremes may be missing{joint}{drawn}",
        grouped(one_in)
    )
}

/// What a track says of its display filter: which it is, and where it still settles; or why there is none.
pub fn filter_note(filtered: &Filtered, range: TimeRange) -> String {
    if let Some(refusal) = filtered.refusal() {
        return refusal.into();
    }
    let settling = match filtered.settling_in(range, i64::MAX).is_empty() {
        true => String::new(),
        // Whole hundredths of a second: nobody measures by it.
        false => {
            let length = format::duration((filtered.settling() / 10_000_000 + 1) * 10_000_000);
            format!("; settling for {length} after a break (shaded)")
        }
    };
    format!("filtered: {}{settling}", filtered.filter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_aggregation_in_force_is_named() {
        assert_eq!(aggregation_note(Some(1250.2)), "min–max of 1,250 samples per pixel, line: mean");
        assert_eq!(aggregation_note(None), "every sample");
        let sketch = "min–max and mean of 1,024 samples each";
        assert_eq!(sketch_note("", 1024, false), format!("{sketch}; zoom in for every sample"));
        assert_eq!(sketch_note("every sample", 1024, true), format!("every sample; elsewhere {sketch}"));
        let thinned = "thinned by the platform to one sample in 14, extremes may be missing";
        assert_eq!(thinned_note("every sample", 14), thinned);
        assert_eq!(thinned_note("min–max per pixel", 14), format!("{thinned}; min–max per pixel"));
    }
}

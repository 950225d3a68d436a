//! What was recorded around events, laid over one another: fetched event by event, kept as means of short stretches.

use streamscope_client::{Event, TimeRange};
use streamscope_signal::{Aligned, Level};

use super::super::readout::unit;
use crate::recording::{Data, Recording};

/// Stretches of a line at most: finer ones nobody sees.
const MOST_PLACES: usize = 240;
/// Stretches of a line at least.
const FEWEST_PLACES: usize = 8;

/// One dimension around all events.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// Its name and unit.
    pub name: String,
    /// Abbreviated unit; empty where there is none.
    pub unit: String,
    /// Its place among the track's dimensions, which its colour follows.
    pub place: usize,
    /// The window around an event's start, ns.
    pub window: TimeRange,
    /// A line for each event that has values; NaN where there are none.
    pub lines: Vec<Vec<f64>>,
    /// Mean and spread at each place of the lines.
    pub levels: Vec<Option<Level>>,
    /// Events that were looked at.
    pub events: usize,
}

impl Overlay {
    /// What is drawn, in words.
    pub fn note(&self) -> String {
        let with = self.lines.len();
        match (with, self.events) {
            (0, _) => "no data around these events".into(),
            (1, 1) => "one event".into(),
            (1, all) => format!("one of {all} events has data"),
            (with, all) if with == all => format!("mean of {all} events ± standard deviation"),
            (with, all) => format!("mean ± standard deviation of the {with} of {all} events that have data"),
        }
    }

    /// Smallest and largest of what is drawn; positive and negative infinity when there is nothing.
    pub fn extremes(&self) -> (f64, f64) {
        let lines = self.lines.iter().flatten().copied();
        let band = self.levels.iter().flatten().flat_map(|level| {
            let deviation = level.deviation.unwrap_or_default();
            [level.mean - deviation, level.mean + deviation]
        });
        lines
            .chain(band)
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    }
}

/// The stretch around an event; `None` where it lies beyond all time.
fn around(event: &Event, window: TimeRange) -> Option<TimeRange> {
    let start = event.start.checked_add(window.start)?;
    Some(TimeRange { start, end: event.start.checked_add(window.end)? })
}

/// The dimensions that are drawn as lines: column, place, name and unit.
fn numbers(data: &Data) -> Vec<(usize, usize, String, String)> {
    let Some(shown) = data.shown() else { return Vec::new() };
    let named = shown.placed_numbers().filter_map(|(place, column)| {
        let described = shown.layout.columns.get(column)?;
        Some((column, place, described.name.clone(), unit(described).to_string()))
    });
    named.collect()
}

/// Lays what a stream has around events over one another. `told` hears how many are done, and says whether to go on;
/// `None` where it does not.
pub(super) async fn overlays(
    recording: &Recording,
    events: &[Event],
    window: TimeRange,
    told: impl Fn(usize) -> bool,
) -> Option<Result<Vec<Overlay>, String>> {
    let mut made: Vec<(Overlay, Aligned)> = Vec::new();
    let mut places = None;
    for (done, event) in events.iter().enumerate() {
        if !told(done) {
            return None;
        }
        let Some(range) = around(event, window) else { continue };
        // What was fetched may be let go for the next event: its line is what is kept.
        if let Err(problem) = recording.fetch_whole(range, |_| ()).await {
            return Some(Err(problem));
        }
        recording.with(|data| {
            let rows = data.rows_in(range);
            if rows == 0 {
                return;
            }
            // As many as the first event has rows, so that rare samples make no broken lines.
            let places = *places.get_or_insert(rows.clamp(FEWEST_PLACES, MOST_PLACES));
            if made.is_empty() {
                made.extend(numbers(data).into_iter().map(|(_, place, name, unit)| {
                    let (lines, levels) = Default::default();
                    (Overlay { name, unit, place, window, lines, levels, events: 0 }, Aligned::default())
                }));
            }
            for ((column, ..), (overlay, aligned)) in numbers(data).into_iter().zip(&mut made) {
                let columns = data.columns(column, range, places);
                let mean = |column: &streamscope_signal::PixelColumn| match column.count {
                    0 => f64::NAN,
                    _ => column.mean,
                };
                let line: Vec<f64> = columns.iter().map(mean).collect();
                if line.iter().any(|value| !value.is_nan()) {
                    aligned.add(&line);
                    overlay.lines.push(line);
                }
            }
        });
    }
    let finished = made.into_iter().map(|(overlay, aligned)| Overlay {
        levels: aligned.levels().collect(),
        events: events.len(),
        ..overlay
    });
    Some(Ok(finished.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_how_many_events_have_data() {
        let overlay = |lines: usize, events| Overlay {
            name: "v".into(),
            unit: String::new(),
            place: 0,
            window: TimeRange { start: -1, end: 1 },
            lines: vec![vec![1.0, f64::NAN]; lines],
            levels: Vec::new(),
            events,
        };
        assert_eq!(overlay(0, 4).note(), "no data around these events");
        assert_eq!(overlay(1, 4).note(), "one of 4 events has data");
        assert_eq!(overlay(4, 4).note(), "mean of 4 events ± standard deviation");
        assert!(overlay(3, 4).note().contains("3 of 4"));
        assert_eq!(overlay(1, 1).extremes(), (1.0, 1.0));
        assert_eq!(overlay(0, 0).extremes(), (f64::INFINITY, f64::NEG_INFINITY));
    }
}

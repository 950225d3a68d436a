//! All rows of a stream, looked at once: where its stretches begin and end, and what lies between its values.

use arrow_array::RecordBatch;
use streamscope_frame::{ColumnType, Layout, WriteError, floats, times};

use super::refuse;
use super::scale::{Scale, Seen};
use crate::Sampling;

/// Rows looked at in a piece.
const ROWS_AT_ONCE: usize = 16_384;
/// What to do instead.
const INSTEAD: &str = "save it as CSV or Arrow";
/// The column that says how long a sample lasted, which an even rate says too.
const DURATION: &str = "measurement_duration_ns";

/// A stream that is written as EDF+.
#[derive(Debug, Clone, Default)]
pub struct EdfStream {
    /// What it is called, in labels and in errors.
    pub title: String,
    /// Its columns.
    pub layout: Layout,
    /// Its rows, in order of time.
    pub frames: Vec<RecordBatch>,
    /// Times of rows that a gap lies before, ns, in order.
    pub begins: Vec<i64>,
    /// The sensor, where it is known.
    pub transducer: String,
    /// What was filtered, where it is known.
    pub prefilter: String,
}

/// Samples without a gap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Run {
    /// Times of the first and the last one, ns.
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) rows: u64,
}

/// What is known of a stream's rows.
#[derive(Debug)]
pub struct EdfSurvey {
    pub(super) stream: EdfStream,
    /// The columns of numbers.
    pub(super) columns: Vec<usize>,
    /// Their values, and once all were seen, the scales of them.
    seen: Vec<Seen>,
    pub(super) scales: Vec<Scale>,
    pub(super) runs: Vec<Run>,
    sampling: Sampling,
    /// The frame and the row that come next.
    next: (usize, usize),
    /// Declared gaps that were passed.
    passed: usize,
    /// Whether the next row may go on where the one before ended.
    goes_on: bool,
}

impl EdfSurvey {
    /// Finds the rate of a stream and its columns of numbers; refuses what EDF+ cannot hold.
    pub fn new(stream: EdfStream) -> Result<Self, WriteError> {
        let title = &stream.title;
        let columns = numbers(&stream.layout);
        if columns.is_empty() {
            return refuse(format!("{title} holds no numbers, and EDF+ holds nothing else: {INSTEAD}"));
        }
        let sampling = Sampling::of(stream.frames.iter().filter_map(times));
        let sampling = sampling.map_err(|why| {
            WriteError::Edf(format!("EDF+ cannot hold {title}: {why}. {}", sentence(INSTEAD)))
        })?;
        let seen = columns.iter().map(|_| Seen::default()).collect();
        let (runs, scales, goes_on) = (Vec::new(), Vec::new(), false);
        Ok(Self { stream, columns, seen, scales, runs, sampling, next: (0, 0), passed: 0, goes_on })
    }

    /// Looks at some thousand rows more, and after the last ones finds the scale of a column; whether that is not all.
    pub fn step(&mut self) -> Result<bool, WriteError> {
        let (frame, row) = self.next;
        let Some(rows) = self.stream.frames.get(frame) else {
            self.scales.extend(self.seen.get(self.scales.len()).map(Seen::scale));
            return Ok(self.scales.len() < self.seen.len());
        };
        let left = rows.num_rows().saturating_sub(row);
        let piece = rows.slice(row.min(rows.num_rows()), left.min(ROWS_AT_ONCE));
        self.next = if left > ROWS_AT_ONCE { (frame, row + ROWS_AT_ONCE) } else { (frame + 1, 0) };
        self.look(&piece)?;
        Ok(true)
    }

    /// Names of the columns that are left out.
    pub fn left_out(&self) -> Vec<&str> {
        let columns = self.stream.layout.columns.iter().enumerate();
        let left = columns.filter(|(place, column)| {
            !self.columns.contains(place) && column.kind != ColumnType::Time && column.name != DURATION
        });
        left.map(|(_, column)| column.name.as_str()).collect()
    }

    /// The mean step between samples, ns.
    pub(super) fn step_ns(&self) -> f64 {
        let spans: i128 = self.runs.iter().map(|run| i128::from(run.last) - i128::from(run.first)).sum();
        let steps: u64 = self.runs.iter().map(|run| run.rows - 1).sum();
        if steps == 0 { 1e9 / self.sampling.rate_hz() } else { spans as f64 / steps as f64 }
    }

    fn look(&mut self, rows: &RecordBatch) -> Result<(), WriteError> {
        let times = times(rows).unwrap_or_default();
        let values: Vec<_> =
            self.columns.iter().filter_map(|column| floats(rows.columns().get(*column)?)).collect();
        for (row, &time) in times.iter().enumerate() {
            while self.stream.begins.get(self.passed).is_some_and(|begins| *begins <= time) {
                self.passed += 1;
                self.goes_on = false;
            }
            let cells = || values.iter().filter_map(|values| values.get(row).copied());
            let there = cells().filter(|value| !value.is_nan()).count();
            if there == 0 {
                self.goes_on = false;
                continue;
            }
            let infinite = cells().any(f64::is_infinite);
            if there < self.columns.len() || infinite {
                let what = if infinite {
                    "an infinite value"
                } else {
                    "no value in one column and values in others"
                };
                let title = &self.stream.title;
                return refuse(format!("a row of {title} holds {what}, which EDF+ cannot hold: {INSTEAD}"));
            }
            for (seen, value) in self.seen.iter_mut().zip(cells()) {
                seen.add(value);
            }
            match self.runs.last_mut() {
                Some(run) if self.goes_on && self.sampling.follows(run.last, time) => {
                    run.last = time;
                    run.rows += 1;
                }
                _ => self.runs.push(Run { first: time, last: time, rows: 1 }),
            }
            self.goes_on = true;
        }
        Ok(())
    }
}

/// The columns that hold numbers, other than how long a sample lasted.
fn numbers(layout: &Layout) -> Vec<usize> {
    let is_number = |kind| {
        use ColumnType::*;
        matches!(kind, Float | Int | Float32 | Int32 | Int16 | Bool)
    };
    let columns = layout.columns.iter().enumerate();
    columns
        .filter(|(_, column)| is_number(column.kind) && column.name != DURATION)
        .map(|(place, _)| place)
        .collect()
}

/// With a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

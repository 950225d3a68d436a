//! Rows of one stream that were fetched without a break in time, and what is drawn of them.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{ArrayRef, RecordBatch};
use streamscope_client::TimeRange;
use streamscope_frame::{floats, times};
use streamscope_signal::{
    OutOfOrder, PixelColumn, Pyramid, RangeSummary, Samples, StepRule, TimeIndex, Times, Values,
};

use super::runs::StateRuns;
use super::shown::{Drawing, Shown};

/// Name of the column that says how long a sample lasted.
pub const DURATION_COLUMN: &str = "measurement_duration_ns";

/// What is drawn of a column.
#[derive(Debug, Clone)]
pub enum Drawn {
    /// Resolutions of a number.
    Number(Box<Pyramid>),
    /// Runs of a state.
    State(StateRuns),
}

/// Fetched rows: complete from `range.start` to `range.end`, and none outside.
#[derive(Debug, Clone)]
pub struct Segment {
    /// What has been fetched.
    pub range: TimeRange,
    frames: Frames,
    index: TimeIndex,
    drawn: Vec<(usize, Drawn)>,
    /// Whether gaps are where they are declared, and the frames that one lies before.
    declares_gaps: bool,
    declared: Vec<usize>,
}

/// Frames as the pyramid reaches them: the chunks of its index.
#[derive(Debug, Clone)]
struct Frames {
    held: Vec<RecordBatch>,
    duration_column: Option<usize>,
}

impl Times for Frames {
    fn times(&self, chunk: usize) -> &[i64] {
        self.held.get(chunk).and_then(times).unwrap_or_default()
    }

    fn durations(&self, chunk: usize) -> &[i64] {
        let column = self.duration_column.and_then(|column| self.held.get(chunk)?.columns().get(column));
        column
            .and_then(|column| column.as_primitive_opt::<Int64Type>())
            .map_or(&[], |durations| durations.values())
    }
}

/// One column of the frames.
struct Column<'a>(&'a Frames, usize);

impl Samples for Column<'_> {
    fn values(&self, chunk: usize) -> Values<'_> {
        let column = self.0.held.get(chunk).and_then(|frame| frame.columns().get(self.1));
        column.and_then(|column| Values::of(column)).unwrap_or_else(Values::none)
    }
}

impl Segment {
    /// Nothing yet, from an instant on. Gaps are where they are declared, or else where the times step far.
    pub fn new(shown: &Shown, start: i64, declared_gaps: bool) -> Self {
        let drawn = shown.charted().map(|(index, drawing)| match drawing {
            Drawing::Line => (index, Drawn::Number(Box::default())),
            Drawing::Bands => (index, Drawn::State(StateRuns::default())),
        });
        let duration_column = shown.layout.columns.iter().position(|column| column.name == DURATION_COLUMN);
        Self {
            range: TimeRange { start, end: start },
            frames: Frames { held: Vec::new(), duration_column },
            index: if declared_gaps { TimeIndex::with_declared_gaps() } else { TimeIndex::new() },
            drawn: drawn.collect(),
            declares_gaps: declared_gaps,
            declared: Vec::new(),
        }
    }

    /// Rows held.
    pub fn rows(&self) -> usize {
        self.index.rows()
    }

    /// Runs of a state column.
    pub fn states(&self, column: usize) -> Option<&StateRuns> {
        match self.drawn(column) {
            Some(Drawn::State(runs)) => Some(runs),
            _ => None,
        }
    }

    /// A numeric column over a range, in pixel columns.
    pub fn columns(&self, column: usize, range: TimeRange, pixels: usize) -> Option<Vec<PixelColumn>> {
        let Some(Drawn::Number(pyramid)) = self.drawn(column) else { return None };
        let pixels = self.index.pixels(&self.frames, range.start, range.end, pixels);
        Some(pyramid.columns(&self.index, &Column(&self.frames, column), &pixels))
    }

    /// Figures of a numeric column over a range.
    pub fn summary(&self, column: usize, range: TimeRange) -> Option<RangeSummary> {
        let Some(Drawn::Number(pyramid)) = self.drawn(column) else { return None };
        let rows = self.index.rows_in(&self.frames, range.start, range.end);
        Some(pyramid.summary(&self.index, &Column(&self.frames, column), rows))
    }

    fn drawn(&self, column: usize) -> Option<&Drawn> {
        self.drawn.iter().find(|(index, _)| *index == column).map(|(_, drawn)| drawn)
    }

    /// Whether a gap lies between the last row and an instant, ns, as far as the steps tell: what another read brought
    /// comes with no declaration of its own.
    pub fn breaks_before(&self, next: i64) -> bool {
        let Some(last) = self.index.last_time() else { return false };
        StepRule::of_typical(self.index.step_rule().typical).breaks(last, 0, next)
    }

    /// Appends rows. Refuses them all when one lies before the row above it: what is drawn is in order of time.
    pub fn push(&mut self, frame: RecordBatch) -> Result<(), OutOfOrder> {
        if frame.num_rows() == 0 {
            return Ok(());
        }
        self.index.push(times(&frame).unwrap_or_default())?;
        self.frames.held.push(frame);
        let Some(frame) = self.frames.held.last() else { return Ok(()) };
        let chunk = self.frames.held.len() - 1;
        let rule = self.index.step_rule();
        for (column, drawn) in &mut self.drawn {
            let Some(array) = frame.columns().get(*column) else { continue };
            match drawn {
                Drawn::Number(pyramid) => pyramid.push(Values::of(array).unwrap_or_else(Values::none)),
                Drawn::State(runs) => {
                    let longest_step = if rule.longest > 0 { rule.longest } else { i64::MAX };
                    push_states(
                        runs,
                        array,
                        self.frames.times(chunk),
                        self.frames.durations(chunk),
                        longest_step,
                    );
                }
            }
        }
        if let Some(last) = self.index.last_time() {
            self.range.end = self.range.end.max(last);
        }
        Ok(())
    }

    /// Declares a gap before the next row to come.
    pub fn declare_gap(&mut self) {
        self.index.declare_gap();
        self.declared.push(self.frames.held.len());
        for (_, drawn) in &mut self.drawn {
            if let Drawn::State(runs) = drawn {
                runs.break_off();
            }
        }
    }

    /// Appends a segment that begins where this one ends. What lies between the two is a gap where the steps say so.
    pub fn append(&mut self, later: Self) -> Result<(), OutOfOrder> {
        let mut gap = self.declares_gaps && later.time(0).is_some_and(|first| self.breaks_before(first));
        for (place, frame) in later.frames.held.into_iter().enumerate() {
            if std::mem::take(&mut gap) || later.declared.contains(&place) {
                self.declare_gap();
            }
            self.push(frame)?;
        }
        self.range.end = later.range.end;
        Ok(())
    }

    /// The usual step between rows, ns; 0 where no two times differ.
    pub fn usual_step(&self) -> i64 {
        self.index.step_rule().typical
    }

    /// Whether a gap lies between the row before an instant and the row at it.
    pub fn gap_at(&self, time: i64) -> bool {
        let rows = self.index.pixels(&self.frames, time, time.saturating_add(1), 1);
        rows.first().is_some_and(|row| row.gap_before)
    }

    /// Times of the first row in a range, and of those in it that a gap lies before.
    pub fn begins(&self, range: TimeRange) -> Vec<i64> {
        let rule = self.index.step_rule();
        let intervals = self.index.intervals(&self.frames, range.start, range.end, rule);
        intervals.into_iter().map(|interval| interval.start).collect()
    }

    /// Rows held at or after an instant.
    pub fn rows_from(&self, time: i64) -> usize {
        self.rows() - self.position(time)
    }

    /// Index of the first row at or after an instant; the number of rows when there is none.
    pub fn position(&self, time: i64) -> usize {
        self.index.row_at(&self.frames, time)
    }

    /// The frame that holds a row, and the row's place in it.
    pub fn locate(&self, row: usize) -> Option<(&RecordBatch, usize)> {
        let (chunk, place) = self.index.locate(row)?;
        Some((self.frames.held.get(chunk)?, place))
    }

    /// The rest of the frame that holds a row, from that row on, and whether a gap is declared before it.
    pub fn frame_from(&self, row: usize) -> Option<(RecordBatch, bool)> {
        let (chunk, place) = self.index.locate(row)?;
        let frame = self.frames.held.get(chunk)?;
        let declared = place == 0 && self.declared.contains(&chunk);
        Some((frame.slice(place, frame.num_rows() - place), declared))
    }

    /// Times of all rows, frame by frame.
    pub fn all_times(&self) -> impl Iterator<Item = &[i64]> + Clone {
        self.frames.held.iter().map(|frame| times(frame).unwrap_or_default())
    }

    /// Time of the last row.
    pub fn last_time(&self) -> Option<i64> {
        self.index.last_time()
    }

    /// Time of a row.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.index.time(&self.frames, row)
    }

    /// The frames of a range, cut to it; no sample is copied.
    pub fn slices(&self, range: TimeRange) -> Vec<RecordBatch> {
        let (from, to) = (self.position(range.start), self.position(range.end));
        let mut before = 0;
        let mut slices = Vec::new();
        for frame in &self.frames.held {
            let start = from.max(before) - before;
            let end = to.min(before + frame.num_rows()).saturating_sub(before);
            if start < end {
                slices.push(frame.slice(start, end - start));
            }
            before += frame.num_rows();
        }
        slices
    }
}

fn push_states(runs: &mut StateRuns, array: &ArrayRef, times: &[i64], durations: &[i64], longest_step: i64) {
    let push = |row: usize, state: Option<u32>, runs: &mut StateRuns| {
        if let Some(&time) = times.get(row) {
            let duration = durations.get(row).copied().unwrap_or(0).max(0);
            runs.push(time, time.saturating_add(duration), state, longest_step);
        }
    };
    if let Some(flags) = array.as_boolean_opt() {
        let [no, yes] = [runs.number("false"), runs.number("true")];
        for (row, flag) in flags.iter().enumerate() {
            push(row, flag.map(|flag| if flag { yes } else { no }), runs);
        }
    } else if let Some(texts) = array.as_dictionary_opt::<Int32Type>() {
        let names = texts.values().as_string_opt::<i32>();
        let numbers: Vec<_> = names
            .map(|names| names.iter().map(|name| name.map(|name| runs.number(name))).collect())
            .unwrap_or_default();
        for row in 0..texts.len() {
            push(row, texts.key(row).and_then(|key| numbers.get(key).copied().flatten()), runs);
        }
    } else if let Some(values) = floats(array) {
        // A state lasts over many rows: it is named once.
        let mut before: Option<(f64, u32)> = None;
        for (row, &value) in values.iter().enumerate() {
            let number = match before {
                Some((held, number)) if held == value => number,
                _ => runs.number(&value.to_string()),
            };
            before = Some((value, number));
            push(row, (!value.is_nan()).then_some(number), runs);
        }
    }
}

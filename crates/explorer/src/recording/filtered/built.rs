//! Filtered rows in the making, frame by frame.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch};
use arrow_schema::Schema;
use streamscope_client::Dimension;
use streamscope_frame::{ColumnType, Layout, floats, times};
use streamscope_signal::{Chain, Filtering};

use super::super::data::{Data, HeldRun};
use super::super::shown::Shown;

/// Filtered rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Built {
    pub(super) data: Data,
    runs: Vec<BuiltRun>,
    /// Where runs of samples begin, ns, in no order.
    pub(super) begins: Vec<i64>,
}

/// A stretch without unfetched time, as far as it is filtered.
#[derive(Debug, Clone)]
struct BuiltRun {
    start: i64,
    rows: usize,
    last: Option<i64>,
    filters: Vec<(usize, Filtering)>,
}

impl Built {
    /// Whether its rows turned out to have no even rate.
    pub(super) fn is_torn(&self) -> bool {
        self.runs.iter().any(|run| run.filters.iter().any(|(_, filter)| filter.is_torn()))
    }

    /// Whether its runs are beginnings of the runs held.
    pub(super) fn fits(&self, held: &[HeldRun]) -> bool {
        let is_in = |run: &BuiltRun| {
            held.iter().any(|held| held.range.start == run.start && held.rows.len() >= run.rows)
        };
        self.runs.iter().all(is_in)
    }

    /// Filters one frame more; whether there was one.
    pub(super) fn step(
        &mut self,
        (held, shown, chain): (&Data, &Shown, &Chain),
        runs: &[HeldRun],
        dimensions: &[Dimension],
    ) -> bool {
        for run in runs {
            let place = match self.runs.iter().position(|built| built.start == run.range.start) {
                Some(place) => place,
                None => {
                    let filters = shown.numbers().map(|column| (column, chain.start())).collect();
                    if self.data.shown().is_none() {
                        self.data = Data::of(dimensions);
                    }
                    self.data.begin(&layout(shown), run.range.start, true);
                    self.runs.push(BuiltRun { start: run.range.start, rows: 0, last: None, filters });
                    self.runs.len() - 1
                }
            };
            let Some(built) = self.runs.get_mut(place) else { continue };
            if built.rows >= run.rows.len() {
                self.data.complete(run.range);
                continue;
            }
            let Some((frame, declared)) = held.frame_from(run.rows.start + built.rows) else { continue };
            let frame = frame.slice(0, frame.num_rows().min(run.rows.len() - built.rows));
            let parts = built.filter(&frame, declared, (shown, chain), &mut self.begins);
            for (begins, part) in parts {
                if begins {
                    self.data.declare_gap(run.range.start);
                }
                // Times ascend, as those of the rows held do.
                let _ = self.data.push(run.range.start, part);
            }
            built.rows += frame.num_rows();
            return true;
        }
        false
    }
}

/// The columns of filtered rows.
fn layout(shown: &Shown) -> Layout {
    let mut layout = shown.layout.clone();
    for column in shown.numbers() {
        if let Some(column) = layout.columns.get_mut(column) {
            column.kind = ColumnType::Float;
        }
    }
    layout
}

/// The fields of a frame, of which some columns have become floats.
fn schema(frame: &RecordBatch, columns: &[ArrayRef]) -> Schema {
    let fields = frame.schema_ref().fields().iter().zip(columns);
    Schema::new(
        fields
            .map(|(field, column)| field.as_ref().clone().with_data_type(column.data_type().clone()))
            .collect::<Vec<_>>(),
    )
}

impl BuiltRun {
    /// Filters the next frame of the run: its parts, and whether the sampling breaks off before each.
    fn filter(
        &mut self,
        frame: &RecordBatch,
        declared: bool,
        (shown, chain): (&Shown, &Chain),
        noted: &mut Vec<i64>,
    ) -> Vec<(bool, RecordBatch)> {
        let times = times(frame).unwrap_or_default();
        let mut columns = frame.columns().to_vec();
        let mut begun: Vec<i64> = Vec::new();
        for (column, filter) in &mut self.filters {
            let Some(slot) = columns.get_mut(*column) else { continue };
            let display = shown.display(*column);
            let values: Vec<f64> = floats(slot)
                .map(|values| values.iter().map(|value| display.shown(*value)).collect())
                .unwrap_or_else(|| vec![f64::NAN; times.len()]);
            if declared {
                filter.declare_gap();
            }
            let mut filtered = Vec::with_capacity(values.len());
            filter.push(times, &values, &mut filtered, |row| begun.extend(times.get(row)));
            filtered.resize(frame.num_rows(), f64::NAN);
            *slot = Arc::new(Float64Array::from(filtered)) as ArrayRef;
        }
        begun.sort_unstable();
        begun.dedup();
        noted.extend(begun);
        let follows = |row: usize| match row {
            0 => {
                !declared
                    && self
                        .last
                        .zip(times.first())
                        .is_some_and(|(last, first)| chain.sampling().follows(last, *first))
            }
            _ => times.get(row - 1..=row).is_some_and(|pair| chain.sampling().follows(pair[0], pair[1])),
        };
        let mut starts: Vec<usize> = (0..times.len()).filter(|row| *row == 0 || !follows(*row)).collect();
        let gap_first = !follows(0);
        self.last = times.last().copied().or(self.last);
        starts.push(frame.num_rows());
        let whole = RecordBatch::try_new(Arc::new(schema(frame, &columns)), columns);
        let Ok(whole) = whole else { return Vec::new() };
        let parts = starts.windows(2).map(|ends| {
            let begins = ends[0] > 0 || gap_first;
            (begins, whole.slice(ends[0], ends[1] - ends[0]))
        });
        parts.collect()
    }
}

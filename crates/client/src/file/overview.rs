//! What very many samples of a file look like: its rows are read once, and kept as bins.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, TimestampNanosecondArray};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, ColumnType, Layout, RecordBatch, floats, times};

use crate::{Error, Progress, Read, Reduction, Result};

/// Bins that a reading is cut into, about: some dozen for each pixel of a wide screen, so that zooming in reads nothing
/// until few enough samples are left to show each.
pub(super) const BINS: u64 = 1 << 16;

/// Bins that are handed out together.
const TOGETHER: usize = 1 << 10;

/// A read of bins: for each column of numbers its mean, minimum and maximum (`V_mean`, `V_min`, `V_max`) over `level`
/// samples. A bin never lies across a gap. A NaN takes part in no figure; a bin without any number is NaN.
pub(super) struct Overview {
    read: Box<dyn Read>,
    level: u64,
    layout: Layout,
    bin: Bin,
    bins: Bins,
    begins_interval: bool,
    /// What comes after the bins at hand.
    next: Option<RecordBatch>,
    done: bool,
}

impl Overview {
    /// Bins of `level` samples of a read; `None` where it has a column that is no number.
    pub(super) fn of(read: Box<dyn Read>, level: u64) -> Option<Self> {
        let values = read.layout().columns.get(1..)?;
        let is_number = |kind| {
            matches!(
                kind,
                ColumnType::Float
                    | ColumnType::Float32
                    | ColumnType::Int
                    | ColumnType::Int32
                    | ColumnType::Int16
            )
        };
        if !values.iter().all(|column| is_number(column.kind)) {
            return None;
        }
        let parts = |part: &'static str| {
            let name = move |column: &Column| format!("{}_{part}", column.name);
            values.iter().map(move |column| Column {
                name: name(column),
                kind: ColumnType::Float,
                ..column.clone()
            })
        };
        let time = Column::new("time", ColumnType::Time);
        let columns = [time].into_iter().chain(parts("mean")).chain(parts("min")).chain(parts("max"));
        let (layout, count) = (Layout::new(columns.collect()), values.len());
        let bin = Bin::new(count);
        let bins = Bins { times: Vec::new(), columns: vec![Vec::new(); count * 3] };
        Some(Self { read, level, layout, bin, bins, begins_interval: false, next: None, done: false })
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if let Some(rows) = self.next.take() {
                self.take(&rows);
                if self.bins.times.len() >= TOGETHER {
                    return self.hand_out();
                }
            }
            if self.done {
                return Ok(None);
            }
            match self.read.next_batch().await? {
                None => {
                    self.done = true;
                    self.bins.push(&mut self.bin);
                    return self.hand_out();
                }
                Some(batch) => {
                    self.next = Some(batch.rows);
                    if batch.begins_interval {
                        self.bins.push(&mut self.bin);
                        let before = self.hand_out()?;
                        self.begins_interval = true;
                        if before.is_some() {
                            return Ok(before);
                        }
                    }
                }
            }
        }
    }

    fn take(&mut self, rows: &RecordBatch) {
        let Some(times) = times(rows) else { return };
        let values: Vec<_> = rows.columns().iter().skip(1).filter_map(|column| floats(column)).collect();
        let mut at = 0;
        while at < times.len() {
            let room = usize::try_from(self.level - self.bin.rows).unwrap_or(usize::MAX);
            let end = times.len().min(at.saturating_add(room));
            self.bin.add(times.get(at..end).unwrap_or_default(), |column| {
                values.get(column).and_then(|values| values.get(at..end)).unwrap_or_default()
            });
            at = end;
            if self.bin.rows >= self.level {
                self.bins.push(&mut self.bin);
            }
        }
    }

    fn hand_out(&mut self) -> Result<Option<Batch>> {
        if self.bins.times.is_empty() {
            return Ok(None);
        }
        let times = TimestampNanosecondArray::from(std::mem::take(&mut self.bins.times)).with_timezone("UTC");
        let figures = self.bins.columns.iter_mut();
        let figures = figures.map(|column| Arc::new(Float64Array::from(std::mem::take(column))) as ArrayRef);
        let columns = std::iter::once(Arc::new(times) as ArrayRef).chain(figures).collect();
        let rows = RecordBatch::try_new(Arc::new(self.layout.schema()), columns)
            .map_err(|error| Error::protocol(format!("These bins make no table: {error}.")))?;
        Ok(Some(Batch { rows, begins_interval: std::mem::take(&mut self.begins_interval) }))
    }
}

impl Read for Overview {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        self.read.declares_gaps()
    }

    fn reduction(&self) -> Reduction {
        if self.level > 1 { Reduction::Envelope { samples: self.level } } else { Reduction::Every }
    }

    fn progress(&self) -> Progress {
        self.read.progress()
    }
}

/// Samples that are joined into one row.
struct Bin {
    rows: u64,
    /// Sum of the times, ns.
    times: i128,
    figures: Vec<Figures>,
}

#[derive(Clone, Copy)]
struct Figures {
    sum: f64,
    count: u64,
    min: f64,
    max: f64,
}

const NOTHING: Figures = Figures { sum: 0.0, count: 0, min: f64::INFINITY, max: f64::NEG_INFINITY };

impl Bin {
    fn new(columns: usize) -> Self {
        Self { rows: 0, times: 0, figures: vec![NOTHING; columns] }
    }

    fn add<'a>(&mut self, times: &[i64], values: impl Fn(usize) -> &'a [f64]) {
        self.rows += times.len() as u64;
        self.times += times.iter().map(|time| i128::from(*time)).sum::<i128>();
        for (column, figures) in self.figures.iter_mut().enumerate() {
            for &value in values(column) {
                if !value.is_nan() {
                    figures.sum += value;
                    figures.count += 1;
                    figures.min = figures.min.min(value);
                    figures.max = figures.max.max(value);
                }
            }
        }
    }
}

/// Bins that are not handed out yet: times; means of all columns, then minima, then maxima.
struct Bins {
    times: Vec<i64>,
    columns: Vec<Vec<f64>>,
}

impl Bins {
    /// Adds a bin, unless nothing is in it, and begins it anew.
    fn push(&mut self, bin: &mut Bin) {
        if bin.rows == 0 {
            return;
        }
        self.times.push((bin.times / i128::from(bin.rows)) as i64);
        let count = bin.figures.len();
        for (column, figures) in bin.figures.iter_mut().enumerate() {
            let Figures { sum, count: numbers, min, max } = std::mem::replace(figures, NOTHING);
            let known = |value: f64| if numbers == 0 { f64::NAN } else { value };
            for (part, value) in [sum / numbers as f64, known(min), known(max)].into_iter().enumerate() {
                if let Some(values) = self.columns.get_mut(part * count + column) {
                    values.push(value);
                }
            }
        }
        (bin.rows, bin.times) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows that are there, in batches; the second one begins after a gap.
    struct Held(Layout, Vec<Batch>);

    impl Read for Held {
        fn layout(&self) -> &Layout {
            &self.0
        }

        fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
            let next = if self.1.is_empty() { None } else { Some(self.1.remove(0)) };
            async { Ok(next) }.boxed_local()
        }

        fn progress(&self) -> Progress {
            Progress::default()
        }
    }

    fn layout() -> Layout {
        Layout::new(vec![Column::new("time", ColumnType::Time), Column::new("x", ColumnType::Float)])
    }

    fn batch(rows: std::ops::Range<i64>, begins_interval: bool) -> Batch {
        let times = TimestampNanosecondArray::from_iter_values(rows.clone()).with_timezone("UTC");
        // Every seventh is no number.
        let value = |row: i64| if row % 7 == 3 { f64::NAN } else { (row * 37 % 101) as f64 };
        let values = Float64Array::from_iter_values(rows.map(value));
        let columns = vec![Arc::new(times) as ArrayRef, Arc::new(values)];
        let rows = RecordBatch::try_new(Arc::new(layout().schema()), columns).unwrap();
        Batch { rows, begins_interval }
    }

    /// Time, mean, minimum and maximum of each bin, and whether an interval begins.
    fn bins(batches: Vec<Batch>, level: u64) -> Vec<(i64, [f64; 3], bool)> {
        let mut read = Overview::of(Box::new(Held(layout(), batches)), level).unwrap();
        let mut all = Vec::new();
        while let Some(batch) = read.next_batch().now_or_never().unwrap().unwrap() {
            let figures: Vec<_> =
                batch.rows.columns().iter().skip(1).filter_map(|column| floats(column)).collect();
            for (row, time) in times(&batch.rows).unwrap().iter().enumerate() {
                let part = |part: usize| figures[part][row];
                all.push((*time, [part(0), part(1), part(2)], batch.begins_interval && row == 0));
            }
        }
        all
    }

    #[test]
    fn bins_do_not_depend_on_how_the_rows_came_and_never_cross_a_gap() {
        let whole = bins(vec![batch(0..1_000, false), batch(5_000..5_333, true)], 64);
        assert_eq!(whole.len(), 1_000_usize.div_ceil(64) + 333_usize.div_ceil(64));
        assert_eq!(whole.iter().filter(|(.., begins)| *begins).count(), 1);
        let numbers: Vec<f64> =
            (0..64).filter(|row| row % 7 != 3).map(|row| (row * 37 % 101) as f64).collect();
        let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
        let (low, high) =
            numbers.iter().fold((f64::MAX, f64::MIN), |(low, high), one| (low.min(*one), high.max(*one)));
        assert_eq!(whole[0], (31, [mean, low, high], false));
        for cut in [1, 63, 64, 65, 999] {
            let parts = vec![batch(0..cut, false), batch(cut..1_000, false), batch(5_000..5_333, true)];
            assert_eq!(bins(parts, 64), whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_bin_without_a_number_is_nan() {
        let all = bins(vec![batch(3..4, false)], 1);
        assert!(all[0].1.iter().all(|figure| figure.is_nan()));
    }

    #[test]
    fn columns_of_words_have_no_bins() {
        let words =
            Layout::new(vec![Column::new("time", ColumnType::Time), Column::new("x", ColumnType::Text)]);
        assert!(Overview::of(Box::new(Held(words, Vec::new())), 4).is_none());
    }
}

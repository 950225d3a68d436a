//! Raw rows joined into bins while they arrive, where nobody keeps reduced ones.

use std::collections::VecDeque;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout};

use crate::bins::{Bin, Bins};
use crate::{Progress, Read, Reduction, Result};

/// Bins that make a frame: a picture of a long read grows with each.
const FRAME_BINS: usize = 1 << 10;

/// Bins of `level` rows each; an interval's last one may have fewer.
pub(crate) struct Reduced {
    rows: Box<dyn Read>,
    level: u64,
    layout: Layout,
    bin: Bin,
    bins: Bins,
    /// Whether the bins at hand begin an interval.
    begins_interval: bool,
    ready: VecDeque<Batch>,
    ended: bool,
}

impl Reduced {
    /// Bins of these rows, of columns as [`columns`](crate::bins::columns) names them.
    pub(crate) fn new(rows: Box<dyn Read>, level: u64, layout: Layout) -> Self {
        Self {
            rows,
            level,
            bin: Bin::default(),
            bins: Bins::new(layout.clone()),
            layout,
            begins_interval: false,
            ready: VecDeque::new(),
            ended: false,
        }
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Ok(Some(frame));
            }
            if self.ended {
                return Ok(None);
            }
            match self.rows.next_batch().await? {
                Some(frame) => self.take(&frame)?,
                None => {
                    self.ended = true;
                    self.end_interval()?;
                }
            }
        }
    }

    fn take(&mut self, frame: &Batch) -> Result<()> {
        if frame.begins_interval {
            self.end_interval()?;
            self.begins_interval = true;
        }
        let (mut at, rows) = (0, frame.rows.num_rows());
        while at < rows {
            let room = usize::try_from(self.level - self.bin.rows()).unwrap_or(rows);
            let end = rows.min(at.saturating_add(room));
            self.bin.add(&frame.rows, at..end, 1);
            at = end;
            if self.bin.rows() == self.level {
                self.bins.push(&std::mem::take(&mut self.bin));
            }
        }
        if self.bins.len() >= FRAME_BINS { self.end_frame() } else { Ok(()) }
    }

    fn end_interval(&mut self) -> Result<()> {
        let bin = std::mem::take(&mut self.bin);
        if !bin.is_empty() {
            self.bins.push(&bin);
        }
        self.end_frame()
    }

    fn end_frame(&mut self) -> Result<()> {
        let frame = self.bins.take(self.begins_interval)?;
        if frame.is_some() {
            self.begins_interval = false;
        }
        self.ready.extend(frame);
        Ok(())
    }
}

impl Read for Reduced {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        self.rows.declares_gaps()
    }

    fn reduction(&self) -> Reduction {
        Reduction::of(self.level)
    }

    fn progress(&self) -> Progress {
        self.rows.progress()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, TimestampNanosecondArray};
    use streamscope_frame::{Column, ColumnType, RecordBatch, floats, times};

    use super::*;
    use crate::bins::columns;

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
        let time = Column::new("time", ColumnType::Time);
        let values = columns(&layout().columns[1..], ColumnType::Float);
        let of = Layout::new([time].into_iter().chain(values).collect());
        let mut read = Reduced::new(Box::new(Held(layout(), batches)), level, of);
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
}

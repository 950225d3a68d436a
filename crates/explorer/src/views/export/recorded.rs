//! Rows of a device whose clock was set: their times as they are shown, and in a last column as they were recorded.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{Field, Schema};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_client::{Clock, Progress, Read, Result, StreamInfo, TimeRange, Together};
use streamscope_frame::{Batch, Column, ColumnType, Layout, time_index};

/// The last column's name.
const RECORDED: &str = "time recorded";

/// A read of rows as they were recorded, with both times.
struct BothTimes {
    read: Box<dyn Read>,
    clock: Clock,
    layout: Layout,
}

/// Reads the rows anew, for what is held has only the times that are shown: where a clock was slowed down, two recorded
/// instants may be shown at one.
pub(super) fn read(together: &Together, stream: &StreamInfo, range: TimeRange) -> Result<Box<dyn Read>> {
    let clock = together.clock_of(&stream.subject_id);
    let read = together.read_recorded(stream, range)?;
    let mut layout = read.layout().clone();
    layout.columns.push(Column::new(RECORDED, ColumnType::Time));
    Ok(Box::new(BothTimes { read, clock, layout }))
}

impl Read for BothTimes {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        let clock = self.clock;
        let next = self.read.next_batch();
        async move {
            let batch = next.await?;
            Ok(batch.and_then(|batch| Some(Batch { rows: both(&batch.rows, clock)?, ..batch })))
        }
        .boxed_local()
    }

    fn progress(&self) -> Progress {
        self.read.progress()
    }
}

/// Rows with both times; `None` for rows without a time.
fn both(rows: &RecordBatch, clock: Clock) -> Option<RecordBatch> {
    let schema = rows.schema();
    let place = time_index(&schema)?;
    let recorded = rows.column(place).as_primitive::<TimestampNanosecondType>();
    let shown = recorded.unary::<_, TimestampNanosecondType>(|time| clock.shown(time));
    let shown = Arc::new(shown.with_data_type(recorded.data_type().clone()));
    let mut columns = rows.columns().to_vec();
    columns.push(columns.get(place)?.clone());
    *columns.get_mut(place)? = shown;
    let last = Field::new(RECORDED, recorded.data_type().clone(), recorded.null_count() > 0);
    let fields: Vec<_> = schema.fields().iter().cloned().chain([Arc::new(last)]).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).ok()
}

#[cfg(test)]
mod tests {
    use arrow_array::TimestampNanosecondArray;
    use streamscope_frame::times;

    use super::*;

    #[test]
    fn a_row_has_both_times() {
        let recorded = TimestampNanosecondArray::from(vec![10, 20]).with_timezone("UTC");
        let schema = Schema::new(vec![Field::new("time", recorded.data_type().clone(), false)]);
        let rows = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(recorded)]).unwrap();
        let clock = Clock { origin: 0, offset: 5, drift_ppm: 0.0 };
        let both = both(&rows, clock).unwrap();
        assert_eq!(times(&both).unwrap(), [15, 25]);
        let last = both.column(1).as_primitive::<TimestampNanosecondType>();
        assert_eq!(last.values().as_ref(), [10, 20]);
        assert_eq!(both.schema().field(1).name(), RECORDED);
    }
}

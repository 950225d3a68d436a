//! Rows of a device whose clock was set: their times as they are shown, and in a last column as they were recorded.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{Field, Schema};
use leptos::prelude::*;
use streamscope_client::{Clock, StreamInfo, TimeRange, Together};
use streamscope_frame::{Column, ColumnType, Layout, time_index};

use crate::charts::format::grouped;
use crate::recording::breath::Breath;

/// The last column's name.
const RECORDED: &str = "time recorded";

/// Reads the rows anew, for what is held has only the times that are shown: where a clock was slowed down, two recorded
/// instants may be shown at one.
pub(super) async fn read(
    together: &Together,
    stream: &StreamInfo,
    range: TimeRange,
    note: RwSignal<String>,
) -> Result<(Layout, Vec<RecordBatch>), String> {
    let clock = together.clock_of(&stream.subject_id);
    let mut read = together.read_recorded(stream, range).map_err(|error| error.to_string())?;
    let mut layout = read.layout().clone();
    layout.columns.push(Column::new(RECORDED, ColumnType::Time));
    let (mut frames, mut breath) = (Vec::new(), Breath::started());
    while let Some(batch) = read.next_batch().await.map_err(|error| error.to_string())? {
        frames.extend(both(&batch.rows, clock));
        note.set(format!(
            "Reading the rows as they were recorded: {} so far.",
            grouped(read.progress().rows)
        ));
        breath.take().await;
    }
    Ok((layout, frames))
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

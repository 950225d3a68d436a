//! Takes rows one by one and writes them as chunks.

use std::sync::Arc;

use arrow_array::TimestampNanosecondArray;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, SchemaRef};

use crate::pack::pack;
use crate::{ChunkInfo, StoreError, Writer};

const CHUNK_ROWS: usize = 65_536;

/// A value of a row.
pub(super) enum Cell {
    Null,
    Time(i64),
    Float(f64),
    Int(i64),
    Bool(bool),
    Text(String),
}

/// Records one stream. Rows come in the order of their first column, a time.
pub(super) struct Recorder<'a> {
    writer: &'a mut dyn Writer,
    stream: String,
    schema: SchemaRef,
    columns: Vec<Vec<Cell>>,
    times: Option<(i64, i64)>,
    rows: u64,
}

/// What was recorded.
pub(super) struct Recorded {
    pub(super) rows: u64,
    /// Times of the first and the last row, ns.
    pub(super) times: Option<(i64, i64)>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(writer: &'a mut dyn Writer, stream: &str, schema: SchemaRef) -> Self {
        let columns = schema.fields().iter().map(|_| Vec::new()).collect();
        Self { writer, stream: stream.into(), schema, columns, times: None, rows: 0 }
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Appends a row: its time (ns), the cells of the other dimensions, and the measurement's duration (ns).
    pub(super) fn push<const N: usize>(
        &mut self,
        time: i64,
        cells: [Cell; N],
        duration: i64,
    ) -> Result<(), StoreError> {
        debug_assert_eq!(N + 2, self.columns.len(), "a cell per dimension of {}", self.stream);
        debug_assert!(self.times.is_none_or(|(_, last)| last <= time), "rows of {} in order", self.stream);
        self.times = Some((self.times.map_or(time, |(first, _)| first), time));
        let row = [Cell::Time(time)].into_iter().chain(cells).chain([Cell::Int(duration)]);
        for (column, cell) in self.columns.iter_mut().zip(row) {
            column.push(cell);
        }
        self.rows += 1;
        if self.columns.first().is_some_and(|times| times.len() == CHUNK_ROWS) {
            self.flush()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Recorded, StoreError> {
        self.flush()?;
        Ok(Recorded { rows: self.rows, times: self.times })
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let times = self.columns.first().into_iter().flatten();
        let times: Vec<_> =
            times.filter_map(|cell| if let Cell::Time(time) = cell { Some(*time) } else { None }).collect();
        let (Some(&first_time), Some(&last_time)) = (times.first(), times.last()) else {
            return Ok(());
        };
        let fields = self.schema.fields().iter();
        let columns = fields.zip(&mut self.columns).map(|(field, cells)| array(field.data_type(), cells));
        let frame = RecordBatch::try_new(self.schema.clone(), columns.collect())?;
        let info = ChunkInfo { first_time, last_time, rows: frame.num_rows() as u64 };
        self.writer.chunk(&self.stream, info, pack(&frame)?)
    }
}

/// Empties a column of cells into an array. A cell of another type than the column's becomes null.
fn array(kind: &DataType, cells: &mut Vec<Cell>) -> ArrayRef {
    let cells = cells.drain(..);
    match kind {
        DataType::Timestamp(..) => {
            let times = cells.map(|cell| if let Cell::Time(time) = cell { Some(time) } else { None });
            Arc::new(times.collect::<TimestampNanosecondArray>().with_data_type(kind.clone()))
        }
        DataType::Float64 => {
            let values = cells.map(|cell| if let Cell::Float(value) = cell { Some(value) } else { None });
            Arc::new(values.collect::<Float64Array>())
        }
        DataType::Int64 => {
            let values = cells.map(|cell| if let Cell::Int(value) = cell { Some(value) } else { None });
            Arc::new(values.collect::<Int64Array>())
        }
        DataType::Boolean => {
            let values = cells.map(|cell| if let Cell::Bool(value) = cell { Some(value) } else { None });
            Arc::new(values.collect::<BooleanArray>())
        }
        _ => {
            let values = cells.map(|cell| if let Cell::Text(text) = cell { Some(text) } else { None });
            Arc::new(values.collect::<StringArray>())
        }
    }
}

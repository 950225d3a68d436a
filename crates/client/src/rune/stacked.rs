//! Rows of several streams in one table, and each row's stream beside it.
//!
//! Columns are those of the official client's data frames, in its order: the first stream's own columns, then
//! `stream_id, stream_type_id, patient_id, device_id, algorithm` and its labels; then whatever further streams have on
//! top. What a stream lacks is null. A label named like another column does not overwrite it, as it would there: its
//! column is called `metadata_…`. A column that streams have with different types is one of numbers, where all are
//! numbers, and otherwise one of text as the server wrote it.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, Int64Array, StringArray, TimestampNanosecondArray};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use indexmap::IndexMap;
use streamscope_frame::{Batch, Column, ColumnType, Layout, RecordBatch};
use streamscope_signal::SECOND;

use super::model::StreamMetadata;
use super::params::{AvailabilityQuery, DataQuery};
use super::{Rune, Set, layout};
use crate::{Error, Progress, Read, Result};

/// Where a column of the table comes from, for one stream.
enum Origin {
    /// The stream's own column of this name.
    Own,
    /// The stream's metadata, the same in every row.
    Metadata(String),
}

/// A stream's part of the table: its columns by name, in order.
type Part = IndexMap<String, (Origin, Column)>;

fn part(stream: &StreamMetadata, own: Layout) -> Part {
    let mut part: Part =
        own.columns.into_iter().map(|column| (column.name.clone(), (Origin::Own, column))).collect();
    let fixed = [
        ("stream_id", stream.id.as_str()),
        ("stream_type_id", &stream.stream_type.id),
        ("patient_id", &stream.patient_id),
        ("device_id", &stream.device_id),
        ("algorithm", &stream.algorithm),
    ];
    for (name, value) in fixed.into_iter().chain(stream.labels()) {
        let mut name = name.to_string();
        while part.contains_key(&name) {
            name.insert_str(0, "metadata_");
        }
        let column = Column::new(&name, ColumnType::Text);
        part.insert(name, (Origin::Metadata(value.to_string()), column));
    }
    part
}

/// The columns of all parts together.
fn join(parts: &[Part]) -> Layout {
    let mut columns: IndexMap<&str, Column> = IndexMap::new();
    for (name, (_, column)) in parts.iter().flatten() {
        match columns.get_mut(name.as_str()) {
            Some(known) => {
                known.kind = both(known.kind, column.kind);
                known.unit = known.unit.take().filter(|unit| Some(unit) == column.unit.as_ref());
                known.quantity =
                    known.quantity.take().filter(|quantity| Some(quantity) == column.quantity.as_ref());
            }
            None => drop(columns.insert(name, column.clone())),
        }
    }
    Layout::new(columns.into_values().collect())
}

/// A type for values of both types.
fn both(one: ColumnType, other: ColumnType) -> ColumnType {
    let number = |kind| matches!(kind, ColumnType::Int | ColumnType::Float);
    match (one, other) {
        (one, other) if one == other => one,
        (one, other) if number(one) && number(other) => ColumnType::Float,
        _ => ColumnType::Text,
    }
}

/// Puts a part's columns into their places in the table.
fn widen(frame: &RecordBatch, part: &Part, table: &Layout) -> Result<RecordBatch> {
    let columns = table.columns.iter().map(|column| match part.get(&column.name) {
        Some((Origin::Own, _)) => frame.column_by_name(&column.name).cloned(),
        Some((Origin::Metadata(value), _)) => constant(value, frame.num_rows()),
        None => Some(column.kind.nulls(frame.num_rows())),
    });
    let columns: Option<Vec<ArrayRef>> = columns.collect();
    let widened = columns.and_then(|columns| RecordBatch::try_new(Arc::new(table.schema()), columns).ok());
    widened.ok_or_else(|| Error::protocol("A frame does not have the columns of its stream."))
}

/// The same text in every row, kept once.
fn constant(value: &str, rows: usize) -> Option<ArrayRef> {
    let values = Arc::new(StringArray::from(vec![value]));
    let keys = Int32Array::from(vec![0; rows]);
    DictionaryArray::<Int32Type>::try_new(keys, values).ok().map(|column| Arc::new(column) as ArrayRef)
}

/// Streams read one after the other.
struct StackedRead {
    layout: Layout,
    /// Those to come; the first is under way.
    reads: VecDeque<(Box<dyn Read>, Part)>,
    /// Of the reads that ended.
    before: Progress,
    failed: Option<Error>,
}

impl StackedRead {
    async fn next(&mut self) -> Result<Option<Batch>> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let next = self.step().await;
        next.map_err(|mut error| {
            error.rows = Some(self.progress().rows);
            self.failed = Some(error.clone());
            error
        })
    }

    async fn step(&mut self) -> Result<Option<Batch>> {
        while let Some((read, part)) = self.reads.front_mut() {
            if let Some(batch) = read.next_batch().await? {
                let rows = widen(&batch.rows, part, &self.layout)?;
                return Ok(Some(Batch { rows, ..batch }));
            }
            self.before = self.progress();
            self.reads.pop_front();
        }
        Ok(None)
    }
}

impl Read for StackedRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn progress(&self) -> Progress {
        let now = self.reads.front().map(|(read, _)| read.progress()).unwrap_or_default();
        let before = &self.before;
        // Each stream begins anew in time.
        Progress {
            rows: before.rows + now.rows,
            bytes: before.bytes + now.bytes,
            pages: before.pages + now.pages,
            covered_to: None,
        }
    }
}

impl Rune {
    /// Reads several streams, one after the other, into one table: see this module's words on columns. Of `query`
    /// everything but `stream_id` holds for each of them, `limit` among it.
    pub fn streams_table(&self, streams: &Set<StreamMetadata>, query: &DataQuery) -> Result<Box<dyn Read>> {
        let own = |stream: &StreamMetadata| layout(&stream.stream_type.dimensions, query.translate_enums);
        let parts: Vec<Part> = streams.iter().map(|stream| part(stream, own(stream))).collect();
        let table = join(&parts);
        let mut reads = VecDeque::new();
        for (stream, part) in streams.iter().zip(parts) {
            let mut own = own(stream);
            for column in &mut own.columns {
                // Read at once as what it is in the table.
                let joined = table.columns.iter().find(|joined| joined.name == column.name);
                column.kind = joined.map_or(column.kind, |joined| joined.kind);
            }
            let query = DataQuery { stream_id: stream.id.clone(), ..query.clone() };
            reads.push_back((self.data(&query, own)?, part));
        }
        Ok(Box::new(StackedRead { layout: table, reads, before: Progress::default(), failed: None }))
    }

    /// Availability as a table with the columns `time` (where a window begins) and `availability` (1 or 0). Of a single
    /// stream it has the stream's metadata as well, as [`Self::streams_table`] does. Of `query` everything but
    /// `stream_ids` holds.
    pub async fn availability_table(
        &self,
        streams: &Set<StreamMetadata>,
        query: &AvailabilityQuery,
    ) -> Result<RecordBatch> {
        let stream_ids = streams.iter().map(|stream| stream.id.clone()).collect();
        let found = self.availability(&AvailabilityQuery { stream_ids, ..query.clone() }).await?;
        let window = found.resolution_s as i64 * SECOND;
        let times = (0..found.available.len() as i64).map(|place| found.start + place * window);
        let times = TimestampNanosecondArray::from_iter_values(times).with_timezone("UTC");
        let available = Int64Array::from_iter_values(found.available.iter().map(|one| *one as i64));
        let own = Layout::new(vec![
            Column::new("time", ColumnType::Time),
            Column::new("availability", ColumnType::Int),
        ]);
        let columns: Vec<ArrayRef> = vec![Arc::new(times), Arc::new(available)];
        let frame = RecordBatch::try_new(Arc::new(own.schema()), columns);
        let frame = frame.map_err(|error| Error::protocol(format!("No table can be made: {error}.")))?;
        match (streams.at(0), streams.len()) {
            (Some(stream), 1) => {
                let parts = [part(stream, own)];
                let table = join(&parts);
                parts.first().map_or(Ok(frame.clone()), |part| widen(&frame, part, &table))
            }
            _ => Ok(frame),
        }
    }
}

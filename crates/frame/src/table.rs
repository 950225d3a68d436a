//! A table: frames of one schema, in the order they arrived.

use arrow_schema::SchemaRef;

use crate::{RecordBatch, times};

/// Frames of one schema.
#[derive(Debug, Clone)]
pub struct Table {
    schema: SchemaRef,
    frames: Vec<RecordBatch>,
}

impl Table {
    /// An empty table.
    pub fn new(schema: SchemaRef) -> Self {
        Self { schema, frames: Vec::new() }
    }

    /// The schema of every frame.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The frames, in order.
    pub fn frames(&self) -> &[RecordBatch] {
        &self.frames
    }

    /// Appends a frame.
    pub fn push(&mut self, frame: RecordBatch) {
        debug_assert_eq!(frame.schema_ref().fields(), self.schema.fields());
        self.frames.push(frame);
    }

    /// Appends the frames of another table with the same columns. Nothing is copied.
    pub fn append(&mut self, other: Table) {
        other.frames.into_iter().for_each(|frame| self.push(frame));
    }

    /// Number of rows in all frames.
    pub fn rows(&self) -> usize {
        self.frames.iter().map(RecordBatch::num_rows).sum()
    }

    /// The rows with `start <= time < end` (ns), as views on the same memory. Frames must be in time order within
    /// themselves; among each other they may come in any.
    ///
    /// A frame whose time column is missing or has nulls has no rows in any range.
    pub fn slice_time(&self, start: i64, end: i64) -> Table {
        let slice = |frame: &RecordBatch| {
            let times = times(frame)?;
            let first = times.partition_point(|&time| time < start);
            let after = times.partition_point(|&time| time < end);
            (first < after).then(|| frame.slice(first, after - first))
        };
        Table { schema: self.schema.clone(), frames: self.frames.iter().filter_map(slice).collect() }
    }
}

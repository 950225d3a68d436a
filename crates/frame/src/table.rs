//! A table: frames of one schema, in the order they arrived.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, StringArray};
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

    /// The same rows with one dictionary for each text column, which all frames share.
    ///
    /// Frames come with dictionaries of their own. As an Arrow stream such frames replace each other's dictionaries,
    /// which not every reader of Arrow follows; with a shared one there is nothing to replace.
    pub fn with_shared_texts(mut self) -> Self {
        if self.frames.len() < 2 {
            return self;
        }
        for column in 0..self.schema.fields().len() {
            let Some(shared) = shared_texts(self.frames.iter().map(|frame| frame.column(column))) else {
                continue;
            };
            for (frame, texts) in self.frames.iter_mut().zip(shared) {
                let mut columns = frame.columns().to_vec();
                columns[column] = texts;
                // Neither lengths nor types have changed.
                if let Ok(shared) = RecordBatch::try_new(frame.schema(), columns) {
                    *frame = shared;
                }
            }
        }
        self
    }
}

/// The columns, all with one dictionary. `None` when they are no text columns.
fn shared_texts<'a>(columns: impl Iterator<Item = &'a ArrayRef>) -> Option<Vec<ArrayRef>> {
    let columns: Vec<_> =
        columns.map(|column| column.as_dictionary_opt::<Int32Type>()).collect::<Option<_>>()?;
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all: Vec<Option<&str>> = Vec::new();
    let mut keys = Vec::with_capacity(columns.len());
    for column in columns {
        let mut place_of = |text: Option<&'a str>| {
            let known = text.and_then(|text| places.get(text).copied());
            let place = known.unwrap_or(all.len());
            if known.is_none() {
                all.push(text);
                text.map(|text| places.insert(text, place));
            }
            place as i32
        };
        let moved: Vec<i32> = column.values().as_string_opt::<i32>()?.iter().map(&mut place_of).collect();
        // Under a null lies any key.
        keys.push(column.keys().unary(|key| moved.get(key as usize).copied().unwrap_or_default()));
    }
    let all: ArrayRef = Arc::new(StringArray::from(all));
    let join = |keys| DictionaryArray::<Int32Type>::try_new(keys, all.clone()).ok();
    keys.into_iter().map(|keys| join(keys).map(|texts| Arc::new(texts) as ArrayRef)).collect()
}

//! The rows of one stream: found by time, read by row number.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use arrow_schema::SchemaRef;

use crate::pack::unpack;
use crate::{ChunkInfo, Store, StoreError};

/// A stream's rows, sorted by their first column, which is a time.
#[derive(Clone)]
pub(crate) struct Recording {
    store: Arc<dyn Store>,
    stream: String,
    schema: SchemaRef,
    chunks: Arc<[ChunkInfo]>,
}

impl Recording {
    /// Looks a stream up. `schema` is what its rows were stored with.
    pub(crate) fn open(store: Arc<dyn Store>, stream: &str, schema: SchemaRef) -> Result<Self, StoreError> {
        let chunks = store.chunks(stream)?.into();
        Ok(Self { store, stream: stream.into(), schema, chunks })
    }

    /// Rows in the recording.
    pub(crate) fn rows(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.rows).sum()
    }

    /// Number of the first row whose time is not before `time` (ns); the number of rows when there is none.
    pub(crate) fn row_at(&self, time: i64) -> Result<u64, StoreError> {
        let index = self.chunks.partition_point(|chunk| chunk.last_time < time);
        let before = self.chunks.iter().take(index).map(|chunk| chunk.rows).sum::<u64>();
        match self.chunks.get(index) {
            Some(chunk) if chunk.first_time < time => {
                let frame = self.frame(index)?;
                Ok(before + times(&frame)?.partition_point(|&row| row < time) as u64)
            }
            _ => Ok(before),
        }
    }

    /// The rows with these numbers, as frames of at most `most` rows, read one by one.
    pub(crate) fn frames(&self, rows: Range<u64>, most: usize) -> Frames {
        Frames {
            recording: self.clone(),
            rows,
            most: most.max(1),
            current: None,
            next_chunk: 0,
            chunk_start: 0,
        }
    }

    fn frame(&self, index: usize) -> Result<RecordBatch, StoreError> {
        unpack(&self.store.chunk(&self.stream, index)?, &self.schema)
    }
}

/// The times of a frame's rows, ns.
pub(crate) fn times(frame: &RecordBatch) -> Result<&[i64], StoreError> {
    let column =
        frame.columns().first().and_then(|column| column.as_primitive_opt::<TimestampNanosecondType>());
    let column =
        column.ok_or_else(|| StoreError::Damaged("the first column of a recording is no time".into()))?;
    Ok(column.values())
}

/// Reads a [`Recording`] frame by frame.
pub(crate) struct Frames {
    recording: Recording,
    rows: Range<u64>,
    most: usize,
    current: Option<RecordBatch>,
    next_chunk: usize,
    /// Row number of the first row of `current`.
    chunk_start: u64,
}

impl Frames {
    /// The frame that starts at the next row, taken from the chunk that holds it.
    fn read(&mut self) -> Result<RecordBatch, StoreError> {
        loop {
            let chunk = self.current.take();
            let rows = chunk.as_ref().map_or(0, |chunk| chunk.num_rows() as u64);
            if let Some(chunk) = chunk.filter(|_| self.rows.start < self.chunk_start + rows) {
                let offset = (self.rows.start - self.chunk_start) as usize;
                let wanted = (self.rows.end - self.rows.start).min(self.most as u64) as usize;
                let slice = chunk.slice(offset, wanted.min(chunk.num_rows() - offset));
                self.rows.start += slice.num_rows() as u64;
                self.current = Some(chunk);
                return Ok(slice);
            }
            self.chunk_start += rows;
            while let Some(info) = self.recording.chunks.get(self.next_chunk)
                && self.chunk_start + info.rows <= self.rows.start
            {
                self.chunk_start += info.rows;
                self.next_chunk += 1;
            }
            self.current = Some(self.recording.frame(self.next_chunk)?);
            self.next_chunk += 1;
        }
    }
}

impl Iterator for Frames {
    type Item = Result<RecordBatch, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rows.is_empty() {
            return None;
        }
        let frame = self.read();
        if frame.is_err() {
            self.rows.start = self.rows.end;
        }
        Some(frame)
    }
}

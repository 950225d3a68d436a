//! Rows of one stream at one resolution, in time order: found, read, inserted and removed by time.
//!
//! Chunks hold rows as they travel ([`layout`](super::layout)): they are served far more often than they change, and
//! every layout comes back bit for bit.

use std::sync::Arc;

use super::layout::time;
use super::parameters::Window;
use crate::{ChunkInfo, Store, StoreError, Writer};

/// Rows in a chunk that is full.
pub(crate) const CHUNK_ROWS: usize = 16_384;

/// The store's key of a stream's rows; `level` 1 is what was recorded.
pub(crate) fn key(stream: i64, level: u64) -> String {
    format!("joule/{stream}/{level}")
}

/// Rows as they were when the table was opened.
pub(super) struct Table {
    store: Arc<dyn Store>,
    key: String,
    width: usize,
    chunks: Vec<ChunkInfo>,
}

/// Why rows are not inserted.
pub(super) enum InsertError {
    /// There is a row of this time (µs) already.
    Duplicate(i64),
    Store(StoreError),
}

impl From<StoreError> for InsertError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What replaces the end of a table.
pub(super) struct Change {
    key: String,
    keep: usize,
    chunks: Vec<(ChunkInfo, Vec<u8>)>,
}

impl Change {
    pub(super) fn write(&self, writer: &mut dyn Writer) -> Result<(), StoreError> {
        writer.truncate(&self.key, self.keep)?;
        self.chunks.iter().try_for_each(|(info, bytes)| writer.chunk(&self.key, *info, bytes.clone()))
    }
}

impl Table {
    /// Opens a table of rows of `width` bytes.
    pub(super) fn open(store: &Arc<dyn Store>, key: String, width: usize) -> Result<Self, StoreError> {
        let chunks = store.chunks(&key)?;
        Ok(Self { store: store.clone(), key, width, chunks })
    }

    pub(super) fn rows(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.rows).sum()
    }

    pub(super) fn first_time(&self) -> Option<i64> {
        self.chunks.first().map(|chunk| chunk.first_time)
    }

    pub(super) fn last_time(&self) -> Option<i64> {
        self.chunks.last().map(|chunk| chunk.last_time)
    }

    /// Rows in a window.
    pub(super) fn count(&self, window: Window) -> Result<u64, StoreError> {
        let mut count = 0;
        for (index, chunk) in self.chunks.iter().enumerate() {
            count += match (window.contains(chunk.first_time), window.contains(chunk.last_time)) {
                (true, true) => chunk.rows,
                _ if is_outside(chunk, window) => 0,
                _ => self
                    .chunk(index)?
                    .chunks_exact(self.width)
                    .filter(|row| window.contains(time(row)))
                    .count() as u64,
            };
        }
        Ok(count)
    }

    /// The first rows in a window, `most` at most.
    pub(super) fn read(&self, window: Window, most: usize) -> Result<Vec<u8>, StoreError> {
        let mut rows = Vec::new();
        let first =
            self.chunks.partition_point(|chunk| window.start.is_some_and(|start| chunk.last_time < start));
        for (index, chunk) in self.chunks.iter().enumerate().skip(first) {
            let left = most.saturating_sub(rows.len() / self.width);
            if left == 0 || is_outside(chunk, window) {
                break;
            }
            let bytes = self.chunk(index)?;
            let from = self.row_at(&bytes, window.start.unwrap_or(i64::MIN));
            let to = window.end.map_or(bytes.len() / self.width, |end| self.row_at(&bytes, end));
            let to = to.min(from.saturating_add(left));
            rows.extend_from_slice(bytes.get(from * self.width..to * self.width).unwrap_or_default());
        }
        Ok(rows)
    }

    /// Time of the first row that is not before `at`.
    pub(super) fn next_time(&self, at: i64) -> Result<Option<i64>, StoreError> {
        let rows = self.read(Window { start: Some(at), end: None }, 1)?;
        Ok((!rows.is_empty()).then(|| time(&rows)))
    }

    /// Time of the last row that is not after `at`.
    pub(super) fn previous_time(&self, at: i64) -> Result<Option<i64>, StoreError> {
        let index = self.chunks.partition_point(|chunk| chunk.first_time <= at);
        let Some(chunk) = index.checked_sub(1).and_then(|index| self.chunks.get(index)) else {
            return Ok(None);
        };
        if chunk.last_time <= at {
            return Ok(Some(chunk.last_time));
        }
        let bytes = self.chunk(index - 1)?;
        let rows = bytes.chunks_exact(self.width).map(time);
        Ok(rows.take_while(|&time| time <= at).last())
    }

    /// Inserts rows, which are in time order and not empty.
    pub(super) fn insert(&self, rows: &[u8]) -> Result<Change, InsertError> {
        let first = time(rows);
        let keep = self.chunks.partition_point(|chunk| chunk.last_time < first);
        // A last chunk that is not full takes the rows in, so that many small writes do not leave many small chunks.
        let small =
            |index: usize| self.chunks.get(index).is_some_and(|chunk| chunk.rows < CHUNK_ROWS as u64 / 2);
        let keep = match keep.checked_sub(1) {
            Some(before) if keep == self.chunks.len() && small(before) => before,
            _ => keep,
        };
        let old =
            (keep..self.chunks.len()).map(|index| self.chunk(index)).collect::<Result<Vec<_>, _>>()?.concat();
        let merged = self.merge(&old, rows)?;
        Ok(self.change(keep, &merged))
    }

    /// Removes the rows in a window.
    pub(super) fn remove(&self, window: Window) -> Result<Change, StoreError> {
        let keep =
            self.chunks.partition_point(|chunk| window.start.is_some_and(|start| chunk.last_time < start));
        let mut left = Vec::new();
        for index in keep..self.chunks.len() {
            let bytes = self.chunk(index)?;
            bytes
                .chunks_exact(self.width)
                .filter(|row| !window.contains(time(row)))
                .for_each(|row| left.extend_from_slice(row));
        }
        Ok(self.change(keep, &left))
    }

    fn change(&self, keep: usize, rows: &[u8]) -> Change {
        Change { key: self.key.clone(), keep, chunks: chunks(rows, self.width).collect() }
    }

    /// Two lists of rows in time order as one.
    fn merge(&self, old: &[u8], new: &[u8]) -> Result<Vec<u8>, InsertError> {
        if old.is_empty() || self.row_time(old, old.len() / self.width - 1) < time(new) {
            return Ok([old, new].concat());
        }
        let mut merged = Vec::with_capacity(old.len() + new.len());
        let (mut olds, mut news) =
            (old.chunks_exact(self.width).peekable(), new.chunks_exact(self.width).peekable());
        loop {
            let next = match (olds.peek(), news.peek()) {
                (None, None) => return Ok(merged),
                (Some(_), None) => olds.next(),
                (None, Some(_)) => news.next(),
                (Some(a), Some(b)) if time(a) < time(b) => olds.next(),
                (Some(a), Some(b)) if time(a) == time(b) => return Err(InsertError::Duplicate(time(b))),
                (Some(_), Some(_)) => news.next(),
            };
            merged.extend_from_slice(next.unwrap_or_default());
        }
    }

    fn chunk(&self, index: usize) -> Result<Vec<u8>, StoreError> {
        self.store.chunk(&self.key, index)
    }

    fn row_time(&self, rows: &[u8], index: usize) -> i64 {
        time(rows.get(index * self.width..).unwrap_or_default())
    }

    /// Number of the first row that is not before a time.
    fn row_at(&self, rows: &[u8], at: i64) -> usize {
        let (mut low, mut high) = (0, rows.len() / self.width);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.row_time(rows, middle) < at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// Whether a window has nothing of a chunk.
fn is_outside(chunk: &ChunkInfo, window: Window) -> bool {
    window.start.is_some_and(|start| chunk.last_time < start)
        || window.end.is_some_and(|end| chunk.first_time >= end)
}

/// Rows as chunks.
pub(crate) fn chunks(rows: &[u8], width: usize) -> impl Iterator<Item = (ChunkInfo, Vec<u8>)> {
    rows.chunks(CHUNK_ROWS * width).map(move |bytes| {
        let last = bytes.len().saturating_sub(width);
        let info = ChunkInfo {
            first_time: time(bytes),
            last_time: time(bytes.get(last..).unwrap_or_default()),
            rows: (bytes.len() / width) as u64,
        };
        (info, bytes.to_vec())
    })
}

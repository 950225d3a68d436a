//! Takes rows one by one and writes them as chunks, with their decimations.

use crate::joule::{CHUNK_ROWS, Decimator, FACTOR, Layout, Outline, chunks, key};
use crate::{StoreError, Writer};

/// Records one stream. Rows come in the order of their times.
pub(super) struct Tape<'a> {
    writer: &'a mut dyn Writer,
    stream: i64,
    layout: Layout,
    /// Rows of this interval that are not written yet.
    pending: Vec<u8>,
    /// Rows that wait for their chunk to be full: the stream's own, then each level's.
    waiting: Vec<Vec<u8>>,
    decimator: Option<Decimator>,
    outline: Outline,
    last: Option<i64>,
    rows: u64,
}

/// The elements of a row.
pub(super) trait Cells {
    fn write(&self, row: &mut Vec<u8>);
}

macro_rules! cells {
    ($($number:ty),*) => {
        $(impl<const N: usize> Cells for [$number; N] {
            fn write(&self, row: &mut Vec<u8>) {
                self.iter().for_each(|value| row.extend_from_slice(&value.to_le_bytes()));
            }
        })*
    };
}

cells!(f32, f64, i16, i32, i64);

impl<'a> Tape<'a> {
    pub(super) fn new(writer: &'a mut dyn Writer, stream: i64, layout: Layout, decimate: bool) -> Self {
        Self {
            writer,
            stream,
            layout,
            pending: Vec::new(),
            waiting: vec![Vec::new()],
            decimator: decimate.then(|| Decimator::new(layout)),
            outline: Outline::default(),
            last: None,
            rows: 0,
        }
    }

    /// Appends a row: its time (µs) and its elements.
    pub(super) fn push(&mut self, time: i64, cells: impl Cells) -> Result<(), StoreError> {
        debug_assert!(self.last.is_none_or(|last| last < time), "rows of stream {} in order", self.stream);
        self.pending.extend_from_slice(&time.to_le_bytes());
        cells.write(&mut self.pending);
        self.last = Some(time);
        self.rows += 1;
        if self.pending.len() >= CHUNK_ROWS * self.layout.width() { self.write(false) } else { Ok(()) }
    }

    /// Ends an interval.
    pub(super) fn gap(&mut self) -> Result<(), StoreError> {
        self.write(false)?;
        if let Some(last) = self.last {
            self.outline.close(last, last);
        }
        if let Some(decimator) = &mut self.decimator {
            decimator.close();
        }
        Ok(())
    }

    /// Ends the stream and gives its number of rows.
    pub(super) fn finish(mut self) -> Result<u64, StoreError> {
        self.gap()?;
        self.write(true)?;
        self.outline.write(self.writer, self.stream)?;
        Ok(self.rows)
    }

    /// Decimates what is pending and writes the chunks that are full, or all.
    fn write(&mut self, all: bool) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.pending);
        let levels = self.decimator.as_mut().map_or_else(Vec::new, |decimator| decimator.push(&rows));
        self.outline.levels = self.outline.levels.max(levels.len() as u32);
        let widths =
            std::iter::once(self.layout.width()).chain(std::iter::repeat(self.layout.decimated().width()));
        for (level, rows) in std::iter::once(rows).chain(levels).enumerate() {
            match self.waiting.get_mut(level) {
                Some(waiting) => waiting.extend_from_slice(&rows),
                None => self.waiting.push(rows),
            }
        }
        for ((level, waiting), width) in (0u32..).zip(&mut self.waiting).zip(widths) {
            let full =
                if all { waiting.len() } else { waiting.len() / (CHUNK_ROWS * width) * CHUNK_ROWS * width };
            let rest = waiting.split_off(full);
            let key = key(self.stream, FACTOR.pow(level));
            for (info, bytes) in chunks(waiting, width) {
                self.writer.chunk(&key, info, bytes)?;
            }
            *waiting = rest;
        }
        Ok(())
    }
}

//! The second of the two stages: from the index to columns.

use super::{CsvParser, count, is_blank};
use crate::column::{Adapted, CellError, Cells, unquote};
use crate::{ColumnType, ParseError, ParseErrorKind};

/// Bytes indexed and read in one go: with its index and its values it stays in the processor's caches.
const BLOCK: usize = 32 << 10;

/// Records that tell well enough how long the others will be.
const SAMPLE_FOR_ROOM: usize = 64;

impl CsvParser {
    /// Reads the complete records of a slice that begins with one; what is left becomes the carry.
    pub(super) fn read_rows(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        self.index.start();
        let mut scanned = 0;
        while scanned < bytes.len() {
            let to = (scanned + BLOCK).min(bytes.len());
            self.index.scan(bytes, scanned, to);
            scanned = to;
            self.drain(bytes)?;
            let start = self.index.first_start();
            if to - start > self.options.record_limit {
                return Err(self.too_long(bytes, start));
            }
        }
        let done = self.index.first_start();
        let left = bytes.get(done..).unwrap_or_default();
        self.carry.extend_from_slice(left);
        self.carry_in_quotes = self.index.in_quotes();
        self.line += (self.index.lines() - count(left, self.marks.newline)) as u64;
        self.byte += done as u64;
        Ok(())
    }

    /// Reads all records in the index that are complete.
    fn drain(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        while self.index.newlines() > 0 {
            let rows = self.regular_rows(bytes);
            if rows > 0 {
                self.read_regular(bytes, rows)?;
            } else {
                self.skip_blank(bytes)?;
            }
        }
        Ok(())
    }

    /// How many records at the front of the index have as many cells as the header and are not too long.
    fn regular_rows(&self, bytes: &[u8]) -> usize {
        let columns = self.names.len();
        let limit = self.options.record_limit;
        let newline = self.marks.newline;
        let entries = self.index.entries();
        let rows = (entries.len() - 1) / columns.max(1);
        let is_newline = |entry: &u32| bytes.get(*entry as usize) == Some(&newline);
        let ends = || entries.iter().step_by(columns.max(1)).skip(1);
        let span = entries.last().map_or(0, |last| *last as usize - self.index.first_start());
        if columns > 1 && self.index.newlines() == rows && span <= limit && ends().take(rows).all(is_newline)
        {
            return rows;
        }
        let regular = |record: &[u32]| {
            let [before, inner @ .., end] = record else { return false };
            let length = (end - before.wrapping_add(1)) as usize;
            let blank = columns == 1 && is_blank_cell(bytes, *before, *end);
            !inner.iter().any(is_newline) && is_newline(end) && length <= limit && !blank
        };
        entries.windows(columns + 1).step_by(columns.max(1)).take_while(|record| regular(record)).count()
    }

    /// Skips the first record, which is not regular, if it is a blank line.
    fn skip_blank(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        let newline = self.marks.newline;
        let entries = self.index.entries();
        let start = self.index.first_start();
        let is_newline = |entry: &u32| bytes.get(*entry as usize) == Some(&newline);
        let found = entries.iter().skip(1).position(is_newline).map_or(entries.len(), |at| at + 1);
        let end = entries.get(found).map_or(bytes.len(), |end| *end as usize);
        if bytes.get(start..end).is_some_and(is_blank) {
            self.index.discard(1, 1);
            return Ok(());
        }
        if end - start > self.options.record_limit {
            return Err(self.too_long(bytes, start));
        }
        let expected = self.names.len();
        // The line end where cells are missing, the separator before the first surplus cell.
        let at = entries.get(found.min(expected)).map_or(end, |entry| *entry as usize);
        Err(self.error_at(ParseErrorKind::CellCount { expected, found }, None, at, bytes))
    }

    fn too_long(&self, bytes: &[u8], start: usize) -> ParseError {
        let limit = self.options.record_limit;
        self.error_at(ParseErrorKind::TooLong { limit }, None, start + limit, bytes)
    }

    /// Reads records known to be regular. Those before a wrong cell are kept.
    fn read_regular(&mut self, bytes: &[u8], rows: usize) -> Result<(), ParseError> {
        self.make_room(bytes, rows);
        let columns = self.names.len();
        let mut read = rows;
        // The cells of the first row that has any which do not fit.
        let mut misfits: Vec<(usize, CellError)> = Vec::new();
        for (column, &place) in self.plan.iter().enumerate() {
            let Some(builder) = self.builders.get_mut(place) else { continue };
            let (separators, quotes) = (self.index.entries(), self.index.has_quotes());
            // Columns may misfit in one row, and are mended at once.
            let rows = rows.min(read + 1);
            let cells = Cells { bytes, separators, column, columns, rows, quotes, manner: &self.manner };
            if let Err(error) = builder.extend(&cells) {
                if error.row < read {
                    misfits.clear();
                    read = error.row;
                }
                misfits.push((column, error));
            }
        }
        if read < rows {
            self.builders.iter_mut().for_each(|builder| builder.truncate(self.pending + read));
        }
        self.index.discard(read * columns, read);
        self.pending += read;
        self.rows += read as u64;
        let wrong = misfits.into_iter().find(|(column, error)| !self.adapt(*column, bytes, error));
        match wrong {
            Some((column, error)) => {
                let name = self.names.get(column).cloned();
                Err(self.error_at(error.kind, name, error.start, bytes))
            }
            None => Ok(()),
        }
    }

    /// Makes a column of integers that was only inferred fit a cell that is none, if it can be: see [`Builder::adapt`](crate::column::Builder::adapt).
    fn adapt(&mut self, column: usize, bytes: &[u8], error: &CellError) -> bool {
        let cell = bytes.get(error.start..error.end).unwrap_or_default();
        let Ok(Some(text)) = unquote(self.manner.trim(cell)) else { return false };
        let (None, Some(layout), Some(&place)) =
            (&self.options.layout, &mut self.layout, self.plan.get(column))
        else {
            return false;
        };
        let (Some(builder), Some(column)) = (self.builders.get_mut(place), layout.columns.get_mut(place))
        else {
            return false;
        };
        let adapted = builder.adapt(self.manner.trim(&text), &self.manner);
        if adapted == Adapted::ToFloats {
            column.kind = ColumnType::Float;
            self.schema = None;
        }
        if adapted == Adapted::ToNulls
            && let Some(guess) = self.guesses.get_mut(place)
        {
            guess.nan_is_null = true;
        }
        adapted != Adapted::No
    }

    /// Allocates for all rows that the announced bytes will hold, going by the records at hand.
    fn make_room(&mut self, bytes: &[u8], rows: usize) {
        let entries = self.index.entries();
        let end = entries.get(rows * self.names.len()).map_or(bytes.len(), |end| *end as usize);
        let length = (end + 1).saturating_sub(self.index.first_start()).max(1) as u64;
        // A few percent more, for records get shorter as well as longer.
        let expected = (self.expected_bytes * rows as u64 / length) as usize;
        let expected = expected + expected / 32;
        if expected > rows && rows >= SAMPLE_FOR_ROOM {
            self.expected_bytes = 0;
            self.builders.iter_mut().for_each(|builder| builder.reserve(expected));
        }
    }
}

fn is_blank_cell(bytes: &[u8], before: u32, end: u32) -> bool {
    bytes.get(before.wrapping_add(1) as usize..end as usize).is_some_and(is_blank)
}

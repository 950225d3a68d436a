//! The header line.

use std::sync::Arc;

use super::{CsvParser, State, count, is_blank};
use crate::column::{Builder, Manner, unquote};
use crate::{Column, ColumnType, Layout, ParseError, ParseErrorKind};

impl CsvParser {
    /// Takes a record that comes before any row: the header, unless it is blank.
    pub(super) fn header(&mut self, record: &[u8]) -> Result<(), ParseError> {
        let text =
            if self.byte == 0 { record.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(record) } else { record };
        if !is_blank(text) {
            let line = text.strip_suffix(&[self.marks.newline]).unwrap_or(text);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.read_header(line).map_err(|kind| self.error_at(kind, None, 0, &[]))?;
            #[cfg(feature = "files")]
            self.note_header(record);
        }
        self.byte += record.len() as u64;
        self.line += count(record, self.marks.newline) as u64;
        Ok(())
    }

    fn read_header(&mut self, line: &[u8]) -> Result<(), ParseErrorKind> {
        self.names = names(line, self.marks.separator, &self.manner)?;
        self.state = State::Sample { bytes: Vec::new(), rows: 0 };
        let Some(mut layout) = self.options.layout.clone() else {
            // Only refuses names that appear twice; the types come later.
            let columns = self.names.iter().map(|name| Column::new(name, ColumnType::Text));
            self.plan = Layout::new(columns.collect()).places(&self.names)?;
            return Ok(());
        };
        self.plan = layout.places(&self.names)?;
        let has_time = layout.columns.iter().any(|column| column.kind == ColumnType::Time);
        let time_format = self.options.time_format;
        let known = time_format.is_some() || !has_time;
        if known && !self.manner.is_file() {
            let format = time_format.unwrap_or_default();
            let builders = layout.columns.iter().map(|column| Builder::new(column.kind, format)).collect();
            self.begin_rows(layout, builders);
        } else {
            self.layout = Some(layout);
        }
        Ok(())
    }

    /// Fixes the columns.
    pub(super) fn begin_rows(&mut self, layout: Layout, builders: Vec<Builder>) {
        self.builders = builders;
        self.schema = Some(Arc::new(layout.schema()));
        self.layout = Some(layout);
        self.state = State::Rows;
    }
}

/// Column names of a header line without its line end.
fn names(line: &[u8], separator: u8, manner: &Manner) -> Result<Vec<String>, ParseErrorKind> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let end = cell_end(text, separator);
        let cell = unquote(manner.trim(text.get(..end).unwrap_or_default()))?.unwrap_or_default();
        let name = String::from_utf8(cell.into_owned()).map_err(|_| ParseErrorKind::Utf8)?;
        let unnamed = manner.is_file() && name.is_empty();
        names.push(if unnamed { format!("column {}", names.len() + 1) } else { name });
        rest = text.get(end + 1..);
    }
    Ok(names)
}

/// End of the first cell: its separator, or the end of the line.
fn cell_end(text: &[u8], separator: u8) -> usize {
    let mut quoted = false;
    let end = text.iter().position(|&byte| {
        quoted ^= byte == b'"';
        byte == separator && !quoted
    });
    end.unwrap_or(text.len())
}

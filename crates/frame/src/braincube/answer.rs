//! A complete answer: its frames, and what there is to say about them.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};

use super::BraincubeColumn;
use super::column::{CHUNK, Cells, Counts, as_type};
use crate::{Column, ColumnType, Layout, ParseErrorKind};

/// A column that has been read.
pub(super) struct ReadColumn {
    pub(super) cells: Cells,
    pub(super) wire_type: String,
}

/// What an answer holds beside its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BraincubeReport {
    /// One for each column of the frames, in their order.
    pub columns: Vec<ColumnReport>,
    /// Ids that were asked for and did not come, or came without data.
    pub missing: Vec<String>,
    /// Ids that came and were not asked for; the first twenty.
    pub unexpected: Vec<String>,
    /// Whether the columns came in another order than they were asked for.
    pub reordered: bool,
}

/// What was found in a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnReport {
    /// Id of the variable, as it was asked for.
    pub id: String,
    /// The type that the answer names, in its own words; empty when it names none.
    pub wire_type: String,
    /// Cells without a value: nulls.
    pub missing: u64,
    /// Cells that hold something else than a value of the column: nulls, too.
    pub unreadable: u64,
    /// The first cell that could not be read, shortened.
    pub example: Option<String>,
    /// Whole numbers beyond 2⁵³ that a column of doubles holds only nearly.
    pub rounded: u64,
}

/// A complete answer: hands out its frames, in order.
#[derive(Debug)]
pub struct BraincubeAnswer {
    layout: Layout,
    columns: Vec<Chunks>,
    report: BraincubeReport,
    rows: u64,
    handed_out: u64,
}

/// A column's chunks; none at all where every cell is null.
type Chunks = std::vec::IntoIter<ArrayRef>;

impl BraincubeAnswer {
    pub(super) fn new(rows: u64, report: BraincubeReport) -> Self {
        Self { layout: Layout::default(), columns: Vec::new(), report, rows, handed_out: 0 }
    }

    /// Adds a column that was asked for, as it was read; one that did not come is there when its type is known.
    pub(super) fn add(
        &mut self,
        wanted: BraincubeColumn,
        read: Option<ReadColumn>,
    ) -> Result<(), ParseErrorKind> {
        let mut report = ColumnReport { id: wanted.id.clone(), ..ColumnReport::default() };
        let found = match read {
            Some(mut read) => {
                let Counts { missing, unreadable, rounded } = read.cells.counts;
                report.example = read.cells.example();
                report = ColumnReport { missing, unreadable, rounded, wire_type: read.wire_type, ..report };
                Some(read.cells.finish()?)
            }
            None => {
                self.report.missing.push(wanted.id);
                report.missing = self.rows;
                wanted.kind.map(|kind| (kind, Vec::new()))
            }
        };
        let Some((kind, chunks)) = found else { return Ok(()) };
        self.layout.columns.push(Column { unit: wanted.unit, ..Column::new(wanted.name, kind) });
        self.columns.push(chunks.into_iter());
        self.report.columns.push(report);
        Ok(())
    }

    /// The columns of every frame.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What there is to say about the columns.
    pub fn report(&self) -> &BraincubeReport {
        &self.report
    }

    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

impl Iterator for BraincubeAnswer {
    type Item = RecordBatch;

    /// The next rows, at most 16384; `None` at the end.
    fn next(&mut self) -> Option<RecordBatch> {
        let rows = usize::try_from(self.rows - self.handed_out).unwrap_or(CHUNK).min(CHUNK);
        if rows == 0 {
            return None;
        }
        self.handed_out += rows as u64;
        let kinds = self.layout.columns.iter().map(|column| column.kind);
        let next = |(chunks, kind): (&mut Chunks, ColumnType)| {
            chunks.next().map_or_else(|| kind.nulls(rows), |chunk| as_type(chunk, kind))
        };
        let columns = self.columns.iter_mut().zip(kinds).map(next).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        // All columns have one length, and so have their chunks.
        RecordBatch::try_new_with_options(Arc::new(self.layout.schema()), columns, &options).ok()
    }
}

//! Columns, and where the values of rows lie.

use std::ops::Range;

use arrow_array::{ArrayRef, StringArray};

use super::kinds::Kind;
use super::message::Buffers;
use super::values;
use crate::{Column, ParseError};

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrowColumn {
    /// Its name.
    pub name: String,
    /// What it becomes; `None` where it is not read.
    pub column: Option<Column>,
    /// The zone that the file names for its times. Times are those of UTC, whatever it is; without one they are those
    /// of a clock, and taken as UTC.
    pub zone: String,
    pub(super) kind: Kind,
    /// Nodes, buffers and lists of views that it takes in a batch.
    pub(super) takes: [usize; 3],
}

/// Rows of one record batch.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrowRows {
    batch: usize,
    /// Within the batch.
    rows: Range<u64>,
}

impl ArrowRows {
    /// How many.
    pub fn count(&self) -> u64 {
        self.rows.end - self.rows.start
    }
}

/// Rows that follow each other in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Batch {
    /// Rows before it.
    pub(super) first: u64,
    pub(super) rows: u64,
    pub(super) columns: Vec<Option<Buffers>>,
}

/// The texts of a dictionary, for batches from one on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dictionary {
    pub(super) id: i64,
    /// Whether they come behind those before.
    pub(super) is_delta: bool,
    pub(super) values: Buffers,
    pub(super) rows: u64,
    /// Batches before it.
    pub(super) before: usize,
}

/// A part of a column, to be read from the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArrowPlaces {
    /// Bits of rows that hold values; empty where all do.
    pub validity: Range<u64>,
    /// The values, or where texts end.
    pub values: Range<u64>,
}

/// A file or a stream whose rows can be read from any place.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrowFile {
    pub(super) columns: Vec<ArrowColumn>,
    pub(super) batches: Vec<Batch>,
    pub(super) dictionaries: Vec<Dictionary>,
    pub(super) is_file: bool,
    pub(super) is_cut: bool,
}

impl ArrowFile {
    /// The columns.
    pub fn columns(&self) -> &[ArrowColumn] {
        &self.columns
    }

    /// Whether it is a file; else a stream.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// Whether it ends before its end: what is whole of it is there.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.batches.last().map_or(0, |batch| batch.first + batch.rows)
    }

    /// Columns that are not read: their names, and what they hold.
    pub fn passed_over(&self) -> Vec<(&str, &'static str)> {
        let passed = self.columns.iter().filter_map(|column| match column.kind {
            Kind::Other(what) => Some((column.name.as_str(), what)),
            _ => None,
        });
        passed.collect()
    }

    /// The first of these rows that lie in one batch, and no more than so many; `None` where there are none.
    pub fn window(&self, rows: Range<u64>, most: u64) -> Option<ArrowRows> {
        let end = rows.end.min(self.rows());
        if rows.start >= end {
            return None;
        }
        let batch = self.batches.partition_point(|batch| batch.first + batch.rows <= rows.start);
        let held = self.batches.get(batch)?;
        let start = rows.start - held.first;
        Some(ArrowRows { batch, rows: start..(end - held.first).min(held.rows).min(start + most.max(1)) })
    }

    /// Where the values of a column lie.
    pub fn places(&self, column: usize, rows: &ArrowRows) -> ArrowPlaces {
        let (Some(kind), Some(buffers)) = (self.kind(column), self.buffers(column, rows)) else {
            return ArrowPlaces::default();
        };
        buffers.places(kind, &rows.rows)
    }

    /// Where the texts of a column lie, whose ends were read; nothing where it holds none.
    pub fn texts(&self, column: usize, rows: &ArrowRows, ends: &[u8]) -> Result<Range<u64>, ParseError> {
        match (self.kind(column), self.buffers(column, rows)) {
            (Some(Kind::Text { width }), Some(buffers)) => buffers.texts(*width, ends),
            _ => Ok(0..0),
        }
    }

    /// The values of a column, from the bytes at its [`places`](Self::places) and [`texts`](Self::texts), and from its
    /// dictionary, where it has one.
    pub fn values(
        &self,
        column: usize,
        rows: &ArrowRows,
        [validity, values, texts]: [&[u8]; 3],
        dictionary: Option<&StringArray>,
    ) -> Result<ArrayRef, ParseError> {
        let at = self.buffers(column, rows).map_or(0, |buffers| buffers.values.start);
        let part = values::Part {
            first: (rows.rows.start % 8) as usize,
            count: rows.count() as usize,
            validity,
            values,
            texts,
            at,
        };
        let read = self.kind(column).map(|kind| part.read(kind, dictionary));
        let name = self.columns.get(column).map(|column| column.name.clone());
        let read = read.unwrap_or_else(|| Err(super::malformed("there is no such column", at)));
        read.map_err(|error| ParseError { column: name, ..error })
    }

    /// The parts of the dictionary of a column in a batch, by number; none where it has no dictionary.
    pub fn dictionary(&self, column: usize, rows: &ArrowRows) -> Vec<usize> {
        let Some(Kind::Dictionary { id, .. }) = self.kind(column) else { return Vec::new() };
        let own = |(_, part): &(usize, &Dictionary)| part.id == *id && part.before <= rows.batch;
        let all: Vec<_> = self.dictionaries.iter().enumerate().filter(own).collect();
        let first = all.iter().rposition(|(_, part)| !part.is_delta).unwrap_or(0);
        all.into_iter().skip(first).map(|(number, _)| number).collect()
    }

    /// Where the ends of a part of a dictionary lie.
    pub fn dictionary_places(&self, column: usize, part: usize) -> ArrowPlaces {
        match (self.kind(column), self.dictionaries.get(part)) {
            (Some(Kind::Dictionary { ends, .. }), Some(part)) => {
                part.values.places(&Kind::Text { width: *ends }, &(0..part.rows))
            }
            _ => ArrowPlaces::default(),
        }
    }

    /// Where the texts of a part of a dictionary lie, whose ends were read.
    pub fn dictionary_texts(
        &self,
        column: usize,
        part: usize,
        ends: &[u8],
    ) -> Result<Range<u64>, ParseError> {
        match (self.kind(column), self.dictionaries.get(part)) {
            (Some(Kind::Dictionary { ends: width, .. }), Some(part)) => part.values.texts(*width, ends),
            _ => Ok(0..0),
        }
    }

    /// The texts of a part of a dictionary; `None` for those that hold no value.
    pub fn dictionary_values(
        &self,
        column: usize,
        part: usize,
        [validity, values, texts]: [&[u8]; 3],
    ) -> Result<Vec<Option<String>>, ParseError> {
        let (Some(Kind::Dictionary { ends, .. }), Some(part)) =
            (self.kind(column), self.dictionaries.get(part))
        else {
            return Ok(Vec::new());
        };
        let at = part.values.values.start;
        let part = values::Part { first: 0, count: part.rows as usize, validity, values, texts, at };
        let all = part.texts_of(*ends)?;
        Ok(all.into_iter().map(|text| text.map(Into::into)).collect())
    }

    fn kind(&self, column: usize) -> Option<&Kind> {
        self.columns.get(column).map(|column| &column.kind)
    }

    fn buffers(&self, column: usize, rows: &ArrowRows) -> Option<&Buffers> {
        self.batches.get(rows.batch)?.columns.get(column)?.as_ref()
    }
}

impl Buffers {
    fn places(&self, kind: &Kind, rows: &Range<u64>) -> ArrowPlaces {
        let bits = |whole: &Range<u64>| whole.start + rows.start / 8..whole.start + rows.end.div_ceil(8);
        let items = |width: u64, more: u64| {
            let place = self.values.start + rows.start * width..self.values.start + (rows.end + more) * width;
            // A dictionary without texts may have no end either.
            if place.end > self.values.end { 0..0 } else { place }
        };
        let values = match kind {
            Kind::Bool => bits(&self.values),
            Kind::Text { width } => items(*width, 1),
            Kind::Int { width, .. }
            | Kind::Float { width }
            | Kind::Dictionary { width, .. }
            | Kind::Time { width, .. } => items(*width, 0),
            Kind::Other(_) => 0..0,
        };
        ArrowPlaces { validity: self.validity.as_ref().map(bits).unwrap_or(0..0), values }
    }

    fn texts(&self, width: u64, ends: &[u8]) -> Result<Range<u64>, ParseError> {
        let all = values::ends(ends, width);
        let (Some(first), Some(last)) = (all.first(), all.last()) else { return Ok(0..0) };
        let (start, end) = (self.texts.start.saturating_add(*first), self.texts.start.saturating_add(*last));
        if start > end || end > self.texts.end {
            return Err(super::malformed("texts end outside the bytes that hold them", self.values.start));
        }
        Ok(start..end)
    }
}

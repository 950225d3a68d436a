//! Types from the first records.

use super::{CsvParser, Decimal, FILES, State, is_blank, record_end};
use crate::column::{Builder, Cells};
use crate::infer::{self, Guess, Refusal, Sampled};
use crate::time::TimeSpelling;
use crate::{Column, ColumnType, Layout, ParseError, ParseErrorKind};

impl CsvParser {
    /// Records held back for the sample.
    pub(super) fn held(&self) -> &[u8] {
        match &self.state {
            State::Sample { bytes, .. } => bytes,
            _ => &[],
        }
    }

    /// How many records those are.
    pub(super) fn sampled(&self) -> u64 {
        match self.state {
            State::Sample { rows, .. } => rows,
            _ => 0,
        }
    }

    /// Holds a record back; decides the types when there are enough.
    pub(super) fn hold(&mut self, record: &[u8]) -> Result<(), ParseError> {
        let State::Sample { bytes, rows } = &mut self.state else { return Ok(()) };
        bytes.extend_from_slice(record);
        *rows += u64::from(!is_blank(record));
        let enough = *rows >= infer::SAMPLE_ROWS || bytes.len() >= infer::SAMPLE_BYTES;
        if enough { self.end_sample() } else { Ok(()) }
    }

    /// Decides the types from the records held back, if there is a sample, then reads those.
    pub(super) fn end_sample(&mut self) -> Result<(), ParseError> {
        let State::Sample { bytes, .. } = &mut self.state else { return Ok(()) };
        let bytes = std::mem::take(bytes);
        let texts = self.texts(&bytes);
        if FILES && self.manner.is_file() {
            self.find_decimal(&texts).map_err(|kind| self.error_at(kind, None, 0, &[]))?;
        }
        let declared = self.layout.take();
        let guesses = self.guesses(&texts, declared.as_ref()).map_err(|(column, (cell, kind))| {
            let sampled = texts.get(column).and_then(|cells| cells.get(cell));
            let (at, record) = sampled.map_or((0, 0), |sampled| (sampled.at, sampled.record));
            let name = self.names.get(column).cloned();
            ParseError { record, ..self.error_at(kind, name, at, &bytes) }
        })?;
        self.begin(declared, &guesses);
        self.read_rows(&bytes)
    }

    /// The cells of each column that are not empty, of records that have as many cells as the header.
    fn texts(&mut self, bytes: &[u8]) -> Vec<Vec<Sampled>> {
        let columns = self.names.len();
        let mut texts: Vec<Vec<Sampled>> = (0..columns).map(|_| Vec::new()).collect();
        let (mut at, mut row) = (0, 0);
        while let Some(length) =
            record_end(bytes.get(at..).unwrap_or_default(), &mut false, self.marks.newline)
        {
            let record = bytes.get(at..at + length).unwrap_or_default();
            self.index.start();
            self.index.scan(record, 0, length);
            let separators = self.index.entries();
            let regular = separators.len() == columns + 1 && !is_blank(record);
            for (column, texts) in texts.iter_mut().enumerate().filter(|_| regular) {
                let manner = &self.manner;
                let cells =
                    Cells { bytes: record, separators, column, columns, rows: 1, quotes: true, manner };
                let text = cells
                    .iter()
                    .take(1)
                    .find_map(|(start, end)| Some((start, cells.text(start, end).ok()??)));
                let text = text.map(|(start, text)| (start, manner.trim(&text).to_vec()));
                let text = text.filter(|(_, text)| !text.is_empty());
                texts.extend(text.map(|(start, text)| Sampled { text, at: at + start, record: row }));
            }
            row += u64::from(!is_blank(record));
            at += length;
        }
        texts
    }

    /// Whether decimals follow a comma.
    fn find_decimal(&mut self, texts: &[Vec<Sampled>]) -> Result<(), ParseErrorKind> {
        let dialect = self.options.dialect.as_ref();
        self.manner.decimal_comma = match dialect.and_then(|dialect| dialect.decimal) {
            Some(decimal) => decimal == Decimal::Comma,
            // A comma in a quoted cell may as well part thousands.
            None if self.marks.separator == b',' => false,
            None => infer::has_decimal_comma(texts)?,
        };
        Ok(())
    }

    /// What each column of the header holds; a refusal comes with its column.
    fn guesses(
        &self,
        texts: &[Vec<Sampled>],
        declared: Option<&Layout>,
    ) -> Result<Vec<Guess>, (usize, Refusal)> {
        let columns = self.names.iter().zip(texts).zip(&self.plan).enumerate();
        let guess = columns.map(|(column, ((name, cells), place))| {
            let Some(dialect) = self.options.dialect.as_ref().filter(|_| FILES) else {
                let texts: Vec<&[u8]> = cells.iter().map(|cell| &cell.text[..]).collect();
                return Ok(infer::guess(name, &texts));
            };
            let kind = declared.and_then(|layout| layout.columns.get(*place)).map(|column| column.kind);
            let named = dialect.time_column.as_deref() == Some(name.as_str());
            let kind = kind.or(named.then_some(ColumnType::Time));
            infer::guess_in_file(name, cells, &self.manner, dialect.time_format, kind)
                .map_err(|refusal| (column, refusal))
        });
        guess.collect()
    }

    fn begin(&mut self, declared: Option<Layout>, guesses: &[Guess]) {
        let inferred = declared.is_none();
        let layout = declared.unwrap_or_else(|| {
            let columns = self.names.iter().zip(guesses);
            Layout::new(columns.map(|(name, guess)| Column::new(name, guess.kind)).collect())
        });
        let mut builders: Vec<Option<Builder>> = layout.columns.iter().map(|_| None).collect();
        let mut by_place = guesses.to_vec();
        for (guess, place) in guesses.iter().zip(&self.plan) {
            if let (Some(slot), Some(column)) = (builders.get_mut(*place), layout.columns.get(*place)) {
                let builder = self.builder(column.kind, guess);
                *slot = Some(if inferred { builder.inferred(guess.nan_is_null) } else { builder });
                by_place.get_mut(*place).into_iter().for_each(|slot| *slot = *guess);
            }
        }
        if FILES {
            self.guesses = by_place;
        }
        // Every column of the layout stands in the header.
        self.begin_rows(layout, builders.into_iter().flatten().collect());
    }

    fn builder(&self, kind: ColumnType, guess: &Guess) -> Builder {
        if FILES && self.manner.is_file() {
            return Builder::of_file(kind, guess.times.unwrap_or(TimeSpelling::Iso));
        }
        Builder::new(kind, self.options.time_format.unwrap_or_else(|| guess.page_format()))
    }
}

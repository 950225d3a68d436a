//! CSV as the V2 Stream API returns it, and as others write it (RFC 4180).
//!
//! Two stages: SIMD finds commas and newlines outside quotes and notes them in an index; then each column is read by
//! one loop over the index. Between two pushes only the record that is not complete yet is kept.
//!
//! What is read: a header line, then one record a line; LF or CRLF; blank lines are skipped; a byte order mark at the
//! start is skipped; the last line end may be missing. A cell may be quoted, with quotes inside doubled; a quote
//! anywhere else is an error. An empty cell is null; `""` is an empty text in a text column and null in any other.

mod header;
mod index;
mod rows;
mod simd;

use std::sync::Arc;

use arrow_schema::SchemaRef;

use crate::column::{Builder, Cells};
use crate::infer;
use crate::{Column, ColumnType, Layout, ParseError, ParseErrorKind, PushParser, RecordBatch, TimeFormat};
use index::Index;

/// Room for rows is made ahead for at most this many bytes of body, whatever length was announced.
const MOST_EXPECTED: u64 = 256 << 20;

/// What a [`CsvParser`] is told beforehand.
#[derive(Debug, Clone)]
pub struct CsvOptions {
    /// The columns, when they are known. The header must then name exactly these, in any order; a column
    /// `measurement_duration_ns` may come on top. Frames have the order given here.
    ///
    /// Without it the types are inferred from names and values, and no frame comes out before the end: see
    /// [`CsvParser`].
    pub layout: Option<Layout>,
    /// How times are written. `None`: as the first few hundred values show.
    pub time_format: Option<TimeFormat>,
    /// The longest record, in bytes without its newline. The default is 1 MiB.
    pub record_limit: usize,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { layout: None, time_format: None, record_limit: 1 << 20 }
    }
}

/// Reads CSV in pieces.
///
/// With a layout, rows can be [taken](PushParser::take) as they come. Without one, the first 250 records (or the
/// first MiB) decide the types by name and shape: a column named `time`, `timestamp…`, `start_time…` or `end_time…`
/// whose values all are times is a time; then bool (`true`, `false`), int, float, JSON (`{…` or `[…`), text. A column
/// without values is float. A column of integers becomes one of floats when a later record asks for it, which is why
/// frames are held until [`finish`](PushParser::finish) or an error; any other misfit is an error.
pub struct CsvParser {
    options: CsvOptions,
    stage: Stage,
    /// The record that is not complete, while it waits for more bytes.
    carry: Vec<u8>,
    carry_in_quotes: bool,
    /// Names in the header, left to right.
    names: Vec<String>,
    /// The columns of every frame, once known.
    layout: Option<Layout>,
    schema: Option<SchemaRef>,
    /// For each header column its builder.
    plan: Vec<usize>,
    builders: Vec<Builder>,
    index: Index,
    /// Offset in the body of the first byte not consumed, and the newlines before it.
    byte: u64,
    line: u64,
    rows: u64,
    pending: usize,
    expected_bytes: u64,
}

enum Stage {
    Header,
    /// Holds complete records until there are enough to tell the types.
    Sample {
        bytes: Vec<u8>,
        rows: u64,
    },
    Rows,
    Done,
    Failed(ParseError),
}

impl CsvParser {
    /// A parser for one body.
    pub fn new(options: CsvOptions) -> Self {
        Self {
            options,
            stage: Stage::Header,
            carry: Vec::new(),
            carry_in_quotes: false,
            names: Vec::new(),
            layout: None,
            schema: None,
            plan: Vec::new(),
            builders: Vec::new(),
            index: Index::default(),
            byte: 0,
            line: 0,
            rows: 0,
            pending: 0,
            expected_bytes: 0,
        }
    }

    /// Tells how many bytes are still to come, so that columns are allocated once. Only a hint: it may be wrong.
    pub fn expect_bytes(&mut self, bytes: u64) {
        self.expected_bytes = bytes.min(MOST_EXPECTED);
    }

    /// The columns of every frame: known after the header when the layout was given, else after the sample.
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    fn feed(&mut self, mut bytes: &[u8]) -> Result<(), ParseError> {
        while !bytes.is_empty() {
            if matches!(self.stage, Stage::Rows) && self.carry.is_empty() {
                return self.read_rows(bytes);
            }
            let end = record_end(bytes, &mut self.carry_in_quotes);
            let (head, rest) = bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
            self.carry.extend_from_slice(head);
            self.check_length(self.carry.len() - end.is_some() as usize)?;
            if end.is_some() {
                self.record()?;
            }
            bytes = rest;
        }
        Ok(())
    }

    /// Refuses a record that is `length` bytes long, or will be.
    fn check_length(&mut self, length: usize) -> Result<(), ParseError> {
        let limit = self.options.record_limit;
        if length <= limit {
            return Ok(());
        }
        let record = std::mem::take(&mut self.carry);
        self.end_sample()?;
        Err(self.error_at(ParseErrorKind::TooLong { limit }, None, limit, &record))
    }

    /// Records held back for the sample.
    fn held(&self) -> &[u8] {
        match &self.stage {
            Stage::Sample { bytes, .. } => bytes,
            _ => &[],
        }
    }

    fn sampled(&self) -> u64 {
        match self.stage {
            Stage::Sample { rows, .. } => rows,
            _ => 0,
        }
    }

    /// Takes the complete record in `carry`.
    fn record(&mut self) -> Result<(), ParseError> {
        let record = std::mem::take(&mut self.carry);
        let done = match &mut self.stage {
            Stage::Header => self.header(&record),
            Stage::Sample { bytes, rows } => {
                bytes.extend_from_slice(&record);
                *rows += !is_blank(&record) as u64;
                let enough = *rows >= infer::SAMPLE_ROWS || bytes.len() >= infer::SAMPLE_BYTES;
                if enough { self.end_sample() } else { Ok(()) }
            }
            _ => self.read_rows(&record),
        };
        // Its memory is used again, if nothing was left in a new one.
        if self.carry.is_empty() {
            self.carry = record;
            self.carry.clear();
        }
        done
    }

    fn header(&mut self, record: &[u8]) -> Result<(), ParseError> {
        let text =
            if self.byte == 0 { record.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(record) } else { record };
        if !is_blank(text) {
            let line = text.strip_suffix(b"\n").unwrap_or(text);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.read_header(line).map_err(|kind| self.error_at(kind, None, 0, &[]))?;
        }
        self.byte += record.len() as u64;
        self.line += count_newlines(record) as u64;
        Ok(())
    }

    fn read_header(&mut self, line: &[u8]) -> Result<(), ParseErrorKind> {
        self.names = header::names(line)?;
        self.stage = Stage::Sample { bytes: Vec::new(), rows: 0 };
        let Some(mut layout) = self.options.layout.clone() else {
            // Only refuses names that appear twice; the types come later.
            let columns = self.names.iter().map(|name| Column::new(name, ColumnType::Text));
            self.plan = Layout::new(columns.collect()).places(&self.names)?;
            return Ok(());
        };
        self.plan = layout.places(&self.names)?;
        let has_time = layout.columns.iter().any(|column| column.kind == ColumnType::Time);
        let time_format = self.options.time_format;
        if time_format.is_some() || !has_time {
            self.begin_rows(layout, |_| time_format.unwrap_or_default());
        } else {
            self.layout = Some(layout);
        }
        Ok(())
    }

    /// Fixes the columns. `time_format` is asked by place in the header.
    fn begin_rows(&mut self, layout: Layout, time_format: impl Fn(usize) -> TimeFormat) {
        let place = |builder| self.plan.iter().position(|&place| place == builder).unwrap_or_default();
        let columns = layout.columns.iter().enumerate();
        self.builders =
            columns.map(|(builder, column)| Builder::new(column.kind, time_format(place(builder)))).collect();
        self.schema = Some(Arc::new(layout.schema()));
        self.layout = Some(layout);
        self.stage = Stage::Rows;
    }

    /// Decides the types from the records held back, if there is a sample, then reads those.
    fn end_sample(&mut self) -> Result<(), ParseError> {
        let Stage::Sample { bytes, .. } = &mut self.stage else { return Ok(()) };
        let bytes = std::mem::take(bytes);
        let guesses = self.guess(&bytes);
        let given = self.options.time_format;
        let time_format = |column: usize| {
            given.or(guesses.get(column).and_then(|guess| guess.time_format)).unwrap_or(TimeFormat::Iso)
        };
        let layout = match self.layout.take() {
            Some(layout) => layout,
            None => {
                let columns = self.names.iter().zip(&guesses);
                Layout::new(columns.map(|(name, guess)| Column::new(name, guess.kind)).collect())
            }
        };
        self.begin_rows(layout, time_format);
        self.read_rows(&bytes)
    }

    /// Looks at the records that have as many cells as the header.
    fn guess(&mut self, bytes: &[u8]) -> Vec<infer::Guess> {
        let columns = self.names.len();
        let mut texts: Vec<Vec<Vec<u8>>> = vec![Vec::new(); columns];
        let mut rest = bytes;
        while let Some(length) = record_end(rest, &mut false) {
            let (record, after) = rest.split_at(length);
            rest = after;
            self.index.start();
            self.index.scan(record, 0, length);
            let separators = self.index.entries();
            if separators.len() != columns + 1 || is_blank(record) {
                continue;
            }
            for (column, texts) in texts.iter_mut().enumerate() {
                let cells = Cells { bytes: record, separators, column, columns, rows: 1, quotes: true };
                let text = cells.iter().take(1).find_map(|(start, end)| cells.text(start, end).ok()?);
                texts.extend(text.filter(|text| !text.is_empty()).map(|text| text.into_owned()));
            }
        }
        self.names.iter().zip(&texts).map(|(name, texts)| infer::guess(name, texts)).collect()
    }

    /// An error at a place in a slice that begins where `self.byte` and `self.line` stand.
    fn error_at(&self, kind: ParseErrorKind, column: Option<String>, at: usize, bytes: &[u8]) -> ParseError {
        let line = self.line + count_newlines(bytes.get(..at).unwrap_or_default()) as u64 + 1;
        ParseError { kind, column, record: self.rows, line, byte: self.byte + at as u64 }
    }

    fn end(&mut self) -> Result<(), ParseError> {
        let body = self.byte + (self.held().len() + self.carry.len()) as u64;
        let last = body - self.carry.len() as u64;
        let truncated = ParseError {
            kind: ParseErrorKind::Truncated,
            column: None,
            record: self.rows + self.sampled(),
            line: self.line + (count_newlines(self.held()) + count_newlines(&self.carry)) as u64 + 1,
            byte: body,
        };
        let cut = !self.carry.is_empty();
        if cut && self.carry_in_quotes {
            self.carry.clear();
            return self.end_sample().and(Err(truncated));
        }
        let rest = self.end_records();
        rest.map_err(|error| match error.kind {
            // The last line has no end, so what it lacks was probably cut off.
            ParseErrorKind::CellCount { expected, found }
                if cut && error.byte >= last && found < expected =>
            {
                truncated
            }
            _ => error,
        })
    }

    fn end_records(&mut self) -> Result<(), ParseError> {
        if !self.carry.is_empty() {
            self.carry.push(b'\n');
            self.record()?;
        }
        self.end_sample()
    }
}

impl PushParser for CsvParser {
    fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let Stage::Failed(error) = &self.stage {
            return Err(error.clone());
        }
        // Positions within a piece are kept in 32 bits.
        for piece in bytes.chunks(1 << 30) {
            let fed = self.feed(piece);
            self.expected_bytes = self.expected_bytes.saturating_sub(piece.len() as u64);
            fed.inspect_err(|error| self.stage = Stage::Failed(error.clone()))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ParseError> {
        match &self.stage {
            Stage::Failed(error) => return Err(error.clone()),
            Stage::Done => return Ok(()),
            _ => {}
        }
        let end = self.end();
        self.stage = end.clone().map_or_else(Stage::Failed, |()| Stage::Done);
        end
    }

    fn take(&mut self) -> Option<RecordBatch> {
        let ended = matches!(self.stage, Stage::Done | Stage::Failed(_));
        let held = self.options.layout.is_none() && !ended;
        if self.pending == 0 || held {
            return None;
        }
        let rows = std::mem::take(&mut self.pending);
        let schema = self.schema.clone()?;
        let columns = self.builders.iter_mut().map(Builder::take).collect::<Result<_, _>>();
        // Builders only make arrays of one length that fit their fields.
        let frame = columns.and_then(|columns| RecordBatch::try_new(schema, columns)).ok();
        debug_assert_eq!(frame.as_ref().map(RecordBatch::num_rows), Some(rows));
        frame
    }

    fn pending_rows(&self) -> usize {
        self.pending
    }

    fn rows(&self) -> u64 {
        self.rows
    }
}

/// Just after the first newline outside quotes. `in_quotes` is where the bytes begin, and then where they end.
fn record_end(bytes: &[u8], in_quotes: &mut bool) -> Option<usize> {
    let newline = bytes.iter().position(|&byte| {
        *in_quotes ^= byte == b'"';
        byte == b'\n' && !*in_quotes
    });
    newline.map(|at| at + 1)
}

fn is_blank(record: &[u8]) -> bool {
    matches!(record, b"" | b"\r" | b"\n" | b"\r\n")
}

fn count_newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

//! CSV as the V2 Stream API returns it, and as others write it (RFC 4180 and beyond).
//!
//! Two stages: SIMD finds separators and newlines outside quotes and notes them in an index; then each column is read by
//! one loop over the index. Between two pushes only the record that is not complete yet is kept.
//!
//! What is read: a header line, then one record a line; LF or CRLF; blank lines are skipped; a byte order mark at the
//! start is skipped; the last line end may be missing. A cell may be quoted, with quotes inside doubled; a quote
//! anywhere else is an error. An empty cell is null; `""` is an empty text in a text column and null in any other.
//!
//! A file that no API wrote is read with a [`Dialect`]: other separators, a comma before decimals, lines before the
//! header, CR alone at the end of lines, spaces around cells and words for null are then understood, and as much of it as
//! nobody says is found from the file's beginning.

mod dialect;
mod file;
mod find;
mod header;
mod index;
mod rows;
mod sample;
mod simd;
#[cfg(feature = "files")]
mod window;

use std::sync::Arc;

use arrow_schema::SchemaRef;

use crate::column::{Builder, Manner};
use crate::infer::Guess;
use crate::{Layout, ParseError, ParseErrorKind, PushParser, RecordBatch, TimeFormat};
pub use dialect::{Decimal, Dialect, Separator};
use index::Index;
use simd::Marks;
#[cfg(feature = "files")]
pub use window::CsvFile;
#[cfg(feature = "files")]
pub(crate) use window::unit as unit_of;

/// Room for rows is made ahead for at most this many bytes of body, whatever length was announced.
const MOST_EXPECTED: u64 = 256 << 20;

/// Whether files can be read, beside pages. Where it is false, the compiler leaves out what only they need.
const FILES: bool = cfg!(feature = "files");

/// What a [`CsvParser`] is told beforehand.
#[derive(Debug, Clone)]
pub struct CsvOptions {
    /// The columns, when they are known. The header must then name exactly these, in any order; a column
    /// `measurement_duration_ns` may come on top. Frames have the order given here.
    ///
    /// Without it the types are inferred from names and values, and no frame comes out before the end: see
    /// [`CsvParser`].
    pub layout: Option<Layout>,
    /// How times are written in a page. `None`: as the first few hundred values show. A file's dialect has its own.
    pub time_format: Option<TimeFormat>,
    /// For a file: how it is written, as far as that is known. `None` for a page of a server, which is strict. Has no
    /// effect without the feature `files`.
    pub dialect: Option<Dialect>,
    /// The longest record, in bytes without its newline. The default is 1 MiB.
    pub record_limit: usize,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { layout: None, time_format: None, dialect: None, record_limit: 1 << 20 }
    }
}

/// Reads CSV in pieces.
///
/// With a layout, rows can be [taken](PushParser::take) as they come. Without one, the first 250 records (or the
/// first MiB) decide the types by name and shape: a column named `time`, `timestamp…`, `start_time…` or `end_time…`
/// whose values all are times is a time; then bool (`true`, `false`), int, float, JSON (`{…` or `[…`), text. A column
/// without values is float. A column of integers becomes one of floats when a later record asks for it, which is why
/// frames are held until [`finish`](PushParser::finish) or an error; any other misfit is an error. No whole number is ever
/// rounded in a column whose type was only inferred.
pub struct CsvParser {
    options: CsvOptions,
    state: State,
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
    /// How the cells of each column of a file are read, once known.
    guesses: Vec<Guess>,
    /// Where the first record after the header begins, and the lines up to there.
    #[cfg(feature = "files")]
    first: u64,
    #[cfg(feature = "files")]
    header_line: u64,
    index: Index,
    marks: Marks,
    manner: Manner,
    /// Offset in the body of the first byte not consumed, and the newlines before it.
    byte: u64,
    line: u64,
    rows: u64,
    pending: usize,
    expected_bytes: u64,
}

enum State {
    /// Holds the beginning of a file until there is enough to see how it is written, or until there are so many bytes.
    Find {
        bytes: Vec<u8>,
        enough: usize,
    },
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
        let (state, manner) = match &options.dialect {
            Some(dialect) if FILES => (
                State::Find { bytes: Vec::new(), enough: find::LOOKED_AT },
                Manner::of_file(dialect.nulls.clone()),
            ),
            _ => (State::Header, Manner::default()),
        };
        Self {
            options,
            state,
            carry: Vec::new(),
            carry_in_quotes: false,
            names: Vec::new(),
            layout: None,
            schema: None,
            plan: Vec::new(),
            builders: Vec::new(),
            guesses: Vec::new(),
            #[cfg(feature = "files")]
            first: 0,
            #[cfg(feature = "files")]
            header_line: 0,
            index: Index::default(),
            marks: Marks::default(),
            manner,
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
        if let State::Find { .. } = self.state {
            return self.look(bytes);
        }
        while !bytes.is_empty() {
            if matches!(self.state, State::Rows) && self.carry.is_empty() {
                return self.read_rows(bytes);
            }
            let end = record_end(bytes, &mut self.carry_in_quotes, self.marks.newline);
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

    /// Takes the complete record in `carry`.
    fn record(&mut self) -> Result<(), ParseError> {
        let record = std::mem::take(&mut self.carry);
        let done = match self.state {
            State::Header => self.header(&record),
            State::Sample { .. } => self.hold(&record),
            _ => self.read_rows(&record),
        };
        // Its memory is used again, if nothing was left in a new one.
        if self.carry.is_empty() {
            self.carry = record;
            self.carry.clear();
        }
        done
    }

    /// An error at a place in a slice that begins where `self.byte` and `self.line` stand.
    fn error_at(&self, kind: ParseErrorKind, column: Option<String>, at: usize, bytes: &[u8]) -> ParseError {
        let line = self.line + count(bytes.get(..at).unwrap_or_default(), self.marks.newline) as u64 + 1;
        ParseError { kind, column, record: self.rows, line, byte: self.byte + at as u64 }
    }

    fn end(&mut self) -> Result<(), ParseError> {
        self.look_at_all()?;
        let body = self.byte + (self.held().len() + self.carry.len()) as u64;
        let last = body - self.carry.len() as u64;
        let truncated = ParseError {
            kind: ParseErrorKind::Truncated,
            column: None,
            record: self.rows + self.sampled(),
            line: self.line
                + (count(self.held(), self.marks.newline) + count(&self.carry, self.marks.newline)) as u64
                + 1,
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
            self.carry.push(self.marks.newline);
            self.record()?;
        }
        self.end_sample()
    }
}

impl PushParser for CsvParser {
    fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let State::Failed(error) = &self.state {
            return Err(error.clone());
        }
        // Positions within a piece are kept in 32 bits.
        for piece in bytes.chunks(1 << 30) {
            let fed = self.feed(piece);
            self.expected_bytes = self.expected_bytes.saturating_sub(piece.len() as u64);
            fed.inspect_err(|error| self.state = State::Failed(error.clone()))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ParseError> {
        match &self.state {
            State::Failed(error) => return Err(error.clone()),
            State::Done => return Ok(()),
            _ => {}
        }
        let end = self.end();
        self.state = end.clone().map_or_else(State::Failed, |()| State::Done);
        end
    }

    fn take(&mut self) -> Option<RecordBatch> {
        let ended = matches!(self.state, State::Done | State::Failed(_));
        let held = self.options.layout.is_none() && !ended;
        if self.pending == 0 || held {
            return None;
        }
        let rows = std::mem::take(&mut self.pending);
        let layout = self.layout.as_ref()?;
        let schema = self.schema.get_or_insert_with(|| Arc::new(layout.schema())).clone();
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
fn record_end(bytes: &[u8], in_quotes: &mut bool, newline: u8) -> Option<usize> {
    let end = bytes.iter().position(|&byte| {
        *in_quotes ^= byte == b'"';
        byte == newline && !*in_quotes
    });
    end.map(|at| at + 1)
}

fn is_blank(record: &[u8]) -> bool {
    matches!(record, b"" | b"\r" | b"\n" | b"\r\n")
}

fn count(bytes: &[u8], wanted: u8) -> usize {
    bytes.iter().filter(|&&byte| byte == wanted).count()
}

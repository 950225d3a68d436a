//! Data of a Braincube memory base: columns one after the other,
//! `{"datadefs": [{"id": "mb7/d101", "type": "NUMERIC", "data": ["1.5", "nan", …]}, …]}`.
//!
//! Cells are read as they arrive and kept as typed values, never as text; an answer's rows are there when its last column
//! is. Members may come in any order. A column that was asked for and did not come, or came without data, is reported;
//! one that nobody asked for is passed over, and reported too. Columns of different lengths are refused.
//!
//! Cells: `null`, `"null"`, `"nan"`, `""` and `"?"` are missing values. In a column of text only `null` and `"?"` are,
//! for any other text may be the name of a state.

mod answer;
mod cell;
mod column;
mod place;
mod syntax;
mod time;

use std::rc::Rc;

use crate::{ColumnType, ParseError, ParseErrorKind};
use answer::ReadColumn;
pub use answer::{BraincubeAnswer, BraincubeReport, ColumnReport};
use column::Cells;
use place::{Current, Place};
use syntax::Syntax;
pub use time::{WallClock, braincube_time};

/// The longest token kept back until the rest of it arrives.
const LONGEST_TOKEN: usize = 1 << 20;

/// What a [`BraincubeParser`] is told beforehand.
#[derive(Clone)]
pub struct BraincubeOptions {
    /// The columns that were asked for, in the order in which they are wanted.
    pub columns: Vec<BraincubeColumn>,
    /// How the times of the answer become instants.
    pub clock: Rc<dyn WallClock>,
}

/// A column that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BraincubeColumn {
    /// Id of the variable, `mb7/d101` or `101`: what counts is the part after `/d`.
    pub id: String,
    /// Name, unit and quantity of the column in frames.
    pub name: String,
    /// Unit of the values, when it is known.
    pub unit: Option<String>,
    /// Float, Time or Text: the column is read as this, whatever the answer says, and is there even when the answer
    /// lacks it. `None`: as the answer says; numbers are integers where all are whole.
    pub kind: Option<ColumnType>,
    /// Whether its times do not go back, as those of the variable that orders the rows.
    pub ordered: bool,
}

/// Reads one answer.
pub struct BraincubeParser {
    options: BraincubeOptions,
    syntax: Syntax,
    /// The start of a token whose rest has not arrived.
    carry: Vec<u8>,
    /// Bytes of the body before the carry.
    consumed: u64,
    place: Place,
    /// Brackets open outside of a value that is passed over.
    skipping: Option<usize>,
    found_columns: bool,
    /// Columns read, by their place in the options.
    columns: Vec<Option<ReadColumn>>,
    report: BraincubeReport,
    /// Rows of the first column, which all others must have.
    rows: Option<u64>,
    end: Option<ParseError>,
}

impl BraincubeParser {
    /// A parser for one answer.
    pub fn new(options: BraincubeOptions) -> Self {
        Self {
            columns: options.columns.iter().map(|_| None).collect(),
            options,
            syntax: Syntax::new(),
            carry: Vec::new(),
            consumed: 0,
            place: Place::Start,
            skipping: None,
            found_columns: false,
            report: BraincubeReport::default(),
            rows: None,
            end: None,
        }
    }

    /// Takes the next bytes of the body, in any split. After an error the parser takes no more.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let Some(error) = &self.end {
            return Err(error.clone());
        }
        if self.carry.is_empty() {
            let at = self.read(bytes)?;
            self.carry.extend_from_slice(bytes.get(at..).unwrap_or_default());
            return self.check_carry();
        }
        let mut joined = std::mem::take(&mut self.carry);
        joined.extend_from_slice(bytes);
        let at = self.read(&joined)?;
        joined.drain(..at);
        // A token that comes in many pieces is not copied for each of them.
        self.carry = joined;
        self.check_carry()
    }

    /// Rows read so far of the column that is arriving, and columns that are complete: how far it has come.
    pub fn progress(&self) -> (usize, u64) {
        let complete = self.columns.iter().flatten().count();
        let current = match &self.place {
            Place::Cells(current) => current.cells.as_ref().map_or(0, Cells::rows),
            _ => 0,
        };
        (complete, current)
    }

    /// Ends the body.
    pub fn finish(self) -> Result<BraincubeAnswer, ParseError> {
        if let Some(error) = self.end {
            return Err(error);
        }
        if !self.syntax.has_ended() {
            return Err(self.error(self.carry.len(), ParseErrorKind::Truncated));
        }
        if !self.found_columns {
            let words = "the answer has no `datadefs`".to_string();
            return Err(self.error(0, ParseErrorKind::Malformed(words)));
        }
        self.answer().map_err(|kind| ParseError { kind, column: None, record: 0, line: 1, byte: 0 })
    }

    /// Reads all tokens that are complete, and returns where the next begins.
    fn read(&mut self, bytes: &[u8]) -> Result<usize, ParseError> {
        let mut at = 0;
        loop {
            let outcome = self.step(bytes, &mut at);
            match outcome {
                Ok(true) => {}
                Ok(false) => {
                    self.consumed += at as u64;
                    return Ok(at);
                }
                Err(kind) => {
                    let error = self.error(at, kind);
                    self.end = Some(error.clone());
                    return Err(error);
                }
            }
        }
    }

    fn check_carry(&mut self) -> Result<(), ParseError> {
        if self.carry.len() > LONGEST_TOKEN {
            let error = self.error(0, ParseErrorKind::TooLong { limit: LONGEST_TOKEN });
            self.end = Some(error.clone());
            return Err(error);
        }
        Ok(())
    }

    fn error(&self, at: usize, kind: ParseErrorKind) -> ParseError {
        let (column, record) = match &self.place {
            Place::Cells(current) => (current.id.clone(), current.cells.as_ref().map_or(0, Cells::rows)),
            _ => (None, 0),
        };
        let byte = self.consumed + at as u64;
        ParseError { kind, column, record, line: self.syntax.newlines + 1, byte }
    }

    /// Takes one token, or many cells; `false` when the bytes end first. After an error, `at` is where it lies.
    fn step(&mut self, bytes: &[u8], at: &mut usize) -> Result<bool, ParseErrorKind> {
        if let (Place::Cells(Current { cells: Some(cells), .. }), None) = (&mut self.place, self.skipping) {
            let syntax = &mut self.syntax;
            let room = self.rows.map_or(u64::MAX, |rows| rows - cells.rows());
            let mut begun = *at;
            let filled = cells.fill(bytes, room, || {
                // Behind the comma.
                begun = *at + 1;
                syntax.plain_text(bytes, at)
            });
            filled.inspect_err(|_| *at = begun)?;
        }
        let Some(token) = self.syntax.next(bytes, at)? else { return Ok(false) };
        match self.skipping {
            Some(depth) if self.syntax.depth() <= depth => self.skipping = None,
            Some(_) => {}
            None => {
                let begun = token.start(*at);
                self.take(token, bytes).inspect_err(|_| *at = begun)?;
            }
        }
        Ok(true)
    }

    fn answer(mut self) -> Result<BraincubeAnswer, ParseErrorKind> {
        let mut answer = BraincubeAnswer::new(self.rows.unwrap_or_default(), self.report);
        let read = std::mem::take(&mut self.columns);
        for (wanted, read) in self.options.columns.into_iter().zip(read) {
            answer.add(wanted, read)?;
        }
        Ok(answer)
    }
}

//! The way from message to message.

use std::ops::Range;

use super::file::{ArrowColumn, ArrowFile, Batch, Dictionary};
use super::message::{Message, read};
use super::{MAGIC, malformed};
use crate::ParseError;

/// Bytes that are asked for at a time, where a message may begin: most are shorter.
const PIECE: u64 = 4 << 10;
/// Bytes of a message at most, without its body.
const MOST_BYTES: u64 = 16 << 20;
/// Messages at most, and columns of batches.
const MOST_MESSAGES: usize = 1 << 20;
const MOST_PLACES: usize = 1 << 20;
/// What stands before the length of a message, but in old files.
const CONTINUATION: u32 = u32::MAX;
/// Bytes of a file before its first message, and at its end: the length of the footer, and the magic.
const FILE_HEAD: u64 = 8;
const FILE_TAIL: u64 = 10;
/// Where the first message of a file begins at the latest: some programs leave more room behind the magic than others.
const MOST_PADDING: u64 = 4 << 10;

/// What a walk needs, or has found.
#[derive(Debug)]
pub enum ArrowStep {
    /// These bytes of the file.
    Need(Range<u64>),
    /// The columns, and where their rows lie.
    Found(ArrowFile),
}

/// Finds the rows of a file or of a stream: asks for bytes until it knows where they are.
#[derive(Debug)]
pub struct ArrowWalk {
    bytes: u64,
    at: u64,
    /// Where the footer of a file begins; the end of a stream.
    end: u64,
    next: Next,
    is_file: bool,
    columns: Option<Vec<ArrowColumn>>,
    batches: Vec<Batch>,
    dictionaries: Vec<Dictionary>,
    messages: usize,
    places: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Next {
    Magic,
    Tail,
    Message,
}

impl ArrowWalk {
    /// The walk through a file of so many bytes.
    pub fn new(bytes: u64) -> Self {
        Self {
            bytes,
            at: 0,
            end: bytes,
            next: Next::Magic,
            is_file: false,
            columns: None,
            batches: Vec::new(),
            dictionaries: Vec::new(),
            messages: 0,
            places: 0,
        }
    }

    /// What it needs first.
    pub fn begin(&self) -> ArrowStep {
        ArrowStep::Need(0..self.bytes.min(FILE_HEAD))
    }

    /// Takes the bytes that were asked for.
    pub fn take(&mut self, bytes: &[u8]) -> Result<ArrowStep, ParseError> {
        match self.next {
            Next::Magic if bytes.starts_with(MAGIC) => {
                (self.is_file, self.at, self.next) = (true, FILE_HEAD, Next::Tail);
                Ok(ArrowStep::Need(self.bytes.saturating_sub(FILE_TAIL).max(FILE_HEAD)..self.bytes))
            }
            Next::Magic => {
                self.next = Next::Message;
                Ok(self.need(PIECE))
            }
            Next::Tail => {
                // A file that was cut off has no footer, and is read as far as it goes.
                if bytes.ends_with(MAGIC)
                    && let Some(length) = u32_at(bytes, 0)
                {
                    self.end = self.bytes.saturating_sub(FILE_TAIL + u64::from(length)).max(FILE_HEAD);
                }
                self.next = Next::Message;
                Ok(self.need(PIECE))
            }
            Next::Message => self.messages(bytes),
        }
    }

    /// The messages that lie in these bytes.
    fn messages(&mut self, bytes: &[u8]) -> Result<ArrowStep, ParseError> {
        let start = self.at;
        loop {
            let rest =
                usize::try_from(self.at - start).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
            let left = self.end.saturating_sub(self.at);
            // Less than a length is no message: the end, or a part of one that was cut off.
            let Some(first) = u32_at(rest, 0).filter(|_| left >= 4) else {
                return if left >= 4 && rest.len() < 4 { Ok(self.need(PIECE)) } else { self.found(left > 0) };
            };
            let (prefix, length) = match first {
                CONTINUATION => (8, u32_at(rest, 4)),
                length => (4, Some(length)),
            };
            let Some(length) = length else {
                return if left >= 8 { Ok(self.need(PIECE)) } else { self.found(true) };
            };
            if length == 0 && self.is_file && self.columns.is_none() && self.at < MOST_PADDING {
                self.at += FILE_HEAD;
                continue;
            }
            if length == 0 {
                return self.found(false);
            }
            let length = u64::from(length);
            if length > MOST_BYTES {
                return Err(malformed(
                    format!("a message of {length} bytes; at most {MOST_BYTES} are read"),
                    self.at,
                ));
            }
            let whole = prefix + length;
            if whole > left {
                return self.found(true);
            }
            let Some(metadata) = rest.get(prefix as usize..whole as usize) else {
                return Ok(self.need(whole));
            };
            let body = self.at + whole;
            let (message, body_length) = read(metadata, body, self.columns.as_deref())?;
            let Some(end) = body.checked_add(body_length).filter(|end| *end <= self.end) else {
                return self.found(true);
            };
            self.put(message, body)?;
            self.at = end;
        }
    }

    fn put(&mut self, message: Message, at: u64) -> Result<(), ParseError> {
        self.messages += 1;
        if self.messages > MOST_MESSAGES {
            return Err(malformed(
                format!("it has more than {MOST_MESSAGES} messages: write larger batches"),
                at,
            ));
        }
        match message {
            Message::Columns(columns) if self.columns.is_none() => self.columns = Some(columns),
            Message::Columns(_) => return Err(malformed("the columns are named twice", at)),
            Message::Dictionary { id, is_delta, values, rows } => {
                let before = self.batches.len();
                self.dictionaries.push(Dictionary { id, is_delta, values, rows, before });
            }
            Message::Rows { rows, columns } => {
                self.places += columns.len();
                if self.places > MOST_PLACES {
                    return Err(malformed(
                        "it has too many batches of too many columns: write larger batches",
                        at,
                    ));
                }
                let first = self.batches.last().map_or(0, |batch| batch.first + batch.rows);
                if first.checked_add(rows).is_none_or(|end| end > i64::MAX as u64) {
                    return Err(malformed("it names more rows than there can be", at));
                }
                if rows > 0 {
                    self.batches.push(Batch { first, rows, columns });
                }
            }
            Message::Other => {}
        }
        Ok(())
    }

    fn need(&self, bytes: u64) -> ArrowStep {
        ArrowStep::Need(self.at..self.at.saturating_add(bytes).min(self.bytes))
    }

    fn found(&mut self, is_cut: bool) -> Result<ArrowStep, ParseError> {
        let none = || malformed("it does not say which columns it has", self.at);
        let columns = self.columns.take().ok_or_else(none)?;
        Ok(ArrowStep::Found(ArrowFile {
            columns,
            batches: std::mem::take(&mut self.batches),
            dictionaries: std::mem::take(&mut self.dictionaries),
            is_file: self.is_file,
            is_cut,
        }))
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

//! Arrow IPC, as files and as streams (<https://arrow.apache.org/docs/format/Columnar.html>): where the values of a column
//! lie, and what they are.
//!
//! Nothing here reads a file: [`ArrowWalk`] asks for the bytes of each message and finds an [`ArrowFile`], which tells
//! which bytes hold which rows. Bodies are read in place, row by row, so that a record batch may be longer than memory.
//!
//! Messages are read with the types that the `arrow-ipc` crate generates from Arrow's own definitions, after their
//! verifier has passed them. Its reader is not used: it holds whole batches, and trusts lengths that a file may not keep.
//! Every length is checked here against the bytes that are there.
//!
//! Columns of numbers, truth values, texts, times and dates are read, those with a dictionary too. Others are passed over
//! and named ([`ArrowFile::passed_over`]). Compressed bodies are refused, and so are those with the high byte first.

mod file;
mod kinds;
mod message;
mod values;
mod walk;

pub use file::{ArrowColumn, ArrowFile, ArrowPlaces, ArrowRows};
pub use walk::{ArrowStep, ArrowWalk};

use crate::{ParseError, ParseErrorKind};

/// What begins a file.
const MAGIC: &[u8; 6] = b"ARROW1";

/// The error of a file that is not as it should be, near a byte.
fn malformed(words: impl Into<String>, byte: u64) -> ParseError {
    let kind = ParseErrorKind::Malformed(words.into());
    ParseError { kind, column: None, record: 0, line: 1, byte }
}

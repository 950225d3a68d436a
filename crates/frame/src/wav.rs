//! WAV files of any kind: PCM of 8 to 32 bits, floats of 32 and 64 bits, any number of channels, RF64.
//!
//! [`WavWalk`] asks for the headers of the file's chunks, wherever they lie; [`WavFile`] then tells which bytes hold
//! which samples. Integers stay what the file holds (8 bits are unsigned there), floats too. A WAV says how far its
//! samples lie apart, and not when they began: times count from the start that the caller names. Each is exact to the
//! nanosecond, so that nothing drifts.
//!
//! A file that ends before its samples do, as a recorder that lost its power leaves it, is read as far as it goes.

mod file;
mod walk;

use crate::{ParseError, ParseErrorKind};

pub use file::{WavFile, WavSample};
pub use walk::{WavStep, WavWalk};

/// An error at a place of the file.
fn malformed(words: impl Into<String>, byte: u64) -> ParseError {
    ParseError { kind: ParseErrorKind::Malformed(words.into()), column: None, record: 0, line: 1, byte }
}

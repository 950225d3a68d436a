//! EDF, EDF+, BDF and BDF+ files, as edfplus.info and biosemi.com describe them.
//!
//! Nothing here reads a file: [`EdfHeader::length`] and [`EdfHeader::read`] take its first bytes, [`EdfNotes`] the
//! annotations of a data record, and [`EdfFile`] tells which bytes hold which samples and what they say.
//!
//! Times are exact. A data record lasts a decimal number of seconds, which is a whole number of ns; a sample's time is
//! the start of its record and its share of it, rounded once. So nothing drifts, whatever the rate. The header has a
//! clock time without a zone: it is taken as UTC. A record of EDF+D that does not go on where the one before ended
//! begins an interval.
//!
//! Values are `gain * (offset + raw)`, the calibration of the header; a physical range may be inverted. Raw values that
//! lie outside the digital range are kept.

mod clock;
mod field;
mod file;
mod header;
mod notes;
mod signal;
mod write;

use crate::{ParseError, ParseErrorKind};

pub use file::EdfFile;
pub use header::{EdfHeader, EdfKind};
pub use notes::{EdfAnnotation, EdfNotes};
pub use signal::EdfSignal;
pub use write::{EdfPlan, EdfValues, EdfWriter};

/// An error in a file without lines.
fn error(kind: ParseErrorKind, record: u64, byte: u64) -> ParseError {
    ParseError { kind, column: None, record, line: 1, byte }
}

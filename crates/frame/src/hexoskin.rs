//! What Hexoskin sends: JSON and CSV of its data resource, and zips of WAV and timestamp–value files.
//!
//! Times there are ticks: whole fractions of a second since the Unix epoch, 256 or 1000 to the second. Both are whole
//! numbers of nanoseconds, so that nothing is rounded.

mod csv;
mod json;
mod pairs;
mod wav;
mod zip;

use crate::{ParseError, ParseErrorKind};
pub use csv::HexoskinCsvParser;
pub use json::{HexoskinAnswer, HexoskinPoints, HexoskinUser};
pub use pairs::{PairsParser, TimedValues};
pub use wav::{WavHeader, WavParser};
pub use zip::{ZipEvent, ZipParser, ZipSum, ZipTotals};

/// How many ticks a second has. It is the record's: devices differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TickRate {
    /// 256, as most devices have it.
    T256,
    /// 1000.
    T1000,
}

impl TickRate {
    /// Ticks of a second.
    pub fn per_second(self) -> i64 {
        match self {
            Self::T256 => 256,
            Self::T1000 => 1000,
        }
    }

    /// Nanoseconds of a tick: a whole number.
    pub fn tick_ns(self) -> i64 {
        1_000_000_000 / self.per_second()
    }

    /// The time of a tick, ns; `None` beyond what nanoseconds hold.
    pub fn to_ns(self, ticks: i64) -> Option<i64> {
        ticks.checked_mul(self.tick_ns())
    }

    /// The first tick that is not before a time (ns).
    pub fn at_or_after(self, ns: i64) -> i64 {
        let tick = self.tick_ns();
        ns.div_euclid(tick) + i64::from(ns.rem_euclid(tick) > 0)
    }
}

/// An error in a body without lines.
fn binary_error(kind: ParseErrorKind, record: u64, byte: u64) -> ParseError {
    ParseError { kind, column: None, record, line: 1, byte }
}

fn malformed(words: impl Into<String>) -> ParseErrorKind {
    ParseErrorKind::Malformed(words.into())
}

//! Timestamp–value files: rows of an unsigned and a signed 64-bit integer, little-endian. Times are ticks from the start
//! of the record and never go back; two values may have one time.

use super::{binary_error, malformed};
use crate::little_endian::u64_at;
use crate::{ParseError, ParseErrorKind};

const ROW: usize = 16;

/// Times and values of the same length.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimedValues {
    /// Ticks from the start of the record.
    pub ticks: Vec<i64>,
    /// Values as they are stored.
    pub values: Vec<i64>,
}

/// Reads a timestamp–value file in pieces.
#[derive(Default)]
pub struct PairsParser {
    carry: Vec<u8>,
    rows: TimedValues,
    count: u64,
    last: i64,
    end: Option<Result<(), ParseError>>,
}

impl PairsParser {
    /// Takes the next bytes. After an error it takes no more; rows before the error can still be [taken](Self::take).
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        self.carry.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.carry);
        let rows = held.chunks_exact(ROW);
        let rest = rows.remainder().to_vec();
        for row in rows {
            if let Err(kind) = self.read(row) {
                let error = binary_error(kind, self.count, self.count * ROW as u64);
                self.end = Some(Err(error.clone()));
                return Err(error);
            }
        }
        self.carry = rest;
        Ok(())
    }

    fn read(&mut self, row: &[u8]) -> Result<(), ParseErrorKind> {
        let (time, value) = (u64_at(row, 0), u64_at(row, 8) as i64);
        let time = i64::try_from(time).map_err(|_| malformed(format!("the time {time} is absurd")))?;
        if time < self.last {
            return Err(malformed(format!("times go back: {time} comes after {}", self.last)));
        }
        self.last = time;
        self.rows.ticks.push(time);
        self.rows.values.push(value);
        self.count += 1;
        Ok(())
    }

    /// Ends the file. Fails when it stopped inside a row.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        let cut = binary_error(
            ParseErrorKind::Truncated,
            self.count,
            self.count * ROW as u64 + self.carry.len() as u64,
        );
        let end = if self.carry.is_empty() { Ok(()) } else { Err(cut) };
        self.end.get_or_insert(end).clone()
    }

    /// Rows read and not taken yet.
    pub fn take(&mut self) -> TimedValues {
        std::mem::take(&mut self.rows)
    }
}

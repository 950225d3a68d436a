//! When data records begin, and with them their samples.

use super::error;
use super::signal::EdfSignal;
use crate::{ParseError, ParseErrorKind};

/// Places at which records do not simply follow each other that are kept: 100 MB of them.
const MOST_RUNS: usize = 4_000_000;

/// Records that follow each other, each one record's duration after the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    /// Its first record.
    record: u64,
    /// When that begins, ns.
    start: i64,
    /// Whether a gap lies before it. Where none does, a start was written with few decimals.
    after_gap: bool,
}

/// The starts of all data records.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clock {
    runs: Vec<Run>,
    record_ns: i64,
    records: u64,
    /// How far a start may lie from where the record before ended and be no gap: half a sample.
    slack: i64,
}

impl Clock {
    /// The clock of no record yet.
    pub(super) fn new(record_ns: i64, signals: &[EdfSignal]) -> Self {
        let samples =
            signals.iter().filter(|signal| !signal.is_annotations).map(|signal| signal.samples).max();
        Self {
            runs: Vec::new(),
            record_ns,
            records: 0,
            slack: record_ns / (2 * i64::from(samples.unwrap_or(1))),
        }
    }

    /// The next record begins at this time.
    pub(super) fn push(&mut self, start: i64, byte: u64) -> Result<(), ParseError> {
        let record = self.records;
        let refused = |words: String| error(ParseErrorKind::Malformed(words), record, byte);
        let late = || refused(format!("data record {} lies beyond the year 2262", record + 1));
        let end = start.checked_add(self.record_ns).ok_or_else(late)?;
        // Whoever asks for the first instant after the last sample must get one.
        end.checked_add(1).ok_or_else(late)?;
        let expected = if record == 0 { start } else { self.start_of(record - 1) + self.record_ns };
        if start < expected.saturating_sub(self.slack) {
            let words = format!(
                "data record {} begins {} ns before the one before it ends",
                record + 1,
                expected.saturating_sub(start)
            );
            return Err(refused(words));
        }
        if record == 0 || start != expected {
            if self.runs.len() == MOST_RUNS {
                return Err(refused(format!(
                    "more than {MOST_RUNS} data records begin at times of their own"
                )));
            }
            let after_gap = record > 0 && start.saturating_sub(expected) > self.slack;
            self.runs.push(Run { record, start, after_gap });
        }
        self.records += 1;
        Ok(())
    }

    /// All records follow the last one.
    pub(super) fn go_on(&mut self, records: u64) -> Result<(), ParseError> {
        let first = self.runs.last().copied().unwrap_or(Run { record: 0, start: 0, after_gap: false });
        let more = i64::try_from(records.saturating_sub(first.record)).ok();
        let end =
            more.and_then(|more| more.checked_mul(self.record_ns)?.checked_add(first.start)?.checked_add(1));
        if end.is_none() {
            let words = format!("{records} data records end beyond the year 2262");
            return Err(error(ParseErrorKind::Header(words), 0, 236));
        }
        self.records = records;
        Ok(())
    }

    pub(super) fn records(&self) -> u64 {
        self.records
    }

    fn run_of(&self, record: u64) -> Run {
        let place = self.runs.partition_point(|run| run.record <= record);
        let first = Run { record: 0, start: 0, after_gap: false };
        place.checked_sub(1).and_then(|place| self.runs.get(place)).copied().unwrap_or(first)
    }

    /// When a record begins, ns.
    pub(super) fn start_of(&self, record: u64) -> i64 {
        let run = self.run_of(record);
        run.start.saturating_add(self.record_ns.saturating_mul((record - run.record) as i64))
    }

    /// Whether a gap lies before a record.
    pub(super) fn is_after_gap(&self, record: u64) -> bool {
        let run = self.run_of(record);
        run.record == record && run.after_gap
    }

    /// The first record after this one that comes after a gap, or the number of records.
    pub(super) fn next_gap(&self, record: u64) -> u64 {
        let place = self.runs.partition_point(|run| run.record <= record);
        let later = self.runs.get(place..).unwrap_or_default();
        later.iter().find(|run| run.after_gap).map_or(self.records, |run| run.record)
    }

    /// When a sample is due within its record, ns after the record's start.
    pub(super) fn step(&self, signal: &EdfSignal, within: u64) -> i64 {
        let (samples, record_ns) = (u64::from(signal.samples), self.record_ns.unsigned_abs());
        let (whole, rest) = (record_ns / samples, record_ns % samples);
        // A record has less than 2^27 samples, so that none of this overflows.
        (whole * within + (rest * within + samples / 2) / samples) as i64
    }

    /// A sample's time, ns.
    pub(super) fn time_of(&self, signal: &EdfSignal, sample: u64) -> i64 {
        let samples = u64::from(signal.samples);
        self.start_of(sample / samples).saturating_add(self.step(signal, sample % samples))
    }

    /// The first sample at or after a time, or the number of samples.
    pub(super) fn sample_at(&self, signal: &EdfSignal, time: i64) -> u64 {
        let (mut low, mut high) = (0, self.records * u64::from(signal.samples));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time_of(signal, middle) < time { low = middle + 1 } else { high = middle }
        }
        low
    }
}

//! A file whose times are known: which bytes hold which samples, and what they say.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, TimestampNanosecondArray};

use super::clock::Clock;
use super::{EdfHeader, EdfNotes, EdfSignal, error};
use crate::{Batch, FileWindow, ParseError, ParseErrorKind};

/// A file whose header and times are known.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfFile {
    header: EdfHeader,
    clock: Clock,
}

impl EdfFile {
    /// A file of so many bytes without gaps. The annotations of its first data record, where there are such, tell when
    /// that begins within a second.
    pub fn continuous(header: EdfHeader, file_bytes: u64, notes: &EdfNotes) -> Result<Self, ParseError> {
        let records = header.records_in(file_bytes);
        let mut clock = Clock::new(header.record_ns, &header.signals);
        if records > 0 {
            clock.push(notes.starts().first().copied().unwrap_or(header.start), header.bytes())?;
            clock.go_on(records)?;
        }
        Ok(Self { header, clock })
    }

    /// A file whose annotations tell when each data record begins (EDF+D, BDF+D).
    pub fn timed(header: EdfHeader, notes: &EdfNotes) -> Result<Self, ParseError> {
        let mut clock = Clock::new(header.record_ns, &header.signals);
        for (record, start) in (0..).zip(notes.starts()) {
            clock.push(*start, header.bytes() + record * header.record_bytes())?;
        }
        Ok(Self { header, clock })
    }

    /// What the header says.
    pub fn header(&self) -> &EdfHeader {
        &self.header
    }

    /// Data records.
    pub fn records(&self) -> u64 {
        self.clock.records()
    }

    /// A signal that holds samples; `None` for annotations and for numbers that no signal has.
    pub fn signal(&self, signal: usize) -> Option<&EdfSignal> {
        self.header.signals.get(signal).filter(|signal| !signal.is_annotations)
    }

    /// Samples of a signal.
    pub fn samples(&self, signal: usize) -> u64 {
        self.signal(signal).map_or(0, |signal| self.records() * u64::from(signal.samples))
    }

    /// Samples of a signal in a range of time, half-open, ns.
    pub fn samples_in(&self, signal: usize, start: i64, end: i64) -> Range<u64> {
        let Some(signal) = self.signal(signal) else { return 0..0 };
        let first = self.clock.sample_at(signal, start);
        first..self.clock.sample_at(signal, end).max(first)
    }

    /// The stretches of time that the data records cover without a gap, half-open, ns.
    pub fn intervals(&self) -> Vec<Range<i64>> {
        let mut found = Vec::new();
        let mut record = 0;
        while record < self.records() {
            let next = self.clock.next_gap(record);
            let end = self.clock.start_of(next - 1).saturating_add(self.header.record_ns);
            found.push(self.clock.start_of(record)..end);
            record = next;
        }
        found
    }

    /// The next window of these samples: at least one sample, of one interval, and about so many bytes at most. `None`
    /// when no sample is left.
    pub fn window(&self, signal: usize, samples: Range<u64>, most_bytes: u64) -> Option<FileWindow> {
        let signal = self.signal(signal)?;
        let (a_record, stride) = (u64::from(signal.samples), self.header.record_bytes());
        let end = samples.end.min(self.records() * a_record);
        if samples.start >= end {
            return None;
        }
        let (record, within) = (samples.start / a_record, samples.start % a_record);
        let last = if signal.bytes() > most_bytes || stride > most_bytes {
            // Part of one record.
            let fits = (most_bytes / signal.width).max(1);
            samples.start + fits.min(a_record - within)
        } else {
            (record + most_bytes / stride).min(self.clock.next_gap(record)) * a_record
        };
        let samples = samples.start..last.min(end);
        Some(FileWindow {
            bytes: self.place(signal, samples.start)..self.place_after(signal, samples.end),
            samples,
        })
    }

    fn place(&self, signal: &EdfSignal, sample: u64) -> u64 {
        let (record, within) = (sample / u64::from(signal.samples), sample % u64::from(signal.samples));
        self.header.bytes() + record * self.header.record_bytes() + signal.place + within * signal.width
    }

    /// Just after the sample before this one.
    fn place_after(&self, signal: &EdfSignal, sample: u64) -> u64 {
        self.place(signal, sample - 1) + signal.width
    }

    /// The rows of a window, from the bytes that it names: time, and physical or raw values.
    pub fn rows(
        &self,
        signal: usize,
        window: &FileWindow,
        bytes: &[u8],
        raw: bool,
    ) -> Result<Batch, ParseError> {
        let refused = |words: &str| error(ParseErrorKind::Malformed(words.into()), 0, window.bytes.start);
        let signal = self.signal(signal).ok_or_else(|| refused("there is no such signal"))?;
        if (bytes.len() as u64) < window.bytes.end - window.bytes.start {
            let at = window.bytes.start + bytes.len() as u64;
            return Err(error(
                ParseErrorKind::Truncated,
                window.samples.start / u64::from(signal.samples),
                at,
            ));
        }
        let a_record = u64::from(signal.samples);
        let mut slices = Vec::new();
        let count = (window.samples.end - window.samples.start) as usize;
        let mut times: Vec<i64> = Vec::with_capacity(count);
        let mut sample = window.samples.start;
        while sample < window.samples.end {
            let (record, within) = (sample / a_record, sample % a_record);
            let next = ((record + 1) * a_record).min(window.samples.end);
            let from = (self.place(signal, sample) - window.bytes.start) as usize;
            let to = (self.place_after(signal, next) - window.bytes.start) as usize;
            slices.push(bytes.get(from..to).ok_or_else(|| refused("the window is not of this file"))?);
            let start = self.clock.start_of(record);
            times.extend(
                (within..within + next - sample).map(|within| start + self.clock.step(signal, within)),
            );
            sample = next;
        }
        let values = signal.values(slices.into_iter(), count, raw);
        let times: ArrayRef = Arc::new(TimestampNanosecondArray::from(times).with_timezone("UTC"));
        let schema = Arc::new(signal.layout(raw).schema());
        let rows =
            RecordBatch::try_new(schema, vec![times, values]).map_err(|_| refused("rows do not fit"))?;
        let first = window.samples.start;
        let begins_interval = first.is_multiple_of(a_record) && self.clock.is_after_gap(first / a_record);
        Ok(Batch { rows, begins_interval })
    }
}

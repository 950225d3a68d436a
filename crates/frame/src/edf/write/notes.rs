//! The signal of annotations: how long it must be, and what stands in each data record.

use std::collections::VecDeque;

use super::super::{EdfAnnotation, EdfSignal};
use super::texts::seconds;
use crate::WriteError;

/// Bytes of the longest list that tells when a data record begins.
const START: usize = 24;
/// Bytes of a text at most, as other readers have it.
const MOST_TEXT: usize = 511;

/// Annotations that are still to be written, in order.
#[derive(Debug)]
pub(super) struct Notes {
    /// The header's start, from which onsets count.
    origin: i64,
    lists: VecDeque<Vec<u8>>,
    /// Bytes in a data record: an even number.
    capacity: usize,
}

impl Notes {
    /// Spreads annotations over so many data records.
    pub(super) fn new(annotations: &[EdfAnnotation], origin: i64, records: u64) -> Result<Self, WriteError> {
        let mut sorted: Vec<&EdfAnnotation> = annotations.iter().collect();
        sorted.sort_by_key(|annotation| annotation.start);
        let lists: VecDeque<Vec<u8>> =
            sorted.into_iter().map(|annotation| list(annotation, origin)).collect::<Result<_, _>>()?;
        let lengths: Vec<usize> = lists.iter().map(Vec::len).collect();
        // The least capacity at which all find room.
        let (mut low, mut high) = (lengths.iter().copied().max().unwrap_or(0), lengths.iter().sum());
        while low < high {
            let middle = low + (high - low) / 2;
            if needed(&lengths, middle) <= records { high = middle } else { low = middle + 1 }
        }
        Ok(Self { origin, lists, capacity: (START + low).next_multiple_of(2) })
    }

    /// Bytes in a data record.
    pub(super) fn bytes(&self) -> u64 {
        self.capacity as u64
    }

    /// The signal.
    pub(super) fn signal(&self) -> EdfSignal {
        EdfSignal {
            is_annotations: true,
            physical_min: -1.0,
            physical_max: 1.0,
            ..EdfSignal::new("EDF Annotations", (self.capacity / 2) as u32)
        }
    }

    /// Appends what stands in the next data record, which begins at a time.
    pub(super) fn record(&mut self, start: i64, out: &mut Vec<u8>) {
        let end = out.len() + self.capacity;
        out.extend(onset(start, self.origin).into_bytes());
        out.extend(b"\x14\x14\0");
        let room = end - self.capacity + START;
        let mut left = self.capacity - START;
        // The start takes no room from annotations, however short it is.
        debug_assert!(out.len() <= room);
        while let Some(list) = self.lists.front().filter(|list| list.len() <= left) {
            left -= list.len();
            out.extend(list);
            self.lists.pop_front();
        }
        out.resize(end, 0);
    }
}

/// Data records that lists of these lengths take, of so many bytes each.
fn needed(lengths: &[usize], capacity: usize) -> u64 {
    let mut records = 1;
    let mut left = capacity;
    for length in lengths {
        if *length > left {
            records += 1;
            left = capacity;
        }
        left = left.saturating_sub(*length);
    }
    records
}

/// "+12.5"
fn onset(start: i64, origin: i64) -> String {
    let since = start.saturating_sub(origin);
    format!("{}{}", if since < 0 { "" } else { "+" }, seconds(since))
}

fn list(annotation: &EdfAnnotation, origin: i64) -> Result<Vec<u8>, WriteError> {
    let text = &annotation.text;
    let refuse = |words: &str| Err(WriteError::Edf(format!("the annotation `{text}` {words}")));
    if text.is_empty() || text.len() > MOST_TEXT {
        return refuse(&format!("has {} bytes; write 1 to {MOST_TEXT}", text.len()));
    }
    if text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) {
        return refuse("holds control characters: leave them out");
    }
    let mut bytes = onset(annotation.start, origin).into_bytes();
    if let Some(duration) = annotation.duration {
        if duration < 0 {
            return refuse("has a negative duration");
        }
        bytes.push(0x15);
        bytes.extend(seconds(duration).into_bytes());
    }
    bytes.push(0x14);
    bytes.extend(text.bytes());
    bytes.extend([0x14, 0]);
    Ok(bytes)
}

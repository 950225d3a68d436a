//! Annotations: what was noted beside the samples, and when each data record of EDF+ begins.
//!
//! A data record holds lists of them: an onset in seconds, perhaps byte 21 and a duration, byte 20, texts that each end
//! with byte 20, and a zero. The first list of a record has an empty text first: its onset is when the record begins.

use std::ops::Range;

use super::field::{seconds, text};
use super::{EdfHeader, error};
use crate::error::shortened;
use crate::{ParseError, ParseErrorKind};

const AFTER_ONSET: u8 = 21;
const AFTER_TEXT: u8 = 20;
/// Annotations that are kept at most.
const MOST: usize = 1_000_000;
/// Data records whose starts are kept at most: 128 MB of them, and years of recordings.
const MOST_RECORDS: usize = 1 << 24;
/// Bytes of annotations in one data record at most.
const MOST_BYTES: u64 = 1 << 20;

/// Something noted beside the samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdfAnnotation {
    /// When it began, ns.
    pub start: i64,
    /// How long it lasted, ns, where somebody noted it.
    pub duration: Option<i64>,
    /// What was noted.
    pub text: String,
}

/// The annotations of a file, collected record by record.
#[derive(Debug, Default)]
pub struct EdfNotes {
    starts: Vec<i64>,
    annotations: Vec<EdfAnnotation>,
}

impl EdfNotes {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the annotations of a data record lie in the file: a range of bytes for each signal that holds such.
    pub fn places(header: &EdfHeader, record: u64) -> Result<Vec<Range<u64>>, ParseError> {
        let base = header.bytes() + record * header.record_bytes();
        let mut places = Vec::new();
        for signal in header.signals.iter().filter(|signal| signal.is_annotations) {
            let start = base + signal.place;
            if signal.bytes() > MOST_BYTES {
                let words = format!(
                    "the annotations of a data record take {} bytes; at most {MOST_BYTES} are read",
                    signal.bytes()
                );
                return Err(error(ParseErrorKind::Header(words), record, start));
            }
            places.push(start..start + signal.bytes());
        }
        Ok(places)
    }

    /// Takes the next data record's annotations: for each of its [places](Self::places), the bytes there.
    pub fn record(&mut self, header: &EdfHeader, bytes: &[&[u8]]) -> Result<(), ParseError> {
        let record = self.starts.len() as u64;
        let places = Self::places(header, record)?;
        if self.starts.len() == MOST_RECORDS {
            let words = format!("annotations of more than {MOST_RECORDS} data records are not read");
            let byte = header.bytes() + record * header.record_bytes();
            return Err(error(ParseErrorKind::Malformed(words), record, byte));
        }
        let mut begins = None;
        for (place, bytes) in places.iter().zip(bytes) {
            let is_first = place.start == places.first().map_or(0, |first| first.start);
            let found = self.lists(header.start, record, place.start, bytes, is_first)?;
            begins = begins.or(found);
        }
        let base = header.bytes() + record * header.record_bytes();
        let begins = match begins {
            Some(begins) => begins,
            None if header.kind.has_gaps => {
                let words = "no annotation tells when the data record begins";
                return Err(error(ParseErrorKind::Malformed(words.into()), record, base));
            }
            // Without gaps the record's number tells it.
            None => header.start,
        };
        self.starts.push(begins);
        Ok(())
    }

    /// Reads the lists of one signal in a record; returns when the record begins, where the first of them tells it.
    fn lists(
        &mut self,
        origin: i64,
        record: u64,
        place: u64,
        bytes: &[u8],
        is_first: bool,
    ) -> Result<Option<i64>, ParseError> {
        let mut begins = None;
        let mut at = 0;
        let mut is_first = is_first;
        while let Some(start) = next_list(bytes, at) {
            let rest = bytes.get(start..).unwrap_or_default();
            let end = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
            let list = rest.get(..end).unwrap_or_default();
            let wrong = |words: String| error(ParseErrorKind::Malformed(words), record, place + start as u64);
            let mut texts = list.split(|&byte| byte == AFTER_TEXT);
            let stamp = texts.next().unwrap_or_default();
            let mut parts = stamp.splitn(2, |&byte| byte == AFTER_ONSET);
            let onset = parts.next().unwrap_or_default();
            let time = |bytes: &[u8], what: &str| {
                let words =
                    || format!("the {what} of an annotation is `{}`, no number of seconds", shortened(bytes));
                seconds(bytes).ok_or_else(|| wrong(words()))
            };
            let late = || wrong("an annotation lies beyond the year 2262".into());
            let start_ns = origin.checked_add(time(onset, "onset")?).ok_or_else(late)?;
            let noted = parts.next().filter(|text| !text.is_empty());
            let duration = noted.map(|text| time(text, "duration")).transpose()?;
            if duration.is_some_and(|ns| ns < 0 || start_ns.checked_add(ns).is_none()) {
                return Err(wrong("the duration of an annotation is negative or too long".into()));
            }
            let mut texts = texts.peekable();
            if is_first && texts.next_if(|text| text.is_empty()).is_some() {
                begins = Some(start_ns);
            }
            is_first = false;
            for bytes in texts.filter(|text| !text.is_empty()) {
                if self.annotations.len() == MOST {
                    return Err(wrong(format!("there are more than {MOST} annotations")));
                }
                self.annotations.push(EdfAnnotation { start: start_ns, duration, text: text(bytes) });
            }
            at = start + end;
        }
        Ok(begins)
    }

    /// When each data record begins, ns.
    pub fn starts(&self) -> &[i64] {
        &self.starts
    }

    /// All annotations so far, in order of their start.
    pub fn annotations(&self) -> Vec<EdfAnnotation> {
        let mut all = self.annotations.clone();
        all.sort_by_key(|annotation| annotation.start);
        all
    }
}

/// Where the next list begins: zeros fill what lists leave.
fn next_list(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    rest.iter().position(|&byte| byte != 0).map(|found| at + found)
}

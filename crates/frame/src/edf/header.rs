//! The header: what a file holds. All that is wrong with it is told by the name of the field.

use super::error;
use super::field::FieldText;
use super::signal::EdfSignal;
use crate::{ParseError, ParseErrorKind};

/// Bytes of the fixed part, and of each signal's part.
const PART: usize = 256;
const DAY: i64 = 86_400_000_000_000;
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Which of the formats a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdfKind {
    /// BDF, with samples of 24 bits, where EDF has 16.
    pub is_bdf: bool,
    /// EDF+ or BDF+: signals named "EDF Annotations" hold annotations.
    pub is_plus: bool,
    /// Whether there may be gaps between data records (EDF+D, BDF+D).
    pub has_gaps: bool,
}

/// What the header of a file says.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfHeader {
    /// The format.
    pub kind: EdfKind,
    /// Who was measured, as it stands there.
    pub patient: String,
    /// What was recorded, as it stands there.
    pub recording: String,
    /// When it began, ns: the header's date and time as UTC. It has whole seconds; annotations tell the rest.
    pub start: i64,
    /// Data records that the header names. `None` where the recording was not closed.
    pub records: Option<u64>,
    /// How long a data record lasts, ns. 0 where there are annotations only.
    pub record_ns: i64,
    /// The signals, annotations among them.
    pub signals: Vec<EdfSignal>,
}

impl EdfHeader {
    /// Bytes that [`length`](Self::length) takes.
    pub const START: usize = PART;

    /// How long the header is, from the file's first 256 bytes.
    pub fn length(start: &[u8]) -> Result<usize, ParseError> {
        let fixed = Fixed::of(start)?;
        let signals = fixed.signals.whole(1, 9999)?;
        let length = (signals as usize + 1) * PART;
        if fixed.length.whole(0, 99_999_999)? != length as i64 {
            let words = format!("{length}, the bytes of a header with {signals} signals");
            return Err(fixed.length.wrong(&words));
        }
        Ok(length)
    }

    /// The header, from its bytes: as many as [`length`](Self::length) tells, or more.
    pub fn read(bytes: &[u8]) -> Result<Self, ParseError> {
        let length = Self::length(bytes)?;
        let cut = || error(ParseErrorKind::Truncated, 0, bytes.len() as u64);
        let table = bytes.get(PART..length).ok_or_else(cut)?;
        let fixed = Fixed::of(bytes)?;
        let kind = fixed.kind()?;
        let (recording, day) = (fixed.recording.text(), &fixed.day);
        let full_year = if kind.is_plus { full_year(&recording) } else { None };
        let start = day.day(full_year)? * DAY + fixed.time.time_of_day()?;
        let records = fixed.records.whole(-1, 99_999_999)?;
        let record_ns = fixed.duration.seconds()?;
        let signals = signals(table, kind)?;
        if record_ns == 0 && signals.iter().any(|signal| !signal.is_annotations) {
            return Err(fixed.duration.wrong("more than 0 s, as there are signals beside annotations"));
        }
        Ok(Self {
            kind,
            patient: fixed.patient.text(),
            recording,
            start,
            records: u64::try_from(records).ok(),
            record_ns,
            signals,
        })
    }

    /// Bytes of the header: where the first data record begins.
    pub fn bytes(&self) -> u64 {
        ((self.signals.len() + 1) * PART) as u64
    }

    /// Bytes of a data record, at least 2.
    pub fn record_bytes(&self) -> u64 {
        self.signals.iter().map(EdfSignal::bytes).sum()
    }

    /// Whole data records in a file of so many bytes: never more than the header names. A recording that was cut off has
    /// fewer.
    pub fn records_in(&self, file_bytes: u64) -> u64 {
        let present = file_bytes.saturating_sub(self.bytes()) / self.record_bytes().max(1);
        self.records.map_or(present, |named| named.min(present))
    }
}

/// "2002" of "Startdate 02-MAR-2002 …".
fn full_year(recording: &str) -> Option<i64> {
    let date = recording.strip_prefix("Startdate ")?.split(' ').next()?;
    let mut parts = date.split('-');
    let (_, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let known = MONTHS.iter().any(|name| name.eq_ignore_ascii_case(month)) && year.len() == 4;
    known.then(|| year.parse().ok()).flatten().filter(|year| (1900..=2261).contains(year))
}

/// The fields of the fixed part.
struct Fixed<'a> {
    version: FieldText<'a>,
    patient: FieldText<'a>,
    recording: FieldText<'a>,
    day: FieldText<'a>,
    time: FieldText<'a>,
    length: FieldText<'a>,
    reserved: FieldText<'a>,
    records: FieldText<'a>,
    duration: FieldText<'a>,
    signals: FieldText<'a>,
}

impl<'a> Fixed<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, ParseError> {
        if bytes.len() < PART {
            return Err(error(ParseErrorKind::Truncated, 0, bytes.len() as u64));
        }
        let mut at = 0;
        let mut next = |name, width| {
            let field = field(bytes, name, None, at, width, 0);
            at += width;
            field
        };
        Ok(Self {
            version: next("version", 8),
            patient: next("patient identification", 80),
            recording: next("recording identification", 80),
            day: next("startdate", 8),
            time: next("starttime", 8),
            length: next("number of bytes in header record", 8),
            reserved: next("reserved", 44),
            records: next("number of data records", 8),
            duration: next("duration of a data record", 8),
            signals: next("number of signals", 4),
        })
    }

    fn kind(&self) -> Result<EdfKind, ParseError> {
        let is_bdf = match self.version.bytes {
            b"0" => false,
            [0xFF, name @ ..] if name.starts_with(b"BIOSEMI") => true,
            _ => return Err(self.version.wrong("`0` of EDF, or byte 255 and `BIOSEMI` of BDF")),
        };
        let (even, gaps): (&[u8], &[u8]) = if is_bdf { (b"BDF+C", b"BDF+D") } else { (b"EDF+C", b"EDF+D") };
        let (is_even, has_gaps) =
            (self.reserved.bytes.starts_with(even), self.reserved.bytes.starts_with(gaps));
        Ok(EdfKind { is_bdf, is_plus: is_even || has_gaps, has_gaps })
    }
}

/// A field at a place of these bytes, which begin at `base` in the file.
fn field<'a>(
    bytes: &'a [u8],
    name: &'static str,
    signal: Option<usize>,
    at: usize,
    width: usize,
    base: usize,
) -> FieldText<'a> {
    let whole = bytes.get(at..at + width).unwrap_or_default();
    // Some writers end a text with zeros.
    let end = whole.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1);
    let start = whole.iter().position(|byte| *byte != b' ').unwrap_or(0).min(end);
    let text = whole.get(start..end).unwrap_or_default();
    FieldText { name, signal, bytes: text, at: (base + at) as u64 }
}

/// The signals of the header's table, which holds all labels, then all transducers, and so on.
fn signals(table: &[u8], kind: EdfKind) -> Result<Vec<EdfSignal>, ParseError> {
    let count = table.len() / PART;
    let mut signals = Vec::with_capacity(count);
    let mut place = 0;
    for number in 0..count {
        let mut before = 0;
        let mut next = |name, width: usize| {
            let at = before * count + number * width;
            before += width;
            field(table, name, Some(number + 1), at, width, PART)
        };
        let (label, transducer, unit) =
            (next("label", 16), next("transducer type", 80), next("physical dimension", 8));
        let (physical_min, physical_max) = (next("physical minimum", 8), next("physical maximum", 8));
        let (digital_min, digital_max) = (next("digital minimum", 8), next("digital maximum", 8));
        let (prefilter, samples) = (next("prefiltering", 80), next("number of samples in a data record", 8));
        let reserved = next("reserved", 32);
        let name: &[u8] = if kind.is_bdf { b"BDF Annotations" } else { b"EDF Annotations" };
        let is_annotations = kind.is_plus && label.bytes == name;
        let (least, most) = if kind.is_bdf { (-8_388_608, 8_388_607) } else { (-32_768, 32_767) };
        let width = if kind.is_bdf { 3 } else { 2 };
        let mut signal = EdfSignal {
            label: label.text(),
            transducer: transducer.text(),
            unit: unit.text(),
            physical_min: -1.0,
            physical_max: 1.0,
            digital_min: least as i32,
            digital_max: most as i32,
            prefilter: prefilter.text(),
            samples: samples.whole(1, 99_999_999)? as u32,
            reserved: reserved.text(),
            is_annotations,
            place,
            width,
        };
        // Annotations have no scale, and writers leave all kinds of numbers there.
        if !is_annotations {
            signal.digital_min = digital_min.whole(least, most)? as i32;
            signal.digital_max = digital_max.whole(least, most)? as i32;
            if signal.digital_max <= signal.digital_min {
                return Err(
                    digital_max.wrong(&format!("more than the digital minimum, {}", signal.digital_min))
                );
            }
            signal.physical_min = physical_min.number()?;
            signal.physical_max = physical_max.number()?;
            let gain = signal.gain();
            if gain == 0.0 || !gain.is_finite() || !signal.offset().is_finite() {
                return Err(physical_max.wrong("another number than the physical minimum"));
            }
        }
        place += signal.bytes();
        signals.push(signal);
    }
    Ok(signals)
}

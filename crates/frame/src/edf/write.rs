//! Writing EDF+, data record by data record.
//!
//! What is written reads back as it was: raw values as they are, physical ones to the nearest step of the signal's
//! scale, times to the nanosecond. What EDF+ cannot hold is refused, in words: a value outside the range, no value at
//! all, a text that is too long for its field.

mod notes;
mod texts;

use self::notes::Notes;
pub(super) use self::texts::outward;
use self::texts::{field, identification, number, seconds};
use super::{EdfAnnotation, EdfSignal};
use crate::WriteError;
use crate::civil::civil_from_days;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Bytes of a data record at most, as other readers have it.
const MOST_BYTES: u64 = 10_000_000;
const MOST_RECORDS: u64 = 99_999_999;
/// Years in which "yy" is one of 1985 to 2084.
const SHORT_YEARS: std::ops::RangeInclusive<i64> = 1985..=2084;
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// What is written as EDF+.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfPlan {
    /// Who was measured: the four words of EDF+ (code, sex, birthdate, name), or a name.
    pub patient: String,
    /// What was recorded: words after the date.
    pub recording: String,
    /// When the first data record begins, ns.
    pub start: i64,
    /// Whether there may be gaps between data records (EDF+D).
    pub has_gaps: bool,
    /// How long a data record lasts, ns.
    pub record_ns: i64,
    /// How many data records there will be.
    pub records: u64,
    /// The signals, without annotations.
    pub signals: Vec<EdfSignal>,
    /// All that was noted.
    pub annotations: Vec<EdfAnnotation>,
}

/// The samples of a signal in a data record.
#[derive(Debug, Clone, Copy)]
pub enum EdfValues<'a> {
    /// In the signal's unit.
    Physical(&'a [f64]),
    /// As they are written.
    Raw(&'a [i16]),
}

/// Writes EDF+: the [header](Self::header), then each data record in turn. It keeps no samples.
#[derive(Debug)]
pub struct EdfWriter {
    plan: EdfPlan,
    notes: Notes,
    written: u64,
    /// When the next record begins, where there is no gap.
    next: i64,
}

impl EdfWriter {
    /// A writer for this plan; an error tells what of it EDF+ cannot hold.
    pub fn new(plan: EdfPlan) -> Result<Self, WriteError> {
        if !(1..=MOST_RECORDS).contains(&plan.records) {
            return refuse(format!("there are {} data records; write 1 to {MOST_RECORDS}", plan.records));
        }
        for (number, signal) in (1..).zip(&plan.signals) {
            check(signal)
                .map_err(|words| WriteError::Edf(format!("signal {number} (`{}`): {words}", signal.label)))?;
        }
        if plan.record_ns < 0 || (plan.record_ns == 0 && !plan.signals.is_empty()) {
            return refuse(format!("a data record lasts {} ns; it must be more than 0", plan.record_ns));
        }
        let origin = plan.start.div_euclid(SECOND) * SECOND;
        let notes = Notes::new(&plan.annotations, origin, plan.records)?;
        let bytes =
            plan.signals.iter().map(|signal| 2 * u64::from(signal.samples)).sum::<u64>() + notes.bytes();
        if bytes > MOST_BYTES {
            let words = format!(
                "a data record has {bytes} bytes, and other readers take {MOST_BYTES} at most: make it shorter"
            );
            return refuse(words);
        }
        let next = plan.start;
        let writer = Self { plan, notes, written: 0, next };
        // What no field has room for shows here.
        writer.header()?;
        Ok(writer)
    }

    /// The header, which holds the number of data records from the beginning on.
    pub fn header(&self) -> Result<Vec<u8>, WriteError> {
        let plan = &self.plan;
        let (day, within) = (plan.start.div_euclid(DAY), plan.start.rem_euclid(DAY) / SECOND);
        let (year, month, date) = civil_from_days(day);
        let name = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
        let recording =
            format!("Startdate {date:02}-{name}-{year:04} {}", identification(&plan.recording, 3));
        let short = if SHORT_YEARS.contains(&year) { format!("{:02}", year % 100) } else { "yy".into() };
        let mut bytes = Vec::new();
        let mut put = |name: &str, text: &str, width| field(&mut bytes, name, text, width);
        put("version", "0", 8)?;
        put("patient identification", &identification(&plan.patient, 4), 80)?;
        put("recording identification", &recording, 80)?;
        put("startdate", &format!("{date:02}.{month:02}.{short}"), 8)?;
        put("starttime", &format!("{:02}.{:02}.{:02}", within / 3600, within / 60 % 60, within % 60), 8)?;
        put("number of bytes in header record", &((plan.signals.len() + 2) * 256).to_string(), 8)?;
        put("reserved", if plan.has_gaps { "EDF+D" } else { "EDF+C" }, 44)?;
        put("number of data records", &plan.records.to_string(), 8)?;
        put("duration of a data record", &seconds(plan.record_ns), 8)?;
        put("number of signals", &(plan.signals.len() + 1).to_string(), 4)?;
        let notes = self.notes.signal();
        let signals = || plan.signals.iter().chain(std::iter::once(&notes));
        let mut column = |name: &str, width, text: &dyn Fn(&EdfSignal) -> String| {
            signals().try_for_each(|signal| put(name, &text(signal), width))
        };
        column("label", 16, &|signal| signal.label.clone())?;
        column("transducer type", 80, &|signal| signal.transducer.clone())?;
        column("physical dimension", 8, &|signal| signal.unit.clone())?;
        column("physical minimum", 8, &|signal| number(signal.physical_min).unwrap_or_default())?;
        column("physical maximum", 8, &|signal| number(signal.physical_max).unwrap_or_default())?;
        column("digital minimum", 8, &|signal| signal.digital_min.to_string())?;
        column("digital maximum", 8, &|signal| signal.digital_max.to_string())?;
        column("prefiltering", 80, &|signal| signal.prefilter.clone())?;
        column("number of samples in a data record", 8, &|signal| signal.samples.to_string())?;
        column("reserved", 32, &|_| String::new())?;
        Ok(bytes)
    }

    /// Appends the next data record, which begins at a time (ns), with the samples of each signal.
    pub fn record(
        &mut self,
        start: i64,
        values: &[EdfValues<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), WriteError> {
        let record = self.written + 1;
        if record > self.plan.records {
            return refuse(format!(
                "data record {record} was not planned: the plan has {}",
                self.plan.records
            ));
        }
        let goes_on = start == self.next || (self.plan.has_gaps && start > self.next && self.written > 0);
        if !goes_on {
            let words = format!(
                "data record {record} begins {} ns from where it should; only a plan with gaps has some, and never backwards",
                start.saturating_sub(self.next)
            );
            return refuse(words);
        }
        if values.len() != self.plan.signals.len() {
            let (found, wanted) = (values.len(), self.plan.signals.len());
            return refuse(format!("data record {record} has {found} signals; the plan has {wanted}"));
        }
        let length = out.len();
        for (signal, values) in self.plan.signals.iter().zip(values) {
            if let Err(words) = samples(signal, *values, out) {
                out.truncate(length);
                return refuse(format!("data record {record}, `{}`: {words}", signal.label));
            }
        }
        self.notes.record(start, out);
        self.written = record;
        let end = start.checked_add(self.plan.record_ns);
        self.next =
            end.ok_or_else(|| WriteError::Edf(format!("data record {record} ends after the year 2262")))?;
        Ok(())
    }

    /// Ends the file. Fails when data records are missing.
    pub fn finish(self) -> Result<(), WriteError> {
        match (self.written, self.plan.records) {
            (written, planned) if written == planned => Ok(()),
            (written, planned) => {
                refuse(format!("{written} data records were written; the header says {planned}"))
            }
        }
    }
}

fn refuse<T>(words: String) -> Result<T, WriteError> {
    Err(WriteError::Edf(words))
}

/// What is wrong with a signal.
fn check(signal: &EdfSignal) -> Result<(), String> {
    let limits = -32_768..=32_767;
    let (low, high) = (signal.digital_min, signal.digital_max);
    if !limits.contains(&low) || !limits.contains(&high) || low >= high {
        return Err(format!(
            "the digital range is {low} to {high}; it must rise and lie within -32768 to 32767"
        ));
    }
    if signal.samples == 0 {
        return Err("a data record has no sample of it; there must be 1 or more".into());
    }
    for value in [signal.physical_min, signal.physical_max] {
        if number(value).is_none() {
            return Err(format!(
                "the physical range ends at {value}, which does not fit into 8 characters: round it"
            ));
        }
    }
    let gain = signal.gain();
    if gain == 0.0 || !gain.is_finite() || !signal.offset().is_finite() {
        return Err(format!("the physical range begins and ends at {}", signal.physical_min));
    }
    Ok(())
}

fn samples(signal: &EdfSignal, values: EdfValues<'_>, out: &mut Vec<u8>) -> Result<(), String> {
    let found = match values {
        EdfValues::Physical(values) => values.len(),
        EdfValues::Raw(values) => values.len(),
    };
    if found != signal.samples as usize {
        return Err(format!("{found} samples; a data record has {}", signal.samples));
    }
    match values {
        EdfValues::Raw(values) => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
        EdfValues::Physical(values) => {
            let (gain, offset) = (signal.gain(), signal.offset());
            let range = f64::from(signal.digital_min)..=f64::from(signal.digital_max);
            for value in values {
                let raw = (value / gain - offset).round();
                if !range.contains(&raw) {
                    let (low, high) = (signal.physical_min, signal.physical_max);
                    return Err(format!(
                        "the value {value} lies outside the physical range, {low} to {high}"
                    ));
                }
                out.extend((raw as i16).to_le_bytes());
            }
        }
    }
    Ok(())
}

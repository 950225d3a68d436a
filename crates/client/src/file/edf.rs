//! EDF and BDF files.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, EdfAnnotation, EdfFile, EdfHeader, EdfNotes, FileWindow, ParseError};

use super::read::{FileRead, Windows};
use super::recording::{Recording, WINDOW, dimensions, hertz, refused};
use crate::{Disk, Event, Extent, Read, Result, StreamInfo, TimeRange};

/// An EDF or BDF file that is open.
pub(super) struct EdfRecording {
    disk: Rc<dyn Disk>,
    file: EdfFile,
    /// The signals that hold samples: streams in their order.
    signals: Vec<usize>,
    /// Events, once they were read.
    events: RefCell<Option<Rc<Vec<Event>>>>,
}

/// Whether a file begins like EDF or BDF.
pub(super) fn is_edf(magic: &[u8]) -> bool {
    magic.starts_with(b"0       ") || magic.starts_with(b"\xFFBIOSEMI")
}

impl EdfRecording {
    /// Opens a file: reads its header, and where it may have gaps, when each of its data records begins.
    pub(super) async fn open(disk: Rc<dyn Disk>) -> Result<Self> {
        let to_error = |error| refused(disk.as_ref(), error);
        let start = disk.read(0..EdfHeader::START as u64).await?;
        let length = EdfHeader::length(&start).map_err(to_error)?;
        let header = EdfHeader::read(&disk.read(0..length as u64).await?).map_err(to_error)?;
        let bytes = disk.bytes();
        let records = header.records_in(bytes);
        let file = if header.kind.has_gaps {
            let notes = notes(disk.as_ref(), &header, records).await?;
            EdfFile::timed(header, &notes)
        } else {
            // The first record alone tells when a recording without gaps begins.
            let notes = notes(disk.as_ref(), &header, records.min(u64::from(header.kind.is_plus))).await?;
            EdfFile::continuous(header, bytes, &notes)
        };
        let file = file.map_err(to_error)?;
        let signals =
            (0..file.header().signals.len()).filter(|signal| file.signal(*signal).is_some()).collect();
        Ok(Self { disk, file, signals, events: RefCell::default() })
    }

    fn number(&self, stream: usize) -> usize {
        // No signal has this number, and nothing is found for it.
        self.signals.get(stream).copied().unwrap_or(usize::MAX)
    }

    fn samples_in(&self, stream: usize, range: TimeRange) -> Range<u64> {
        self.file.samples_in(self.number(stream), range.start, range.end)
    }

    /// What the data records cover without a gap.
    fn stretches(&self) -> Vec<TimeRange> {
        let intervals = self.file.intervals().into_iter();
        intervals.map(|interval| TimeRange { start: interval.start, end: interval.end }).collect()
    }

    fn labels(&self, signal: usize) -> BTreeMap<String, String> {
        let header = self.file.header();
        let Some(signal) = self.file.signal(signal) else { return BTreeMap::new() };
        let rate = f64::from(signal.samples) * 1e9 / header.record_ns as f64;
        let records = self.file.records();
        let cut = header.records.filter(|named| *named > records);
        let known = [
            ("rate", hertz(rate)),
            ("transducer", signal.transducer.clone()),
            ("prefilter", signal.prefilter.clone()),
            ("patient", header.patient.clone()),
            ("recording", header.recording.clone()),
            ("cut off", cut.map(|named| format!("{records} of {named} data records")).unwrap_or_default()),
        ];
        let known = known.into_iter().filter(|(_, text)| !text.is_empty());
        known.map(|(name, text)| (name.to_string(), text)).collect()
    }

    async fn all_events(&self, subject_id: &str) -> Result<Rc<Vec<Event>>> {
        if let Some(known) = self.events.borrow().clone() {
            return Ok(known);
        }
        let header = self.file.header();
        let records = if header.kind.is_plus { self.file.records() } else { 0 };
        let notes = notes(self.disk.as_ref(), header, records).await?;
        let event = |(number, noted): (usize, EdfAnnotation)| Event {
            id: format!("{subject_id}/event {}", number + 1),
            start: noted.start,
            end: noted.duration.map(|duration| noted.start.saturating_add(duration)),
            name: noted.text,
            category: "annotation".into(),
            fields: Vec::new(),
            place: None,
        };
        let events: Rc<Vec<Event>> =
            Rc::new(notes.annotations().into_iter().enumerate().map(event).collect());
        self.events.replace(Some(events.clone()));
        Ok(events)
    }
}

/// The annotations of the first data records of a file.
async fn notes(disk: &dyn Disk, header: &EdfHeader, records: u64) -> Result<EdfNotes> {
    let to_error = |error| refused(disk, error);
    let mut notes = EdfNotes::new();
    let together = (WINDOW / header.record_bytes()).max(1);
    let mut first = 0;
    while first < records {
        let next = (first + together).min(records);
        let places: Vec<Vec<Range<u64>>> = (first..next)
            .map(|record| EdfNotes::places(header, record).map_err(to_error))
            .collect::<Result<_>>()?;
        if together == 1 {
            // A long record is not read for the sake of its annotations.
            let mut parts = Vec::new();
            for place in places.into_iter().flatten() {
                parts.push(disk.read(place).await?);
            }
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            notes.record(header, &parts).map_err(to_error)?;
        } else {
            let start = header.bytes() + first * header.record_bytes();
            let bytes = disk.read(start..start + (next - first) * header.record_bytes()).await?;
            for places in places {
                let part = |place: Range<u64>| {
                    bytes.get((place.start - start) as usize..(place.end - start) as usize)
                };
                let parts: Vec<&[u8]> =
                    places.into_iter().map(|place| part(place).unwrap_or_default()).collect();
                notes.record(header, &parts).map_err(to_error)?;
            }
        }
        first = next;
    }
    Ok(notes)
}

impl Windows for EdfRecording {
    fn disk(&self) -> &dyn Disk {
        self.disk.as_ref()
    }

    fn window(&self, stream: usize, samples: Range<u64>) -> Option<FileWindow> {
        self.file.window(self.number(stream), samples, WINDOW)
    }

    fn rows(&self, stream: usize, window: &FileWindow, bytes: &[u8]) -> Result<Batch, ParseError> {
        self.file.rows(self.number(stream), window, bytes, false)
    }
}

impl Recording for EdfRecording {
    fn streams(&self, subject_id: &str) -> Vec<StreamInfo> {
        let intervals = self.stretches();
        let stream = |(number, signal): (usize, &usize)| {
            let header = self.file.signal(*signal)?;
            let layout = header.layout(false);
            let label =
                if header.label.is_empty() { format!("signal {}", signal + 1) } else { header.label.clone() };
            let extent = Extent::of(
                intervals.first().map(|interval| interval.start),
                intervals.last().map(|interval| interval.end),
            );
            Some(StreamInfo {
                id: format!("{subject_id}/{}", number + 1),
                subject_id: subject_id.into(),
                name: label.clone(),
                stream_type: label,
                dimensions: dimensions(&layout),
                labels: self.labels(*signal),
                extent: extent.unwrap_or(Extent::Empty),
                ..StreamInfo::default()
            })
        };
        self.signals.iter().enumerate().filter_map(stream).collect()
    }

    fn samples(&self, stream: usize, range: TimeRange) -> u64 {
        let samples = self.samples_in(stream, range);
        samples.end.saturating_sub(samples.start)
    }

    fn read(self: Rc<Self>, stream: usize, range: TimeRange) -> Option<Box<dyn Read>> {
        let layout = self.file.signal(self.number(stream))?.layout(false);
        let left = self.samples_in(stream, range);
        Some(FileRead::boxed(self, stream, layout, left))
    }

    fn intervals(&self, _: usize) -> Option<Vec<TimeRange>> {
        Some(self.stretches())
    }

    fn events<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Rc<Vec<Event>>>> {
        self.all_events(subject_id).boxed_local()
    }
}

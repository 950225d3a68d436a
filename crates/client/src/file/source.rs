//! Files as the explorer sees them: each is a subject, its signals are its streams.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{LocalBoxStream, once};
use futures_util::{FutureExt, StreamExt};
use streamscope_frame::Dialect;
use streamscope_signal::TimeZone;

use super::overview::{MOST_UNREDUCED, overview};
use super::recording::{Recording, Told, open};
use crate::registry::{FirstView, Opening};
use crate::source::FirstRows;
use crate::{
    About, Ask, Disk, Error, ErrorKind, Event, Facet, FacetOf, Noun, Platform, Read, Result, Source,
    StreamInfo, Subject, TimeRange, whole_span,
};

/// What files are called.
pub static ABOUT: About = About {
    platform: Platform { id: "file", name: "Files" },
    subject: Noun { one: "file", many: "files" },
    stream: Noun { one: "signal", many: "signals" },
    facets: &[
        Facet { label: "Rate", of: FacetOf::Label("rate") },
        Facet { label: "Transducer", of: FacetOf::Label("transducer") },
    ],
};

/// Signals of a first look.
const FIRST_SIGNALS: usize = 4;
/// Samples of a first look, over its signals: there at once.
const FIRST_SAMPLES: u64 = 2_000_000;

/// Some files that were opened together.
#[derive(Clone)]
pub struct Files {
    entries: Rc<Vec<Entry>>,
    told: Rc<Told>,
}

/// A file of them.
struct Entry {
    /// Its name; with a number where an earlier one has the same.
    id: String,
    disk: Rc<dyn Disk>,
    /// Once it was opened.
    recording: RefCell<Option<Rc<dyn Recording>>>,
    /// Whether it could not be opened, when that was last tried.
    refused: Cell<bool>,
}

impl Entry {
    async fn open(&self, told: &Told) -> Result<Rc<dyn Recording>> {
        if let Some(known) = self.recording.borrow().clone() {
            return Ok(known);
        }
        let opened = open(self.disk.clone(), told).await;
        self.refused.set(opened.is_err());
        let opened = opened.map_err(|error| Error { platform: Some(ABOUT.platform), ..error })?;
        self.recording.replace(Some(opened.clone()));
        Ok(opened)
    }
}

impl Entry {
    fn opening(&self) -> Option<Opening> {
        let recording = self.recording.borrow().clone()?;
        let all = recording.streams(&self.id).into_iter().enumerate();
        let (numbers, streams): (Vec<_>, Vec<_>) =
            all.filter(|(_, stream)| stream.span().is_some()).take(FIRST_SIGNALS).unzip();
        let TimeRange { start, end } = whole_span(&streams)?;
        let samples = numbers.iter().map(|stream| recording.samples(*stream, TimeRange { start, end }));
        let samples = samples.fold(1, u64::saturating_add);
        // As much of it as holds so many samples.
        let part = (FIRST_SAMPLES as f64 / samples as f64).min(1.0);
        let length = (end.saturating_sub(start) as f64 * part) as i64;
        let end = if part < 1.0 { start.saturating_add(length) } else { end };
        let streams = streams.into_iter().map(|stream| stream.id).collect();
        let view = FirstView::Clock(TimeRange { start, end });
        Some(Opening { subject: self.id.clone(), streams, view })
    }

    /// Its name in lists.
    fn name(&self) -> String {
        if self.refused.get() { format!("{} (cannot be read)", self.id) } else { self.id.clone() }
    }
}

impl Files {
    /// These files, in their order. None is read yet.
    pub fn new(disks: impl IntoIterator<Item = Rc<dyn Disk>>) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for disk in disks {
            let same = entries.iter().filter(|entry| entry.disk.name() == disk.name()).count();
            let id = if same == 0 { disk.name().into() } else { format!("{} ({})", disk.name(), same + 1) };
            entries.push(Entry { id, disk, recording: RefCell::default(), refused: Cell::new(false) });
        }
        Self { entries: Rc::new(entries), told: Rc::default() }
    }

    /// The same, with CSV files written so: what is not said shows by itself. Files that are open stay as they are.
    pub fn with_dialect(self, dialect: Dialect) -> Self {
        Self { told: Rc::new(Told { dialect, ..Told::clone(&self.told) }), ..self }
    }

    /// The same, with times of CSV files that name no zone taken for those of a clock there; without it for UTC.
    pub fn with_zone(self, zone: TimeZone) -> Self {
        Self { told: Rc::new(Told { zone: Some(Rc::new(zone)), ..Told::clone(&self.told) }), ..self }
    }

    /// What they are called together: the name of one, the number of several.
    pub fn name(&self) -> String {
        match self.entries.as_slice() {
            [one] => one.id.clone(),
            several => format!("{} {}", several.len(), ABOUT.subject.of(several.len())),
        }
    }

    /// Opens them all, so that each is listed with what it holds. A file that cannot be opened is listed as such, beside
    /// others; an error where none can be.
    pub async fn open_all(&self) -> Result<()> {
        let mut first_error = None;
        let mut open = 0;
        for entry in self.entries.iter() {
            match entry.open(&self.told).await {
                Ok(_) => open += 1,
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        first_error.filter(|_| open == 0).map_or(Ok(()), Err)
    }

    /// What is worth looking at first: the first signals of the first file that is open and holds any, from their start.
    pub fn opening(&self) -> Option<Opening> {
        self.entries.iter().find_map(Entry::opening)
    }

    fn entry(&self, subject_id: &str) -> Result<&Entry> {
        let found = self.entries.iter().find(|entry| entry.id == subject_id);
        let missing =
            || Error::new(ErrorKind::NotFound, format!("The file {subject_id} is not open: choose it."));
        found.ok_or_else(missing)
    }

    /// The open file of a stream, and the stream's number.
    fn open_stream(&self, stream: &StreamInfo) -> Result<(&Entry, Rc<dyn Recording>, usize)> {
        let entry = self.entry(&stream.subject_id)?;
        let recording = entry.recording.borrow().clone();
        let number = stream.id.strip_prefix(&stream.subject_id).and_then(|rest| rest.strip_prefix('/'));
        let number = number.and_then(|number| number.parse::<usize>().ok()?.checked_sub(1));
        match (recording, number) {
            (Some(recording), Some(number)) => Ok((entry, recording, number)),
            (None, _) => Err(Error::invalid(format!("{} was not read yet: list its signals.", entry.id))),
            (_, None) => Err(Error::invalid(format!("\"{}\" is no signal of {}.", stream.id, entry.id))),
        }
    }

    async fn streams_of(&self, subject_id: &str) -> Result<Vec<StreamInfo>> {
        Ok(self.entry(subject_id)?.open(&self.told).await?.streams(subject_id))
    }

    async fn events_in(&self, subject_id: &str, range: TimeRange) -> Result<Vec<Event>> {
        let all = self.entry(subject_id)?.open(&self.told).await?.events(subject_id).await?;
        let touches =
            |event: &&Event| event.start < range.end && event.end.unwrap_or(event.start) >= range.start;
        Ok(all.iter().filter(touches).cloned().collect())
    }
}

impl Source for Files {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        let subject = |entry: &Entry| Subject {
            id: entry.id.clone(),
            name: entry.name(),
            parent: None,
            has_inner: false,
            devices: Vec::new(),
        };
        let listed = if within.is_none() { self.entries.iter().map(subject).collect() } else { Vec::new() };
        once(async { Ok(listed) }).boxed_local()
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        let (files, subject_id) = (self.clone(), subject_id.to_string());
        once(async move { files.streams_of(&subject_id).await }).boxed_local()
    }

    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        self.events_in(subject_id, range).boxed_local()
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        ask.refuse_filter()?;
        let (entry, recording, stream) = self.open_stream(ask.one_stream()?)?;
        let missing = || Error::invalid(format!("{} has no signal {}.", entry.id, stream + 1));
        let read = recording.read(stream, ask.range).ok_or_else(missing)?;
        Ok(FirstRows::of(read, ask.most_rows))
    }

    /// Bins of very many samples, which are read once for them; `None` where they are few, and each is read.
    fn envelope(&self, ask: &Ask<'_>) -> Option<Result<Box<dyn Read>>> {
        let (_, recording, stream) = self.open_stream(ask.one_stream().ok()?).ok()?;
        let samples = recording.samples(stream, ask.range);
        if samples <= MOST_UNREDUCED {
            return None;
        }
        let read = match self.read(&Ask { most_rows: None, ..*ask }) {
            Ok(read) => read,
            Err(error) => return Some(Err(error)),
        };
        overview(read, samples).map(Ok)
    }

    fn intervals<'a>(
        &'a self,
        stream: &'a StreamInfo,
        range: TimeRange,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<TimeRange>>>> {
        let intervals = match self.open_stream(stream) {
            Ok((_, recording, number)) => Ok(recording.intervals(number)?),
            Err(error) => Err(error),
        };
        let within = move |all: Vec<TimeRange>| {
            all.into_iter().filter_map(|interval| interval.intersection(range)).collect()
        };
        Some(async move { intervals.map(within) }.boxed_local())
    }
}

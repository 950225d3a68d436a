//! CSV files: each column of values is a stream, on the times of the first column of times.
//!
//! Rows must be in order of time: a file that is not is refused, or its read ends in an error, and nothing is sorted. Where
//! a time lies is found by halving the file, and places once found are kept, so that a window in the middle of a file
//! that is longer than memory is read by itself. How the file is written shows in its first mebibyte and at some places
//! further on, before anything is drawn; what was understood stands among the labels of each stream.

mod clock;
mod read;
mod understood;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{
    ColumnType, CsvFile, Layout, ParseError, ParseErrorKind, PushParser, RecordBatch, times,
};

use streamscope_signal::TimeZone;

use self::clock::{MARGIN, instants};
use self::read::CsvRead;
pub(super) use self::understood::{DECIMALS, SEPARATORS, TIMES, understand};
use super::recording::{Recording, Told, refused};
use super::table::{self, unread};
use crate::{Disk, Error, Event, Read, Result, StreamInfo, TimeRange};

/// How names of files end whose text is looked at.
const ENDINGS: [&str; 4] = [".csv", ".tsv", ".tab", ".txt"];
/// Bytes at the beginning that are looked at.
const HEAD: u64 = 1 << 20;
/// Bytes that are looked at further on, and how many places.
const PIECE: u64 = 64 << 10;
const PLACES: u64 = 16;
/// No record is longer.
const LONGEST: u64 = 1 << 20;
/// How near before a row a read begins, in bytes.
const NEAR: u64 = 128 << 10;

const NO_TIMES: &str = "no column of it holds times. Call a column `time` that holds dates with times, year first, or counts \
                        s, ms, µs or ns since 1970";

/// Whether a file's name ends as those of CSV files do.
pub(super) fn is_csv(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// A CSV file that is open.
pub(super) struct CsvRecording {
    disk: Rc<dyn Disk>,
    file: CsvFile,
    /// The zone of the clock that its times are those of, where somebody told it.
    zone: Option<Rc<TimeZone>>,
    /// The column of times, and those of values.
    time: usize,
    values: Vec<usize>,
    /// From the first row to just after the last.
    span: Option<TimeRange>,
    /// Bytes of a row, about.
    row_bytes: f64,
    /// Where some rows begin, and their times.
    places: RefCell<BTreeMap<u64, i64>>,
}

impl CsvRecording {
    /// Opens a file: finds how it is written, and looks at some places whether its times go on.
    pub(super) async fn open(disk: Rc<dyn Disk>, told: &Told) -> Result<Self> {
        let to_error = |error| in_form(refused(disk.as_ref(), error));
        let dialect = &told.dialect;
        let bytes = disk.bytes();
        let head = disk.read(0..HEAD).await?;
        let whole = bytes <= HEAD;
        let mut file = CsvFile::find(&head, whole, dialect).map_err(to_error)?;
        let first = file.first_record();
        let rows = head.get(first as usize..).unwrap_or_default();
        let found = file.learn(rows, first, whole).map_err(to_error)?;
        if whole && found.is_none() {
            return Err(unread(disk.as_ref(), "it has no rows"));
        }
        let time = file.time_column().ok_or_else(|| unread(disk.as_ref(), NO_TIMES))?;
        let zone = told.zone.clone().filter(|_| file.is_local());
        let mut course = Course { disk: disk.as_ref(), zone: zone.as_deref(), first: None, last: None };
        course.go(first, found.as_ref(), time)?;
        let row_bytes = rows.len() as f64 / found.map_or(1, |rows| rows.num_rows()).max(1) as f64;
        let mut places = BTreeMap::new();
        // The first record that was not looked at.
        let mut next = first + file.records_end(rows) as u64;
        let tail = bytes.saturating_sub(PIECE.max((row_bytes * 4.0) as u64).min(LONGEST));
        let looks = if whole { 0 } else { PLACES };
        for place in 1..=looks {
            let last = place == looks;
            let from = if last { tail } else { bytes / PLACES * place };
            let part = if from <= next && last {
                Some((next, disk.read(next..bytes).await?))
            } else if from <= next {
                continue;
            } else {
                part(disk.as_ref(), &file, from).await?
            };
            let Some((at, part)) = part else { return Err(endless(disk.as_ref(), from)) };
            let rows = file.learn(&part, at, last).map_err(to_error)?;
            places.extend(course.go(at, rows.as_ref(), time)?.map(|time| (at, time)));
            next = at + file.records_end(&part) as u64;
        }
        let span = course.first.zip(course.last);
        let span = span.map(|(start, last)| TimeRange { start, end: last.saturating_add(1) });
        let is_value = |place: &usize| {
            let column = file.layout().columns.get(*place);
            column.is_some_and(|column| column.kind != ColumnType::Time)
        };
        let values = (0..file.layout().columns.len()).filter(is_value).collect();
        Ok(Self { disk, file, zone, time, values, span, row_bytes, places: RefCell::new(places) })
    }

    /// The columns of a stream: its times and its values.
    fn columns(&self, stream: usize) -> Option<([usize; 2], Layout)> {
        let places = [self.time, *self.values.get(stream)?];
        Some((places, self.file.columns(&places)))
    }

    /// Where to begin reading for a time: a record before the first row of that time or a later one, and not far before.
    async fn locate(&self, time: i64) -> Result<u64> {
        let time = if self.zone.is_some() { time.saturating_sub(MARGIN) } else { time };
        if self.span.is_some_and(|span| time <= span.start) {
            return Ok(self.file.first_record());
        }
        let (mut low, mut high) = (self.file.first_record(), self.disk.bytes());
        for (&at, &known) in self.places.borrow().iter() {
            if known < time {
                low = low.max(at);
            } else {
                high = high.min(at);
            }
        }
        while high.saturating_sub(low) > NEAR {
            let middle = low + (high - low) / 2;
            match self.row_after(middle).await? {
                Some((at, found)) if at < high => {
                    self.places.borrow_mut().insert(at, found);
                    if found < time {
                        low = at;
                    } else {
                        high = middle;
                    }
                }
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// The first row that begins after a place, and its time.
    async fn row_after(&self, place: u64) -> Result<Option<(u64, i64)>> {
        let Some((at, part)) = part(self.disk.as_ref(), &self.file, place).await? else { return Ok(None) };
        let mut parser = self.file.parser(at, &[self.time]);
        let pushed = parser.push(&part);
        let first = parser.take().and_then(|rows| times(&rows)?.first().copied());
        match (first, pushed) {
            (Some(time), _) => {
                Ok(Some((at, instants(self.zone.as_deref(), &[time], None).first().copied().unwrap_or(time))))
            }
            (None, Err(error)) => Err(refused(self.disk.as_ref(), error)),
            (None, Ok(())) => Ok(None),
        }
    }
}

/// The error with the words of the form, in place of those of options.
fn in_form(error: Error) -> Error {
    let told = [
        ("the option `time_format` tells how to take it", "say below how times are written"),
        ("the option `decimal` tells which of them is a number", "say below which it is"),
    ];
    let message = told.iter().fold(error.message, |message, (option, words)| message.replace(option, words));
    Error { message, ..error }
}

/// A part of a file that begins with a record, after a place, and where it begins; `None` where no record follows.
async fn part(disk: &dyn Disk, file: &CsvFile, place: u64) -> Result<Option<(u64, Vec<u8>)>> {
    let mut length = PIECE;
    loop {
        let mut part = disk.read(place..place.saturating_add(length)).await?;
        let ended = (part.len() as u64) < length;
        // The end of a record, and the whole of the next one.
        if let Some(begins) = file.record_in(&part)
            && let rest = part.get(begins..).unwrap_or_default()
            && (file.record_in(rest).is_some() || ended && !rest.is_empty())
        {
            part.drain(..begins);
            return Ok(Some((place + begins as u64, part)));
        }
        if ended || length > 2 * LONGEST {
            return Ok(None);
        }
        length *= 2;
    }
}

/// The times of a frame that may have several columns of them; `None` where one has no time.
fn times_of(rows: &RecordBatch, column: usize) -> Option<&[i64]> {
    let times = rows.columns().get(column)?.as_primitive_opt::<TimestampNanosecondType>()?;
    (times.null_count() == 0).then(|| times.values().as_ref())
}

/// How times go on from part to part.
struct Course<'a> {
    disk: &'a dyn Disk,
    zone: Option<&'a TimeZone>,
    first: Option<i64>,
    last: Option<i64>,
}

impl Course<'_> {
    /// Goes through the rows of the next part; the time of its first one.
    fn go(&mut self, at: u64, rows: Option<&RecordBatch>, column: usize) -> Result<Option<i64>> {
        let Some(rows) = rows else { return Ok(None) };
        let times = times_of(rows, column).ok_or_else(|| no_time(self.disk, at))?;
        let times = instants(self.zone, times, self.last);
        in_order(self.disk, at, self.last, &times)?;
        self.first = self.first.or(times.first().copied());
        self.last = times.last().copied().or(self.last);
        Ok(times.first().copied())
    }
}

/// Refuses times that go back, in rows that begin near a place.
fn in_order(disk: &dyn Disk, at: u64, before: Option<i64>, times: &[i64]) -> Result<()> {
    let mut last = before.unwrap_or(i64::MIN);
    for &time in times {
        if time < last {
            let kind = ParseErrorKind::OutOfOrder { time, before: last };
            let parse = ParseError { kind, column: None, record: 0, line: 0, byte: at };
            let words = format!(
                "near byte {at} a row is earlier than the one before it. Rows must be in order of time: sort the file"
            );
            return Err(Error { parse: Some(Box::new(parse)), ..unread(disk, &words) });
        }
        last = time;
    }
    Ok(())
}

fn endless(disk: &dyn Disk, at: u64) -> Error {
    unread(disk, &format!("no row begins after byte {at}, in more than a mebibyte"))
}

fn no_time(disk: &dyn Disk, at: u64) -> Error {
    unread(disk, &format!("near byte {at} a row has no time"))
}

impl Recording for CsvRecording {
    fn streams(&self, subject_id: &str) -> Vec<StreamInfo> {
        let mut labels: BTreeMap<String, String> =
            self.file.understood().into_iter().map(|(name, text)| (name.to_string(), text)).collect();
        if let Some(zone) = &self.zone {
            labels.insert("zone".into(), format!("none is written: {}, as told", zone.name()));
        }
        let layouts = (0..self.values.len()).filter_map(|number| Some(self.columns(number)?.1));
        table::streams(subject_id, layouts, &labels, self.span)
    }

    fn samples(&self, _: usize, range: TimeRange) -> u64 {
        (self.disk.bytes() as f64 / self.row_bytes * table::part(self.span, range)) as u64
    }

    fn read(self: Rc<Self>, stream: usize, range: TimeRange) -> Option<Box<dyn Read>> {
        let (columns, layout) = self.columns(stream)?;
        Some(Box::new(CsvRead::new(self, columns, layout, range)))
    }

    fn intervals(&self, _: usize) -> Option<Vec<TimeRange>> {
        None
    }

    fn events<'a>(&'a self, _: &'a str) -> LocalBoxFuture<'a, Result<Rc<Vec<Event>>>> {
        async { Ok(Rc::default()) }.boxed_local()
    }
}

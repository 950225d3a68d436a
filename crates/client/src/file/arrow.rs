//! Arrow IPC files and streams: each column of values is a stream, on the times of one column.
//!
//! That column is the first of type timestamp or date; else the one that is called as a time and holds numbers, of which
//! the size tells the unit. It stands among the labels of each stream. Rows must be in order of time, as in CSV files: a
//! read ends in an error where they are not. Bodies are read in place, so a record batch may be longer than memory.

mod read;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use arrow_array::{Array, ArrayRef, StringArray};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{
    ArrowColumn, ArrowFile, ArrowPlaces, ArrowRows, ArrowStep, ArrowWalk, Column, ColumnType, Layout,
    TimeSpelling, counted_unit, floats, may_name_times,
};

use self::read::ArrowRead;
use super::recording::{Recording, refused};
use super::table;
use crate::{Disk, Error, Event, Read, Result, StreamInfo, TimeRange};

/// Rows that are read at a time.
const ROWS: u64 = 65_536;
/// Bytes of a dictionary at most.
const MOST_DICTIONARY: u64 = 64 << 20;
/// How names end of streams, which old programs begin without a mark.
const ENDINGS: [&str; 4] = [".arrow", ".arrows", ".ipc", ".feather"];
const NO_TIMES: &str = "no column of it holds times: write one of type timestamp, or call a column `time` that counts s, ms, \
                        µs or ns since 1970";

/// Whether a file is one of Arrow IPC.
pub(super) fn is_arrow(magic: &[u8], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    magic.starts_with(b"ARROW1")
        || magic.starts_with(&[0xff; 4])
        || ENDINGS.iter().any(|end| name.ends_with(end))
}

/// A file that is open.
pub(super) struct ArrowRecording {
    disk: Rc<dyn Disk>,
    file: ArrowFile,
    time: Time,
    /// Columns of values.
    values: Vec<usize>,
    span: Option<TimeRange>,
    /// Times of some rows.
    known: RefCell<BTreeMap<u64, i64>>,
    /// The dictionary that was read last: its parts, and their texts.
    dictionary: RefCell<Option<(Vec<usize>, StringArray)>>,
}

/// The column of times, and how it tells them.
#[derive(Debug, Clone)]
struct Time {
    column: usize,
    /// ns of a unit, where numbers tell them; `None` where its type does.
    unit_ns: Option<f64>,
    said: String,
}

impl ArrowRecording {
    /// Opens a file: goes from message to message, finds the column of times, and looks at the first and the last row.
    pub(super) async fn open(disk: Rc<dyn Disk>) -> Result<Self> {
        let file = walk(disk.as_ref()).await?;
        let mut opened = Self {
            disk,
            file,
            time: Time { column: usize::MAX, unit_ns: None, said: String::new() },
            values: Vec::new(),
            span: None,
            known: RefCell::default(),
            dictionary: RefCell::default(),
        };
        opened.time = opened.find_time().await?;
        let is_value =
            |place: &usize| opened.column(*place).is_some_and(|column| column.kind != ColumnType::Time);
        let places = 0..opened.file.columns().len();
        opened.values = places.filter(|place| *place != opened.time.column && is_value(place)).collect();
        let rows = opened.file.rows();
        if rows > 0 {
            let (start, last) = (opened.time_of(0).await?, opened.time_of(rows - 1).await?);
            if last < start {
                return Err(opened.unread(
                    "its last row is earlier than its first. Rows must be in order of time: sort them",
                ));
            }
            opened.span = Some(TimeRange { start, end: last.saturating_add(1) });
        }
        Ok(opened)
    }

    fn column(&self, place: usize) -> Option<&Column> {
        self.file.columns().get(place)?.column.as_ref()
    }

    /// The first column of times, or the one of numbers that is called so.
    async fn find_time(&self) -> Result<Time> {
        let columns = self.file.columns();
        let typed = columns
            .iter()
            .position(|one| one.column.as_ref().is_some_and(|one| one.kind == ColumnType::Time));
        if let Some(column) = typed {
            let zone = columns.get(column).map(|column| column.zone.as_str()).unwrap_or_default();
            let zone = if zone.is_empty() {
                "without a zone, taken as UTC".into()
            } else {
                format!("of {zone}, shown by the zone on screen")
            };
            let name = columns.get(column).map(|column| column.name.as_str()).unwrap_or_default();
            return Ok(Time { column, unit_ns: None, said: format!("column {name}: times {zone}") });
        }
        let counts = |one: &ArrowColumn| {
            use ColumnType::{Float, Int, Int32};
            let is_number = one.column.as_ref().is_some_and(|one| matches!(one.kind, Float | Int | Int32));
            is_number && may_name_times(&one.name)
        };
        let column = columns.iter().position(counts).ok_or_else(|| self.unread(NO_TIMES))?;
        let (unit, unit_ns) = self.unit(column).await?;
        let name = columns.get(column).map(|column| column.name.as_str()).unwrap_or_default();
        Ok(Time { column, unit_ns: Some(unit_ns), said: format!("column {name}: {unit} since 1970") })
    }

    /// The unit that the first and the last number count.
    async fn unit(&self, column: usize) -> Result<(&'static str, f64)> {
        let mut found = None;
        let last = self.file.rows().saturating_sub(1);
        for row in [0, last] {
            let Some(rows) = self.file.window(row..row + 1, 1) else { break };
            let array = self.array(column, &rows).await?;
            let value =
                floats(array.as_ref()).and_then(|values| values.first().copied()).unwrap_or(f64::NAN).abs();
            let unit = counted_unit(value);
            if unit.is_none() || found.is_some_and(|found| Some(found) != unit) {
                let words = format!(
                    "{value} in its column of times may count s, ms, µs or ns, or something else: write it as a timestamp"
                );
                return Err(self.unread(&words));
            }
            found = unit;
        }
        Ok(match found {
            Some(TimeSpelling::Unix) => ("seconds", 1e9),
            Some(TimeSpelling::UnixMs) => ("milliseconds", 1e6),
            Some(TimeSpelling::UnixUs) => ("microseconds", 1e3),
            _ => ("nanoseconds", 1.0),
        })
    }

    /// The time of a row, by its number.
    async fn time_of(&self, row: u64) -> Result<i64> {
        if let Some(known) = self.known.borrow().get(&row) {
            return Ok(*known);
        }
        let rows = self.file.window(row..row + 1, 1).ok_or_else(|| self.unread("a row is missing"))?;
        let time = self.times(&rows).await?.first().copied();
        let time = time.ok_or_else(|| self.unread("a row is missing"))?;
        self.known.borrow_mut().insert(row, time);
        Ok(time)
    }

    /// Times of rows.
    async fn times(&self, rows: &ArrowRows) -> Result<Vec<i64>> {
        let array = self.array(self.time.column, rows).await?;
        let no_time = || self.unread("a row has no time");
        if array.null_count() > 0 {
            return Err(no_time());
        }
        let Some(unit_ns) = self.time.unit_ns else {
            let times = array.as_primitive_opt::<TimestampNanosecondType>().ok_or_else(no_time)?;
            return Ok(times.values().to_vec());
        };
        // Whole numbers are exact as such: a double holds no ns since 1970.
        if let Some(whole) = array.as_primitive_opt::<arrow_array::types::Int64Type>() {
            let times = whole.values().iter().map(|time| time.checked_mul(unit_ns as i64));
            return times.collect::<Option<_>>().ok_or_else(no_time);
        }
        let values = floats(array.as_ref()).ok_or_else(no_time)?;
        // The whole units and what is left of one: their product alone would be rounded to 256 ns.
        let time = |value: &f64| {
            let whole = Some(value.floor()).filter(|whole| whole.abs() < i64::MAX as f64 / unit_ns)?;
            let left = ((value - whole) * unit_ns).round() as i64;
            (whole as i64).checked_mul(unit_ns as i64)?.checked_add(left)
        };
        values.iter().map(time).collect::<Option<_>>().ok_or_else(no_time)
    }

    /// Values of a column.
    async fn array(&self, column: usize, rows: &ArrowRows) -> Result<ArrayRef> {
        let ArrowPlaces { validity, values } = self.file.places(column, rows);
        let (validity, values) = (self.bytes(validity).await?, self.bytes(values).await?);
        let texts =
            self.file.texts(column, rows, &values).map_err(|error| refused(self.disk.as_ref(), error))?;
        let texts = self.bytes(texts).await?;
        let dictionary = self.dictionary(column, rows).await?;
        let read = self.file.values(column, rows, [&validity, &values, &texts], dictionary.as_ref());
        read.map_err(|error| refused(self.disk.as_ref(), error))
    }

    /// The texts that keys of these rows point at.
    async fn dictionary(&self, column: usize, rows: &ArrowRows) -> Result<Option<StringArray>> {
        let parts = self.file.dictionary(column, rows);
        if parts.is_empty() {
            return Ok(None);
        }
        let known = self
            .dictionary
            .borrow()
            .as_ref()
            .filter(|(known, _)| *known == parts)
            .map(|(_, texts)| texts.clone());
        if known.is_some() {
            return Ok(known);
        }
        let (mut all, mut size) = (Vec::new(), 0);
        for part in &parts {
            let ArrowPlaces { validity, values } = self.file.dictionary_places(column, *part);
            let (validity, values) = (self.bytes(validity).await?, self.bytes(values).await?);
            let to_error = |error| refused(self.disk.as_ref(), error);
            let texts = self.file.dictionary_texts(column, *part, &values).map_err(to_error)?;
            size += texts.end - texts.start + values.len() as u64;
            if size > MOST_DICTIONARY {
                return Err(self.unread("a dictionary of it has more than 64 MB"));
            }
            let texts = self.bytes(texts).await?;
            let read = self.file.dictionary_values(column, *part, [&validity, &values, &texts]);
            all.extend(read.map_err(to_error)?);
        }
        let texts = StringArray::from(all);
        self.dictionary.replace(Some((parts, texts.clone())));
        Ok(Some(texts))
    }

    async fn bytes(&self, place: std::ops::Range<u64>) -> Result<Vec<u8>> {
        if place.is_empty() { Ok(Vec::new()) } else { self.disk.read(place).await }
    }

    /// A row before the first one at or after a time, and not far before it.
    async fn locate(&self, time: i64) -> Result<u64> {
        let (mut low, mut high) = (0, self.file.rows());
        while high - low > ROWS {
            let middle = low + (high - low) / 2;
            if self.time_of(middle).await? < time { low = middle } else { high = middle }
        }
        Ok(low)
    }

    fn layout(&self, stream: usize) -> Option<Layout> {
        let value = self.column(*self.values.get(stream)?)?.clone();
        Some(Layout::new(vec![Column::new("time", ColumnType::Time).with_unit("ns"), value]))
    }

    /// The error of this file.
    fn unread(&self, why: &str) -> Error {
        table::unread(self.disk.as_ref(), why)
    }

    fn labels(&self) -> BTreeMap<String, String> {
        let passed: Vec<_> =
            self.file.passed_over().into_iter().map(|(name, what)| format!("{name} ({what})")).collect();
        let known = [
            ("format", if self.file.is_file() { "Arrow IPC file" } else { "Arrow IPC stream" }.to_string()),
            ("time", self.time.said.clone()),
            ("not read", passed.join(", ")),
            ("cut off", if self.file.is_cut() { "the file ends before its end" } else { "" }.to_string()),
        ];
        let known = known.into_iter().filter(|(_, text)| !text.is_empty());
        known.map(|(name, text)| (name.to_string(), text)).collect()
    }
}

/// Goes from message to message.
async fn walk(disk: &dyn Disk) -> Result<ArrowFile> {
    let mut walk = ArrowWalk::new(disk.bytes());
    let mut step = walk.begin();
    loop {
        match step {
            ArrowStep::Found(file) => return Ok(file),
            ArrowStep::Need(place) => {
                let bytes = disk.read(place).await?;
                step = walk.take(&bytes).map_err(|error| refused(disk, error))?;
            }
        }
    }
}

impl Recording for ArrowRecording {
    fn streams(&self, subject_id: &str) -> Vec<StreamInfo> {
        let layouts = (0..self.values.len()).filter_map(|number| self.layout(number));
        table::streams(subject_id, layouts, &self.labels(), self.span)
    }

    fn samples(&self, _: usize, range: TimeRange) -> u64 {
        (self.file.rows() as f64 * table::part(self.span, range)) as u64
    }

    fn read(self: Rc<Self>, stream: usize, range: TimeRange) -> Option<Box<dyn Read>> {
        let (column, layout) = (*self.values.get(stream)?, self.layout(stream)?);
        Some(Box::new(ArrowRead::new(self, column, layout, range)))
    }

    fn intervals(&self, _: usize) -> Option<Vec<TimeRange>> {
        None
    }

    fn events<'a>(&'a self, _: &'a str) -> LocalBoxFuture<'a, Result<Rc<Vec<Event>>>> {
        async { Ok(Rc::default()) }.boxed_local()
    }
}

//! A file that is open: what every format offers to the one [`Source`](crate::Source).

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use streamscope_frame::{ColumnType, Dialect, Layout, ParseError};
use streamscope_signal::TimeZone;

#[cfg(feature = "files")]
use super::{arrow, csv};
use super::{edf, wav};
use crate::{Dimension, Disk, Display, Error, ErrorKind, Event, Read, Result, StreamInfo, TimeRange};

/// Bytes that are read at a time: decoded in a few milliseconds.
pub(super) const WINDOW: u64 = 512 << 10;
/// Bytes at the beginning by which a format is known.
const MAGIC: u64 = 12;

/// What to do with a table of another format.
const CONVERT: &str = "write it as Arrow IPC, with pyarrow: `feather.write_feather(parquet.read_table(\"it.parquet\"), \
                       \"it.arrow\", compression=\"uncompressed\")`";

/// What somebody said of files that do not say it themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// How CSV files are written.
    pub(super) dialect: Dialect,
    /// The zone of clock times in them that name none.
    pub(super) zone: Option<Rc<TimeZone>>,
}

/// A file that is open. Streams are counted.
pub(super) trait Recording {
    /// The streams, under ids of a subject.
    fn streams(&self, subject_id: &str) -> Vec<StreamInfo>;

    /// About how many samples of a stream lie in a range of time.
    fn samples(&self, stream: usize, range: TimeRange) -> u64;

    /// Reads a range of a stream, window by window; `None` where there is no such stream.
    fn read(self: Rc<Self>, stream: usize, range: TimeRange) -> Option<Box<dyn Read>>;

    /// The stretches of time without a gap; `None` where only the rows tell.
    fn intervals(&self, stream: usize) -> Option<Vec<TimeRange>>;

    /// All that was noted beside the samples, in order of its start.
    fn events<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Rc<Vec<Event>>>>;
}

/// Opens a file of any format that is read.
pub(super) async fn open(disk: Rc<dyn Disk>, told: &Told) -> Result<Rc<dyn Recording>> {
    let magic = disk.read(0..MAGIC).await?;
    if edf::is_edf(&magic) {
        return Ok(Rc::new(edf::EdfRecording::open(disk).await?));
    }
    if magic.starts_with(b"RIFF") || magic.starts_with(b"RF64") {
        return Ok(Rc::new(wav::WavRecording::open(disk).await?));
    }
    let name = disk.name();
    if magic.starts_with(b"PAR1") {
        return Err(Error::invalid(format!("{name} is a Parquet file, which is not read here: {CONVERT}.")));
    }
    if magic.starts_with(b"FEA1") {
        return Err(Error::invalid(format!(
            "{name} is a Feather file of version 1, which is not read here: {CONVERT}."
        )));
    }
    #[cfg(not(feature = "files"))]
    let _ = told;
    #[cfg(feature = "files")]
    if arrow::is_arrow(&magic, name) {
        return Ok(Rc::new(arrow::ArrowRecording::open(disk).await?));
    }
    #[cfg(feature = "files")]
    if csv::is_csv(disk.name()) {
        return Ok(Rc::new(csv::CsvRecording::open(disk, told).await?));
    }
    let name = disk.name();
    let words = format!(
        "{name} is no file that is read here: open EDF, EDF+, BDF, BDF+, WAV, Arrow IPC or CSV (.csv, .tsv, .txt)."
    );
    Err(Error::invalid(words))
}

/// The error of a file that is not what its format demands.
pub(super) fn refused(disk: &dyn Disk, parse: ParseError) -> Error {
    let column = parse.column.as_deref().map(|name| format!(" in column `{name}`")).unwrap_or_default();
    let words = format!("{} cannot be read: {}{column}.", disk.name(), parse.kind);
    Error { parse: Some(Box::new(parse)), ..Error::new(ErrorKind::Body, words) }
}

/// The dimensions of a stream, from the columns of its rows.
pub(super) fn dimensions(layout: &Layout) -> Vec<Dimension> {
    let dimension = |column: &streamscope_frame::Column| {
        let is_time = column.kind == ColumnType::Time;
        let unit = if is_time { String::new() } else { column.unit.clone().unwrap_or_default() };
        let data_type = match column.kind {
            ColumnType::Time => "timestamp",
            ColumnType::Int | ColumnType::Int32 | ColumnType::Int16 => "int",
            ColumnType::Bool => "bool",
            ColumnType::Text => "string",
            ColumnType::Json => "dict",
            ColumnType::Float | ColumnType::Float32 => "sfloat",
        };
        Dimension {
            id: column.name.clone(),
            data_type: data_type.into(),
            quantity: if is_time { String::new() } else { column.name.clone() },
            unit: unit.clone(),
            unit_abbrev: unit,
            display: Display::default(),
        }
    };
    layout.columns.iter().map(dimension).collect()
}

/// A rate in words: "256 Hz".
pub(super) fn hertz(rate: f64) -> String {
    format!("{} Hz", (rate * 1e6).round() / 1e6)
}

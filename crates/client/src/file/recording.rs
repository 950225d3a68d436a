//! A file that is open: what every format offers to the one [`Source`](crate::Source).

use std::ops::Range;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, FileWindow, Layout, ParseError};

use super::{edf, wav};
use crate::{Dimension, Disk, Display, Error, ErrorKind, Event, Result, StreamInfo, TimeRange};

/// Bytes that are read at a time: decoded in less than two milliseconds.
pub(super) const WINDOW: u64 = 512 << 10;
/// Bytes at the beginning by which a format is known.
const MAGIC: u64 = 12;

/// A file that is open. Streams are counted.
pub(super) trait Recording {
    /// The streams, under ids of a subject.
    fn streams(&self, subject_id: &str) -> Vec<StreamInfo>;

    /// The columns of a stream's rows; `None` where there is no such stream.
    fn layout(&self, stream: usize) -> Option<Layout>;

    /// The samples of a stream in a range of time.
    fn samples_in(&self, stream: usize, range: TimeRange) -> Range<u64>;

    /// The first window of these samples; `None` where there are none.
    fn window(&self, stream: usize, samples: Range<u64>) -> Option<FileWindow>;

    /// The rows of a window, from its bytes.
    fn rows(&self, stream: usize, window: &FileWindow, bytes: &[u8]) -> Result<Batch, ParseError>;

    /// The stretches of time without a gap.
    fn intervals(&self, stream: usize) -> Vec<TimeRange>;

    /// All that was noted beside the samples, in order of its start.
    fn events<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Rc<Vec<Event>>>>;
}

/// Opens a file of any format that is read.
pub(super) async fn open(disk: Rc<dyn Disk>) -> Result<Rc<dyn Recording>> {
    let magic = disk.read(0..MAGIC).await?;
    if edf::is_edf(&magic) {
        return Ok(Rc::new(edf::EdfRecording::open(disk).await?));
    }
    if magic.starts_with(b"RIFF") || magic.starts_with(b"RF64") {
        return Ok(Rc::new(wav::WavRecording::open(disk).await?));
    }
    let name = disk.name();
    let words = format!("{name} is no file that is read here: open EDF, EDF+, BDF, BDF+ or WAV.");
    Err(Error::invalid(words))
}

/// The error of a file that is not what its format demands.
pub(super) fn refused(disk: &dyn Disk, parse: ParseError) -> Error {
    let words = format!("{} cannot be read: {}.", disk.name(), parse.kind);
    Error { parse: Some(Box::new(parse)), ..Error::new(ErrorKind::Body, words) }
}

/// The dimensions of a stream, from the columns of its rows.
pub(super) fn dimensions(layout: &Layout) -> Vec<Dimension> {
    let dimension = |column: &streamscope_frame::Column| {
        let is_time = column.kind == streamscope_frame::ColumnType::Time;
        let unit = if is_time { String::new() } else { column.unit.clone().unwrap_or_default() };
        Dimension {
            id: column.name.clone(),
            data_type: if is_time { "timestamp" } else { "sfloat" }.into(),
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

//! Files that are cut, or that nobody wrote: `tests/faults/files.md`.

use std::ops::Range;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, TryStreamExt};
use streamscope_client::file::Files;
use streamscope_client::{Ask, Disk, Error, ErrorKind, MemoryDisk, Source, StreamInfo, TimeRange};

use super::matrix::table;
use super::outcome::{Rows, name};
use crate::contract::files::{csv, edf, wav};

const FAULTS: [&str; 6] = [
    "nothing in it",
    "cut inside the header",
    "cut inside a row",
    "cut between rows",
    "a web page",
    "the disk fails",
];
const FORMATS: [Format; 3] = [
    Format { name: "EDF", make: edf, header: 1024, row: Some(160) },
    Format { name: "WAV", make: wav, header: 44, row: Some(4) },
    Format { name: "CSV", make: csv, header: 22, row: None },
];
/// A file of any kind: a name that ends so is taken for CSV, unless its first bytes tell otherwise.
const NAME: &str = "file.csv";
const EVER: TimeRange = TimeRange { start: 0, end: i64::MAX };

/// A format, and a file of it.
struct Format {
    name: &'static str,
    make: fn() -> Vec<u8>,
    /// Bytes of the header.
    header: usize,
    /// Bytes of a row, or of what is kept together; `None` for lines.
    row: Option<usize>,
}

/// A disk that gives no more bytes once so many were read.
struct Failing {
    disk: MemoryDisk,
    from: u64,
}

impl Disk for Failing {
    fn name(&self) -> &str {
        self.disk.name()
    }

    fn bytes(&self) -> u64 {
        self.disk.bytes()
    }

    fn read(&self, range: Range<u64>) -> LocalBoxFuture<'_, Result<Vec<u8>, Error>> {
        match range.end.min(self.bytes()) > self.from {
            true => async { Err(Error::new(ErrorKind::NotFound, "The disk was taken out.")) }.boxed_local(),
            false => self.disk.read(range),
        }
    }
}

/// A file with a fault.
fn spoilt(fault: &str, format: &Format) -> Rc<dyn Disk> {
    let (header, mut bytes) = (format.header, (format.make)());
    let half = bytes.len() / 2;
    let between = match format.row {
        Some(row) => header + (half - header) / row * row,
        None => half + bytes[half..].iter().position(|byte| *byte == b'\n').unwrap() + 1,
    };
    match fault {
        "nothing in it" => bytes.clear(),
        "cut inside the header" => bytes.truncate(header - 5),
        "cut inside a row" => bytes.truncate(between + 3),
        "cut between rows" => bytes.truncate(between),
        "a web page" => bytes = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>".to_vec(),
        _ => return Rc::new(Failing { disk: MemoryDisk::new(NAME, bytes), from: half as u64 }),
    }
    Rc::new(MemoryDisk::new(NAME, bytes))
}

/// The rows of the first signal, what the read ended with, and whether the file was said to be cut.
async fn rows(disk: Rc<dyn Disk>) -> Result<(Rows, Option<Error>, bool), Error> {
    let files = Files::new([disk]);
    files.open_all().await?;
    let streams: Vec<StreamInfo> = files.streams(NAME).try_concat().await?;
    let Some(first) = streams.first() else { return Ok((Rows::default(), None, false)) };
    let (rows, error) = Rows::of(files.read(&Ask::of(first, EVER)), None).await;
    Ok((rows, error, first.labels.contains_key("cut off")))
}

async fn words(disk: Rc<dyn Disk>, truth: &Rows) -> String {
    let (got, error, cut) = match rows(disk).await {
        Ok(got) => got,
        Err(error) => return name(error.kind).into(),
    };
    let counted = got.times.len();
    match error {
        _ if !got.begin(truth) => format!("WRONG ROWS: {counted}, {error:?}"),
        Some(error) if error.rows != Some(counted as u64) => format!("WRONGLY COUNTED: {counted}, {error:?}"),
        Some(error) => format!("{}, rows before it", name(error.kind)),
        None if counted == 0 => "0 rows".into(),
        None if cut => "rows before it, said to be cut".into(),
        None => "rows before it".into(),
    }
}

#[tokio::test]
async fn files_over_every_fault() {
    let mut differ = Vec::new();
    for (fault, cells) in table("files", &FORMATS.each_ref().map(|format| format.name), &FAULTS) {
        for (format, expected) in FORMATS.iter().zip(cells) {
            let (truth, ..) = rows(Rc::new(MemoryDisk::new(NAME, (format.make)()))).await.unwrap();
            let got = words(spoilt(&fault, format), &truth).await;
            if got != expected {
                differ.push(format!("{fault} | {} | expected {expected} | got {got}", format.name));
            }
        }
    }
    assert!(differ.is_empty(), "files.md says otherwise:\n{}", differ.join("\n"));
}

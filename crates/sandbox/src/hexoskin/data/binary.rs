//! Binary: WAV for regular channels, pairs of time and value for the others; several of them in a zip.
//!
//! Nothing is thinned. A file is made while it is read, so that a record need not be whole in memory.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::Series;
use super::select::Selection;
use crate::demo::hexoskin::Device;
use crate::hexoskin::reply::Result;
use crate::{Body, Response, StoreError};

/// Samples in a piece of a body.
const PIECE: usize = 16_384;

/// The selected channels: one as it is, several in a zip with a folder for each record.
pub(super) fn answer(selection: Selection) -> Result<Response> {
    let parts = selection.records.into_values().flatten();
    let mut files: Vec<(String, Series)> = parts
        .flat_map(|part| {
            let folder = format!("record_{}", part.record);
            part.series.into_iter().map(move |series| (format!("{folder}/{}", name(&series)), series))
        })
        .collect();
    let (file, body) = match files.pop() {
        Some((path, series)) if files.is_empty() && selection.datatypes.len() == 1 => {
            let file = path.rsplit('/').next().unwrap_or_default().to_owned();
            (file, Body::Pieces(Box::new(pieces(series).map(Ok))))
        }
        last => {
            files.extend(last);
            ("data.zip".to_owned(), Body::Pieces(Box::new(Zip::new(files))))
        }
    };
    let mut response = Response::new(200, "application/octet-stream", body);
    response.headers.push(("Content-Disposition", format!("attachment; filename=\"{file}\"")));
    Ok(response)
}

fn name(series: &Series) -> String {
    let ending = if series.step().is_some() { "wav" } else { "hxd" };
    format!("{}.{ending}", series.datatype.name)
}

/// A file's bytes.
fn pieces(series: Series) -> impl Iterator<Item = Vec<u8>> + Send {
    let head = series.step().map(|step| header(step, series.signals.tape.device, series.len()));
    let starts = (0..series.len()).step_by(PIECE);
    let piece = move |start: usize| {
        let rows = (start..(start + PIECE).min(series.len())).filter_map(|index| series.sample(index));
        let mut bytes = Vec::new();
        for (tick, value) in rows {
            match series.step() {
                // The low 16 bits are the same with and without a sign.
                Some(_) => bytes.extend_from_slice(&(value as u16).to_le_bytes()),
                None => {
                    bytes.extend_from_slice(&tick.unsigned_abs().to_le_bytes());
                    bytes.extend_from_slice(&value.to_le_bytes());
                }
            }
        }
        bytes
    };
    head.into_iter().chain(starts.map(piece))
}

/// The 44 bytes before the samples of a WAV. Its rate is in Hz, of channels slower than 1 Hz in seconds a sample.
fn header(step: i64, device: Device, samples: usize) -> Vec<u8> {
    let ticks = device.ticks();
    let rate = u32::try_from(if step <= ticks { ticks / step } else { step / ticks }).unwrap_or(1);
    let size = u32::try_from(2 * samples).unwrap_or(u32::MAX - 36);
    let mut bytes = Vec::with_capacity(44);
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(size + 36).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend_from_slice(&rate.to_le_bytes());
    bytes.extend_from_slice(&(2 * rate).to_le_bytes());
    bytes.extend_from_slice(b"\x02\0\x10\0data");
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes
}

/// What the zip has written and nobody has taken.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A zip of files, in pieces. Sizes stand behind each file, as in every zip that is made while it is sent.
struct Zip {
    files: std::vec::IntoIter<(String, Series)>,
    current: Option<Box<dyn Iterator<Item = Vec<u8>> + Send>>,
    writer: Option<ZipWriter<StreamWriter<Written>>>,
    written: Written,
}

impl Zip {
    fn new(files: Vec<(String, Series)>) -> Self {
        let written = Written::default();
        let writer = Some(ZipWriter::new_stream(written.clone()));
        Self { files: files.into_iter(), current: None, writer, written }
    }

    /// Writes one more piece; whether there was one.
    fn advance(&mut self) -> zip::result::ZipResult<bool> {
        let Some(writer) = &mut self.writer else { return Ok(false) };
        if let Some(piece) = self.current.as_mut().and_then(Iterator::next) {
            writer.write_all(&piece)?;
        } else if let Some((path, series)) = self.files.next() {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            writer.start_file(path, options)?;
            self.current = Some(Box::new(pieces(series)));
        } else if let Some(writer) = self.writer.take() {
            writer.finish()?;
        }
        Ok(true)
    }
}

impl Iterator for Zip {
    type Item = std::result::Result<Vec<u8>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.advance() {
                Ok(false) => return None,
                Ok(true) => {}
                Err(error) => {
                    self.writer = None;
                    return Some(Err(StoreError::Damaged(error.to_string())));
                }
            }
            let bytes = self.written.take();
            if !bytes.is_empty() {
                return Some(Ok(bytes));
            }
        }
    }
}

//! The way through a file's chunks to its samples.

use std::ops::Range;

use super::file::{WavFile, WavSample};
use super::malformed;
use crate::little_endian::{u16_at, u32_at, u64_at};
use crate::{ParseError, ParseErrorKind};

const CHUNK: u64 = 8;
/// Chunks that are looked at, at most.
const MOST_CHUNKS: u32 = 10_000;
const MOST_CHANNELS: u16 = 1024;
/// Bytes of a format that are read.
const FORMAT: u64 = 40;
/// Bytes of RF64's lengths that are read.
const LENGTHS: u64 = 24;
/// A length that stands elsewhere, or that nobody filled in.
const UNKNOWN: u32 = u32::MAX;
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

/// What a walk needs, or has found.
#[derive(Debug, Clone, PartialEq)]
pub enum WavStep {
    /// These bytes of the file.
    Need(Range<u64>),
    /// The file's samples.
    Found(WavFile),
}

/// Finds the samples of a file: asks for bytes until it knows where they are. Never for more than 40 at a time.
#[derive(Debug)]
pub struct WavWalk {
    file_bytes: u64,
    at: u64,
    /// What the next bytes are.
    next: Next,
    chunks: u32,
    /// Length of the samples, where RF64 tells it.
    long: Option<u64>,
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Riff,
    Chunk,
    /// The lengths of RF64, and where the chunk ends.
    Lengths(u64),
    Format(u64),
}

#[derive(Debug, Clone, Copy)]
struct Format {
    channels: u16,
    rate: u32,
    frame: u16,
    sample: WavSample,
}

impl WavWalk {
    /// The walk through a file of so many bytes.
    pub fn new(file_bytes: u64) -> Self {
        Self { file_bytes, at: 0, next: Next::Riff, chunks: 0, long: None, format: None }
    }

    /// What it needs first.
    pub fn begin(&self) -> WavStep {
        WavStep::Need(self.wanted())
    }

    /// Takes the bytes that it asked for.
    pub fn take(&mut self, bytes: &[u8]) -> Result<WavStep, ParseError> {
        let wanted = self.wanted();
        if (bytes.len() as u64) < wanted.end - wanted.start {
            return Err(self.cut());
        }
        match self.next {
            Next::Riff => self.riff(bytes)?,
            Next::Chunk => {
                if let Some(found) = self.chunk(bytes)? {
                    return Ok(WavStep::Found(found));
                }
            }
            Next::Lengths(end) => {
                self.long = Some(u64_at(bytes, 8));
                self.go_to(end);
            }
            Next::Format(end) => {
                self.format = Some(Format::read(bytes).map_err(|words| malformed(words, self.at))?);
                self.go_to(end);
            }
        }
        let wanted = self.wanted();
        if wanted.end > self.file_bytes || wanted.is_empty() {
            return Err(self.cut());
        }
        Ok(WavStep::Need(wanted))
    }

    fn go_to(&mut self, chunk: u64) {
        self.at = chunk;
        self.next = Next::Chunk;
    }

    fn wanted(&self) -> Range<u64> {
        let end = match self.next {
            Next::Riff => self.at + 12,
            Next::Chunk => self.at.saturating_add(CHUNK),
            Next::Lengths(_) => self.at + LENGTHS,
            Next::Format(end) => end.min(self.at + FORMAT),
        };
        self.at..end
    }

    fn cut(&self) -> ParseError {
        let kind = match self.format {
            Some(_) => ParseErrorKind::Malformed("the WAV has no chunk `data`".into()),
            None => ParseErrorKind::Truncated,
        };
        ParseError { kind, column: None, record: 0, line: 1, byte: self.file_bytes }
    }

    fn riff(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        let known = bytes.starts_with(b"RIFF") || bytes.starts_with(b"RF64");
        if !known || bytes.get(8..12) != Some(b"WAVE") {
            return Err(malformed("it does not begin with `RIFF` or `RF64` and `WAVE`, as WAV files do", 0));
        }
        self.go_to(12);
        Ok(())
    }

    fn chunk(&mut self, bytes: &[u8]) -> Result<Option<WavFile>, ParseError> {
        self.chunks += 1;
        if self.chunks > MOST_CHUNKS {
            return Err(malformed(format!("no samples are among the first {MOST_CHUNKS} chunks"), self.at));
        }
        let length = u32_at(bytes, 4);
        let body = self.at + CHUNK;
        // Chunks end on even bytes.
        let end = body.saturating_add(u64::from(length) + u64::from(length % 2));
        match bytes.get(..4) {
            Some(b"ds64") if u64::from(length) >= LENGTHS => {
                (self.at, self.next) = (body, Next::Lengths(end))
            }
            Some(b"fmt ") if length >= 16 => (self.at, self.next) = (body, Next::Format(end)),
            Some(b"fmt ") => {
                return Err(malformed(
                    format!("`fmt ` has {length} bytes; at least 16 were expected"),
                    self.at,
                ));
            }
            Some(b"data") => return self.data(body, length).map(Some),
            _ => self.at = end,
        }
        Ok(None)
    }

    fn data(&self, body: u64, length: u32) -> Result<WavFile, ParseError> {
        let format = self.format.ok_or_else(|| malformed("`data` comes before `fmt `", self.at))?;
        let there = self.file_bytes.saturating_sub(body);
        let length = match (length, self.long) {
            (UNKNOWN, Some(long)) => long,
            (UNKNOWN, None) => there,
            (length, _) => length.into(),
        };
        let frames = length.min(there) / u64::from(format.frame);
        let file = WavFile {
            channels: format.channels,
            rate: format.rate,
            sample: format.sample,
            frame: format.frame,
            data: body,
            frames,
            lacks: length / u64::from(format.frame) - frames,
        };
        Ok(file)
    }
}

impl Format {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let (mut kind, channels, rate) = (u16_at(bytes, 0), u16_at(bytes, 2), u32_at(bytes, 4));
        let (frame, bits) = (u16_at(bytes, 12), u16_at(bytes, 14));
        if kind == EXTENSIBLE && bytes.len() >= FORMAT as usize {
            // The first bytes of a long name are the short one.
            kind = u16_at(bytes, 24);
        }
        if !(1..=MOST_CHANNELS).contains(&channels) {
            return Err(format!("`number of channels` is {channels}; expected 1 to {MOST_CHANNELS}"));
        }
        if rate == 0 {
            return Err("`sample rate` is 0; expected 1 or more".into());
        }
        let width = frame / channels;
        if width == 0 || !frame.is_multiple_of(channels) || bits == 0 || bits > width.saturating_mul(8) {
            let words = format!(
                "`block align` is {frame}; expected room for {channels} channels of {bits} bits each"
            );
            return Err(words);
        }
        let sample = match (kind, width) {
            (PCM, 1) => WavSample::Unsigned8,
            (PCM, 2) => WavSample::Int16,
            (PCM, 3) => WavSample::Int24,
            (PCM, 4) => WavSample::Int32,
            (FLOAT, 4) => WavSample::Float32,
            (FLOAT, 8) => WavSample::Float64,
            _ => {
                let words = format!(
                    "`format tag` is {kind} with {width} bytes a sample; what is read is PCM (1) of 1 to 4 bytes and \
                     floats (3) of 4 or 8"
                );
                return Err(words);
            }
        };
        Ok(Self { channels, rate, frame, sample })
    }
}

//! WAV files of samples: PCM, 16 bits, one channel.
//!
//! What is refused: anything else inside, a rate of zero, a length that the file does not say or does not keep. Chunks
//! beside `fmt ` and `data` are passed over, up to a limit.

use super::{binary_error, malformed};
use crate::little_endian::{u16_at, u32_at};
use crate::{ParseError, ParseErrorKind};

const RIFF: usize = 12;
const CHUNK: usize = 8;
/// Bytes of other chunks that are passed over.
const MOST_OTHER: u64 = 1 << 16;
/// A length that stands for one that is not known.
const UNKNOWN: u32 = u32::MAX;

/// What a WAV file says of its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WavHeader {
    /// The field for the sample rate. Hexoskin puts Hz there for fast signals, seconds per sample for slow ones.
    pub rate: u32,
    /// Samples of the file.
    pub samples: u64,
}

/// Reads a WAV file in pieces.
pub struct WavParser {
    signed: bool,
    state: State,
    /// The beginning of a header or sample whose rest has not come yet.
    carry: Vec<u8>,
    rate: Option<u32>,
    header: Option<WavHeader>,
    samples: Vec<i32>,
    read: u64,
    other: u64,
    byte: u64,
    end: Option<Result<(), ParseError>>,
}

enum State {
    Riff,
    Chunk,
    Format(usize),
    Skip(u64),
    Data(u64),
    /// After the samples.
    Rest,
}

impl WavParser {
    /// A parser for a file whose samples are signed or unsigned, which the file does not say.
    pub fn new(signed: bool) -> Self {
        Self {
            signed,
            state: State::Riff,
            carry: Vec::new(),
            rate: None,
            header: None,
            samples: Vec::new(),
            read: 0,
            other: 0,
            byte: 0,
            end: None,
        }
    }

    /// What the file says of its samples, once that has come.
    pub fn header(&self) -> Option<WavHeader> {
        self.header
    }

    /// Samples read and not taken yet.
    pub fn take(&mut self) -> Vec<i32> {
        std::mem::take(&mut self.samples)
    }

    /// Takes the next bytes. After an error it takes no more; samples before the error can still be
    /// [taken](Self::take).
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let pushed = self.advance(bytes);
        pushed.map_err(|kind| {
            let error = binary_error(kind, self.read, self.byte);
            self.end = Some(Err(error.clone()));
            error
        })
    }

    fn advance(&mut self, mut bytes: &[u8]) -> Result<(), ParseErrorKind> {
        while !bytes.is_empty() {
            let used = match self.state {
                State::Riff => self.gather(bytes, RIFF, Self::riff)?,
                State::Chunk => self.gather(bytes, CHUNK, Self::chunk)?,
                State::Format(length) => self.gather(bytes, length, Self::format)?,
                State::Skip(left) => self.skip(left, bytes.len())?,
                State::Data(left) => self.data(left, bytes),
                State::Rest => self.pass_over(bytes.len())?,
            };
            self.byte += used as u64;
            bytes = bytes.get(used..).unwrap_or_default();
        }
        Ok(())
    }

    /// Collects so many bytes, then has them read. Returns how many it took.
    fn gather(
        &mut self,
        bytes: &[u8],
        needed: usize,
        read: impl Fn(&mut Self, &[u8]) -> Result<(), ParseErrorKind>,
    ) -> Result<usize, ParseErrorKind> {
        let before = self.carry.len();
        let taken = bytes.get(..needed - before).unwrap_or(bytes);
        self.carry.extend_from_slice(taken);
        if self.carry.len() == needed {
            let whole = std::mem::take(&mut self.carry);
            // What is refused begins where the header does, wherever the bytes were cut.
            read(self, &whole).inspect_err(|_| self.byte -= before as u64)?;
        }
        Ok(taken.len())
    }

    fn riff(&mut self, header: &[u8]) -> Result<(), ParseErrorKind> {
        if !header.starts_with(b"RIFF") || !header.ends_with(b"WAVE") {
            return Err(malformed("this is no WAV file"));
        }
        self.state = State::Chunk;
        Ok(())
    }

    fn chunk(&mut self, header: &[u8]) -> Result<(), ParseErrorKind> {
        let length = u32_at(header, 4);
        self.state = match header.get(..4) {
            Some(b"fmt ") if (16..=64).contains(&length) => State::Format(padded(length) as usize),
            Some(b"fmt ") => return Err(malformed("the WAV's format has an odd length")),
            Some(b"data") => return self.begin(length),
            _ => State::Skip(padded(length)),
        };
        if matches!(self.state, State::Skip(0)) {
            self.state = State::Chunk;
        }
        Ok(())
    }

    fn format(&mut self, format: &[u8]) -> Result<(), ParseErrorKind> {
        let (kind, channels, bits) = (u16_at(format, 0), u16_at(format, 2), u16_at(format, 14));
        if !matches!(kind, 1 | 0xFFFE) || channels != 1 || bits != 16 {
            let words = format!(
                "the WAV holds {channels} channels of {bits} bits (kind {kind}) where one of 16 bits PCM was expected"
            );
            return Err(malformed(words));
        }
        let rate = u32_at(format, 4);
        if rate == 0 {
            return Err(malformed("the WAV's rate is 0"));
        }
        self.rate = Some(rate);
        self.state = State::Chunk;
        Ok(())
    }

    fn begin(&mut self, length: u32) -> Result<(), ParseErrorKind> {
        let Some(rate) = self.rate else { return Err(malformed("the WAV's samples come before its format")) };
        if length == UNKNOWN {
            return Err(malformed("the WAV does not say how long it is"));
        }
        if length % 2 == 1 {
            return Err(malformed(format!("the WAV's {length} bytes are no whole samples")));
        }
        self.header = Some(WavHeader { rate, samples: u64::from(length / 2) });
        self.state = if length == 0 { State::Rest } else { State::Data(length.into()) };
        Ok(())
    }

    fn skip(&mut self, left: u64, available: usize) -> Result<usize, ParseErrorKind> {
        let used = left.min(available as u64);
        self.pass_over(used as usize)?;
        self.state = if used == left { State::Chunk } else { State::Skip(left - used) };
        Ok(used as usize)
    }

    fn pass_over(&mut self, bytes: usize) -> Result<usize, ParseErrorKind> {
        let room = MOST_OTHER - self.other;
        if bytes as u64 > room {
            self.byte += room;
            return Err(malformed("the WAV holds more than its samples"));
        }
        self.other += bytes as u64;
        Ok(bytes)
    }

    fn data(&mut self, left: u64, bytes: &[u8]) -> usize {
        let used = left.min(bytes.len() as u64) as usize;
        let mut taken = bytes.get(..used).unwrap_or_default();
        if let (Some(low), Some((high, rest))) = (self.carry.pop(), taken.split_first()) {
            self.sample([low, *high]);
            taken = rest;
        }
        let pairs = taken.chunks_exact(2);
        self.carry.extend_from_slice(pairs.remainder());
        self.samples.reserve(taken.len() / 2);
        pairs.for_each(|pair| {
            self.sample([pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0)])
        });
        let left = left - used as u64;
        self.state = if left == 0 { State::Rest } else { State::Data(left) };
        used
    }

    fn sample(&mut self, bytes: [u8; 2]) {
        let value =
            if self.signed { i16::from_le_bytes(bytes).into() } else { u16::from_le_bytes(bytes).into() };
        self.samples.push(value);
        self.read += 1;
    }

    /// Ends the file. Fails when samples are missing.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        let whole = matches!(self.state, State::Rest);
        let cut = binary_error(ParseErrorKind::Truncated, self.read, self.byte);
        let end = if whole { Ok(()) } else { Err(cut) };
        self.end.get_or_insert(end).clone()
    }
}

/// Chunks end on even bytes.
fn padded(length: u32) -> u64 {
    u64::from(length) + u64::from(length % 2)
}

//! A file whose format is known: which bytes hold which samples, and what they say.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float32Array, Float64Array, Int16Array, Int32Array, RecordBatch, TimestampNanosecondArray,
};

use super::malformed;
use crate::{Column, ColumnType, FileWindow, Layout, ParseError, ParseErrorKind};

const SECOND: u64 = 1_000_000_000;

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WavSample {
    /// PCM of 8 bits, 0 to 255.
    Unsigned8,
    /// PCM of 9 to 16 bits.
    Int16,
    /// PCM of 17 to 24 bits.
    Int24,
    /// PCM of 25 to 32 bits.
    Int32,
    /// A float of single precision.
    Float32,
    /// A float of double precision.
    Float64,
}

/// What a file says of its samples, and where they are.
#[derive(Debug, Clone, PartialEq)]
pub struct WavFile {
    /// Channels, at least 1.
    pub channels: u16,
    /// Samples of a channel a second, at least 1.
    pub rate: u32,
    /// How a sample is written.
    pub sample: WavSample,
    /// Samples of a channel that the file holds.
    pub frames: u64,
    /// Samples of a channel that it promises beyond them: it was cut off.
    pub lacks: u64,
    /// Bytes of one sample of all channels.
    pub(super) frame: u16,
    /// Where the samples begin.
    pub(super) data: u64,
}

impl WavFile {
    /// The columns of its rows: time, and a value a channel.
    pub fn layout(&self) -> Layout {
        let kind = match self.sample {
            WavSample::Unsigned8 | WavSample::Int16 => ColumnType::Int16,
            WavSample::Int24 | WavSample::Int32 => ColumnType::Int32,
            WavSample::Float32 => ColumnType::Float32,
            WavSample::Float64 => ColumnType::Float,
        };
        let time = Column::new("time", ColumnType::Time).with_unit("ns");
        let channels = (1..=self.channels).map(|number| Column::new(format!("channel {number}"), kind));
        Layout::new(std::iter::once(time).chain(channels).collect())
    }

    /// A sample's time, ns after the first. `None` beyond what ns hold.
    pub fn time_of(&self, sample: u64) -> Option<i64> {
        let rate = u64::from(self.rate);
        let part = (sample % rate * SECOND + rate / 2) / rate;
        i64::try_from((sample / rate).checked_mul(SECOND)?.checked_add(part)?).ok()
    }

    /// The first sample at or after a time, ns after the first sample's; the number of samples where there is none.
    pub fn sample_at(&self, time: i64) -> u64 {
        let (mut low, mut high) = (0, self.frames);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time_of(middle).is_some_and(|found| found < time) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        low
    }

    /// The next window of these samples: at least one, and about so many bytes at most. `None` when none is left.
    pub fn window(&self, samples: Range<u64>, most_bytes: u64) -> Option<FileWindow> {
        let end = samples.end.min(self.frames);
        if samples.start >= end {
            return None;
        }
        let frame = u64::from(self.frame);
        let end = end.min(samples.start + (most_bytes / frame).max(1));
        let place = |sample: u64| self.data + sample * frame;
        Some(FileWindow { samples: samples.start..end, bytes: place(samples.start)..place(end) })
    }

    /// The rows of a window's samples, from its bytes. The first sample of the file stands at `start`, ns.
    pub fn rows(&self, samples: Range<u64>, bytes: &[u8], start: i64) -> Result<RecordBatch, ParseError> {
        let frame = u64::from(self.frame);
        let at = self.data + samples.start * frame;
        if (bytes.len() as u64) < (samples.end - samples.start) * frame {
            let byte = at + bytes.len() as u64;
            let kind = ParseErrorKind::Truncated;
            return Err(ParseError { kind, column: None, record: samples.start, line: 1, byte });
        }
        let late = || malformed("a sample lies beyond the year 2262", at);
        let last = self.time_of(samples.end).and_then(|time| time.checked_add(start));
        last.ok_or_else(late)?;
        let times: Vec<i64> =
            samples.clone().map(|sample| start + self.time_of(sample).unwrap_or_default()).collect();
        let bytes = bytes.get(..((samples.end - samples.start) * frame) as usize).unwrap_or_default();
        let width = usize::from(self.frame / self.channels);
        let channels = (0..usize::from(self.channels)).map(|channel| {
            let frames = bytes.chunks_exact(usize::from(self.frame));
            self.values(frames.map(|frame| frame.get(channel * width..).unwrap_or_default()))
        });
        let times: ArrayRef = Arc::new(TimestampNanosecondArray::from(times).with_timezone("UTC"));
        let columns = std::iter::once(times).chain(channels).collect();
        RecordBatch::try_new(Arc::new(self.layout().schema()), columns)
            .map_err(|_| malformed("rows do not fit", at))
    }

    /// The samples at the beginning of each of these.
    fn values<'a>(&self, at: impl Iterator<Item = &'a [u8]>) -> ArrayRef {
        fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
            bytes.first_chunk().copied().unwrap_or([0; N])
        }
        match self.sample {
            WavSample::Unsigned8 => {
                Arc::new(Int16Array::from_iter_values(at.map(|bytes| first::<1>(bytes).map(i16::from)[0])))
            }
            WavSample::Int16 => {
                Arc::new(Int16Array::from_iter_values(at.map(|bytes| i16::from_le_bytes(first(bytes)))))
            }
            WavSample::Int24 => Arc::new(Int32Array::from_iter_values(at.map(|bytes| {
                let [a, b, c] = first(bytes);
                // The sign comes from the highest byte.
                i32::from_le_bytes([0, a, b, c]) >> 8
            }))),
            WavSample::Int32 => {
                Arc::new(Int32Array::from_iter_values(at.map(|bytes| i32::from_le_bytes(first(bytes)))))
            }
            WavSample::Float32 => {
                Arc::new(Float32Array::from_iter_values(at.map(|bytes| f32::from_le_bytes(first(bytes)))))
            }
            WavSample::Float64 => {
                Arc::new(Float64Array::from_iter_values(at.map(|bytes| f64::from_le_bytes(first(bytes)))))
            }
        }
    }
}

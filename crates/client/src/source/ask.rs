//! Asking for rows, and reading the answer.

use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Layout};

use super::StreamInfo;
use crate::{Filter, Result};

/// Half-open range of time `[start, end)`, ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// First instant inside.
    pub start: i64,
    /// First instant after.
    pub end: i64,
}

impl TimeRange {
    /// The shortest range that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// What two ranges share, when they share anything.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let shared = Self { start: self.start.max(other.start), end: self.end.min(other.end) };
        (shared.start < shared.end).then_some(shared)
    }
}

/// One question for rows.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The streams. Several are read as one table, where the platform keeps them on the same times: the columns of the
    /// first, then those of the others without their time. A source that cannot do so refuses with `InvalidInput`.
    pub streams: &'a [StreamInfo],
    /// Rows in this range.
    pub range: TimeRange,
    /// Only rows that pass. A source without filters refuses one.
    pub filter: Option<&'a Filter>,
    /// At most so many rows: the first of the range for a read, about so many reduced ones for an envelope.
    pub most_rows: Option<u32>,
}

impl<'a> Ask<'a> {
    /// All rows of a stream in a range.
    pub fn of(stream: &'a StreamInfo, range: TimeRange) -> Self {
        Self { streams: std::slice::from_ref(stream), range, filter: None, most_rows: None }
    }

    /// The one stream that is asked for; an error where it is none, or several.
    pub fn one_stream(&self) -> Result<&'a StreamInfo> {
        match self.streams {
            [stream] => Ok(stream),
            [] => Err(crate::Error::invalid("No stream is named: name one.")),
            _ => Err(crate::Error::invalid("These streams have times of their own: read them one by one.")),
        }
    }

    /// Refuses a filter, for sources that have none.
    pub fn refuse_filter(&self) -> Result<()> {
        match self.filter {
            Some(_) => {
                Err(crate::Error::invalid("This platform does not filter rows: leave the filter out."))
            }
            None => Ok(()),
        }
    }
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// One sample: nothing was left out.
    #[default]
    Every,
    /// About so many samples, by their mean, minimum and maximum: no extreme was left out.
    Envelope {
        /// Samples a row.
        samples: u64,
    },
    /// One sample of so many: the others were left out, extremes too.
    Thinned {
        /// Samples of which one was kept.
        one_in: u64,
    },
}

impl Reduction {
    /// What bins of so many samples are.
    pub(crate) fn of(samples: u64) -> Self {
        if samples > 1 { Self::Envelope { samples } } else { Self::Every }
    }

    /// How many samples a row stands for, about.
    pub fn samples_a_row(self) -> u64 {
        match self {
            Self::Every => 1,
            Self::Envelope { samples } => samples,
            Self::Thinned { one_in } => one_in,
        }
    }
}

/// How far a read has come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// Rows delivered.
    pub rows: u64,
    /// Body bytes received.
    pub bytes: u64,
    /// Pages begun.
    pub pages: u64,
    /// Time of the last row delivered, ns: all before it is covered.
    pub covered_to: Option<i64>,
}

/// A read under way: ask for batches until `None`. Dropping it cancels its requests.
pub trait Read {
    /// The columns of every batch.
    fn layout(&self) -> &Layout;

    /// The next rows, in time order, each exactly once over retries and resumes; `None` at the end.
    /// Never works longer than a few milliseconds between two turns of the event loop.
    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>>;

    /// Whether the server says where gaps are. What lies between two rows is then a gap only where a batch begins an
    /// interval, however far apart they are. Gaps that nobody declares show in the times alone.
    fn declares_gaps(&self) -> bool {
        false
    }

    /// What a row stands for. Known with the first batch.
    fn reduction(&self) -> Reduction {
        Reduction::Every
    }

    /// How far it has come.
    fn progress(&self) -> Progress;
}

//! What a call gave, held against the truth, in the words of the tables.
//!
//! Rows that were given are the first of all rows, each once and in order, whatever went wrong; an error names its
//! request and counts them; those before the fault are among them.

use std::rc::Rc;

use streamscope_client::{Error, ErrorKind, Read};
use streamscope_frame::{RecordBatch, times};

/// Rows of a read.
#[derive(Default)]
pub(super) struct Rows {
    frames: Vec<RecordBatch>,
    pub(super) times: Vec<i64>,
}

/// What a call gave.
pub(super) enum Outcome {
    Rows {
        got: Rows,
        error: Option<Error>,
        truth: Rc<Rows>,
    },
    Items {
        got: Vec<String>,
        error: Option<Error>,
        truth: Rc<Vec<String>>,
    },
    /// Times of rows that were to be written, and of those that the server has.
    Written {
        answer: Result<u64, Error>,
        held: Vec<i64>,
        wanted: Vec<i64>,
    },
    /// One thing that was to be made, and how many of it the server has.
    Made {
        answer: Result<(), Error>,
        held: usize,
    },
}

impl Rows {
    /// All that a read gives, or as many rows as are wanted, and the error that it ended with.
    pub(super) async fn of(read: Result<Box<dyn Read>, Error>, most: Option<usize>) -> (Self, Option<Error>) {
        let mut rows = Self::default();
        let mut read = match read {
            Ok(read) => read,
            Err(error) => return (rows, Some(error)),
        };
        while most.is_none_or(|most| rows.times.len() < most) {
            match read.next_batch().await {
                Ok(Some(batch)) => rows.push(batch.rows),
                Ok(None) => return (rows, None),
                Err(error) => return (rows, Some(error)),
            }
        }
        (rows, None)
    }

    fn push(&mut self, frame: RecordBatch) {
        self.times.extend_from_slice(times(&frame).unwrap_or_default());
        self.frames.push(frame);
    }

    /// Whether these are the first rows of others.
    pub(super) fn begin(&self, whole: &Self) -> bool {
        let mut rest = whole.frames.iter().cloned();
        let mut next: Option<RecordBatch> = None;
        for frame in &self.frames {
            let mut done = 0;
            while done < frame.num_rows() {
                let Some(other) = next.take().or_else(|| rest.next()) else { return false };
                let length = other.num_rows().min(frame.num_rows() - done);
                if other.slice(0, length) != frame.slice(done, length) {
                    return false;
                }
                done += length;
                next =
                    Some(other.slice(length, other.num_rows() - length)).filter(|left| left.num_rows() > 0);
            }
        }
        true
    }
}

/// One item, or why there is none.
pub(super) fn one(answer: Result<impl std::fmt::Debug, Error>) -> (Vec<String>, Option<Error>) {
    match answer {
        Ok(item) => (vec![format!("{item:?}")], None),
        Err(error) => (Vec::new(), Some(error)),
    }
}

/// A kind of error in a word or two.
pub(super) fn name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::NotFound => "not found",
        ErrorKind::Refused => "refused",
        ErrorKind::RateLimited => "rate limited",
        ErrorKind::Server => "server",
        ErrorKind::Network => "network",
        ErrorKind::Body => "body",
        ErrorKind::Protocol => "protocol",
        _ => "of another kind",
    }
}

impl Outcome {
    /// In a table's words. `good` rows were sent before the fault, and those before `begins` (ns).
    pub(super) fn words(&self, good: usize, begins: Option<i64>) -> String {
        match self {
            Self::Rows { got, error, truth } => {
                if !got.begin(truth) {
                    let place = got.times.iter().zip(&truth.times).position(|(one, other)| one != other);
                    return format!(
                        "WRONG ROWS: {} of {}, from row {place:?}, {error:?}",
                        got.times.len(),
                        truth.times.len()
                    );
                }
                let count = got.times.len();
                let before = begins.map_or(0, |begins| truth.times.partition_point(|time| *time < begins));
                match error {
                    None if count >= truth.times.len() => "exact".into(),
                    None => format!("ROWS MISSING: {count} of {}", truth.times.len()),
                    Some(error) if count < good.max(before) => {
                        format!("GOOD ROWS LOST: {count} of {}, {error:?}", good.max(before))
                    }
                    Some(error) => counted(error, count, got.times.last().copied()),
                }
            }
            Self::Items { got, error, truth } => {
                let same = got.iter().zip(truth.iter()).all(|(one, other)| one == other);
                match error {
                    _ if !same || got.len() > truth.len() => format!("WRONG ITEMS: {got:?}, {error:?}"),
                    None if got.len() == truth.len() => "exact".into(),
                    None => format!("ITEMS MISSING: {} of {}", got.len(), truth.len()),
                    Some(error) if error.request.is_none() => format!("NO REQUEST NAMED: {error:?}"),
                    Some(error) if got.is_empty() => name(error.kind).into(),
                    Some(error) => format!("{}, items before it", name(error.kind)),
                }
            }
            Self::Written { answer, held, wanted } => match answer {
                _ if !wanted.starts_with(held) => format!("WRONG ROWS WRITTEN: {held:?}, {answer:?}"),
                Ok(count) if held == wanted && *count == held.len() as u64 => "exact".into(),
                Ok(count) => format!("{count} ROWS SAID TO BE WRITTEN, OF {}: {}", wanted.len(), held.len()),
                // Whoever cannot ask the server counts what it is known to have.
                Err(error) if error.rows.is_some_and(|rows| rows > 0 && rows < held.len() as u64) => {
                    format!(
                        "{}, more than counted",
                        counted(error, error.rows.unwrap_or_default() as usize, error.covered_to)
                    )
                }
                Err(error) => counted(error, held.len(), held.last().copied()),
            },
            Self::Made { answer, held } => match (answer, held) {
                (Ok(()), 1) => "exact".into(),
                (Err(error), _) if error.request.is_none() => format!("NO REQUEST NAMED: {error:?}"),
                (Err(error), 0) => format!("{}, not made", name(error.kind)),
                (Err(error), 1) => format!("{}, made", name(error.kind)),
                _ => format!("MADE {held} TIMES: {answer:?}"),
            },
        }
    }
}

fn counted(error: &Error, count: usize, last: Option<i64>) -> String {
    if error.request.is_none() {
        return format!("NO REQUEST NAMED: {error:?}");
    }
    if (error.rows, error.covered_to) != (Some(count as u64), last) {
        return format!("WRONGLY COUNTED: {count} rows up to {last:?}, {error:?}");
    }
    let what = if count == 0 { "0 rows" } else { "rows before it" };
    format!("{}, {what}", name(error.kind))
}

//! Rows of one window of a stream: nothing lost, nothing twice, and never long without a turn for others.
//!
//! What can go wrong on the way, and what is done about it:
//!
//! - **A body breaks off** (the transport says so, or it ends inside a row): complete rows are kept, and the window is
//!   asked for again from the last row on. That row comes once more, so that a token after it is not missed.
//! - **The node repeats an interval without end**, which nodes do when its last block lacks one row to be full: the
//!   answer is left at the first row that goes back, and the window asked for again from the last row on. Asked so,
//!   the node goes on behind the interval.
//! - **Servers that fail** (5xx, no answer) are retried below, in [`http`](crate::http).
//! - **A server that goes back in time otherwise, leaves the window, changes its layout or sends tokens without end** is
//!   stopped with a protocol error.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, JouleLayout, JouleParser, Layout, ParseError, ParseErrorKind, times};

use super::answer::{Answer, Ask, Fineness};
use crate::joule::Joule;
use crate::turn::Turn;
use crate::{Error, ErrorKind, Progress, Read, Result};

/// A frame is handed out when so many rows wait, or at the end of an interval.
const FRAME_ROWS: usize = 1 << 16;
/// The same in bytes, for rows of many elements.
const FRAME_BYTES: usize = 8 << 20;
/// Bytes parsed between two looks at the clock: well under a millisecond of work.
const SLICE: usize = 1 << 16;
/// Bytes without a new row after which an answer does not end.
pub(super) const MOST_IDLE_BYTES: u64 = 16 << 20;

/// Rows of one window, on their way.
pub(super) struct Rows {
    joule: Joule,
    ask: Ask,
    format: JouleLayout,
    elements: Vec<Column>,
    layout: Layout,
    state: State,
    progress: Progress,
    /// Resumes since the last new row.
    resumes: u32,
    /// The wait before the next request.
    pause: Duration,
    turn: Turn,
}

enum State {
    Next,
    Open(Box<Open>),
    Done,
    Failed(Error),
}

/// An answer being read.
struct Open {
    answer: Answer,
    parser: JouleParser,
    /// The first row is one that was handed out before: the last one.
    repeats: bool,
    /// Bytes that arrived; those before `used` are parsed.
    buffer: Vec<u8>,
    used: usize,
    /// Bytes parsed since the last row.
    idle: u64,
    /// The body came to its end, one way or another; `Ok` is the right one.
    end: Option<Result<(), Cut>>,
}

/// Why an answer was left before its end.
enum Cut {
    /// Asked again, the node may go on.
    Resume(Error),
    /// It is not what a node should send.
    Refused(Error),
}

impl Rows {
    /// Rows of this format; `elements` describe its columns. An answer that has come already is read first.
    pub(super) fn new(
        joule: &Joule,
        ask: Ask,
        format: JouleLayout,
        elements: Vec<Column>,
        answer: Option<Answer>,
    ) -> Self {
        let turn = Turn::default();
        turn.begin(joule.http.transport.as_ref());
        let layout = JouleParser::new(format, &elements).layout().clone();
        let mut rows = Self {
            joule: joule.clone(),
            ask,
            format,
            elements,
            layout,
            state: State::Next,
            progress: Progress::default(),
            resumes: 0,
            pause: Duration::ZERO,
            turn,
        };
        if let Some(answer) = answer {
            rows.begin(answer);
        }
        rows
    }

    /// The same rows, but only those after one that came from the node before, with its time in ns.
    pub(super) fn after(mut self, last: Option<i64>) -> Self {
        self.progress.covered_to = last;
        self
    }

    /// The same rows, read in turns that others of the same task share.
    pub(super) fn taking_turns(mut self, turn: Turn) -> Self {
        self.turn = turn;
        self
    }

    /// No rows.
    pub(super) fn done(mut self) -> Self {
        self.state = State::Done;
        self
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// The next rows; `None` at the end. An error stays.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            let stepped = match &self.state {
                State::Done => return Ok(None),
                State::Failed(error) => return Err(error.clone()),
                State::Next => self.open().await.map(|()| None),
                State::Open(_) => self.read().await,
            };
            match stepped {
                Ok(Some(frame)) => return Ok(Some(frame)),
                Ok(None) => {}
                Err(error) => {
                    let Progress { rows, covered_to, .. } = self.progress;
                    self.state = State::Failed(error.after_rows(rows, covered_to));
                }
            }
        }
    }

    async fn open(&mut self) -> Result<()> {
        if !self.pause.is_zero() {
            self.joule.http.transport.sleep(self.pause).await;
            self.pause = Duration::ZERO;
        }
        let mut ask = self.ask.clone();
        if let Some(last) = self.progress.covered_to {
            ask.bounds.0 = Some(last / 1000);
        }
        let Some(answer) = self.joule.ask(&ask).await? else {
            if self.progress.covered_to.is_some() {
                return Err(Error::protocol(
                    "Asked again, the node does not have the rows any more that it had sent.",
                ));
            }
            self.state = State::Done;
            return Ok(());
        };
        if answer.format != self.format {
            let words = format!(
                "The node answers with rows of {}, where the stream has rows of {}: its layout has changed, or \
                 something in between mixes up answers.",
                answer.format, self.format
            );
            return Err(self.joule.http.about(Error::protocol(words), &answer.request));
        }
        self.begin(answer);
        Ok(())
    }

    fn begin(&mut self, answer: Answer) {
        // Asked again for a number of rows, the node would decimate what is left less.
        if matches!(self.ask.fineness, Fineness::MostRows(_)) {
            self.ask.fineness = Fineness::Level(answer.level);
        }
        self.progress.pages += 1;
        let parser = JouleParser::new(self.format, &self.elements);
        let repeats = self.progress.covered_to.is_some();
        let (buffer, used, idle, end) = (Vec::new(), 0, 0, None);
        self.state = State::Open(Box::new(Open { answer, parser, repeats, buffer, used, idle, end }));
    }

    /// Reads on in the answer: rows, when enough wait or there are no more.
    async fn read(&mut self) -> Result<Option<Batch>> {
        let State::Open(open) = &mut self.state else { return Ok(None) };
        let enough = FRAME_ROWS.min(FRAME_BYTES / self.format.row_bytes());
        while open.end.is_none() && open.parser.pending_rows() < enough {
            if open.used < open.buffer.len() {
                open.parse();
                self.turn.give(self.joule.http.transport.as_ref()).await;
                continue;
            }
            open.buffer.clear();
            open.used = 0;
            match open.answer.response.body.read(&mut open.buffer).await {
                Ok(0) => open.finish(),
                Ok(length) => self.progress.bytes += length as u64,
                Err(cause) => {
                    let error = self.joule.http.unanswered(&open.answer.request, ErrorKind::Body, &cause);
                    open.end = Some(Err(Cut::Resume(error)));
                }
            }
        }
        if let Some(frame) = open.parser.take() {
            let request = open.answer.request.clone();
            return self.admit(frame).map_err(|error| self.joule.http.about(error, &request));
        }
        match open.end.take() {
            None => {}
            Some(Ok(())) => self.state = State::Done,
            Some(Err(Cut::Refused(error))) => {
                return Err(self.joule.http.about(error, &open.answer.request));
            }
            Some(Err(Cut::Resume(cause))) => {
                let cause = self.joule.http.about(cause, &open.answer.request);
                self.resume(cause)?;
            }
        }
        Ok(None)
    }

    /// Takes the rows that were not handed out before.
    fn admit(&mut self, mut frame: Batch) -> Result<Option<Batch>> {
        let State::Open(open) = &mut self.state else { return Ok(None) };
        if std::mem::take(&mut open.repeats) {
            if times(&frame.rows).and_then(|times| times.first().copied()) != self.progress.covered_to {
                return Err(Error::protocol(
                    "Asked again from the last row on, the node begins with another: rows were changed meanwhile.",
                ));
            }
            frame = Batch { rows: frame.rows.slice(1, frame.rows.num_rows() - 1), begins_interval: false };
        }
        let (Some(&first), Some(&(mut last))) =
            (times(&frame.rows).and_then(<[i64]>::first), times(&frame.rows).and_then(<[i64]>::last))
        else {
            return Ok(None);
        };
        let (start, end) = self.ask.bounds;
        if start.is_some_and(|start| first / 1000 < start) || end.is_some_and(|end| last / 1000 >= end) {
            let outside = Error::protocol("The node sent rows outside the window that was asked for.");
            let before = |time: &i64| end.is_none_or(|end| time / 1000 < end);
            let inside = times(&frame.rows).map_or(0, |times| times.partition_point(before));
            if inside == 0 || start.is_some_and(|start| first / 1000 < start) {
                return Err(outside);
            }
            // Those before are good. What follows is outside, too, for rows come in order.
            frame.rows = frame.rows.slice(0, inside);
            last = times(&frame.rows).and_then(|times| times.last().copied()).unwrap_or(first);
            open.end = Some(Err(Cut::Refused(outside)));
        }
        self.resumes = 0;
        self.progress.rows += frame.rows.num_rows() as u64;
        self.progress.covered_to = Some(last);
        Ok(Some(frame))
    }

    /// The window is asked for again from the last row on, after a wait when that has just been in vain; fails with
    /// `cause` when it has been as often as the policy allows.
    fn resume(&mut self, cause: Error) -> Result<()> {
        self.resumes += 1;
        if self.resumes >= self.joule.http.policy.attempts.max(2) {
            return Err(cause);
        }
        if self.resumes > 1 {
            self.pause = self.joule.http.backoff(self.resumes - 1);
        }
        self.state = State::Next;
        Ok(())
    }
}

impl Read for Rows {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        true
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

impl Open {
    fn parse(&mut self) {
        let rest = self.buffer.get(self.used..).unwrap_or_default();
        let piece = rest.get(..SLICE).unwrap_or(rest);
        self.used += piece.len();
        self.idle += piece.len() as u64;
        let rows = self.parser.pending_rows();
        if let Err(error) = self.parser.push(piece) {
            let repeats =
                matches!(error.kind, ParseErrorKind::OutOfOrder { .. }) && self.parser.ended_interval();
            let error = malformed(error);
            self.end = Some(Err(if repeats { Cut::Resume(error) } else { Cut::Refused(error) }));
        } else if self.parser.pending_rows() > rows {
            self.idle = 0;
        } else if self.idle > MOST_IDLE_BYTES {
            self.end = Some(Err(Cut::Refused(idle())));
        }
    }

    fn finish(&mut self) {
        self.end = Some(self.parser.finish().map_err(|error| match error.kind {
            ParseErrorKind::Truncated => Cut::Resume(malformed(error)),
            _ => Cut::Refused(malformed(error)),
        }));
    }
}

/// The error for an answer that goes on without rows.
pub(super) fn idle() -> Error {
    Error::protocol(format!("The node sent {} MiB without a row.", MOST_IDLE_BYTES >> 20))
}

/// The error for a body that cannot be read.
pub(super) fn malformed(parse: ParseError) -> Error {
    let repeats = matches!(parse.kind, ParseErrorKind::OutOfOrder { .. });
    let kind = if repeats { ErrorKind::Protocol } else { ErrorKind::Body };
    let error = Error::new(kind, format!("The body cannot be read: {parse}."));
    Error { parse: Some(Box::new(parse)), ..error }
}

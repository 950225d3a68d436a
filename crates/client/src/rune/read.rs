//! Rows of one chain of pages: nothing lost, nothing twice, and never long without a turn for others.
//!
//! What can go wrong on the way, and what is done about it:
//!
//! - **A body breaks off** (the transport says so, or the last line ends in its middle): the rows that are complete are
//!   kept, the same page is asked for again, and its rows up to the break are passed over (see [`seam`](super::seam)).
//! - **A page's token is refused** (tokens live five minutes), or the page asked for again is not the same: the read
//!   begins again at the time of the last row, with a limit lessened by what came before it. Where rows carry no exact
//!   time (no `time` column, or times not asked for in nanoseconds) it begins again at its start.
//! - **Servers that fail or ask for patience** (5xx, 429, no answer) are retried below, in [`http`](crate::http).
//! - **A server that repeats a token, goes back in time, leaves the range, or sends empty pages without end** is
//!   stopped with a protocol error.
//! - **A server on another origin does not expose the header that names the next page**: once a page names none and none
//!   was ever seen, the server is asked for one row more than is known from the last row's time on. If there is one, the
//!   read begins again at that time. Rows that cannot begin again there (and pages [as sent](super::RawPages)) are taken to
//!   be complete.
//!
//! How a cut is noticed: by the transport (a length that was announced, chunked encoding), or by a last line without a
//! newline. Such a line may be what the server means, so the page is asked for once more; if it ends at the same byte
//! again, the server writes no last newline, and from then on only lines that lack cells count as cut. JSON shows every
//! cut. What cannot be noticed: a CSV body that was cut exactly after a newline by something that also hid the cut from
//! the transport.

use std::time::Duration;

use streamscope_frame::{Layout, PushParser, RecordBatch, TimeFormat};

use super::open_page::{Cut, LineEnds, Open, malformed};
use super::pages::{Pages, Query};
use super::params::Format;
use super::seam::{Admitted, Different, Seam};
use crate::http::Http;
use crate::transport::Request;
use crate::turn::Turn;
use crate::{Error, ErrorKind, Progress, Result};

/// A frame is handed out when it has this many rows, or at the end of a page.
const FRAME_ROWS: usize = 1 << 16;
/// Resumes without a new row after which a read gives up.
const MOST_RESUMES: u32 = 5;
/// Pages in a row without a new row after which a read does not end.
const MOST_EMPTY_PAGES: u32 = 1000;
/// Bytes at the beginning of a page that tell a web page.
const HEAD: usize = 512;
/// What pages hold.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) layout: Layout,
    pub(super) format: Format,
    pub(super) times: TimeFormat,
    /// Rows come in order of their `time`.
    pub(super) timed: bool,
    /// Whether a read can begin again at a row's time: rows have one, and it is exact.
    pub(super) restartable: bool,
}

/// A read under way.
pub(super) struct PageRead {
    http: Http,
    /// As it was asked for.
    query: Query,
    pages: Pages,
    shape: Shape,
    seam: Seam,
    state: State,
    progress: Progress,
    /// Resumes since the last new row.
    resumes: u32,
    /// Whether a page was asked for again under its own token, and its rows are still being passed over.
    repeated: bool,
    empty_pages: u32,
    line_ends: LineEnds,
    /// The wait before the next request.
    pause: Duration,
    turn: Turn,
    most_page_rows: u64,
    /// Whether the last page may have had a successor that was hidden.
    may_hide_next: bool,
}

enum State {
    /// The page with this token comes next.
    Next(Option<String>),
    Open(Box<Open>),
    /// The page named no next one, which may have been hidden.
    MayHide(Box<Request>),
    Done,
    Failed(Error),
}

impl PageRead {
    pub(super) fn new(http: Http, query: Query, shape: Shape, seam: Seam, turn: Turn) -> Self {
        Self {
            pages: Pages::new(http.clone(), query.clone()),
            query,
            http,
            shape,
            seam,
            state: State::Next(None),
            progress: Progress::default(),
            resumes: 0,
            repeated: false,
            empty_pages: 0,
            line_ends: LineEnds::default(),
            pause: Duration::ZERO,
            turn,
            most_page_rows: 0,
            may_hide_next: false,
        }
    }

    /// The next frame: rows in time order, each exactly once; `None` at the end. An error stays.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            let stepped = match &self.state {
                State::Done => return Ok(None),
                State::Failed(error) => return Err(error.clone()),
                State::Next(token) => self.open(token.clone()).await.map(|()| None),
                State::Open(_) => self.read().await,
                State::MayHide(request) => self.look_further(*request.clone()).await.map(|()| None),
            };
            match stepped {
                Ok(Some(frame)) if frame.num_rows() > 0 => return Ok(Some(frame)),
                Ok(_) => {}
                Err(error) => self.state = State::Failed(error),
            }
        }
    }

    /// How far it came: rows accepted, bytes received, pages begun.
    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// Rows of the longest page so far.
    pub(super) fn page_rows(&self) -> u64 {
        self.most_page_rows.max(self.seam.page_rows)
    }

    /// Whether another page follows the one at hand.
    pub(super) fn has_more(&self) -> bool {
        match &self.state {
            State::Next(_) => true,
            State::Open(open) => open.page.next.is_some(),
            State::MayHide(_) | State::Done | State::Failed(_) => false,
        }
    }

    /// Opens the page with this token, or finds another way when the token is refused.
    async fn open(&mut self, token: Option<String>) -> Result<()> {
        if !self.pause.is_zero() {
            self.http.transport.sleep(self.pause).await;
            self.pause = Duration::ZERO;
        }
        match self.pages.open(&token).await {
            Ok(page) => {
                self.progress.pages += 1;
                let parser = self.parser();
                let lines = self.shape.format == Format::CSV;
                let (buffer, used, idle, bytes, last_byte, end) = (Vec::new(), 0, 0, 0, None, None);
                let head = Vec::new();
                let open = Open { page, parser, head, buffer, used, bytes, last_byte, lines, idle, end };
                self.state = State::Open(Box::new(open));
                Ok(())
            }
            Err(error) if token.is_some() && is_refusal(error.kind) => self.restart(error),
            Err(error) => Err(error),
        }
    }

    fn parser(&self) -> Box<dyn PushParser> {
        (self.shape.format.parser)(self.shape.layout.clone(), self.shape.times)
    }

    /// Reads on in the open page: a frame, when one is full or the page ends.
    async fn read(&mut self) -> Result<Option<RecordBatch>> {
        let State::Open(open) = &mut self.state else { return Ok(None) };
        while open.end.is_none() {
            if open.used < open.buffer.len() {
                open.parse();
                if open.parser.pending_rows() >= FRAME_ROWS {
                    break;
                }
                self.pages.alongside(self.turn.give(self.http.transport.as_ref())).await;
                continue;
            }
            open.buffer.clear();
            open.used = 0;
            let arrived = open.page.response.body.read(&mut open.buffer);
            match self.pages.alongside(arrived).await {
                Ok(0) => open.end = Some(open.finish(&mut self.line_ends)),
                Ok(length) => {
                    if open.bytes == 0 {
                        open.head = open.buffer.iter().take(HEAD).copied().collect();
                    }
                    open.bytes += length as u64;
                    self.progress.bytes += length as u64;
                }
                Err(cause) => {
                    let error = self.http.unanswered(&open.page.request, ErrorKind::Body, &cause);
                    open.end = Some(Err(Cut::Broken(error)));
                }
            }
        }
        let (rows, end) = (open.parser.take(), open.end.take());
        let request = open.page.request.clone();
        let (accepted, refused) = match rows.map(|rows| self.seam.admit(&rows)).transpose() {
            Ok(Some(Admitted { rows, refused })) => (Some(rows).filter(|rows| rows.num_rows() > 0), refused),
            Ok(None) => (None, None),
            Err(Different) => return self.answered_differently(&request).map(|()| None),
        };
        if accepted.is_some() {
            (self.progress.rows, self.progress.covered_to) = (self.seam.rows, self.seam.last);
            (self.resumes, self.empty_pages) = (0, 0);
        }
        // What is accepted is handed out first, even when the page ended badly.
        let ended = match (refused, end) {
            (None, Some(Err(Cut::Refused(error)))) => self
                .http
                .refuse_page(&request, &open.head)
                .and_then(|()| Err(self.http.about(error, &request))),
            (Some(error), _) => Err(self.http.about(error, &request)),
            (None, None) => Ok(()),
            (None, Some(Ok(()))) => self.end_page(&request),
            (None, Some(Err(Cut::Broken(error)))) => self.repeat_page(self.http.about(error, &request)),
        };
        if let Err(error) = ended {
            self.state = State::Failed(error);
        }
        Ok(accepted)
    }

    /// The page is complete: on to the next one.
    fn end_page(&mut self, request: &Request) -> Result<()> {
        let State::Open(open) = &mut self.state else { return Ok(()) };
        let next = open.page.next.take();
        let caught_up = self.seam.may_end();
        self.most_page_rows = self.most_page_rows.max(self.seam.page_rows);
        if next.is_none() {
            if !caught_up {
                return self.answered_differently(request);
            }
            let hides_next = self.shape.restartable && open.page.may_hide_next && self.seam.rows > 0;
            let more = hides_next && self.query.limit.is_none_or(|limit| self.seam.rows < limit);
            self.may_hide_next = open.page.may_hide_next;
            self.state = if more { State::MayHide(Box::new(request.clone())) } else { State::Done };
            return Ok(());
        }
        // While rows are passed over there is nothing new to expect.
        self.empty_pages += caught_up as u32;
        self.repeated &= !caught_up;
        self.line_ends.open = None;
        if self.empty_pages > MOST_EMPTY_PAGES {
            let words = format!("The server sent {MOST_EMPTY_PAGES} pages in a row without a new row.");
            return Err(self.http.about(Error::protocol(words), request));
        }
        self.seam.begin_page();
        self.state = State::Next(next);
        Ok(())
    }

    /// Asks whether there are rows that a hidden header keeps from being read page by page. If so, the read begins again
    /// at the last row's time, from which on a page holds at least one of them.
    async fn look_further(&mut self, request: Request) -> Result<()> {
        let Some(last) = self.seam.last else {
            self.state = State::Done;
            return Ok(());
        };
        let known = self.seam.equal;
        if self.count_from(last, known + 1).await? > known {
            self.restart_at_last();
            return Ok(());
        }
        // A full page of one time does not show whether there are others of that time.
        let of_one_time = known >= self.seam.page_rows && self.seam.page_rows >= self.most_page_rows;
        if of_one_time && (known > 1 || self.count_from(last.saturating_add(1), 1).await? > 0) {
            return Err(self.http.about(hidden_paging(), &request));
        }
        self.state = State::Done;
        Ok(())
    }

    /// How many rows there are from an instant on, as far as one page shows up to a limit.
    async fn count_from(&self, start: i64, limit: u64) -> Result<u64> {
        let start = Some(("start_time_ns", start.to_string()));
        let request = Query { start, limit: Some(limit), ..self.query.clone() }.request(None);
        let body = self.http.fetch(&request).await?;
        let mut parser = self.parser();
        let pushed = parser.push(&body).and_then(|()| parser.finish());
        pushed.map_err(|parse| self.http.about(malformed(parse), &request))?;
        Ok(parser.take().map_or(0, |rows| rows.num_rows() as u64))
    }

    /// Fails when the last page may have had a successor that was hidden.
    pub(super) fn check_paging_is_shown(&self) -> Result<()> {
        let request = self.query.request(None);
        if self.may_hide_next { Err(self.http.about(hidden_paging(), &request)) } else { Ok(()) }
    }

    /// Counts a resume, and waits longer before each further one; fails with `cause` when there were too many.
    fn count_resume(&mut self, cause: Error) -> Result<()> {
        if self.resumes >= MOST_RESUMES {
            return Err(cause);
        }
        self.resumes += 1;
        self.pause = self.http.backoff(self.resumes);
        Ok(())
    }

    /// The page broke off: it is asked for again.
    fn repeat_page(&mut self, cause: Error) -> Result<()> {
        self.count_resume(cause)?;
        let State::Open(open) = &mut self.state else { return Ok(()) };
        let token = open.page.token.take();
        self.pages.forget(false);
        self.seam.repeat_page();
        self.repeated = true;
        self.state = State::Next(token);
        Ok(())
    }

    /// The chain of pages cannot go on: the read begins again, as near to where it stood as it can.
    fn restart(&mut self, cause: Error) -> Result<()> {
        self.count_resume(cause)?;
        self.restart_at_last();
        Ok(())
    }

    fn restart_at_last(&mut self) {
        self.pages.forget(true);
        self.pages.query = self.query.clone();
        let last = if self.shape.restartable { self.seam.restart_at_last() } else { None };
        match last {
            Some((time, before)) => {
                self.pages.query.start = Some(("start_time_ns", time.to_string()));
                self.pages.query.limit = self.query.limit.map(|limit| limit.saturating_sub(before).max(1));
            }
            None => self.seam.restart(),
        }
        self.repeated = false;
        self.line_ends.open = None;
        self.state = State::Next(None);
    }

    fn answered_differently(&mut self, request: &Request) -> Result<()> {
        let words =
            "When asked again, the server answered differently: rows that were read are not in their place.";
        let error = self.http.about(Error::protocol(words), request);
        if self.repeated { self.restart(error) } else { Err(error) }
    }
}

fn hidden_paging() -> Error {
    Error::protocol(
        "There may be more rows than the server sent: its answers show no header X-Rune-Next-Page-Token, which names the \
         next page; what stands between this page and the server must expose it \
         (Access-Control-Expose-Headers: X-Rune-Next-Page-Token).",
    )
}

/// Whether a refusal may be the token's fault.
fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Refused | ErrorKind::NotFound | ErrorKind::Unauthorized)
}

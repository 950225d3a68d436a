//! Writing a stream's data: checked before they are sent, and counted when they have arrived.
//!
//! What a node does, and what is done about it:
//!
//! - **Each request begins a new interval**: one that goes on where the last one ended asks for the break between them
//!   to be taken away (`merge-gap`).
//! - **A row that comes in part is dropped without a word, and rows before a refused one stay**: after any failure the
//!   node is asked which rows of the request it has. Only the others are sent again, and an error tells how many of all
//!   rows the node has ([`Error::rows`]).
//! - **NaN, times that do not increase, and rows that are all zero** (which would be interval tokens) are refused here,
//!   before anything is sent.

use std::time::Duration;

use streamscope_frame::{ColumnType, JouleLayout, RecordBatch};

use super::answer::{Ask, Fineness};
use super::encode::Encoder;
use super::read::layout_of;
use super::rows::Rows;
use crate::joule::{Address, DataStream, Joule};
use crate::transport::Method;
use crate::turn::Turn;
use crate::{Error, ErrorKind, Result};

/// A request holds about so many bytes.
const BLOCK: usize = 2 << 20;
/// Rows checked and copied between two looks at the clock.
const SLICE_ROWS: usize = 4096;
/// How long a node may take to put away what it has received before a connection broke.
const SETTLE: Duration = Duration::from_millis(500);
/// How often it is asked at most.
const MOST_LOOKS: u32 = 20;

/// Rows on their way to a stream. Made by [`Joule::data_write`].
///
/// Rows are sent in blocks. What is not sent yet when it is dropped is lost: [`finish`](Self::finish) sends it.
pub struct DataWriter {
    joule: Joule,
    address: Address,
    stream: DataStream,
    encoder: Encoder,
    block: Vec<u8>,
    /// Time of the last row that the node has, µs, while its interval is open.
    open_at: Option<i64>,
    /// Time of the last row that the node has, µs.
    reached: Option<i64>,
    /// Time of the last row taken, µs.
    last: Option<i64>,
    /// Rows that the node has.
    rows: u64,
    failure: Option<Error>,
    turn: Turn,
}

impl Joule {
    /// Writes rows to a stream that exists (`POST /data`). A stream that a module produces is refused by the node.
    pub async fn data_write(&self, stream: impl Into<Address>) -> Result<DataWriter> {
        let address = stream.into();
        let stream = self.data_stream_get(address.clone()).await?;
        let turn = Turn::default();
        turn.begin(self.http.transport.as_ref());
        Ok(DataWriter {
            joule: self.clone(),
            address,
            encoder: Encoder::new(layout_of(&stream)?),
            stream,
            block: Vec::new(),
            open_at: None,
            reached: None,
            last: None,
            rows: 0,
            failure: None,
            turn,
        })
    }
}

impl DataWriter {
    /// The stream's metadata.
    pub fn stream(&self) -> &DataStream {
        &self.stream
    }

    /// The layout that rows must have: a time column and then the elements in this type.
    pub fn layout(&self) -> JouleLayout {
        self.encoder.format
    }

    /// The type that all columns after the time must have.
    pub fn column_type(&self) -> ColumnType {
        self.encoder.format.column_type()
    }

    /// Rows that the node has of what was written so far. Others may be waiting to be sent.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes rows: a time column first, then the stream's elements in order and in its type, without nulls or NaN. Times
    /// are whole microseconds, each after the one before, over all frames.
    ///
    /// A frame that is refused ([`ErrorKind::InvalidInput`]) leaves the writer as it was. Any other error ends it.
    pub async fn write(&mut self, frame: &RecordBatch) -> Result<()> {
        self.check_alive()?;
        let columns = self.encoder.columns(frame)?;
        let mut last = self.last;
        for start in (0..frame.num_rows()).step_by(SLICE_ROWS) {
            let rows = start..frame.num_rows().min(start + SLICE_ROWS);
            last = self.encoder.check(&columns, rows, last)?;
            self.turn.give(self.joule.http.transport.as_ref()).await;
        }
        for start in (0..frame.num_rows()).step_by(SLICE_ROWS) {
            let rows = start..frame.num_rows().min(start + SLICE_ROWS);
            self.last = self.encoder.append(&columns, rows, &mut self.block).or(self.last);
            if self.block.len() >= BLOCK {
                self.send().await?;
            }
            self.turn.give(self.joule.http.transport.as_ref()).await;
        }
        Ok(())
    }

    /// Ends the interval: a gap lies between the rows so far and those to come. Without rows since the last one, it does
    /// nothing.
    pub async fn close_interval(&mut self) -> Result<()> {
        self.check_alive()?;
        // A request of its own, because a node begins a new interval with each.
        self.send().await?;
        self.open_at = None;
        Ok(())
    }

    /// Sends what is waiting. Returns how many rows the node has of all that were written: all of them.
    pub async fn finish(mut self) -> Result<u64> {
        self.check_alive()?;
        self.send().await?;
        Ok(self.rows)
    }

    fn check_alive(&self) -> Result<()> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    /// Sends the block until the node has all of it.
    async fn send(&mut self) -> Result<()> {
        let mut failures = 0;
        while let Some(first) = self.encoder.first_time(&self.block) {
            let mut pairs = vec![self.address.pair()?];
            if let Some(open_at) = self.open_at {
                pairs.push(("merge-gap", (first - open_at + 1).to_string()));
            }
            let mut request = self.joule.request(Method::Post, "/data", &pairs);
            request.headers.push(("Content-Type".into(), "application/octet-stream".into()));
            request.body = Some(std::mem::take(&mut self.block));
            // A page that stands in between has stored nothing.
            let http = &self.joule.http;
            let sent = http.fetch(&request).await.and_then(|body| http.refuse_page(&request, &body));
            self.block = request.body.take().unwrap_or_default();
            let Err(error) = sent else {
                self.arrived(self.encoder.times(&self.block).len());
                continue;
            };
            failures += 1;
            match self.settled().await {
                Ok(0) => {}
                Ok(rows) => {
                    self.arrived(rows);
                    failures = 1;
                }
                Err(unknown) => return Err(self.fail(error, Some(unknown))),
            }
            let again = matches!(error.kind, ErrorKind::Network | ErrorKind::Body | ErrorKind::Server)
                // The node has not noticed yet that the connection broke.
                || (failures > 1 && error.server_message.as_deref().is_some_and(|words| words.contains("already being produced")));
            if !self.block.is_empty() && (!again || failures >= self.joule.http.policy.attempts) {
                return Err(self.fail(error, None));
            }
            self.joule.http.transport.sleep(self.joule.http.backoff(failures)).await;
        }
        Ok(())
    }

    /// The node has the block's first rows.
    fn arrived(&mut self, rows: usize) {
        let bytes = (rows * self.encoder.format.row_bytes()).min(self.block.len());
        self.rows += rows as u64;
        let last = self.encoder.last_time(self.block.get(..bytes).unwrap_or_default());
        (self.open_at, self.reached) = (last.or(self.open_at), last.or(self.reached));
        self.block.drain(..bytes);
    }

    /// How many of the block's first rows the node has, once it has put away all that it received.
    async fn settled(&self) -> Result<usize> {
        let mut before = None;
        for _ in 0..MOST_LOOKS {
            self.joule.http.transport.sleep(SETTLE).await;
            let now = self.held().await?;
            if before == Some(now) {
                return Ok(now);
            }
            before = Some(now);
        }
        Ok(before.unwrap_or_default())
    }

    /// How many of the block's first rows the node has now. There may be others between them.
    async fn held(&self) -> Result<usize> {
        let times = self.encoder.times(&self.block);
        let bounds = (times.first().copied(), times.last().map(|last| last + 1));
        let ask = Ask { stream: self.address.clone(), bounds, fineness: Fineness::Raw };
        let mut rows = Rows::new(&self.joule, ask, self.encoder.format, Vec::new(), None);
        let mut held = 0;
        while let Some(frame) = rows.next().await? {
            for ns in streamscope_frame::times(&frame.rows).unwrap_or_default() {
                held += usize::from(times.get(held) == Some(&(ns / 1000)));
            }
        }
        Ok(held)
    }

    /// Ends the writer. `unknown` is why the node could not be asked what it has.
    fn fail(&mut self, mut error: Error, unknown: Option<Error>) -> Error {
        let rows = self.rows;
        error.message = match unknown {
            None => format!("{} The node has the first {rows} rows of what was written.", error.message),
            Some(unknown) => format!(
                "{} The node has at least the first {rows} rows of what was written; asked which others it has, it did \
                 not answer: {}",
                error.message, unknown.message
            ),
        };
        error.rows = Some(rows);
        error.covered_to = self.reached.and_then(|us| us.checked_mul(1000));
        self.failure = Some(error.clone());
        error
    }
}

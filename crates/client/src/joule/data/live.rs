//! Rows as they are recorded.
//!
//! A subscription gives rows at once, before they are in the node's database, where they arrive seconds later. So rows
//! that were recorded before it, and those missed when it breaks, are read from the database, which is asked until it
//! has come to the first row of the subscription: each row comes once and in order. Of a stream that no module produces
//! at the time, nodes take no subscription; then the database is asked again and again.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, JouleLayout, JouleParser, Layout, times};

use super::answer::{Answer, Ask, Fineness};
use super::read::{columns_of, layout_of};
use super::rows::{MOST_IDLE_BYTES, Rows, idle, malformed};
use crate::joule::{Address, Joule, time};
use crate::transport::Method;
use crate::{Error, Progress, Read, Result};

/// How often the database is asked for new rows.
const POLL: Duration = Duration::from_secs(1);
/// How often it is asked before the node is asked again for a subscription.
const POLLS: u32 = 10;
/// How often it is asked for the rows before a subscription, until they are taken to be lost: a stream may be one that
/// the node does not store.
const MOST_CATCH_UPS: u32 = 30;
/// What a node says of a stream that no module produces.
const NOT_PRODUCED: &str = "not being produced";

/// Rows as they are recorded; it does not end by itself. Dropping it ends it. Made by [`Joule::data_subscribe`].
pub struct LiveRead {
    joule: Joule,
    address: Address,
    format: JouleLayout,
    elements: Vec<Column>,
    layout: Layout,
    /// First instant, µs; `None` begins with the first row of the subscription.
    from: Option<i64>,
    /// Time of the last row handed out, ns.
    last: Option<i64>,
    /// Whether that row came from the database.
    stored: bool,
    way: Way,
    ready: VecDeque<Batch>,
    progress: Progress,
    failure: Option<Error>,
}

enum Way {
    /// The database is read to its end; so many more times before a subscription.
    Stored(Option<Box<Rows>>, u32),
    Subscribe,
    Subscribed(Box<Subscription>),
}

struct Subscription {
    answer: Answer,
    parser: JouleParser,
    buffer: Vec<u8>,
    /// Bytes since the last row.
    idle: u64,
    /// Whether all rows before its first one have been handed out.
    joined: bool,
}

impl Joule {
    /// Rows of a stream as a module produces them (`GET /data?subscribe=1`), and before them those recorded from
    /// `from_ns` on. Where no module produces the stream, new rows are looked for each second.
    pub async fn data_subscribe(&self, stream: impl Into<Address>, from_ns: Option<i64>) -> Result<LiveRead> {
        let address = stream.into();
        let stream = self.data_stream_get(address.clone()).await?;
        Ok(LiveRead::new(self, address, layout_of(&stream)?, columns_of(&stream.elements), from_ns))
    }
}

impl LiveRead {
    pub(in crate::joule) fn new(
        joule: &Joule,
        address: Address,
        format: JouleLayout,
        elements: Vec<Column>,
        from_ns: Option<i64>,
    ) -> Self {
        Self {
            joule: joule.clone(),
            address,
            layout: JouleParser::new(format, &elements).layout().clone(),
            format,
            elements,
            from: from_ns.map(time::bound_us),
            last: None,
            stored: false,
            way: if from_ns.is_some() { Way::Stored(None, 1) } else { Way::Subscribe },
            ready: VecDeque::new(),
            progress: Progress::default(),
            failure: None,
        }
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                self.progress.rows += frame.rows.num_rows() as u64;
                self.last = times(&frame.rows).and_then(|times| times.last().copied()).or(self.last);
                self.progress.covered_to = self.last;
                return Ok(Some(frame));
            }
            if let Some(error) = &self.failure {
                let Progress { rows, covered_to, .. } = self.progress;
                return Err(error.clone().after_rows(rows, covered_to));
            }
            // Rows that came before the failure are handed out first.
            self.failure = self.step().await.err();
        }
    }

    async fn step(&mut self) -> Result<()> {
        match &mut self.way {
            Way::Stored(..) => self.read_stored().await,
            Way::Subscribe => self.subscribe().await,
            Way::Subscribed(_) => self.read_subscription().await,
        }
    }

    /// Rows in the database after the last one handed out.
    fn stored_rows(&self) -> Rows {
        // After a row that the database gave, a token may follow; after another, the row itself may not be there yet.
        let start = self.last.filter(|_| !self.stored).map(|last| last / 1000 + 1).or(self.from);
        let ask = Ask { stream: self.address.clone(), bounds: (start, None), fineness: Fineness::Raw };
        let rows = Rows::new(&self.joule, ask, self.format, self.elements.clone(), None);
        rows.after(self.last.filter(|_| self.stored))
    }

    async fn read_stored(&mut self) -> Result<()> {
        let fresh = self.stored_rows();
        let Way::Stored(rows, left) = &mut self.way else { return Ok(()) };
        let reading = rows.get_or_insert_with(|| Box::new(fresh));
        if let Some(frame) = reading.next().await? {
            self.stored = true;
            self.ready.push_back(frame);
            return Ok(());
        }
        let left = left.saturating_sub(1);
        let progress = reading.progress();
        self.progress.bytes += progress.bytes;
        self.progress.pages += progress.pages;
        if left == 0 {
            self.way = Way::Subscribe;
            return Ok(());
        }
        self.way = Way::Stored(None, left);
        self.joule.http.transport.sleep(POLL).await;
        Ok(())
    }

    async fn subscribe(&mut self) -> Result<()> {
        let pairs = vec![self.address.pair()?, ("subscribe", "1".into())];
        let request = self.joule.request(Method::Get, "/data", &pairs);
        match self.joule.http.open(&request).await {
            Ok(response) => {
                let answer = self.joule.answer(request, response)?;
                if answer.format != self.format {
                    let words = format!("The node gives rows of {}, not of {}.", answer.format, self.format);
                    return Err(self.joule.http.about(Error::protocol(words), &answer.request));
                }
                self.progress.pages += 1;
                let parser = JouleParser::new(self.format, &self.elements);
                let joined = self.last.is_none() && self.from.is_none();
                let subscription = Subscription { answer, parser, buffer: Vec::new(), idle: 0, joined };
                self.way = Way::Subscribed(Box::new(subscription));
                Ok(())
            }
            Err(error)
                if error.server_message.as_deref().is_some_and(|words| words.contains(NOT_PRODUCED)) =>
            {
                if self.from.is_none() && self.last.is_none() {
                    // Begins with what comes from now on.
                    let held = self.joule.data_intervals(self.address.clone(), None, None).await?;
                    self.from = Some(held.last().map_or(0, |interval| interval.end / 1000));
                }
                self.way = Way::Stored(None, POLLS);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn read_subscription(&mut self) -> Result<()> {
        let Way::Subscribed(subscription) = &mut self.way else { return Ok(()) };
        subscription.buffer.clear();
        match subscription.answer.response.body.read(&mut subscription.buffer).await {
            Ok(length) if length > 0 => {
                self.progress.bytes += length as u64;
                subscription.idle += length as u64;
            }
            // It ended, broke or fell silent: the database has what is missed, and then a new one begins.
            _ => {
                self.way = Way::Stored(None, 1);
                return Ok(());
            }
        }
        let pushed = subscription.parser.push(&subscription.buffer);
        let pushed =
            pushed.map_err(|parse| self.joule.http.about(malformed(parse), &subscription.answer.request));
        let mut frames: Vec<_> = std::iter::from_fn(|| subscription.parser.take()).collect();
        let Some(first) = frames.first().and_then(|frame| times(&frame.rows)?.first().copied()) else {
            return match subscription.idle > MOST_IDLE_BYTES {
                true => Err(self.joule.http.about(idle(), &subscription.answer.request)),
                false => pushed,
            };
        };
        subscription.idle = 0;
        if !subscription.joined {
            subscription.joined = true;
            let complete = self.catch_up(first).await?;
            if let Some(frame) = frames.first_mut() {
                frame.begins_interval |= !complete;
            }
        }
        let behind = self.ready.back().and_then(|frame| times(&frame.rows)?.last().copied()).or(self.last);
        self.ready.extend(frames.into_iter().filter_map(|frame| after(frame, behind)));
        self.stored = false;
        pushed
    }

    /// Reads from the database what was recorded before a row, whose time is given in ns. Tells whether that was all.
    async fn catch_up(&mut self, first: i64) -> Result<bool> {
        for _ in 0..MOST_CATCH_UPS {
            let mut rows = self.stored_rows();
            while let Some(frame) = rows.next().await? {
                let of = times(&frame.rows).unwrap_or_default();
                let before = of.partition_point(|time| *time < first);
                let arrived = before < of.len();
                if before > 0 {
                    self.last = of.get(before - 1).copied();
                    self.stored = true;
                    self.ready.push_back(Batch { rows: frame.rows.slice(0, before), ..frame });
                }
                if arrived {
                    return Ok(true);
                }
            }
            self.joule.http.transport.sleep(POLL).await;
        }
        Ok(false)
    }
}

/// The rows of a frame after a time (ns).
fn after(frame: Batch, time: Option<i64>) -> Option<Batch> {
    let rows = frame.rows.num_rows();
    let old = times(&frame.rows)?.partition_point(|of| Some(*of) <= time);
    (old < rows).then(|| Batch {
        begins_interval: frame.begins_interval && old == 0,
        rows: frame.rows.slice(old, rows - old),
    })
}

impl Read for LiveRead {
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

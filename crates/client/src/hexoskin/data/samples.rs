//! Every sample of a datatype in a record or range.
//!
//! Fast signals come as binary files, which the server never thins; what it has no binary file of, and slow signals, by
//! [windows](super::windows). Either way each sample comes once and in order; a download that breaks off is begun again
//! at the next sample.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, TimestampNanosecondArray};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, ColumnType, Layout, RecordBatch, TickRate};

use super::placed::Placed;
use super::windows::Windows;
use super::{Datatype, Span};
use crate::hexoskin::Hexoskin;
use crate::hexoskin::object::Object;
use crate::turn::Turn;
use crate::{Error, ErrorKind, Progress, Result};

/// From this rate on (Hz) samples come as binary files.
const FAST: f64 = 32.0;
/// How far behind the server's clock this one may be, ns.
const AHEAD_NS: i64 = 3_600_000_000_000;
/// Samples of a frame at most.
const FRAME: usize = 1 << 16;
/// Samples of the first frame at most: something is to be seen soon.
const FIRST_FRAME: usize = 1 << 12;

/// What of a record is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SampleQuery {
    /// The datatype's id.
    pub datatype: i64,
    /// First instant, ns; the record's start when absent.
    pub start_ns: Option<i64>,
    /// First instant after, ns; the record's end when absent.
    pub end_ns: Option<i64>,
    /// Raw counts in place of physical values.
    pub raw: bool,
    /// Which way to go; the fitting one when absent.
    pub way: Option<Way>,
}

/// How samples come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As binary files.
    Binary,
    /// As JSON, window by window.
    Json,
}

/// A datatype in a record or range.
#[derive(Debug, Clone)]
pub(in crate::hexoskin) struct Channel {
    pub(in crate::hexoskin) datatype: Datatype,
    pub(in crate::hexoskin) span: Span,
}

impl Channel {
    /// Ticks between two samples; `None` where samples come at times of their own.
    pub(super) fn step(&self) -> Option<i64> {
        match self.span.ticks {
            TickRate::T256 => self.datatype.hexo_step,
            TickRate::T1000 => {
                let step = 1000.0 / self.datatype.freq?;
                (step.fract() == 0.0 && step >= 1.0).then_some(step as i64)
            }
        }
    }

    pub(in crate::hexoskin) fn is_fast(&self) -> bool {
        self.datatype.freq.is_some_and(|freq| freq >= FAST)
    }

    pub(in crate::hexoskin) fn layout(&self, raw: bool) -> Layout {
        let Datatype { name, unit_raw, .. } = &self.datatype;
        let values = if raw {
            Column::new(name, ColumnType::Int).with_unit(unit_raw)
        } else {
            Column::new(name, ColumnType::Float).with_unit(self.datatype.canonical_unit())
        };
        Layout::new(vec![Column::new("time", ColumnType::Time), values])
    }
}

impl Hexoskin {
    /// Reads every sample of a record or range.
    pub async fn samples(&self, of: &Object, query: &SampleQuery) -> Result<SampleRead> {
        of.get("start").await?;
        let channel = Channel { datatype: self.datatype(query.datatype).await?, span: Span::of(of)? };
        SampleRead::new(self, channel, query)
    }
}

impl Hexoskin {
    /// The same of a record that goes on: its end, if it has one yet, does not bound what is asked for.
    pub(in crate::hexoskin) async fn samples_still_recorded(
        &self,
        of: &Object,
        query: &SampleQuery,
    ) -> Result<SampleRead> {
        of.get("start").await?;
        let span = Span { end: None, ..Span::of(of)? };
        let query = SampleQuery { way: Some(Way::Json), ..*query };
        SampleRead::new(self, Channel { datatype: self.datatype(query.datatype).await?, span }, &query)
    }
}

/// Samples under way.
pub struct SampleRead {
    api: Hexoskin,
    channel: Channel,
    layout: Layout,
    raw: bool,
    /// First tick not handed out yet.
    next: i64,
    /// First tick after.
    end: i64,
    state: State,
    progress: Progress,
    /// Downloads begun since the last new sample.
    resumes: u32,
    turn: Turn,
}

enum State {
    Begin,
    Binary(Box<Placed>),
    Windows(Windows),
    Done,
    Failed(Error),
}

impl SampleRead {
    pub(in crate::hexoskin) fn new(api: &Hexoskin, channel: Channel, query: &SampleQuery) -> Result<Self> {
        let Span { ticks, start, .. } = channel.span;
        let end = channel.span.after();
        let next = query.start_ns.map_or(start, |ns| ticks.at_or_after(ns).max(start));
        let asked = query.end_ns.map(|ns| ticks.at_or_after(ns));
        // While it is recorded, nothing is asked of the future beyond what clocks may differ by.
        let end =
            end.unwrap_or_else(|| ticks.at_or_after((api.http.transport.unix_ms() * 1e6) as i64 + AHEAD_NS));
        let end = asked.map_or(end, |asked| asked.min(end));
        let binary = match query.way {
            Some(way) => way == Way::Binary,
            None => channel.is_fast() && (query.raw || channel.datatype.counts_are_known()),
        };
        let state = match binary {
            _ if next >= end => State::Done,
            true => State::Begin,
            false => State::Windows(Windows::new(&channel)),
        };
        let layout = channel.layout(query.raw);
        let turn = Turn::default();
        turn.begin(api.http.transport.as_ref());
        let progress = Progress::default();
        Ok(Self {
            api: api.clone(),
            layout,
            raw: query.raw,
            channel,
            next,
            end,
            state,
            progress,
            resumes: 0,
            turn,
        })
    }

    /// The columns: `time`, and the datatype's name.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The next samples; `None` at the end. An error stays.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            let stepped = match &self.state {
                State::Done => return Ok(None),
                State::Failed(error) => return Err(error.clone()),
                State::Begin => self.begin().await.map(|()| None),
                State::Binary(_) => self.read_binary().await,
                State::Windows(_) => self.read_window().await,
            };
            self.turn.give(self.api.http.transport.as_ref()).await;
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

    async fn begin(&mut self) -> Result<()> {
        let filters = self.channel.filters(self.next, self.end);
        let datatypes = vec![self.channel.datatype.clone()];
        match self.api.read_binary(&filters, datatypes).await {
            Ok(read) => {
                self.progress.pages += 1;
                self.state = State::Binary(Box::new(Placed::new(read)));
                Ok(())
            }
            // The server has no such file: the same samples come as text.
            Err(error) if matches!(error.status, Some(400 | 404 | 406 | 415 | 501)) => {
                self.state = State::Windows(Windows::new(&self.channel));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn read_binary(&mut self) -> Result<Option<RecordBatch>> {
        let State::Binary(binary) = &mut self.state else { return Ok(None) };
        let bytes = binary.read.bytes();
        let came = binary.read.next().await;
        self.progress.bytes += binary.read.bytes() - bytes;
        match came {
            Ok(Some(file)) => {
                if let Err(error) = binary.take(file, &self.channel, (self.next, self.end), self.raw) {
                    return self.fail(error);
                }
                let enough = if self.progress.rows == 0 { FIRST_FRAME } else { FRAME };
                if binary.waiting.len() < enough { Ok(None) } else { self.hand_out() }
            }
            Ok(None) if binary.file.is_none() => {
                // Nothing in it: the server may keep these samples as text alone.
                self.state = State::Windows(Windows::new(&self.channel));
                Ok(None)
            }
            Ok(None) => {
                let rows = self.hand_out()?;
                self.state = State::Done;
                Ok(rows)
            }
            Err(error)
                if error.kind == ErrorKind::Body
                    && error.parse.as_ref().is_none_or(|parse| is_cut(parse)) =>
            {
                let rows = self.hand_out()?;
                self.resumes += 1;
                if self.resumes >= self.api.http.policy.attempts.max(2) {
                    return Err(error);
                }
                self.state = State::Begin;
                Ok(rows)
            }
            Err(error) => self.fail(error),
        }
    }

    /// Ends the read after the samples that wait.
    fn fail(&mut self, error: Error) -> Result<Option<RecordBatch>> {
        let rows = self.hand_out()?;
        let Progress { rows: count, covered_to, .. } = self.progress;
        self.state = State::Failed(error.after_rows(count, covered_to));
        Ok(rows)
    }

    /// Hands out the samples that wait.
    fn hand_out(&mut self) -> Result<Option<RecordBatch>> {
        let State::Binary(binary) = &mut self.state else { return Ok(None) };
        let (ticks, values): (Vec<i64>, Vec<f64>) = std::mem::take(&mut binary.waiting).into_iter().unzip();
        let step = binary.at.map_or(1, |(_, step)| step);
        if let Some(last) = ticks.last() {
            self.next = last + step;
            self.resumes = 0;
        }
        self.frame(&ticks, values)
    }

    async fn read_window(&mut self) -> Result<Option<RecordBatch>> {
        let State::Windows(windows) = &mut self.state else { return Ok(None) };
        let (ticks, values, end) = windows.next(&self.api, &self.channel, self.next, self.end).await?;
        (self.progress.pages, self.progress.bytes) = (windows.requests, windows.bytes);
        self.next = end;
        if end >= self.end {
            self.state = State::Done;
        }
        let values = values.into_iter().map(|value| self.channel.datatype.of_text(value, self.raw)).collect();
        self.frame(&ticks, values)
    }

    fn frame(&mut self, ticks: &[i64], values: Vec<f64>) -> Result<Option<RecordBatch>> {
        if ticks.is_empty() {
            return Ok(None);
        }
        let rate = self.channel.span.ticks;
        let times: Option<Vec<i64>> = ticks.iter().map(|tick| rate.to_ns(*tick)).collect();
        let times =
            times.ok_or_else(|| Error::protocol("A sample's time is beyond what nanoseconds hold."))?;
        self.progress.rows += times.len() as u64;
        self.progress.covered_to = times.last().copied();
        let known = |value: f64| Some(value).filter(|value| !value.is_nan());
        let column: ArrayRef = if self.raw {
            let counts = values.into_iter().map(|value| known(value).map(|value| value as i64));
            Arc::new(counts.collect::<Int64Array>())
        } else if values.iter().any(|value| value.is_nan()) {
            Arc::new(values.into_iter().map(known).collect::<Float64Array>())
        } else {
            Arc::new(Float64Array::from(values))
        };
        let times: ArrayRef = Arc::new(TimestampNanosecondArray::from(times).with_timezone("UTC"));
        let frame = RecordBatch::try_new(Arc::new(self.layout.schema()), vec![times, column]);
        frame.map(Some).map_err(|error| Error::protocol(error.to_string()))
    }
}

/// Whether a body was cut, so that the rest may come when it is asked for again.
fn is_cut(parse: &streamscope_frame::ParseError) -> bool {
    parse.kind == streamscope_frame::ParseErrorKind::Truncated
}

impl crate::Read for SampleRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        let batch = |rows: Option<RecordBatch>| rows.map(|rows| Batch { rows, begins_interval: false });
        async move { Ok(batch(self.next().await?)) }.boxed_local()
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

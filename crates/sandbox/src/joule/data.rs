//! `/data`, `/data.json` and `/data/intervals.json`.
//!
//! Rows of the resolution in force, interval by interval in blocks, with a row of zeros between intervals. As on a
//! node, such a token stands for every border in the window, also where the resolution has no rows beside it.

use std::sync::Arc;

use serde_json::json;

use super::catalogue::{Catalogue, Stream};
use super::decimator::FACTOR;
use super::layout::{Layout, Value, time};
use super::live::Live;
use super::parameters::{Parameters, Window};
use super::recording::{Level, Recording};
use super::reply::{Refusal, Result, json, json_text};
use super::{Node, StoreError};
use crate::{Body, Request, Response};

/// The most rows that are read at once.
const BLOCK_ROWS: usize = 50_000;

/// The data stream that a request names.
pub(super) fn stream<'a>(catalogue: &'a Catalogue, parameters: &Parameters) -> Result<&'a Stream> {
    let found = match (parameters.get("path"), parameters.id("id")) {
        (Some(path), _) => catalogue.find_stream(path),
        (None, id) => catalogue.stream(id?.ok_or_else(Refusal::no_address)?),
    };
    found.ok_or_else(Refusal::no_stream)
}

/// Rows as bytes.
pub(super) fn read(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    if parameters.get("subscribe") == Some("1") {
        return subscribe(node, &parameters, now);
    }
    let mut extract = Extract::new(node, &parameters, now)?;
    let head = (extract.layout(), extract.level);
    let Some(first) = extract.next() else { return Err(Refusal::no_data()) };
    let pieces = std::iter::once(first).chain(extract);
    Ok(binary(head, Body::Pieces(Box::new(pieces))))
}

fn binary((layout, level): (Layout, u64), body: Body) -> Response {
    let mut response = Response::new(200, "application/octet-stream", body);
    response.headers.push(("joule-layout", layout.to_string()));
    response.headers.push(("joule-decimation", level.to_string()));
    response
}

/// Rows as they are produced.
fn subscribe(node: &Arc<Node>, parameters: &Parameters, now: i64) -> Result<Response> {
    let catalogue = node.read();
    let stream = stream(&catalogue, parameters)?;
    if !stream.live {
        return Err(Refusal::bad("stream is not being produced"));
    }
    let mut last = now;
    let due = move |now: i64| {
        let (rows, time) = Live::at(now).since(last);
        last = time;
        rows
    };
    Ok(binary((stream.layout(), 1), Body::Live(Box::new(due))))
}

/// Rows as JSON: a list per interval.
pub(super) fn read_json(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    if parameters.get("subscribe") == Some("1") {
        return Err(Refusal::bad("JSON subscription not implemented"));
    }
    let extract = Extract::new(node, &parameters, now)?;
    let (layout, level) = (extract.layout(), extract.level);
    // Where nothing was read, no level was.
    let mut factor = 1;
    let mut lists: Vec<String> = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for block in extract {
        let block = block?;
        factor = level;
        if block.is_empty() {
            open.get_or_insert_default();
        }
        for row in block.chunks_exact(layout.width()) {
            if row.iter().all(|&byte| byte == 0) {
                lists.extend(open.take().map(list));
            } else {
                open.get_or_insert_default().push(row_text(layout, row));
            }
        }
    }
    lists.extend(open.map(list));
    Ok(json_text(format!("{{\"data\": {}, \"decimation_factor\": {factor}}}", list(lists))))
}

fn list(items: Vec<String>) -> String {
    format!("[{}]", items.join(", "))
}

/// A row as the node writes it: times are floats where the values are; infinities stand bare.
fn row_text(layout: Layout, row: &[u8]) -> String {
    let mut cells = vec![time(row).to_string()];
    for value in layout.values(row) {
        cells.push(match value {
            Value::Int(value) => value.to_string(),
            Value::Float(value) if value.is_infinite() && value > 0.0 => "Infinity".into(),
            Value::Float(value) if value.is_infinite() => "-Infinity".into(),
            Value::Float(value) => format!("{value:?}"),
        });
    }
    if let (Some(Value::Float(_)), Some(first)) = (layout.values(row).next(), cells.first_mut()) {
        *first = format!("{:?}", time(row) as f64);
    }
    list(cells)
}

/// Where data are, as pairs of times.
pub(super) fn intervals(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.read();
    let stream = stream(&catalogue, &parameters)?;
    let window = parameters.window()?;
    Ok(json(&json!(Recording::open(&node.store, stream, now)?.intervals(window)?)))
}

/// The blocks of an answer, read one by one.
struct Extract {
    node: Arc<Node>,
    stream: Stream,
    level: u64,
    now: i64,
    /// The next row's earliest time.
    start: i64,
    /// Whether a block of the interval was read.
    begun: bool,
    /// Ends of the intervals still to come, the last one first; the first of the list is the window's own end.
    ends: Vec<i64>,
    /// The one block of an answer that has no rows.
    empty: bool,
}

impl Extract {
    fn new(node: &Arc<Node>, parameters: &Parameters, now: i64) -> Result<Self> {
        let catalogue = node.read();
        let stream = stream(&catalogue, parameters)?.clone();
        let window = parameters.window()?;
        let positive = |name: &str| match parameters.integer(name)? {
            Some(number) if number <= 0 => Err(Refusal::bad(format!("[{name}] must be > 0"))),
            number => Ok(number.map(i64::unsigned_abs)),
        };
        let max_rows = positive("max-rows")?;
        let decimation = positive("decimation-level")?;
        let recording = Recording::open(&node.store, &stream, now)?;
        let mut extract = Self {
            node: node.clone(),
            stream,
            level: decimation.unwrap_or(1),
            now,
            start: 0,
            begun: false,
            ends: Vec::new(),
            empty: false,
        };
        let times = recording.times()?;
        if let (None, Some(max_rows)) = (decimation, max_rows) {
            let bounds = times.map_or(window, |times| clipped(window, times));
            let count = if times.is_some() { recording.estimate(bounds)? } else { 0 };
            if count == 0 {
                extract.empty = true;
                return Ok(extract);
            }
            extract.level = level_for(count, max_rows);
        }
        let Some(times) = times else {
            extract.empty = !recording.was_written();
            return Ok(extract);
        };
        if recording.level(extract.level)?.is_none() {
            extract.empty = true;
            return Ok(extract);
        }
        let bounds = clipped(window, times);
        if let Window { start: Some(start), end: Some(end) } = bounds {
            extract.start = start;
            let borders = recording.borders(bounds);
            extract.ends = std::iter::once(end).chain(borders.into_iter().rev()).collect();
        }
        Ok(extract)
    }

    fn layout(&self) -> Layout {
        let layout = self.stream.layout();
        if self.level > 1 { layout.decimated() } else { layout }
    }

    /// The next block, which may be empty when the interval has no rows left.
    fn block(&self, end: i64) -> std::result::Result<Vec<u8>, StoreError> {
        let _unchanged = self.node.read();
        let recording = Recording::open(&self.node.store, &self.stream, self.now)?;
        let window = Window { start: Some(self.start), end: Some(end) };
        recording.level(self.level)?.map_or(Ok(Vec::new()), |level: Level| level.read(window, BLOCK_ROWS))
    }
}

/// The level at which so many rows are at most `max_rows`.
fn level_for(count: u64, max_rows: u64) -> u64 {
    let wanted = count.div_ceil(max_rows);
    let mut level = 1;
    while level < wanted {
        level *= FACTOR;
    }
    level
}

/// A window, cut to the data: its times of the first and the last row.
fn clipped(window: Window, (first, last): (i64, i64)) -> Window {
    let end = last.saturating_add(1);
    Window {
        start: Some(window.start.map_or(first, |start| start.max(first))),
        end: Some(window.end.map_or(end, |given| given.min(end))),
    }
}

impl Iterator for Extract {
    type Item = std::result::Result<Vec<u8>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if std::mem::take(&mut self.empty) {
            return Some(Ok(Vec::new()));
        }
        loop {
            let end = *self.ends.last()?;
            let is_last = self.ends.len() == 1;
            // A border where the window itself begins. One right after a full block still gets its token below.
            if self.start == end && !self.begun {
                self.ends.pop();
                continue;
            }
            let mut rows = match self.block(end) {
                Ok(rows) => rows,
                Err(error) => {
                    self.ends.clear();
                    return Some(Err(error));
                }
            };
            let width = self.layout().width();
            if rows.len() / width == BLOCK_ROWS {
                self.start = time(rows.get(rows.len() - width..).unwrap_or_default()).saturating_add(1);
                self.begun = true;
                return Some(Ok(rows));
            }
            self.ends.pop();
            self.start = end;
            self.begun = false;
            if !is_last {
                rows.extend_from_slice(&self.layout().token());
            }
            if !rows.is_empty() {
                return Some(Ok(rows));
            }
        }
    }
}

//! Joule's binary rows: little-endian, packed, an int64 timestamp (µs) and then the elements.
//!
//! Numeric contract: every value keeps its type and all its bits (NaN cannot be stored on a node, but is kept if it
//! comes); there are no nulls. Times become nanoseconds; one that does not fit is refused.
//!
//! A row of zero bytes is an interval token: the rows after it begin a new interval. Tokens may stand anywhere, first
//! and last too, and several in a row mean what one means. A stream that begins before 1970 cannot have a row of zeros
//! at the very epoch: nodes cannot tell it from a token either.
//!
//! Times increase strictly. Nodes have a fault that sends an interval again and again without end; a time that is not
//! after the one before stops the parser with [`OutOfOrder`](ParseErrorKind::OutOfOrder).

mod elements;
mod layout;

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::{ArrayRef, TimestampNanosecondArray};
use arrow_schema::SchemaRef;

use crate::{Batch, Column, ColumnType, Layout, ParseError, ParseErrorKind, RecordBatch};
use elements::Elements;
pub use layout::{JouleLayout, JouleLayoutError};

/// Name of the column of times.
const TIME: &str = "time";
/// Rows taken apart at a time: as many as stay in the nearest cache while each column passes over them.
const BLOCK: usize = 512;
/// The farthest time from the epoch that nanoseconds can tell, µs.
const FARTHEST: i64 = i64::MAX / 1000;

/// Reads binary rows in pieces. Frames never span a token.
pub struct JouleParser {
    format: JouleLayout,
    layout: Layout,
    schema: SchemaRef,
    /// The beginning of a row whose rest has not come yet.
    carry: Vec<u8>,
    times: Vec<i64>,
    columns: Vec<Elements>,
    /// Whether a token stands before the rows at hand.
    begins_interval: bool,
    /// Intervals that ended.
    ended: VecDeque<Batch>,
    ended_rows: usize,
    /// Rows of the last frame taken: what room is made for.
    usual: usize,
    /// Time of the last row, µs.
    last: Option<i64>,
    rows: u64,
    /// Offset in the body of the first byte that is not taken apart yet.
    byte: u64,
    end: Option<Result<(), ParseError>>,
}

impl JouleParser {
    /// A parser for rows of this format. `elements` name the columns after the time and give their units; their types
    /// are the format's. Elements that are not described are named by their number, from 0.
    pub fn new(format: JouleLayout, elements: &[Column]) -> Self {
        let kind = format.column_type();
        let described = |element: usize| match elements.get(element) {
            Some(column) => Column { kind, ..column.clone() },
            None => Column::new(element.to_string(), kind),
        };
        let time = Column::new(TIME, ColumnType::Time);
        let layout = Layout::new([time].into_iter().chain((0..format.elements()).map(described)).collect());
        Self {
            schema: Arc::new(layout.schema()),
            layout,
            carry: Vec::with_capacity(format.row_bytes()),
            times: Vec::new(),
            columns: (0..format.elements()).map(|_| Elements::new(format.datatype())).collect(),
            begins_interval: false,
            ended: VecDeque::new(),
            ended_rows: 0,
            usual: 0,
            last: None,
            rows: 0,
            byte: 0,
            end: None,
            format,
        }
    }

    /// The columns of every frame.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Takes the next bytes of the body.
    ///
    /// After an error the parser takes no more; rows before the error can still be [taken](Self::take).
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let width = self.format.row_bytes();
        if !self.carry.is_empty() {
            let missing = width - self.carry.len();
            let Some((head, rest)) = bytes.split_at_checked(missing) else {
                self.carry.extend_from_slice(bytes);
                return Ok(());
            };
            self.carry.extend_from_slice(head);
            let mut row = std::mem::take(&mut self.carry);
            let read = self.read(&row);
            row.clear();
            self.carry = row;
            read?;
            bytes = rest;
        }
        let whole = bytes.len() - bytes.len() % width;
        let (rows, rest) = bytes.split_at_checked(whole).unwrap_or((bytes, &[]));
        rows.chunks(BLOCK * width).try_for_each(|block| self.read(block))?;
        self.carry.extend_from_slice(rest);
        Ok(())
    }

    /// Ends the body. Fails with [`Truncated`](ParseErrorKind::Truncated) when it stopped inside a row.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        let whole = self.carry.is_empty();
        let (byte, cut) = (self.byte + self.carry.len() as u64, ParseErrorKind::Truncated);
        let end = if whole { Ok(()) } else { Err(ParseError { byte, ..self.error(cut) }) };
        self.end.get_or_insert(end).clone()
    }

    /// Hands out the next frame; `None` when all rows so far have been handed out. Rows up to a token come as frames of
    /// their own, so this is called until there is no more.
    pub fn take(&mut self) -> Option<Batch> {
        let frame = self.ended.pop_front().or_else(|| {
            self.end_frame();
            self.ended.pop_front()
        })?;
        self.ended_rows -= frame.rows.num_rows();
        self.usual = frame.rows.num_rows();
        Some(frame)
    }

    /// Rows completed and not taken yet.
    pub fn pending_rows(&self) -> usize {
        self.ended_rows + self.times.len()
    }

    /// Rows completed since the start of the body, tokens not counted.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether a token came after the last row: the interval is over, and the next row begins another.
    pub fn ended_interval(&self) -> bool {
        self.times.is_empty() && self.begins_interval
    }

    /// Takes whole rows apart.
    fn read(&mut self, mut rows: &[u8]) -> Result<(), ParseError> {
        let width = self.format.row_bytes();
        while !rows.is_empty() {
            let run = self.read_times(rows)? * width;
            let (run, rest) = rows.split_at_checked(run).unwrap_or((rows, &[]));
            let mut at = size_of::<i64>();
            for column in &mut self.columns {
                at += column.extend(run, at, width);
            }
            self.rows += (run.len() / width) as u64;
            self.byte += run.len() as u64;
            rows = rest;
            if let Some(row) = rows.get(..width) {
                rows = rows.get(width..).unwrap_or_default();
                self.interrupt(row)?;
            }
        }
        Ok(())
    }

    /// Notes the times of rows up to one that needs a look (see [`interrupt`](Self::interrupt)), and how many they are.
    fn read_times(&mut self, rows: &[u8]) -> Result<usize, ParseError> {
        let width = self.format.row_bytes();
        if self.times.is_empty() {
            // With room to spare: frames differ by some pieces of a body.
            let room = self.usual + self.usual / 8;
            self.times.reserve(room);
            self.columns.iter_mut().for_each(|column| column.reserve(room));
        }
        self.times.reserve(rows.len() / width);
        let mut last = self.last.unwrap_or(-FARTHEST - 1);
        let before = self.times.len();
        for row in rows.chunks_exact(width) {
            let time = time_of(row);
            if time <= last || time == 0 || time > FARTHEST {
                break;
            }
            last = time;
            self.times.push(time * 1000);
        }
        let run = self.times.len() - before;
        if run > 0 {
            self.last = Some(last);
        }
        Ok(run)
    }

    /// A row that does not simply follow: a token, a row at the very epoch, or an error.
    fn interrupt(&mut self, row: &[u8]) -> Result<(), ParseError> {
        if row.iter().all(|&byte| byte == 0) {
            self.end_frame();
            self.begins_interval = true;
            self.byte += row.len() as u64;
            return Ok(());
        }
        let time = time_of(row);
        let kind = match self.last {
            _ if time.unsigned_abs() > FARTHEST.unsigned_abs() => {
                let words = format!("the time {time} µs lies beyond what nanoseconds can tell");
                ParseErrorKind::Malformed(words)
            }
            Some(before) if time <= before => {
                ParseErrorKind::OutOfOrder { time: time * 1000, before: before * 1000 }
            }
            _ => {
                self.times.push(0);
                self.last = Some(0);
                let mut at = size_of::<i64>();
                for column in &mut self.columns {
                    at += column.extend(row, at, row.len());
                }
                self.rows += 1;
                self.byte += row.len() as u64;
                return Ok(());
            }
        };
        let error = self.error(kind);
        self.end = Some(Err(error.clone()));
        Err(error)
    }

    /// Makes a frame of the rows at hand.
    fn end_frame(&mut self) {
        let rows = self.times.len();
        if rows == 0 {
            return;
        }
        let mut times = std::mem::take(&mut self.times);
        times.shrink_to(rows + rows / 4);
        let times = TimestampNanosecondArray::from(times).with_timezone("UTC");
        let columns =
            [Arc::new(times) as ArrayRef].into_iter().chain(self.columns.iter_mut().map(Elements::take));
        // The columns are of one length and of the schema's types.
        let frame = RecordBatch::try_new(self.schema.clone(), columns.collect()).ok();
        debug_assert!(frame.is_some());
        let begins_interval = std::mem::take(&mut self.begins_interval);
        self.ended_rows += rows;
        self.ended.extend(frame.map(|rows| Batch { rows, begins_interval }));
    }

    /// An error at the row that comes next. A binary body is one line.
    fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError { kind, column: None, record: self.rows, line: 1, byte: self.byte }
    }
}

/// The time that a row begins with, µs.
#[inline(always)]
fn time_of(row: &[u8]) -> i64 {
    row.first_chunk().map_or(0, |time| i64::from_le_bytes(*time))
}

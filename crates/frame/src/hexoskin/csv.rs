//! CSV of the data resource: `timestamp`, one column per datatype, named by its URI, and `user` where several match.
//!
//! Rows of datatypes that do not fall together have empty cells, which are null.

use std::sync::Arc;

use arrow_array::TimestampNanosecondArray;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_schema::Schema;

use super::{TickRate, malformed};
use crate::{
    Column, ColumnType, CsvOptions, CsvParser, Layout, ParseError, ParseErrorKind, PushParser, RecordBatch,
};

/// The longest header.
const MOST_HEADER: usize = 1 << 16;
const TIMESTAMP: &str = "timestamp";
const USER: &str = "user";

/// Reads CSV in pieces. Frames have a column `time`, then the others in the order of the body.
pub struct HexoskinCsvParser {
    ticks: TickRate,
    /// The header, until it is whole.
    header: Vec<u8>,
    rows: Option<CsvParser>,
    end: Option<Result<(), ParseError>>,
}

impl HexoskinCsvParser {
    /// A parser for data of records with these ticks.
    pub fn new(ticks: TickRate) -> Self {
        Self { ticks, header: Vec::new(), rows: None, end: None }
    }

    fn begin(&mut self) -> Result<(), ParseError> {
        let line = String::from_utf8_lossy(&self.header);
        let names =
            line.trim_start_matches('\u{feff}').trim_end().split(',').map(|name| name.trim_matches('"'));
        let column = |name: &str| {
            let kind = match name {
                TIMESTAMP => ColumnType::Int,
                USER => ColumnType::Text,
                _ => ColumnType::Float,
            };
            Column::new(name, kind)
        };
        let layout = Layout::new(names.map(column).collect());
        if !layout.columns.iter().any(|column| column.name == TIMESTAMP) {
            return Err(self.refuse(ParseErrorKind::Header("column `timestamp` is missing".into())));
        }
        let mut rows = CsvParser::new(CsvOptions { layout: Some(layout), ..CsvOptions::default() });
        // What it refuses, it refuses again.
        let pushed = rows.push(&std::mem::take(&mut self.header));
        self.rows = Some(rows);
        pushed
    }

    fn refuse(&mut self, kind: ParseErrorKind) -> ParseError {
        let error = ParseError { kind, column: None, record: 0, line: 1, byte: 0 };
        self.end = Some(Err(error.clone()));
        error
    }

    /// The frame with times in place of ticks. Times that cannot be told are refused.
    fn timed(&self, frame: &RecordBatch) -> Result<RecordBatch, ParseErrorKind> {
        let index = frame.schema_ref().index_of(TIMESTAMP).unwrap_or_default();
        let ticks = frame.column(index).as_primitive::<Int64Type>();
        let times = ticks.iter().map(|ticks| {
            let time = ticks.and_then(|ticks| self.ticks.to_ns(ticks));
            time.ok_or_else(|| malformed("a row has no time"))
        });
        let times = times.collect::<Result<Vec<i64>, _>>()?;
        let times = TimestampNanosecondArray::from(times).with_timezone("UTC");
        let others = (0..frame.num_columns()).filter(|column| *column != index);
        let mut fields = vec![Arc::new(Column::new("time", ColumnType::Time).field())];
        let mut columns: Vec<arrow_array::ArrayRef> = vec![Arc::new(times)];
        for (field, column) in
            others.filter_map(|at| Some((frame.schema_ref().fields().get(at)?, frame.column(at))))
        {
            fields.push(field.clone());
            columns.push(column.clone());
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
            .map_err(|error| malformed(error.to_string()))
    }
}

impl HexoskinCsvParser {
    /// Takes the next bytes of the body.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        if let Some(rows) = &mut self.rows {
            return rows.push(bytes);
        }
        let length = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1);
        let (head, rest) = bytes.split_at(length);
        self.header.extend_from_slice(head);
        if self.header.len() > MOST_HEADER {
            return Err(self.refuse(ParseErrorKind::TooLong { limit: MOST_HEADER }));
        }
        if self.header.ends_with(b"\n") {
            self.begin()?;
            return self.push(rest);
        }
        Ok(())
    }

    /// Ends the body. An empty one holds no rows.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        if !self.header.trim_ascii().is_empty() {
            self.begin()?;
        }
        self.rows.as_mut().map_or(Ok(()), PushParser::finish)
    }

    /// Hands out the rows completed and not handed out yet.
    pub fn take(&mut self) -> Result<Option<RecordBatch>, ParseError> {
        let Some(frame) = self.rows.as_mut().and_then(PushParser::take) else { return Ok(None) };
        self.timed(&frame).map(Some).map_err(|kind| self.refuse(kind))
    }
}

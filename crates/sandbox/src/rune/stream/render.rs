//! Rows as CSV and as JSON columns.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, TimestampNanosecondArray};
use arrow_schema::{DataType, Schema};
use streamscope_frame::{Column, ColumnType, CsvWriter, Layout, TimeFormat, WriteError};

use super::Result;
use super::page::Page;
use super::parameters::TimeStyle;
use crate::{Body, Response, StoreError};

/// Header that names the token of the next page; absent on the last.
const NEXT_PAGE: &str = "X-Rune-Next-Page-Token";

/// Rows per piece of a CSV body.
pub(super) const PIECE: usize = 8192;

impl TimeStyle {
    pub(super) fn writer(&self) -> CsvWriter {
        let zone = self.zone.clone();
        CsvWriter::new(self.format).with_offset(move |time| zone.offset_at(time))
    }
}

/// A CSV response: the header line, then the frames, each written when the reader is ready for it.
pub(super) fn csv<F>(schema: &Schema, frames: F, style: &TimeStyle, page: Page) -> Response
where
    F: Iterator<Item = std::result::Result<RecordBatch, StoreError>> + Send + 'static,
{
    let mut writer = style.writer();
    let mut header = Vec::new();
    writer.write_header(schema, &mut header);
    let lines = frames.map(move |frame| {
        let mut lines = Vec::new();
        let written = writer.write(&frame?, &mut lines);
        written.map(|()| lines).map_err(unwritable)
    });
    let body = Body::Pieces(Box::new(std::iter::once(Ok(header)).chain(lines)));
    with_next(Response::new(200, "text/csv; charset=utf-8", body), page)
}

/// A JSON response: `cardinality`, the fields in `own` (JSON members, each with a comma after it), and `data`:
/// an array per column, or a list of such parts of at most `partition` points.
pub(super) fn json(
    own: &str,
    schema: &Schema,
    frames: &[RecordBatch],
    style: &TimeStyle,
    partition: Option<usize>,
    page: Page,
) -> Result<Response> {
    let data = match partition {
        None => object(schema, frames, style)?,
        Some(size) => {
            let parts = partitions(frames, size).into_iter().map(|part| object(schema, &part, style));
            format!("[{}]", parts.collect::<Result<Vec<_>>>()?.join(","))
        }
    };
    let rows: usize = frames.iter().map(RecordBatch::num_rows).sum();
    let text = format!("{{\"cardinality\":{rows},{own}\"data\":{data}}}");
    Ok(with_next(Response::new(200, "application/json", Body::Whole(text.into_bytes())), page))
}

pub(super) fn with_next(mut response: Response, page: Page) -> Response {
    response.headers.extend(page.next.map(|token| (NEXT_PAGE, token)));
    response
}

/// Cuts frames into parts of at most `size` rows.
fn partitions(frames: &[RecordBatch], size: usize) -> Vec<Vec<RecordBatch>> {
    let mut parts = Vec::new();
    let (mut part, mut room) = (Vec::new(), size);
    for frame in frames {
        let mut start = 0;
        while start < frame.num_rows() {
            let rows = room.min(frame.num_rows() - start);
            part.push(frame.slice(start, rows));
            start += rows;
            room -= rows;
            if room == 0 {
                parts.push(std::mem::take(&mut part));
                room = size;
            }
        }
    }
    parts.extend(Some(part).filter(|part| !part.is_empty()));
    parts
}

pub(super) fn object(schema: &Schema, frames: &[RecordBatch], style: &TimeStyle) -> Result<String> {
    let columns = schema.fields().iter().enumerate().map(|(index, field)| {
        let name = serde_json::Value::from(field.name().as_str());
        let cells = frames.iter().map(|frame| cells(frame, index, style));
        Ok(format!("{name}:[{}]", cells.collect::<Result<Vec<_>>>()?.concat().join(",")))
    });
    Ok(format!("{{{}}}", columns.collect::<Result<Vec<_>>>()?.join(",")))
}

/// A column's values as JSON. Numbers have the text they have in CSV; null, NaN and infinities are null.
fn cells(frame: &RecordBatch, index: usize, style: &TimeStyle) -> Result<Vec<String>> {
    let column = frame.column(index);
    if let Some(texts) = column.as_string_opt::<i32>() {
        // A dict is a JSON object already; any other text becomes a JSON string.
        let dict = frame.schema_ref().field(index).metadata().contains_key("streamscope:json");
        let cell =
            |text: &str| if dict { text.to_owned() } else { serde_json::Value::from(text).to_string() };
        return Ok(texts.iter().map(|text| text.map_or("null".into(), cell)).collect());
    }
    let mut lines = Vec::new();
    let one = frame.project(&[index]).map_err(StoreError::from)?;
    style.writer().write(&one, &mut lines).map_err(unwritable)?;
    let iso = matches!(column.data_type(), DataType::Timestamp(..)) && style.format == TimeFormat::Iso;
    let cell = |(row, line): (usize, &str)| match line {
        _ if column.is_null(row) => "null".into(),
        "NaN" | "inf" | "-inf" => "null".into(),
        line if iso => format!("\"{line}\""),
        line => line.to_owned(),
    };
    Ok(String::from_utf8_lossy(&lines).lines().enumerate().map(cell).collect())
}

/// Times (ns) as the members of a JSON array.
pub(super) fn times(times: Vec<i64>, style: &TimeStyle) -> Result<String> {
    let schema = Layout::new(vec![Column::new("time", ColumnType::Time)]).schema();
    let times = TimestampNanosecondArray::from(times).with_timezone("UTC");
    let frame = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(times)]).map_err(StoreError::from)?;
    Ok(cells(&frame, 0, style)?.join(","))
}

fn unwritable(error: WriteError) -> StoreError {
    StoreError::Damaged(error.to_string())
}

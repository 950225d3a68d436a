//! In which windows of time one or several streams have rows.
//!
//! Only the windows of the page are computed, so that a range of any length costs what its page costs.

use std::sync::Arc;

use arrow_array::{Int64Array, RecordBatch, TimestampNanosecondArray};
use streamscope_frame::{Column, ColumnType, Layout};
use streamscope_signal::{Availability, AvailabilityAccumulator, BatchOperation, SECOND, Windows};

use super::page::page;
use super::parameters::{Format, format, integer, ordered, required, seconds, time_style};
use super::{Call, Found, Result, render};
use crate::recording::times;
use crate::rune::refusal::Refusal;
use crate::{Response, StoreError};

/// Rows that are looked at in one go.
const MOST_ROWS: usize = 65_536;

/// Availability of one stream.
pub(super) fn one(call: &Call, found: Found) -> Result<Response> {
    answer(call, &[found], BatchOperation::Any)
}

/// Availability of any, or of all, of several streams.
pub(super) fn batch(call: &Call) -> Result<Response> {
    let operation = match required("batch_operation", call.query.get("batch_operation"))? {
        "any" => BatchOperation::Any,
        "all" => BatchOperation::All,
        other => return Err(Refusal::invalid(format!("batch_operation must be any or all, not {other}"))),
    };
    let streams = call.query.all("stream_id").map(|id| call.find(id)).collect::<Result<Vec<_>>>()?;
    if streams.is_empty() {
        return Err(Refusal::invalid("stream_id is required"));
    }
    answer(call, &streams, operation)
}

fn answer(call: &Call, streams: &[Found], operation: BatchOperation) -> Result<Response> {
    let format = format(&call.query)?;
    let style = time_style(&call.query)?;
    let start = required("start_time", seconds(&call.query, "start_time")?)?;
    let end = required("end_time", seconds(&call.query, "end_time")?)?;
    let resolution = required("resolution", integer(&call.query, "resolution", 300..=86_400)?)?;
    let partition = integer(&call.query, "partition_size", 1..=i64::MAX)?;
    if partition.is_some() && format == Format::Csv {
        return Err(Refusal::invalid("partition_size needs format=json"));
    }
    ordered(Some(start), Some(end))?;

    let all = Windows::covering(start, end, resolution as u32);
    let page = page(call, 0..all.count() as u64)?;
    let from = all.start_of(page.rows.start as usize);
    let to = all.start_of(page.rows.end as usize);
    let windows = Windows::covering(from, to, resolution as u32);
    let each = streams.iter().map(|found| available(found, windows)).collect::<Result<Vec<_>>>()?;
    let joined = Availability::join(&each, operation)
        .ok_or_else(|| StoreError::Damaged("streams with different windows".into()))?;
    let frame = frame(&joined)?;
    let schema = frame.schema();
    match format {
        Format::Csv => Ok(render::csv(&schema, std::iter::once(Ok(frame)), &style, page)),
        Format::Json => {
            let own = format!("\"approx_available_duration_s\":{},", joined.approx_available_duration_s());
            let partition = partition.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
            render::json(&own, &schema, &[frame], &style, partition, page)
        }
    }
}

pub(super) fn available(found: &Found, windows: Windows) -> Result<Availability> {
    let recording = &found.recording;
    let (start, end) = (windows.start_of(0), windows.start_of(windows.count()));
    let mut accumulator = AvailabilityAccumulator::new(windows);
    for frame in recording.frames(recording.row_at(start)?..recording.row_at(end)?, MOST_ROWS) {
        accumulator.push(times(&frame?)?);
    }
    Ok(accumulator.finish())
}

pub(super) fn frame(availability: &Availability) -> std::result::Result<RecordBatch, StoreError> {
    let columns = vec![Column::new("time", ColumnType::Time), Column::new("availability", ColumnType::Int)];
    let length = i64::from(availability.resolution_s) * SECOND;
    let starts = (0..).zip(&availability.available).map(|(index, _)| availability.start + length * index);
    let starts: TimestampNanosecondArray = starts.collect::<Vec<_>>().into();
    let ones: Int64Array =
        availability.available.iter().map(|&available| Some(i64::from(available))).collect();
    let schema = Arc::new(Layout::new(columns).schema());
    Ok(RecordBatch::try_new(schema, vec![Arc::new(starts.with_timezone("UTC")), Arc::new(ones)])?)
}

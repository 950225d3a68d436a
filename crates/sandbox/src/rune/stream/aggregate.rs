//! The average day, and windows of sums or means. JSON only.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use serde_json::{Value, json};
use streamscope_frame::floats;
use streamscope_signal::{
    AggregateFunction, DAY, DailyAccumulator, Days, Summary, WindowAccumulator, Windows,
};

use super::parameters::{integer, ordered, required, seconds, time_style};
use super::{Call, Found, Result, render};
use crate::recording::times;
use crate::rune::refusal::Refusal;
use crate::{Body, Response, StoreError};

/// Rows that are looked at in one go.
const MOST_ROWS: usize = 65_536;
/// Windows in one response; more are refused, since this endpoint has no pages.
const MOST_WINDOWS: usize = 1_000_000;
const DAY_S: i64 = 86_400;

/// Mean per time-of-day slot over `n_days` blocks of 24 hours from `start_time`.
pub(super) fn daily(call: &Call, found: &Found) -> Result<Response> {
    is_series(found)?;
    let start = required("start_time", seconds(&call.query, "start_time")?)?;
    let resolution = required("resolution", integer(&call.query, "resolution", 60..=DAY_S)?)?;
    let n_days = required("n_days", integer(&call.query, "n_days", 1..=14)?)?;
    if DAY_S % resolution != 0 {
        return Err(Refusal::invalid("resolution must divide a day of 86400 seconds"));
    }
    let mut accumulator = DailyAccumulator::new(Days::blocks(start, n_days as u32), resolution as u32);
    let end = start.saturating_add(n_days * DAY);
    each_frame(found, start, end, |times, values, durations| accumulator.push(times, values, durations))?;
    let daily = accumulator.finish();
    let offsets = (0..daily.values.len() as i64).map(|slot| {
        let minute = slot * resolution / 60;
        let second = slot * resolution % 60;
        let clock = format!("{:02}:{:02}", minute / 60, minute % 60);
        if second == 0 { clock } else { format!("{clock}:{second:02}") }
    });
    let summary = &daily.summary;
    let mut figures = json!({
        "n_days_with_data_total": summary.n_days_with_data_total,
        "duration_mean_per_day": summary.duration_mean_per_day,
        "duration_min_per_day": summary.duration_min_per_day,
        "duration_max_per_day": summary.duration_max_per_day,
    });
    add(&mut figures, &summary.value);
    Ok(Response::json(
        200,
        &json!({
            "cardinality": daily.values.len(),
            "approx_available_duration_s": daily.approx_available_duration_s,
            "data": {
                "offset": offsets.collect::<Vec<_>>(),
                "values": daily.values,
                "n_days_with_data": daily.n_days_with_data,
            },
            "summary": figures,
        }),
    ))
}

/// Sum or mean per aligned window.
pub(super) fn window(call: &Call, found: &Found) -> Result<Response> {
    is_series(found)?;
    let style = time_style(&call.query)?;
    let start = required("start_time", seconds(&call.query, "start_time")?)?;
    let end = required("end_time", seconds(&call.query, "end_time")?)?;
    let resolution = required("resolution", integer(&call.query, "resolution", 60..=7 * DAY_S)?)?;
    let function = match required("aggregate_function", call.query.get("aggregate_function"))? {
        "sum" => AggregateFunction::Sum,
        "mean" => AggregateFunction::Mean,
        other => {
            return Err(Refusal::invalid(format!("aggregate_function must be sum or mean, not {other}")));
        }
    };
    if DAY_S % resolution != 0 && resolution % DAY_S != 0 {
        return Err(Refusal::invalid(
            "resolution must divide a day of 86400 seconds, or be made of whole days",
        ));
    }
    ordered(Some(start), Some(end))?;
    let windows = Windows::covering(start, end, resolution as u32);
    if windows.count() > MOST_WINDOWS {
        return Err(Refusal::invalid(format!("the range holds more than {MOST_WINDOWS} windows")));
    }
    let mut accumulator = WindowAccumulator::new(windows, function);
    let (start, end) = (windows.start_of(0), windows.start_of(windows.count()));
    each_frame(found, start, end, |times, values, durations| accumulator.push(times, values, durations))?;
    let aggregate = accumulator.finish();
    let mut figures = json!({});
    add(&mut figures, &aggregate.summary);
    let starts: Vec<i64> = (0..windows.count()).map(|index| windows.start_of(index)).collect();
    let text = format!(
        "{{\"cardinality\":{},\"data\":{{\"time\":[{}],\"aggregate_values\":{},\"duration_sum\":{}}},\"summary\":{figures}}}",
        starts.len(),
        render::times(starts, &style)?,
        json!(aggregate.values),
        json!(aggregate.duration_sum),
    );
    Ok(Response::new(200, "application/json", Body::Whole(text.into_bytes())))
}

fn is_series(found: &Found) -> Result<()> {
    if found.kind.is_series() {
        return Ok(());
    }
    let kind = &found.kind.id;
    Err(Refusal::invalid(format!("aggregates need a timestamp and one number; {kind} has other dimensions")))
}

/// Hands out times, values and durations of the rows in a range.
fn each_frame(
    found: &Found,
    start: i64,
    end: i64,
    mut take: impl FnMut(&[i64], &[f64], &[i64]),
) -> Result<()> {
    let recording = &found.recording;
    for frame in recording.frames(recording.row_at(start)?..recording.row_at(end)?, MOST_ROWS) {
        let frame = frame?;
        let damaged = || StoreError::Damaged(format!("stream {} is no series", found.stream.id));
        let values = frame.columns().get(1).and_then(|column| floats(column)).ok_or_else(damaged)?;
        let durations = frame.columns().get(2).and_then(|column| column.as_primitive_opt::<Int64Type>());
        take(times(&frame)?, &values, durations.ok_or_else(damaged)?.values());
    }
    Ok(())
}

fn add(figures: &mut Value, summary: &Summary) {
    figures["value_mean"] = json!(summary.mean);
    figures["value_min"] = json!(summary.min);
    figures["value_max"] = json!(summary.max);
    figures["value_med"] = json!(summary.median);
    figures["value_std"] = json!(summary.std);
}

//! Answers of the aggregate endpoints, read into the shapes of `signal`.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use serde::Deserialize;
use serde_json::{Number, Value};
use streamscope_frame::{
    Column, ColumnType, CsvOptions, CsvParser, Layout, PushParser, RecordBatch, TimeFormat, times,
};
use streamscope_signal::{
    Availability, BatchOperation, DailyAggregate, DailySummary, SECOND, Summary, WindowAggregate,
};

use crate::{Error, Result};

/// The column of an availability page.
pub(super) const AVAILABLE: &str = "availability";

/// Appends an availability page. Its windows must follow one another without a gap.
pub(super) fn extend(availability: &mut Availability, page: &RecordBatch) -> Result<()> {
    let window = availability.resolution_s as i64 * SECOND;
    let column = page.column_by_name(AVAILABLE).and_then(|column| column.as_primitive_opt::<Int64Type>());
    let (Some(times), Some(column)) = (times(page), column) else {
        return Err(Error::protocol("An availability page lacks its columns."));
    };
    for (time, available) in times.iter().zip(column) {
        let expected = availability.start + availability.available.len() as i64 * window;
        if *time != expected {
            return Err(Error::protocol(format!(
                "Availability windows do not follow one another: expected {expected} ns, found {time} ns."
            )));
        }
        match available {
            Some(0) => availability.available.push(false),
            Some(1) => availability.available.push(true),
            _ => return Err(Error::protocol("An availability is neither 0 nor 1.")),
        }
    }
    Ok(())
}

/// Joins the availabilities of two sets of streams over the same windows.
pub(super) fn join(
    whole: Availability,
    part: &Availability,
    operation: BatchOperation,
) -> Result<Availability> {
    if whole.available.len() != part.available.len() {
        return Err(Error::protocol("Availabilities over the same range differ in length."));
    }
    let pairs = whole.available.iter().zip(&part.available);
    let available = pairs.map(|(one, other)| match operation {
        BatchOperation::Any => *one || *other,
        BatchOperation::All => *one && *other,
    });
    Ok(Availability { available: available.collect(), ..whole })
}

#[derive(Deserialize)]
struct Daily {
    #[serde(default)]
    approx_available_duration_s: Option<f64>,
    data: DailyData,
    summary: DailyFigures,
}

#[derive(Deserialize)]
struct DailyData {
    offset: Vec<String>,
    values: Vec<Option<f64>>,
    n_days_with_data: Vec<u32>,
}

#[derive(Deserialize)]
struct DailyFigures {
    n_days_with_data_total: u32,
    duration_mean_per_day: Option<f64>,
    duration_min_per_day: Option<Number>,
    duration_max_per_day: Option<Number>,
    #[serde(flatten)]
    value: Figures,
}

#[derive(Deserialize)]
struct Figures {
    value_mean: Option<f64>,
    value_min: Option<f64>,
    value_max: Option<f64>,
    value_med: Option<f64>,
    value_std: Option<f64>,
}

impl Figures {
    fn summary(&self, count: usize) -> Summary {
        Summary {
            mean: self.value_mean,
            min: self.value_min,
            max: self.value_max,
            median: self.value_med,
            std: self.value_std,
            count,
        }
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::protocol(format!("The aggregate cannot be read: {error}."))
}

fn unequal() -> Error {
    Error::protocol("The aggregate's arrays differ in length.")
}

/// A daily aggregate. Slots the server leaves out are empty.
///
/// The server does not say how many points its summary describes: `summary.value.count` is 0.
pub(super) fn daily(body: &[u8], resolution_s: u32) -> Result<DailyAggregate> {
    let daily: Daily = serde_json::from_slice(body).map_err(unreadable)?;
    let DailyData { offset, values, n_days_with_data } = daily.data;
    if offset.len() != values.len() || offset.len() != n_days_with_data.len() {
        return Err(unequal());
    }
    let slots = (86_400 / resolution_s.max(1)) as usize;
    let mut aggregate = DailyAggregate {
        resolution_s,
        values: vec![None; slots],
        n_days_with_data: vec![0; slots],
        approx_available_duration_s: daily.approx_available_duration_s.unwrap_or_default(),
        summary: DailySummary {
            n_days_with_data_total: daily.summary.n_days_with_data_total,
            duration_mean_per_day: daily.summary.duration_mean_per_day,
            duration_min_per_day: daily.summary.duration_min_per_day.as_ref().map(whole),
            duration_max_per_day: daily.summary.duration_max_per_day.as_ref().map(whole),
            value: daily.summary.value.summary(0),
        },
    };
    for ((offset, value), days) in offset.iter().zip(values).zip(n_days_with_data) {
        let seconds = time_of_day(offset).filter(|seconds| seconds.is_multiple_of(resolution_s));
        let slot = seconds.map(|seconds| (seconds / resolution_s) as usize);
        let places = slot
            .and_then(|slot| aggregate.values.get_mut(slot).zip(aggregate.n_days_with_data.get_mut(slot)));
        let Some((value_place, days_place)) = places else {
            return Err(Error::protocol(format!("`{offset}` is not the beginning of a slot.")));
        };
        (*value_place, *days_place) = (value, days);
    }
    Ok(aggregate)
}

/// Seconds since midnight, from `HH:MM` or `HH:MM:SS`.
fn time_of_day(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let inside = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    inside.then_some(hours * 3600 + minutes * 60 + seconds)
}

#[derive(Deserialize)]
struct Windows {
    data: WindowData,
    summary: Figures,
}

#[derive(Deserialize)]
struct WindowData {
    time: Vec<Value>,
    aggregate_values: Vec<Option<f64>>,
    duration_sum: Vec<Option<Number>>,
}

/// An aggregate over windows, the first of which begins at `start` (ns). They must follow one another without a gap.
pub(super) fn window(
    body: &[u8],
    start: i64,
    resolution_s: u32,
    format: TimeFormat,
) -> Result<WindowAggregate> {
    let windows: Windows = serde_json::from_slice(body).map_err(unreadable)?;
    let WindowData { time, aggregate_values: values, duration_sum } = windows.data;
    if time.len() != values.len() || time.len() != duration_sum.len() {
        return Err(unequal());
    }
    let instants = instants(&time, format)?;
    if instants.len() != time.len() {
        return Err(Error::protocol("The aggregate has windows without a time."));
    }
    for (place, time) in instants.into_iter().enumerate() {
        let expected = start + place as i64 * resolution_s as i64 * SECOND;
        if time != expected {
            return Err(Error::protocol(format!(
                "Windows do not follow one another: expected {expected} ns, found {time} ns."
            )));
        }
    }
    let count = values.iter().flatten().filter(|value| !value.is_nan()).count();
    let duration_sum = duration_sum.iter().map(|ns| ns.as_ref().map_or(0, whole)).collect();
    let summary = windows.summary.summary(count);
    Ok(WindowAggregate { start, resolution_s, values, duration_sum, summary })
}

/// Times of an answer, ns, whatever their form.
fn instants(times: &[Value], format: TimeFormat) -> Result<Vec<i64>> {
    let column = Layout::new(vec![Column::new("time", ColumnType::Time)]);
    let mut parser =
        CsvParser::new(CsvOptions { layout: Some(column), time_format: Some(format), ..Default::default() });
    let mut lines = String::from("time\n");
    for time in times {
        match time {
            Value::String(text) => lines.push_str(text),
            other => lines.push_str(&other.to_string()),
        }
        lines.push('\n');
    }
    parser
        .push(lines.as_bytes())
        .and_then(|()| parser.finish())
        .map_err(|error| Error::protocol(format!("The aggregate's times cannot be read: {error}.")))?;
    let frame = parser.take();
    Ok(frame.as_ref().and_then(streamscope_frame::times).unwrap_or_default().to_vec())
}

/// Whole nanoseconds, exact where the server wrote an integer.
fn whole(ns: &Number) -> i64 {
    ns.as_i64().unwrap_or_else(|| ns.as_f64().unwrap_or_default().round() as i64)
}

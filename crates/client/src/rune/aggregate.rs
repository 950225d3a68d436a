//! Answers of the aggregate endpoints, read into the shapes of `signal`.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use serde_json::Value;
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

/// An answer, read by hand: types for every endpoint weigh more than what they say.
struct Answer(Value);

impl Answer {
    fn read(body: &[u8]) -> Result<Self> {
        let answer = serde_json::from_slice(body);
        answer.map(Self).map_err(|error| Error::protocol(format!("The aggregate cannot be read: {error}.")))
    }

    fn at(&self, part: &str, name: &str) -> &Value {
        self.0.get(part).and_then(|part| part.get(name)).unwrap_or(&Value::Null)
    }

    /// A list of the answer's `data`, each item read by `item`.
    fn list<T>(&self, name: &str, item: impl Fn(&Value) -> Option<T>) -> Result<Vec<T>> {
        let list = self.at("data", name).as_array();
        let items = list.and_then(|list| list.iter().map(item).collect());
        items.ok_or_else(|| unreadable(&format!("data.{name}")))
    }

    /// A figure of the answer's `summary`; `None` where it is null.
    fn figure(&self, name: &str) -> Result<Option<f64>> {
        number(self.at("summary", name)).ok_or_else(|| unreadable(&format!("summary.{name}")))
    }

    /// The figures of values. The server does not say how many they are of.
    fn summary(&self, count: usize) -> Result<Summary> {
        Ok(Summary {
            mean: self.figure("value_mean")?,
            min: self.figure("value_min")?,
            max: self.figure("value_max")?,
            median: self.figure("value_med")?,
            std: self.figure("value_std")?,
            count,
        })
    }
}

/// A number or null.
fn number(value: &Value) -> Option<Option<f64>> {
    match value {
        Value::Null => Some(None),
        value => value.as_f64().map(Some),
    }
}

/// Whole nanoseconds, exact where the server wrote an integer; or null.
fn whole(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Null => Some(None),
        value => value.as_i64().or_else(|| value.as_f64().map(|ns| ns.round() as i64)).map(Some),
    }
}

fn unreadable(what: &str) -> Error {
    Error::protocol(format!("The aggregate cannot be read: its `{what}` is missing or of another kind."))
}

fn unequal() -> Error {
    Error::protocol("The aggregate's arrays differ in length.")
}

/// A daily aggregate. Slots the server leaves out are empty.
///
/// The server does not say how many points its summary describes: `summary.value.count` is 0.
pub(super) fn daily(body: &[u8], resolution_s: u32) -> Result<DailyAggregate> {
    let answer = Answer::read(body)?;
    let offset = answer.list("offset", |offset| offset.as_str().map(str::to_string))?;
    let values = answer.list("values", number)?;
    let n_days_with_data = answer.list("n_days_with_data", days)?;
    if offset.len() != values.len() || offset.len() != n_days_with_data.len() {
        return Err(unequal());
    }
    let slots = (86_400 / resolution_s.max(1)) as usize;
    let extreme =
        |name: &str| whole(answer.at("summary", name)).ok_or_else(|| unreadable(&format!("summary.{name}")));
    let approx = answer.0.get("approx_available_duration_s").map_or(Some(None), number);
    let approx = approx.ok_or_else(|| unreadable("approx_available_duration_s"))?;
    let mut aggregate = DailyAggregate {
        resolution_s,
        values: vec![None; slots],
        n_days_with_data: vec![0; slots],
        approx_available_duration_s: approx.unwrap_or_default(),
        summary: DailySummary {
            n_days_with_data_total: days(answer.at("summary", "n_days_with_data_total"))
                .ok_or_else(|| unreadable("summary.n_days_with_data_total"))?,
            duration_mean_per_day: answer.figure("duration_mean_per_day")?,
            duration_min_per_day: extreme("duration_min_per_day")?,
            duration_max_per_day: extreme("duration_max_per_day")?,
            value: answer.summary(0)?,
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

/// A number of days.
fn days(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|days| days.try_into().ok())
}

/// Seconds since midnight, from `HH:MM` or `HH:MM:SS`.
fn time_of_day(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let inside = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    inside.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// An aggregate over windows, the first of which begins at `start` (ns). They must follow one another without a gap.
pub(super) fn window(
    body: &[u8],
    start: i64,
    resolution_s: u32,
    format: TimeFormat,
) -> Result<WindowAggregate> {
    let answer = Answer::read(body)?;
    let time = answer.list("time", |time| Some(time.clone()))?;
    let values = answer.list("aggregate_values", number)?;
    let duration_sum = answer.list("duration_sum", whole)?;
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
    let duration_sum = duration_sum.into_iter().map(Option::unwrap_or_default).collect();
    let summary = answer.summary(count)?;
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

//! Getting profiles: one request where the server's slots are local, else raw rows through `signal`.

use std::rc::Rc;

use streamscope_client::{Source, StreamInfo};
use streamscope_frame::{floats, times};
use streamscope_signal::{DailyAccumulator, DailyAggregate, TimeZone};

use super::plan::{Plan, Route, route, shifted};
use crate::catalogue::title;
use crate::recording::breath::{Breath, rest};
use crate::recording::{DURATION_COLUMN, Recording, Status};

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Name of the stream, and of the dimension where there are several.
    pub name: String,
    /// Unit, abbreviated.
    pub unit: String,
    /// Its numbers; slot 0 begins at local midnight.
    pub aggregate: DailyAggregate,
    /// Who computed it, in a sentence.
    pub origin: String,
}

/// The profile of a stream by the server; an error in words.
pub async fn by_server(
    source: Rc<dyn Source>,
    stream: StreamInfo,
    plan: Plan,
    shift: i64,
) -> Result<Vec<Curve>, String> {
    let answer = source.daily_aggregate(&stream.id, plan.start, plan.resolution_s, plan.n_days).await;
    let aggregate = shifted(answer.map_err(|error| error.to_string())?, shift);
    let unit = stream.dimensions.last().map(|dimension| dimension.unit_abbrev.clone()).unwrap_or_default();
    Ok(vec![Curve { name: title(&stream), unit, aggregate, origin: "mean per slot, by the server".into() }])
}

/// The profiles of all numeric dimensions of a stream from its raw rows, which are fetched if they must be.
pub async fn by_hand(
    recording: Recording,
    plan: Plan,
    zone: TimeZone,
    reason: &str,
) -> Result<Vec<Curve>, String> {
    let range = plan.range(&zone);
    recording.want(range);
    while matches!(recording.status_untracked(), Status::Loading { .. }) {
        rest(120).await;
    }
    match recording.status_untracked() {
        Status::Failed { message, .. } => return Err(message),
        Status::Cancelled { .. } => return Err("Stopped before all rows had arrived.".into()),
        _ => {}
    }
    let Some((shown, frames)) = recording.with(|data| Some((data.shown()?.clone(), data.slices(range))))
    else {
        return Err("No rows in these days.".into());
    };
    let layout = &shown.layout;
    let duration = layout.columns.iter().position(|column| column.name == DURATION_COLUMN);
    let numbers: Vec<_> = shown.numbers().collect();
    let mut curves = Vec::new();
    let mut breath = Breath::started();
    for &column in &numbers {
        let display = shown.display(column);
        let mut accumulator = DailyAccumulator::new(plan.days(&zone), plan.resolution_s);
        for frame in &frames {
            let lent = frame.columns().get(column).and_then(|values| floats(values));
            let durations = duration.and_then(|column| frame.columns().get(column)).and_then(integers);
            if let (Some(times), Some(mut values)) = (times(frame), lent) {
                if !display.is_plain() {
                    values.to_mut().iter_mut().for_each(|value| *value = display.shown(*value));
                }
                accumulator.push(times, &values, durations.unwrap_or_default());
            }
            breath.take().await;
        }
        let described = layout.columns.get(column);
        let dimension = described.map(|column| column.name.clone()).unwrap_or_default();
        let stream = title(recording.stream());
        curves.push(Curve {
            name: if numbers.len() > 1 { format!("{stream} {dimension}") } else { stream },
            unit: described.and_then(|column| column.unit.clone()).unwrap_or_default(),
            aggregate: accumulator.finish(),
            origin: format!("mean per slot, computed here from raw rows. {reason}"),
        });
        breath.take().await;
    }
    match curves.is_empty() {
        true => Err("This stream has no numbers to average.".into()),
        false => Ok(curves),
    }
}

fn integers(array: &arrow_array::ArrayRef) -> Option<&[i64]> {
    use arrow_array::cast::AsArray;
    array.as_primitive_opt::<arrow_array::types::Int64Type>().map(|values| values.values().as_ref())
}

/// Who is to compute a profile; raw rows that are all there already need no asking.
pub fn way(recording: &Recording, plan: &Plan, zone: &TimeZone) -> (Route, bool) {
    let route = route(recording.stream(), plan, zone);
    let range = recording.span().and_then(|span| crate::recording::intersection(span, plan.range(zone)));
    let there = range.is_none_or(|range| recording.with(|data| data.fetched().covers(range)));
    (route, there)
}

//! Getting profiles: one request where the server's slots are local, else raw rows through `signal`.

use std::rc::Rc;

use arrow_array::RecordBatch;
use streamscope_client::{Ask, Display, Source, StreamInfo, aggregates};
use streamscope_frame::{Layout, floats, times};
use streamscope_signal::{DAY, DailyAccumulator, DailyAggregate, SECOND, TimeZone};

use super::period::{Period, Route, route, shifted};
use super::states::{Share, shares};
use crate::catalogue::title;
use crate::charts::format::grouped;
use crate::recording::breath::Breath;
use crate::recording::{DURATION_COLUMN, Drawing, Recording, Shown, expected};

/// Reduced rows wanted for each slot of each day: their means then fall into the right slot but for a few at its edges.
const ROWS_A_SLOT: i64 = 16;

/// Why a profile is computed here.
const NO_AVERAGES: &str = "The platform computes no averages.";

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
    period: Period,
    shift: i64,
) -> Result<Vec<Curve>, String> {
    let answer = aggregates(source.as_ref(), std::slice::from_ref(&stream))
        .daily_aggregate(&stream, period.start, period.resolution_s, period.n_days)
        .await;
    let aggregate = shifted(answer.map_err(|error| error.to_string())?, shift);
    let unit = stream.dimensions.last().map(|dimension| dimension.unit_abbrev.clone()).unwrap_or_default();
    Ok(vec![Curve { name: title(&stream), unit, aggregate, origin: "mean per slot, by the server".into() }])
}

/// The profiles of all numeric dimensions of a stream from its raw rows, which are fetched if they must be.
pub async fn by_hand(
    recording: Recording,
    period: Period,
    zone: TimeZone,
    reason: &str,
) -> Result<Vec<Curve>, String> {
    let range = period.range(&zone);
    recording.fetch_whole(range, |_| ()).await?;
    let Some((shown, frames)) = recording.with(|data| Some((data.shown()?.clone(), data.slices(range))))
    else {
        return Err("No rows in these days.".into());
    };
    let columns = shown.numbers().map(|column| (column, shown.display(column))).collect();
    let states = state_curves(&recording, &shown, &period, &zone);
    let rows = Rows { layout: shown.layout, columns, frames };
    let origin = format!("computed here from raw rows. {reason}");
    let mut curves = rows.averaged(recording.stream(), &period, &zone, &origin).await;
    curves.extend(states);
    Ok(curves)
}

/// A curve for each state of a stream: the share of the recorded time that it takes.
fn state_curves(recording: &Recording, shown: &Shown, period: &Period, zone: &TimeZone) -> Vec<Curve> {
    let name = title(recording.stream());
    let columns: Vec<_> =
        shown.charted().filter(|(_, drawing)| *drawing == Drawing::Bands).map(|(column, _)| column).collect();
    let of_column = |column: usize| {
        let dimension =
            shown.layout.columns.get(column).map(|column| column.name.clone()).unwrap_or_default();
        let name = if columns.len() > 1 { format!("{name} {dimension}") } else { name.clone() };
        let shares = recording.with(|data| shares(data, column, period, zone));
        let curve = move |(state, aggregate): Share| Curve {
            name: format!("{name}: {state}"),
            unit: "% of time".into(),
            aggregate,
            origin: "share of the recorded time per slot, computed here from raw rows".into(),
        };
        shares.into_iter().map(curve).collect::<Vec<_>>()
    };
    columns.iter().flat_map(|column| of_column(*column)).collect()
}

/// The profiles of all numeric dimensions of a stream from rows that the platform has reduced, where that is less to
/// read than every sample.
pub async fn by_reduced(
    source: Rc<dyn Source>,
    recording: Recording,
    period: Period,
    zone: TimeZone,
) -> Result<Vec<Curve>, String> {
    let stream = recording.stream().clone();
    let range = recording.span().and_then(|span| crate::recording::intersection(span, period.range(&zone)));
    let Some(range) = range else { return Err("No rows in these days.".into()) };
    let slots = DAY / SECOND / i64::from(period.resolution_s.max(1)) * i64::from(period.n_days);
    let wanted = u32::try_from(slots * ROWS_A_SLOT).unwrap_or(u32::MAX);
    let by_hand = |recording, period, zone| by_hand(recording, period, zone, NO_AVERAGES);
    let Some(read) = source.envelope(&Ask { most_rows: Some(wanted), ..Ask::of(&stream, range) }) else {
        return by_hand(recording, period, zone).await;
    };
    let in_words = |error: streamscope_client::Error| error.to_string();
    let mut read = read.map_err(in_words)?;
    let (mut frames, mut breath) = (Vec::new(), Breath::started());
    while let Some(batch) = read.next_batch().await.map_err(in_words)? {
        frames.push(batch.rows);
        breath.take().await;
        if read.reduction().samples_a_row() <= 1 {
            return by_hand(recording, period, zone).await;
        }
    }
    let layout = read.layout().clone();
    let columns = stream.dimensions.iter().filter_map(|dimension| {
        let mean = format!("{}_mean", dimension.id);
        Some((layout.columns.iter().position(|column| column.name == mean)?, dimension.display))
    });
    let columns = columns.filter(|(_, display)| !display.states).collect();
    let origin = format!(
        "computed here from the platform's own means of {} samples each. {NO_AVERAGES}",
        grouped(read.reduction().samples_a_row())
    );
    Ok(Rows { layout, columns, frames }.averaged(&stream, &period, &zone, &origin).await)
}

/// Rows to be averaged.
struct Rows {
    layout: Layout,
    /// The columns that are averaged, and how their values are shown.
    columns: Vec<(usize, Display)>,
    frames: Vec<RecordBatch>,
}

impl Rows {
    async fn averaged(
        &self,
        stream: &StreamInfo,
        period: &Period,
        zone: &TimeZone,
        origin: &str,
    ) -> Vec<Curve> {
        let duration = self.layout.columns.iter().position(|column| column.name == DURATION_COLUMN);
        let mut curves = Vec::new();
        let mut breath = Breath::started();
        for &(column, display) in &self.columns {
            let mut accumulator = DailyAccumulator::new(period.days(zone), period.resolution_s);
            for frame in &self.frames {
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
            let described = self.layout.columns.get(column);
            let dimension = described.map(|column| column.name.trim_end_matches("_mean").to_string());
            let name = title(stream);
            curves.push(Curve {
                name: if self.columns.len() > 1 {
                    format!("{name} {}", dimension.unwrap_or_default())
                } else {
                    name
                },
                unit: described.and_then(|column| column.unit.clone()).unwrap_or_default(),
                aggregate: accumulator.finish(),
                origin: format!("mean per slot, {origin}"),
            });
            breath.take().await;
        }
        curves
    }
}

fn integers(array: &arrow_array::ArrayRef) -> Option<&[i64]> {
    use arrow_array::cast::AsArray;
    array.as_primitive_opt::<arrow_array::types::Int64Type>().map(|values| values.values().as_ref())
}

/// Who is to compute a profile; raw rows that are all there already need no asking.
pub fn way(recording: &Recording, period: &Period, zone: &TimeZone) -> (Route, bool) {
    let averages = recording.source().aggregates(std::slice::from_ref(recording.stream())).is_some();
    let has_numbers =
        recording.stream().dimensions.iter().filter_map(expected).any(|one| one == Drawing::Line);
    let route = match has_numbers {
        true => route(recording.stream(), period, zone, averages),
        false => Route::Raw { reason: "States have no mean." },
    };
    let range = recording.span().and_then(|span| crate::recording::intersection(span, period.range(zone)));
    let there = range.is_none_or(|range| recording.with(|data| data.fetched().covers(range)));
    (route, there)
}

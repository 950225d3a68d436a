//! Availability and means, beside what the rows say.

use std::collections::BTreeMap;

use streamscope_client::{Ask, Source, TimeRange, aggregates};
use streamscope_frame::{floats, times};
use streamscope_signal::{AggregateFunction, BatchOperation, SECOND};

use super::Party;
use super::rows::Sample;

/// A length of windows that leaves a sample some of them.
fn resolution(limits: std::ops::RangeInclusive<u32>, range: TimeRange) -> u32 {
    let wanted = ((range.end - range.start) / SECOND / 20).clamp(1, 86_400) as u32;
    let allowed = [1, 5, 60, 300, 900, 3_600, 21_600, 86_400].into_iter();
    let mut allowed = allowed.filter(|seconds| limits.contains(seconds) && *seconds >= wanted);
    allowed.next().unwrap_or(*limits.end())
}

pub(super) async fn agree_with_the_rows(party: &Party, source: &dyn Source, samples: &[Sample]) {
    for Sample { stream, range, times, .. } in samples.iter().take(4) {
        let one = std::slice::from_ref(stream);
        let aggregates = aggregates(source, one);
        let limits = aggregates.limits();
        let place = format!("{}, {}", party.name(), stream.id);
        let resolution_s = resolution(limits.availability_s.clone(), *range);
        let window = i64::from(resolution_s) * SECOND;
        // Whole windows, all of whose rows are in the sample.
        let start = range.start.div_euclid(window) * window;
        let end = (range.end.div_euclid(window) * window).max(start + window);
        let whole = TimeRange { start, end };
        let said = aggregates.availability(one, whole, resolution_s, BatchOperation::Any).await.unwrap();
        let said: BTreeMap<i64, bool> =
            said.available.iter().enumerate().map(|(index, held)| (said.start_of(index), *held)).collect();
        for time in times.iter().filter(|time| **time < end) {
            let of_row = time.div_euclid(window) * window;
            assert_eq!(
                said.get(&of_row),
                Some(&true),
                "{place}: a row at {time} in windows of {resolution_s} s"
            );
        }
        means(&place, source, stream, whole, resolution_s, limits.most_values).await;
    }
}

/// A mean lies between the extremes of its window's rows, and is there where they are.
async fn means(
    place: &str,
    source: &dyn Source,
    stream: &streamscope_client::StreamInfo,
    range: TimeRange,
    resolution_s: u32,
    most_values: usize,
) {
    let window = i64::from(resolution_s) * SECOND;
    let mut extremes = BTreeMap::<i64, (f64, f64)>::new();
    let mut read = source.read(&Ask::of(stream, range)).unwrap();
    let mut is_number = stream.dimensions.len() <= most_values.saturating_add(1);
    while let Some(batch) = read.next_batch().await.unwrap() {
        let values =
            batch.rows.columns().get(1).and_then(|column| floats(column).map(|found| found.to_vec()));
        let (Some(values), Some(times)) = (values, times(&batch.rows)) else {
            is_number = false;
            break;
        };
        for (time, value) in times.iter().zip(values).filter(|(_, value)| value.is_finite()) {
            let found = extremes.entry(time.div_euclid(window) * window).or_insert((value, value));
            *found = (found.0.min(value), found.1.max(value));
        }
    }
    if !is_number {
        return;
    }
    let mean = AggregateFunction::Mean;
    let said = aggregates(source, std::slice::from_ref(stream))
        .aggregate_window(stream, range, resolution_s, mean)
        .await
        .unwrap();
    for (index, value) in said.values.iter().enumerate() {
        let start = said.start + index as i64 * window;
        match (value, extremes.get(&start)) {
            (Some(value), Some((low, high))) => {
                let slack = (high - low).abs().max(high.abs()) * 1e-9;
                let inside = (low - slack..=high + slack).contains(value);
                assert!(inside, "{place}: {value} in the window at {start}, whose rows are {low} to {high}");
            }
            (Some(value), None) => panic!("{place}: {value} in the window at {start}, which has no rows"),
            (None, Some(found)) => {
                panic!("{place}: no mean in the window at {start}, whose rows are {found:?}")
            }
            (None, None) => {}
        }
    }
}

//! The aggregate window.

use proptest::prelude::*;
use streamscope_signal::{
    AggregateFunction, DAY, SECOND, Summary, WindowAccumulator, WindowAggregate, Windows,
};

use crate::support::{HOUR, Rows, near, rows, utc};

fn aggregate(rows: &Rows, windows: Windows, function: AggregateFunction) -> WindowAggregate {
    let mut accumulator = WindowAccumulator::new(windows, function);
    for chunk in rows.chunks() {
        accumulator.push(chunk.times, chunk.values, chunk.durations);
    }
    accumulator.finish()
}

fn of(rows: &[(i64, f64, i64)]) -> Rows {
    Rows {
        times: rows.iter().map(|row| row.0).collect(),
        values: rows.iter().map(|row| row.1).collect(),
        durations: rows.iter().map(|row| row.2).collect(),
        cuts: vec![rows.len() / 2],
    }
}

/// The documents' example: five days of 2022-09, whose windows hold 1.11, nothing, 30, 4.5 and 5.
fn documented() -> (Rows, Windows) {
    let day = |day| utc(2022, 9, day, 0, 0);
    let hours = |hours| hours * HOUR;
    let rows = of(&[
        (day(1), 1.11, hours(1)),
        (day(3), 10.0, 30 * SECOND),
        (day(3) + 5, 50.0, 30 * SECOND),
        (day(4) + DAY - 1, 4.5, hours(3)),
        (day(5), 5.0, hours(2)),
    ]);
    (rows, Windows::covering(day(1) + 7, day(5) + 1, 86_400))
}

#[test]
fn the_documented_example_comes_out_to_the_last_digit() {
    let (rows, windows) = documented();
    let answer = aggregate(&rows, windows, AggregateFunction::Mean);
    assert_eq!(answer.start, 1_661_990_400 * SECOND);
    assert_eq!(answer.values, [Some(1.11), None, Some(30.0), Some(4.5), Some(5.0)]);
    assert_eq!(
        answer.duration_sum,
        [3_600_000_000_000, 0, 60_000_000_000, 10_800_000_000_000, 7_200_000_000_000]
    );
    let expected = Summary {
        mean: Some(10.1525),
        min: Some(1.11),
        max: Some(30.0),
        median: Some(4.75),
        std: Some(13.34402581682155),
        count: 4,
    };
    assert_eq!(answer.summary, expected);
    let sums = aggregate(&rows, windows, AggregateFunction::Sum);
    assert_eq!(sums.values, [Some(1.11), None, Some(60.0), Some(4.5), Some(5.0)]);
}

#[test]
fn a_row_without_a_value_still_lasted() {
    let rows = of(&[(0, f64::NAN, 7), (1, f64::NAN, -3), (2, f64::NAN, i64::MAX)]);
    let answer = aggregate(&rows, Windows::covering(0, 120 * SECOND, 60), AggregateFunction::Sum);
    assert_eq!(answer.values, [None, None]);
    assert_eq!(answer.duration_sum, [i64::MAX, 0]);
    assert_eq!(answer.summary, Summary::default());
}

#[test]
fn infinities_are_values_until_they_leave_no_answer() {
    let rows = of(&[
        (0, f64::INFINITY, 0),
        (1, 5.0, 0),
        (60 * SECOND, f64::INFINITY, 0),
        (61 * SECOND, f64::NEG_INFINITY, 0),
    ]);
    let answer = aggregate(&rows, Windows::covering(0, 120 * SECOND, 60), AggregateFunction::Mean);
    assert_eq!(answer.values, [Some(f64::INFINITY), None]);
    assert_eq!((answer.summary.count, answer.summary.std), (1, None));
}

#[test]
fn one_window_has_no_deviation_and_no_window_has_no_figures() {
    let single = of(&[(0, 3.0, 0)]);
    let answer = aggregate(&single, Windows::covering(0, SECOND, 60), AggregateFunction::Mean);
    assert_eq!(
        (answer.summary.mean, answer.summary.median, answer.summary.std),
        (Some(3.0), Some(3.0), None)
    );
    let answer = aggregate(&single, Windows::covering(0, 0, 60), AggregateFunction::Mean);
    assert!(answer.values.is_empty() && answer.duration_sum.is_empty());
}

#[test]
fn weeks_are_aligned_to_the_epoch_and_start_on_thursdays() {
    let windows = Windows::covering(utc(2024, 3, 4, 0, 0), utc(2024, 3, 5, 0, 0), 604_800);
    assert_eq!((windows.start_of(0), windows.count()), (utc(2024, 2, 29, 0, 0), 1));
}

proptest! {
    #[test]
    fn any_chunking_agrees_with_filtering_every_window(
        rows in rows(80, -3000 * SECOND..3000 * SECOND),
        start in -3000 * SECOND..3000 * SECOND,
        length in 0..3000 * SECOND,
        resolution_s in 60_u32..1000,
        mean in any::<bool>(),
    ) {
        let function = if mean { AggregateFunction::Mean } else { AggregateFunction::Sum };
        let windows = Windows::covering(start, start + length, resolution_s);
        let answer = aggregate(&rows, windows, function);
        prop_assert_eq!(answer.values.len(), windows.count());
        for window in 0..windows.count() {
            let from = windows.start_of(window);
            let inside = |&row: &usize| from <= rows.times[row] && rows.times[row] < windows.start_of(window + 1);
            let chosen: Vec<usize> = (0..rows.times.len()).filter(inside).collect();
            let duration: i64 = chosen.iter().filter_map(|&row| rows.durations.get(row)).map(|&d| d.max(0)).sum();
            prop_assert_eq!(answer.duration_sum[window], duration);
            let values: Vec<f64> = chosen.iter().map(|&row| rows.values[row]).filter(|v| !v.is_nan()).collect();
            let sum: f64 = values.iter().sum();
            let expected = if mean { sum / values.len() as f64 } else { sum };
            let expected = Some(expected).filter(|v| !values.is_empty() && !v.is_nan());
            prop_assert_eq!(answer.values[window], expected);
        }
        let kept: Vec<f64> = answer.values.iter().copied().flatten().collect();
        let expected_mean = kept.iter().sum::<f64>() / kept.len() as f64;
        let agrees = match answer.summary.mean {
            Some(mean) => near(mean, expected_mean, expected_mean),
            None => expected_mean.is_nan(),
        };
        prop_assert!(agrees, "{:?} is not the mean {}", answer.summary, expected_mean);
    }
}

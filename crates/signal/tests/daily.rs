//! The daily aggregate, by blocks of 24 hours and by local days.

use proptest::prelude::*;
use streamscope_signal::{DAY, DailyAccumulator, DailyAggregate, Days, SECOND, Summary, TimeZone};

use crate::support::{HOUR, Rows, near, paris, rows, utc};

fn aggregate(rows: &Rows, days: Days, resolution_s: u32) -> DailyAggregate {
    let mut accumulator = DailyAccumulator::new(days, resolution_s);
    for chunk in rows.chunks() {
        accumulator.push(chunk.times, chunk.values, chunk.durations);
    }
    accumulator.finish()
}

fn of(rows: &[(i64, f64)], duration: i64) -> Rows {
    Rows {
        times: rows.iter().map(|row| row.0).collect(),
        values: rows.iter().map(|row| row.1).collect(),
        durations: vec![duration; rows.len()],
        cuts: vec![1.min(rows.len())],
    }
}

/// The documents' example, its second day in June as they mean it and not in July as they write it.
fn documented() -> Rows {
    let at = |day, hour, minute| utc(2022, 6, day, hour, minute);
    of(&[(at(1, 7, 26), 5.0), (at(1, 14, 39), 47.3), (at(2, 8, 1), 10.0), (at(2, 20, 42), 2.7)], 30 * SECOND)
}

#[test]
fn the_documented_example_from_midnight_and_from_the_start_they_give() {
    // 1654056000 is 04:00 UTC: slots are times of day all the same.
    for start in [utc(2022, 6, 1, 0, 0), 1_654_056_000 * SECOND] {
        let answer = aggregate(&documented(), Days::blocks(start, 2), 21_600);
        assert_eq!(answer.values, [None, Some(7.5), Some(47.3), Some(2.7)]);
        assert_eq!(answer.n_days_with_data, [0, 2, 1, 1]);
        assert_eq!(answer.summary.n_days_with_data_total, 2);
        assert_eq!(answer.summary.duration_mean_per_day, Some(60e9));
        assert_eq!(answer.summary.duration_min_per_day, Some(60 * SECOND));
        assert_eq!(answer.summary.duration_max_per_day, Some(60 * SECOND));
        assert_eq!(answer.approx_available_duration_s, 120.0);
        let value = answer.summary.value;
        assert_eq!((value.mean, value.min, value.max), (Some(16.25), Some(2.7), Some(47.3)));
        assert_eq!((value.median, value.count), (Some(7.5), 4));
        assert!(near(value.std.expect("four values"), 20.923_113_216_408_943, 20.0), "{:?}", value.std);
    }
}

#[test]
fn days_without_data_have_no_duration_and_do_not_dilute_the_others() {
    let rows = of(&[(0, 1.0), (2 * DAY, 3.0), (2 * DAY + 1, 5.0), (3 * DAY, 100.0)], 10);
    let answer = aggregate(&rows, Days::blocks(0, 3), 86_400);
    assert_eq!((answer.values, answer.n_days_with_data), (vec![Some(3.0)], vec![2]));
    assert_eq!(answer.summary.n_days_with_data_total, 2);
    assert_eq!(answer.summary.duration_mean_per_day, Some(15.0));
    assert_eq!(
        (answer.summary.duration_min_per_day, answer.summary.duration_max_per_day),
        (Some(10), Some(20))
    );
}

#[test]
fn nothing_gives_nulls_and_rows_without_values_count_as_data() {
    let nothing = aggregate(&Rows::default(), Days::blocks(0, 1), 43_200);
    assert_eq!((nothing.values, nothing.n_days_with_data), (vec![None, None], vec![0, 0]));
    assert_eq!(nothing.summary.value, Summary::default());
    assert_eq!(nothing.summary.duration_mean_per_day, None);
    assert_eq!(nothing.approx_available_duration_s, 0.0);
    let nulls = aggregate(&of(&[(HOUR, f64::NAN)], 5), Days::blocks(0, 1), 43_200);
    assert_eq!((nulls.values, nulls.n_days_with_data), (vec![None, None], vec![1, 0]));
    assert_eq!(nulls.summary.duration_mean_per_day, Some(5.0));
    let none = aggregate(&of(&[(HOUR, 1.0)], 5), Days::blocks(0, 0), 43_200);
    assert_eq!(none.n_days_with_data, [0, 0]);
}

#[test]
fn the_repeated_hour_counts_twice_in_its_slots_and_once_as_a_day() {
    let days = Days::local(utc(2024, 10, 27, 12, 0), 1, &paris());
    assert_eq!(days.end() - days.start(), 25 * HOUR);
    let every_half_hour: Vec<_> = (0..50).map(|at| (days.start() + at * HOUR / 2, at as f64)).collect();
    let answer = aggregate(&of(&every_half_hour, SECOND), days, 3600);
    // 02:00 to 03:00 comes twice: half-hours 4, 5 and 6, 7.
    assert_eq!(answer.values[1..4], [Some(2.5), Some(5.5), Some(8.5)]);
    assert_eq!(answer.n_days_with_data, [1; 24]);
    assert_eq!(answer.summary.duration_max_per_day, Some(50 * SECOND));
}

#[test]
fn the_skipped_hour_leaves_nothing() {
    let days = Days::local(utc(2024, 3, 30, 23, 0), 2, &paris());
    assert_eq!((days.start(), days.end()), (utc(2024, 3, 30, 23, 0), utc(2024, 4, 1, 22, 0)));
    let hourly: Vec<_> = (0..47).map(|hour| (days.start() + hour * HOUR, hour as f64)).collect();
    let answer = aggregate(&of(&hourly, 0), days, 3600);
    assert_eq!(answer.n_days_with_data[..4], [2, 2, 1, 2]);
    // Hour 2 of the second day is the 26th row; there is no other.
    assert_eq!(answer.values[2], Some(25.0));
}

#[test]
fn rows_that_step_back_over_a_change_of_the_clocks_find_their_slots() {
    let zone = paris();
    let jump = utc(2024, 3, 31, 1, 0);
    let mut rows = of(&[(jump + HOUR / 2, 1.0), (jump - HOUR / 2, 7.0), (jump + HOUR / 2, 3.0)], 0);
    rows.cuts = vec![];
    // 03:30, 01:30 and 03:30 again.
    let answer = aggregate(&rows, Days::local(jump, 1, &zone), 7200);
    assert_eq!(answer.values[..3], [Some(7.0), Some(2.0), None]);
    assert_eq!(answer.n_days_with_data[..3], [1, 1, 0]);
}

#[test]
fn a_resolution_that_does_not_divide_the_day_leaves_a_short_last_slot() {
    let rows = of(&[(DAY - 1, 1.0), (DAY, 2.0)], 0);
    let answer = aggregate(&rows, Days::blocks(0, 2), 50_000);
    assert_eq!(answer.values, [Some(2.0), Some(1.0)]);
}

/// Slot and day of each row from its own local time; the days are found by walking over their edges.
fn reference(
    rows: &Rows,
    edges: &[i64],
    zone: &TimeZone,
    resolution_s: u32,
) -> Vec<(usize, usize, f64, i64)> {
    let mut placed = Vec::new();
    for (row, &time) in rows.times.iter().enumerate() {
        let Some(day) = edges.windows(2).position(|day| day[0] <= time && time < day[1]) else { continue };
        let local = time + i64::from(zone.offset_at(time)) * SECOND;
        let slot = local.rem_euclid(DAY) / (i64::from(resolution_s) * SECOND);
        let duration = rows.durations.get(row).map_or(0, |&duration| duration.max(0));
        placed.push((day, slot as usize, rows.values[row], duration));
    }
    placed
}

proptest! {
    #[test]
    fn any_chunking_agrees_with_placing_every_row(
        rows in rows(60, utc(2024, 10, 24, 0, 0)..utc(2024, 10, 31, 0, 0)),
        start in utc(2024, 10, 24, 0, 0)..utc(2024, 10, 28, 0, 0),
        n_days in 0_u32..5,
        resolution_s in prop::sample::select(vec![60_u32, 900, 3600, 7200, 21_600, 86_400, 5000]),
        local in any::<bool>(),
    ) {
        let zone = if local { paris() } else { TimeZone::utc() };
        let days = if local { Days::local(start, n_days, &zone) } else { Days::blocks(start, n_days) };
        let edges: Vec<i64> = if local {
            let midnights = (22..40).map(|day| utc(2024, 10, day, 0, 0) - if day <= 27 { 2 * HOUR } else { HOUR });
            let midnights: Vec<i64> = midnights.collect();
            let first = midnights.iter().rposition(|&midnight| midnight <= start).expect("the list starts before");
            midnights[first..=first + n_days as usize].to_vec()
        } else {
            (0..=i64::from(n_days)).map(|day| start + day * DAY).collect()
        };
        let placed = reference(&rows, &edges, &zone, resolution_s);
        let answer = aggregate(&rows, days, resolution_s);
        for slot in 0..answer.values.len() {
            let inside: Vec<_> = placed.iter().filter(|row| row.1 == slot).collect();
            let mut days: Vec<usize> = inside.iter().map(|row| row.0).collect();
            days.sort_unstable();
            days.dedup();
            prop_assert_eq!(answer.n_days_with_data[slot] as usize, days.len());
            let values: Vec<f64> = inside.iter().map(|row| row.2).filter(|value| !value.is_nan()).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            prop_assert_eq!(answer.values[slot], Some(mean).filter(|mean| !mean.is_nan()));
        }
        let mut sums = std::collections::BTreeMap::new();
        placed.iter().for_each(|row| *sums.entry(row.0).or_insert(0) += row.3);
        prop_assert_eq!(answer.summary.n_days_with_data_total as usize, sums.len());
        prop_assert_eq!(answer.summary.duration_min_per_day, sums.values().min().copied());
        prop_assert_eq!(answer.summary.duration_max_per_day, sums.values().max().copied());
        let total = sums.values().sum::<i64>() as f64;
        prop_assert!(near(answer.approx_available_duration_s, total / 1e9, total / 1e9));
        let values = placed.iter().map(|row| row.2).collect();
        prop_assert_eq!(answer.summary.value.count, Summary::of(values).count);
    }
}

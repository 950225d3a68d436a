//! Availability, and completeness per local day.

use proptest::prelude::*;
use streamscope_signal::{Availability, AvailabilityAccumulator, BatchOperation, SECOND, TimeZone, Windows};

use crate::support::{HOUR, paris, rows, utc};

fn of(start_s: i64, available: &[u8]) -> Availability {
    let available = available.iter().map(|&one| one == 1).collect();
    Availability { start: start_s * SECOND, resolution_s: 300, available }
}

#[test]
fn the_documented_example_adds_up_to_its_duration() {
    // The documents' times are not multiples of 300, against their own rule: the aligned ones stand here.
    let windows = Windows::covering(1_648_412_600 * SECOND, 1_648_413_900 * SECOND, 300);
    let times = [1_648_412_619_258_941_700, 1_648_412_620_260_019_700, 1_648_412_700_000_000_000];
    let later = [1_648_413_600 * SECOND];
    let mut accumulator = AvailabilityAccumulator::new(windows);
    accumulator.push(&times);
    accumulator.push(&later);
    let availability = accumulator.finish();
    assert_eq!(availability, of(1_648_412_400, &[1, 1, 0, 0, 1]));
    assert_eq!(availability.approx_available_duration_s(), 900);
    assert_eq!(availability.start_of(4), 1_648_413_600 * SECOND);
}

#[test]
fn ranges_extend_to_aligned_windows_also_before_1970() {
    let windows = Windows::covering(-1, 1, 300);
    assert_eq!((windows.start_of(0), windows.count()), (-300 * SECOND, 2));
    assert_eq!(windows.index_of(-300 * SECOND), Some(0));
    assert_eq!(windows.index_of(-300 * SECOND - 1), None);
    assert_eq!(windows.index_of(0), Some(1));
    assert_eq!(windows.index_of(300 * SECOND), None);
    assert_eq!(Windows::covering(0, 0, 300).count(), 0);
    assert_eq!(Windows::covering(10, 0, 300).count(), 0);
    assert_eq!(
        Availability::of(Windows::covering(-301 * SECOND, 0, 300), &[-301 * SECOND]).available,
        [true, false]
    );
}

#[test]
fn the_ends_of_time_do_no_harm() {
    let windows = Windows::covering(i64::MIN, i64::MIN + 1, 86_400);
    assert_eq!(Availability::of(windows, &[i64::MIN, i64::MAX]).available, [true]);
    let windows = Windows::covering(i64::MAX - 1, i64::MAX, 86_400);
    assert_eq!(Availability::of(windows, &[i64::MAX, 0]).available, [true]);
    assert_eq!(Availability::of(Windows::covering(0, SECOND, 0), &[0]).resolution_s, 1);
}

#[test]
fn streams_join_by_any_and_all() {
    let (one, other) = (of(0, &[1, 1, 0, 0]), of(0, &[1, 0, 1, 0]));
    let join = |operation| Availability::join([&one, &other], operation);
    assert_eq!(join(BatchOperation::Any), Some(of(0, &[1, 1, 1, 0])));
    assert_eq!(join(BatchOperation::All), Some(of(0, &[1, 0, 0, 0])));
    assert_eq!(Availability::join([], BatchOperation::All), None);
    assert_eq!(Availability::join([&one, &of(300, &[1, 1, 1, 1])], BatchOperation::Any), None);
    assert_eq!(Availability::join([&one, &of(0, &[1])], BatchOperation::Any), None);
}

#[test]
fn completeness_counts_the_hours_that_a_local_day_has() {
    let windows = Windows::covering(utc(2024, 3, 29, 23, 0), utc(2024, 4, 1, 22, 0), 3600);
    let all: Vec<i64> = (0..windows.count()).map(|window| windows.start_of(window) + 1).collect();
    let full = Availability::of(windows, &all).completeness(&paris());
    let hours: Vec<_> = full.iter().map(|day| (day.day.date(), day.windows, day.windows_with_data)).collect();
    assert_eq!(hours, [((2024, 3, 30), 24, 24), ((2024, 3, 31), 23, 23), ((2024, 4, 1), 24, 24)]);
    let half = Availability::of(windows, &all[..36]).completeness(&paris());
    assert_eq!(half[0].share(), 1.0);
    assert_eq!(half[1].share(), 12.0 / 23.0);
    assert_eq!(half[2].share(), 0.0);
}

#[test]
fn autumn_has_25_hours_and_a_day_cut_short_counts_what_is_known() {
    let windows = Windows::covering(utc(2024, 10, 26, 22, 0), utc(2024, 10, 28, 3, 0), 3600);
    let days = Availability::of(windows, &[]).completeness(&paris());
    assert_eq!(days.iter().map(|day| day.windows).collect::<Vec<_>>(), [25, 4]);
    assert!(Availability::of(Windows::covering(0, 0, 300), &[]).completeness(&TimeZone::utc()).is_empty());
}

proptest! {
    #[test]
    fn any_chunking_agrees_with_looking_at_every_window(
        rows in rows(60, -20 * HOUR..20 * HOUR),
        start in -10 * HOUR..10 * HOUR,
        length in 0..10 * HOUR,
        resolution_s in 1_u32..8000,
    ) {
        let windows = Windows::covering(start, start + length, resolution_s);
        let mut accumulator = AvailabilityAccumulator::new(windows);
        rows.chunks().iter().for_each(|chunk| accumulator.push(chunk.times));
        let availability = accumulator.finish();
        let resolution = i64::from(resolution_s) * SECOND;
        prop_assert_eq!(availability.start % resolution, 0);
        prop_assert!(availability.start <= start && start - availability.start < resolution);
        let end = availability.start + resolution * availability.available.len() as i64;
        prop_assert!(start + length <= end && end - start - length < resolution);
        for (window, &available) in availability.available.iter().enumerate() {
            let from = availability.start + resolution * window as i64;
            prop_assert_eq!(available, rows.times.iter().any(|&time| from <= time && time < from + resolution));
        }
    }
}

#[test]
fn intervals_reach_into_their_windows() {
    let windows = Windows::covering(0, 100 * SECOND, 10);
    let intervals =
        [-5 * SECOND..SECOND, 20 * SECOND..30 * SECOND, 45 * SECOND..45 * SECOND, 95 * SECOND..i64::MAX];
    let found = Availability::of_intervals(windows, intervals);
    let held: Vec<_> = (0..10).filter(|&window| found.available[window]).collect();
    assert_eq!(held, [0, 2, 9], "an end is not inside, and an interval without length is none");
    let beyond = 200 * SECOND..300 * SECOND;
    assert!(!Availability::of_intervals(windows, [beyond]).available.contains(&true));
}

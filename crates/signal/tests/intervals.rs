//! Intervals and gaps, from rows in memory and from the index.

use proptest::prelude::*;
use streamscope_signal::{Interval, OutOfOrder, SECOND, Slices, StepRule, TimeIndex, gaps, intervals};

use crate::support::{Rows, rows};

fn spans(intervals: &[Interval]) -> Vec<(i64, i64)> {
    intervals.iter().map(|interval| (interval.start, interval.end)).collect()
}

fn index(rows: &Rows) -> TimeIndex {
    let mut index = TimeIndex::new();
    rows.chunks().iter().for_each(|chunk| index.push(chunk.times).expect("times ascend"));
    index
}

#[test]
fn one_lost_sample_is_bridged_and_two_are_a_gap() {
    let times = [0, 10, 20, 40, 50, 60, 90, 100, 110, 200];
    let found = intervals(&times, &[]).expect("times ascend");
    assert_eq!(spans(&found), [(0, 70), (90, 120), (200, 210)]);
    assert_eq!(found[0].rows, 0..6);
    assert_eq!(gaps(&found).collect::<Vec<_>>(), [70..90, 120..200]);
}

#[test]
fn a_duration_reaches_over_what_would_be_a_gap_and_ends_the_interval() {
    let times = [0, 10, 20, 100, 110];
    assert_eq!(spans(&intervals(&times, &[10; 5]).expect("times ascend")), [(0, 30), (100, 120)]);
    assert_eq!(spans(&intervals(&times, &[10, 10, 80, 10, 25]).expect("times ascend")), [(0, 135)]);
}

#[test]
fn samples_shorter_than_their_step_are_no_gaps() {
    // 20 ms samples once a second, as the V2 documents show.
    let times: Vec<i64> = (0..20).map(|at| at * SECOND + at % 3 * 1_000_000).collect();
    assert_eq!(intervals(&times, &[20_000_000; 20]).expect("times ascend").len(), 1);
}

#[test]
fn declared_gaps_are_the_only_ones_however_far_the_steps() {
    let times = [vec![0, 10, 20], vec![25, 900], vec![1_000]];
    let chunks: Vec<_> = times.iter().map(|times| Slices { times, ..Slices::default() }).collect();
    let mut index = TimeIndex::with_declared_gaps();
    for times in &times {
        index.declare_gap();
        index.declare_gap();
        index.push(times).expect("times ascend");
    }
    let found = |start, end| {
        let found = index.intervals(&chunks, start, end, index.step_rule());
        found.into_iter().map(|interval| interval.rows).collect::<Vec<_>>()
    };
    assert_eq!(found(0, 2_000), [0..3, 3..5, 5..6]);
    assert_eq!(found(10, 26), [1..3, 3..4]);
    let gaps: Vec<_> = index.pixels(&chunks, 0, 1_100, 4).iter().map(|pixel| pixel.gap_before).collect();
    // The first pixel begins with the first row of all; 900 belongs to what began at 25.
    assert_eq!(gaps, [false, false, false, false]);
    let gaps: Vec<_> = index.pixels(&chunks, 22, 1_022, 2).iter().map(|pixel| pixel.gap_before).collect();
    assert_eq!(gaps, [true, false]);
}

#[test]
fn no_row_one_row_and_equal_times() {
    assert_eq!(intervals(&[], &[]), Ok(vec![]));
    assert_eq!(spans(&intervals(&[7], &[]).expect("one row")), [(7, 8)]);
    assert_eq!(spans(&intervals(&[7], &[5]).expect("one row")), [(7, 12)]);
    assert_eq!(spans(&intervals(&[7, 7, 7], &[]).expect("equal times")), [(7, 8)]);
}

#[test]
fn times_that_step_back_are_refused_whole() {
    let mut index = TimeIndex::new();
    index.push(&[1, 5]).expect("times ascend");
    assert_eq!(index.push(&[6, 9, 8, 10]), Err(OutOfOrder { row: 4, time: 8, before: 9 }));
    assert_eq!(index.push(&[4]), Err(OutOfOrder { row: 2, time: 4, before: 5 }));
    assert_eq!((index.rows(), index.last_time()), (2, Some(5)));
    index.push(&[5, 6]).expect("the refused rows left nothing behind");
    assert_eq!(index.rows(), 4);
}

#[test]
fn the_typical_step_withstands_gaps_and_jitter() {
    let mut times = vec![];
    let mut time = 0;
    for at in 0..100_000_i64 {
        time += 20_000_000 + (at * 7919 % 1000 - 500) * 1000;
        if at % 50 == 0 {
            time += 3600 * SECOND;
        }
        times.push(time);
    }
    let mut index = TimeIndex::new();
    times.chunks(777).for_each(|chunk| index.push(chunk).expect("times ascend"));
    for typical in [index.step_rule().typical, StepRule::of_times(&times).typical] {
        assert!((typical - 20_000_000).abs() < 2_500_000, "{typical}");
    }
    assert_eq!(intervals(&times, &[]).expect("times ascend").len(), 2000);
}

#[test]
fn the_ends_of_time_do_no_harm() {
    let found = intervals(&[i64::MIN, 0, i64::MAX], &[i64::MAX; 3]).expect("times ascend");
    assert_eq!(found.last().map(|last| last.end), Some(i64::MAX));
}

proptest! {
    #[test]
    fn the_index_agrees_with_walking_over_the_rows(
        mut rows in rows(300, prop_oneof![5 => 0_i64..2000, 1 => 0_i64..1_000_000]),
        start in -10_i64..3000,
        length in 0_i64..1_000_000,
        typical in 0_i64..50,
        scale in prop::sample::select(vec![1_i64, 1000, 1_000_000_000]),
    ) {
        rows.times.sort_unstable();
        rows.times.iter_mut().for_each(|time| *time *= scale);
        let (start, end, rule) = (start * scale, (start + length) * scale, StepRule::of_typical(typical * scale));
        let mut expected: Vec<Interval> = vec![];
        for (row, &time) in rows.times.iter().enumerate().filter(|&(_, &time)| start <= time && time < end) {
            let duration = |row: usize| rows.durations.get(row).copied().unwrap_or(0);
            let lasting = if duration(row) > 0 { duration(row) } else { rule.typical.max(1) };
            match expected.last_mut() {
                Some(open) if time - rows.times[row - 1] <= rule.longest.max(duration(row - 1)) => {
                    (open.end, open.rows.end) = (time + lasting, row + 1);
                }
                _ => expected.push(Interval { start: time, end: time + lasting, rows: row..row + 1 }),
            }
        }
        prop_assert_eq!(index(&rows).intervals(&rows.chunks(), start, end, rule), expected);
    }

    #[test]
    fn the_rule_does_not_depend_on_chunks(mut rows in rows(200, 0_i64..5000)) {
        rows.times.sort_unstable();
        prop_assert_eq!(index(&rows).step_rule(), StepRule::of_times(&rows.times));
        prop_assert_eq!(index(&Rows { cuts: vec![], ..rows.clone() }).step_rule(), index(&rows).step_rule());
    }
}

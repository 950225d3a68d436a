//! Display filters: runs, gaps and cuts against a slow reference; what they let pass. Values are held to scipy's in
//! `tests/conformance`.

use proptest::prelude::*;
use streamscope_signal::{Band, DisplayFilter, FilterError, Order, RateError, SECOND, Sampling};

use crate::support::{near, same};

const STEP: i64 = SECOND / 100;

fn filter(code: &str) -> DisplayFilter {
    DisplayFilter::of_code(code).expect("a filter")
}

fn hundred() -> Sampling {
    Sampling::of_rate(100.0).expect("a rate")
}

/// Filters rows that are cut at these places; the values, and where runs begin.
fn filtered(code: &str, times: &[i64], values: &[f64], cuts: &[usize]) -> (Vec<f64>, Vec<usize>) {
    let mut filtering = filter(code).design(hundred()).expect("a design").start();
    let (mut out, mut begins, mut start) = (Vec::new(), Vec::new(), 0);
    for &end in cuts.iter().chain([&values.len()]) {
        filtering.push(&times[start..end], &values[start..end], &mut out, |row| begins.push(start + row));
        start = end;
    }
    (out, begins)
}

fn even(rows: usize) -> Vec<i64> {
    (0..rows as i64).map(|row| row * STEP).collect()
}

/// How much of a sine of so many Hz is left once the filter has settled.
fn gain(code: &str, hz: f64) -> f64 {
    let values: Vec<f64> =
        (0..20_000).map(|row| (std::f64::consts::TAU * hz * f64::from(row) / 100.0).sin()).collect();
    let (out, _) = filtered(code, &even(values.len()), &values, &[]);
    let settled = &out[10_000..];
    (2.0 * settled.iter().map(|value| value * value).sum::<f64>() / settled.len() as f64).sqrt()
}

#[test]
fn edges_lie_at_3_db_and_orders_are_as_steep_as_they_say() {
    let half_power = 0.5_f64.sqrt();
    for (code, edge) in [
        ("low:10:2,no,no", 10.0),
        ("low:10:4,no,no", 10.0),
        ("high:10:2,no,no", 10.0),
        ("high:10:4,no,no", 10.0),
        ("band:5:10:2,no,no", 5.0),
        ("band:5:10:4,no,no", 10.0),
    ] {
        assert!((gain(code, edge) - half_power).abs() < 1e-3, "{code}: {}", gain(code, edge));
    }
    assert!(gain("high:10:2,no,no", 1.0) < 0.011 && gain("high:10:2,no,no", 1.0) > 0.005);
    assert!(gain("high:10:4,no,no", 1.0) < 0.000_11);
    assert!(gain("no,30,no", 30.0) < 1e-6 && gain("no,30,no", 25.0) > 0.95);
    assert!(gain("no,no,0.1", 10.0) < 1e-6, "a mean over a whole period is nothing");
}

#[test]
fn an_offset_makes_no_jump_at_the_beginning_of_a_run() {
    let mut times = even(300);
    times[150..].iter_mut().for_each(|time| *time += 5 * SECOND);
    let values: Vec<f64> = (0..300).map(|row| if row < 150 { 1e6 } else { -3e5 }).collect();
    let (high, begins) = filtered("high:0.5:4,no,no", &times, &values, &[]);
    assert_eq!(begins, [0, 150]);
    assert!(high.iter().all(|value| value.abs() < 1e-6), "{high:?}");
    for code in ["low:5:2,no,no", "no,20,no", "no,no,0.2", "low:5:4,20,0.2"] {
        let (low, _) = filtered(code, &times, &values, &[]);
        assert!(low.iter().zip(&values).all(|(low, value)| near(*low, *value, 1e9)), "{code}");
    }
}

#[test]
fn what_is_no_number_ends_a_run_and_stays_missing() {
    let mut values: Vec<f64> = (0..100).map(f64::from).collect();
    values[20] = f64::NAN;
    values[50] = f64::INFINITY;
    let (out, begins) = filtered("low:5:2,no,no", &even(100), &values, &[]);
    assert_eq!(begins, [0, 21, 51]);
    let missing: Vec<usize> = (0..100).filter(|row| out[*row].is_nan()).collect();
    assert_eq!(missing, [20, 50]);
    assert!(near(out[21], 21.0, 100.0) && near(out[51], 51.0, 100.0));
}

#[test]
fn a_declared_gap_begins_a_run() {
    let mut filtering = filter("no,no,0.05").design(hundred()).expect("a design").start();
    let mut out = Vec::new();
    filtering.push(&even(3), &[0.0, 5.0, 10.0], &mut out, |_| {});
    filtering.declare_gap();
    filtering.push(&[3 * STEP], &[7.0], &mut out, |_| {});
    assert_eq!(out, [0.0, 1.0, 3.0, 7.0]);
}

#[test]
fn a_filter_says_how_long_it_settles() {
    let settling = |code: &str| filter(code).design(hundred()).expect("a design").settling_s();
    // A pole pair of 0.5 Hz with a damping of 0.707: ln(100) / (2π · 0.5 · 0.707).
    assert!((settling("high:0.5:2,no,no") - 2.07).abs() < 0.02, "{}", settling("high:0.5:2,no,no"));
    assert!(near(settling("no,no,0.2"), 0.19, 1.0));
    // What is left of another beginning, after that time, is a hundredth or less.
    for code in ["high:0.5:2,no,no", "high:2:4,no,no", "low:3:4,no,no", "band:1:20:2,no,no", "no,20,no"] {
        let chain = filter(code).design(hundred()).expect("a design");
        let after = (chain.settling_s() * 100.0).ceil() as usize;
        let noise = |row: usize| ((row * 7919) % 1000) as f64 / 1000.0 - 0.5;
        let values: Vec<f64> = (0..after + 500).map(noise).collect();
        let other: Vec<f64> = (0..after + 500).map(|row| if row == 0 { 0.5 } else { noise(row) }).collect();
        let (one, _) = filtered(code, &even(values.len()), &values, &[]);
        let (other, _) = filtered(code, &even(values.len()), &other, &[]);
        let differs =
            |rows: std::ops::Range<usize>| rows.map(|row| (one[row] - other[row]).abs()).fold(0.0, f64::max);
        assert!(differs(after..after + 500) < 0.03 * differs(0..after), "{code}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let refused = |code: &str| filter(code).design(hundred()).expect_err("refused").to_string();
    assert!(refused("high:50:2,no,no").contains("below 50 Hz"), "{}", refused("high:50:2,no,no"));
    assert!(refused("no,1e-9,no").contains("from 1.00e-4"), "{}", refused("no,1e-9,no"));
    assert!(refused("band:20:10:2,no,no").contains("20 to 10 Hz"));
    assert!(refused("no,no,0.001").contains("0.02 to 10000 s"), "{}", refused("no,no,0.001"));
    assert_eq!(
        DisplayFilter { pass: Some((Band::Between(3.0, 3.0), Order::Two)), ..DisplayFilter::default() }
            .design(hundred())
            .expect_err("refused"),
        FilterError::Band { low: 3.0, high: 3.0 }
    );
}

#[test]
fn a_filter_is_named_and_read_as_it_was_written() {
    let all = filter("high:0.5:2,50,0.2");
    assert_eq!(all.to_string(), "high-pass 0.5 Hz (order 2), notch 50 Hz, mean of 0.2 s");
    for code in ["no,no,no", "low:40:4,no,no", "band:0.1:40:2,60,no", "no,no,1.5"] {
        assert_eq!(filter(code).code(), code);
    }
    for code in ["", "no", "no,no", "no,no,no,no", "high:0.5,no,no", "high:0.5:3,no,no", "low:-1:2,no,no"] {
        assert_eq!(DisplayFilter::of_code(code), None, "{code}");
    }
    for code in ["no,inf,no", "no,0,no", "band:1:2,no,no", "no,no,NaN"] {
        assert_eq!(DisplayFilter::of_code(code), None, "{code}");
    }
}

#[test]
fn a_rate_is_told_from_even_times_alone() {
    let rate = |times: &[i64]| Sampling::of([times].into_iter()).map(|sampling| sampling.rate_hz());
    let at = |hz: f64, unit: i64| -> Vec<i64> {
        (0..5000).map(|row| ((f64::from(row) / hz * 1e9) as i64) / unit * unit).collect()
    };
    for (hz, unit) in [(50.0, 1), (487.5, 1), (256.0, 1_000_000), (1000.0, 1000), (0.1, SECOND)] {
        let told = rate(&at(hz, unit)).expect("even");
        assert!((told / hz - 1.0).abs() < 1e-3, "{hz}: {told}");
    }
    // Lost samples and gaps are none of the sampling's steps.
    let mut torn = at(50.0, 1);
    torn[1000..].iter_mut().for_each(|time| *time += 20_000_000);
    torn[3000..].iter_mut().for_each(|time| *time += 3600 * SECOND);
    assert!(near(rate(&torn).expect("even"), 50.0, 1e6));
    // An even clock that is read some hundred µs early or late.
    let late = |row: i64| row * 20_000_000 + (row * 7919 % 601 - 300) * 1_000;
    assert!(near(rate(&(0..5000).map(late).collect::<Vec<_>>()).expect("even"), 50.0, 1e9));
    // Heart beats: 0.8 s, give or take some tens of ms.
    let (mut time, mut seed) = (0, 7_u64);
    let beats: Vec<i64> = (0..2000)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            time += 800_000_000 + ((seed >> 33) as i64 % 101 - 50) * 1_000_000;
            time
        })
        .collect();
    assert_eq!(rate(&beats), Err(RateError::Uneven));
    assert_eq!(rate(&[0, 1, 2]), Err(RateError::TooFew));
    assert_eq!(rate(&[7; 100]), Err(RateError::Uneven));
}

proptest! {
    #[test]
    fn the_result_does_not_depend_on_how_rows_are_cut(
        rows in prop::collection::vec((crate::support::awkward_value(), prop_oneof![9 => Just(STEP), 1 => Just(3 * STEP)]), 1..200),
        cuts in prop::collection::vec(0..200_usize, 0..5),
        code in prop::sample::select(vec!["high:1:2,no,no", "band:1:20:4,30,no", "no,no,0.07", "low:9:4,20,0.1"]),
    ) {
        let mut time = 0;
        let times: Vec<i64> = rows.iter().map(|row| { time += row.1; time }).collect();
        let values: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(values.len())).collect();
        cuts.sort_unstable();
        let (whole, begins) = filtered(code, &times, &values, &[]);
        let (cut, again) = filtered(code, &times, &values, &cuts);
        prop_assert_eq!(begins.clone(), again);
        prop_assert!(whole.iter().zip(&cut).all(|(one, other)| same(*one, *other)));
        // Each run alone gives the same: nothing crosses a gap.
        for (place, &start) in begins.iter().enumerate() {
            let end = begins.get(place + 1).copied().unwrap_or(values.len());
            let end = (start..end).find(|row| !values[*row].is_finite()).unwrap_or(end);
            let (alone, _) = filtered(code, &times[start..end], &values[start..end], &[]);
            prop_assert!(alone.iter().zip(&whole[start..end]).all(|(one, other)| same(*one, *other)));
        }
    }
}

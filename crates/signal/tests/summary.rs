//! Summary figures against sorting and plain formulas.

use proptest::prelude::*;
use streamscope_signal::Summary;

use crate::support::{awkward_value, near};

#[test]
fn nothing_and_nan_alone_have_no_figures() {
    assert_eq!(Summary::of(vec![]), Summary::default());
    assert_eq!(Summary::of(vec![f64::NAN, f64::NAN]), Summary::default());
}

#[test]
fn the_median_of_an_even_count_is_between_the_middle_two() {
    assert_eq!(Summary::of(vec![4.0, 1.0, 3.0, 2.0]).median, Some(2.5));
    assert_eq!(Summary::of(vec![9.0, 1.0, 3.0]).median, Some(3.0));
    assert_eq!(Summary::of(vec![f64::MAX, f64::MAX]).median, Some(f64::MAX));
    assert_eq!(Summary::of(vec![f64::INFINITY, f64::NEG_INFINITY]).median, None);
}

#[test]
fn a_small_deviation_survives_a_large_mean() {
    let values: Vec<f64> = (0..1000).map(|at| 1e9 + f64::from(at % 2)).collect();
    let std = Summary::of(values).std.expect("there are two values");
    assert!(near(std, (0.25_f64 * 1000.0 / 999.0).sqrt(), 1.0), "{std}");
}

proptest! {
    #[test]
    fn figures_agree_with_sorting(values in prop::collection::vec(awkward_value(), 0..40)) {
        let summary = Summary::of(values.clone());
        let mut sorted: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len();
        prop_assert_eq!(summary.count, count);
        prop_assert_eq!(summary.min, sorted.first().copied());
        prop_assert_eq!(summary.max, sorted.last().copied());
        let middle = if count == 0 { f64::NAN } else { (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0 };
        prop_assert_eq!(summary.median, Some(middle).filter(|middle| !middle.is_nan()));
        let mean = sorted.iter().sum::<f64>() / count as f64;
        prop_assert_eq!(summary.mean, Some(mean).filter(|mean| !mean.is_nan()));
        let variance = sorted.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count as f64 - 1.0);
        match summary.std {
            Some(std) => prop_assert!(near(std, variance.sqrt(), 1000.0)),
            None => prop_assert!(count < 2 || variance.is_nan()),
        }
    }
}

//! Means and deviations of stretches against sums made one after the other.

use proptest::collection::vec;
use proptest::prelude::*;
use streamscope_signal::Aligned;

#[test]
fn stretches_have_mean_and_deviation_where_they_have_values() {
    let mut aligned = Aligned::default();
    for stretch in [[1.0, f64::NAN, 1e9], [3.0, f64::NAN, 1e9 + 2.0], [f64::NAN, f64::NAN, 1e9 + 4.0]] {
        aligned.add(&stretch);
    }
    let levels: Vec<_> = aligned.levels().map(|level| level.map(|level| (level.count, level.mean))).collect();
    assert_eq!(levels, [Some((2, 2.0)), None, Some((3, 1e9 + 2.0))]);
    let deviations: Vec<_> = aligned.levels().map(|level| level.and_then(|level| level.deviation)).collect();
    assert_eq!(deviations, [Some(2f64.sqrt()), None, Some(2.0)]);
    assert_eq!(Aligned::default().levels().count(), 0);
}

proptest! {
    #[test]
    fn levels_are_those_of_plain_sums(stretches in vec(vec(prop_oneof![Just(f64::NAN), -1e3..1e3f64], 5), 1..30)) {
        let mut aligned = Aligned::default();
        stretches.iter().for_each(|stretch| aligned.add(stretch));
        for (place, level) in aligned.levels().enumerate() {
            let values: Vec<f64> = stretches.iter().map(|stretch| stretch[place]).filter(|value| !value.is_nan()).collect();
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            match level {
                None => prop_assert!(values.is_empty()),
                Some(level) => {
                    prop_assert_eq!(level.count, values.len() as u64);
                    prop_assert!((level.mean - mean).abs() < 1e-9);
                    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
                    match level.deviation {
                        Some(deviation) => prop_assert!((deviation - (squares / (count - 1.0)).sqrt()).abs() < 1e-9),
                        None => prop_assert_eq!(values.len(), 1),
                    }
                }
            }
        }
    }
}

//! Mean, extremes, median and deviation of a set of values.

/// Summary figures; each is `None` where it is not defined: no values; for `std`, fewer than two; for all but the
/// extremes, infinities that leave no answer (∞ − ∞).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Smallest value.
    pub min: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// Median; the mean of the middle two for an even count.
    pub median: Option<f64>,
    /// Sample standard deviation (n − 1).
    pub std: Option<f64>,
    /// How many values took part.
    pub count: usize,
}

impl Summary {
    /// The figures of values; NaN is none. Takes the values over because the median reorders them.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.retain(|value| !value.is_nan());
        if values.is_empty() {
            return Self::default();
        }
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        Self {
            mean: defined(mean),
            min: values.iter().copied().reduce(f64::min),
            max: values.iter().copied().reduce(f64::max),
            std: if count > 1 { defined(sample_std(&values, mean)) } else { None },
            median: defined(median(&mut values)),
            count,
        }
    }
}

/// The number, unless it is none.
pub(crate) fn defined(figure: f64) -> Option<f64> {
    (!figure.is_nan()).then_some(figure)
}

/// Two passes: squares of deviations, corrected by what rounding left in the mean.
fn sample_std(values: &[f64], mean: f64) -> f64 {
    let count = values.len() as f64;
    let (sum, squares) = values
        .iter()
        .map(|value| value - mean)
        .fold((0.0, 0.0), |(sum, squares), deviation| (sum + deviation, squares + deviation * deviation));
    let variance = (squares - sum * sum / count) / (count - 1.0);
    // Rounding may leave a little less than 0; NaN must stay NaN.
    if variance < 0.0 { 0.0 } else { variance.sqrt() }
}

fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    match below.iter().copied().reduce(f64::max).filter(|_| even) {
        Some(lower) => lower.midpoint(upper),
        None => upper,
    }
}

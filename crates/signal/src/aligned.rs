//! Stretches of a signal laid over one another: at each place their mean, and how far they spread.

/// What stretches have at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Stretches that have a value there.
    pub count: u64,
    /// Mean of their values.
    pub mean: f64,
    /// Their sample standard deviation; `None` for fewer than two.
    pub deviation: Option<f64>,
}

/// Stretches of equal length over one another (Welford's sums, so that an offset costs no digits).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aligned {
    /// Count, mean and squares of deviations at each place.
    places: Vec<(u64, f64, f64)>,
}

impl Aligned {
    /// Lays one stretch more over the others. NaN is no value; what is longer than the first stretch is left out.
    pub fn add(&mut self, values: &[f64]) {
        if self.places.is_empty() {
            self.places = vec![(0, 0.0, 0.0); values.len()];
        }
        for ((count, mean, squares), value) in self.places.iter_mut().zip(values) {
            if value.is_nan() {
                continue;
            }
            *count += 1;
            let before = value - *mean;
            *mean += before / *count as f64;
            *squares += before * (value - *mean);
        }
    }

    /// What is there at each place; `None` where no stretch has a value.
    pub fn levels(&self) -> impl Iterator<Item = Option<Level>> {
        self.places.iter().map(|&(count, mean, squares)| {
            let deviation = (count > 1).then(|| (squares / (count - 1) as f64).sqrt());
            (count > 0).then_some(Level { count, mean, deviation })
        })
    }
}

//! How the illness runs through a day: doses, and what tremor and dyskinesia make of them.

use super::calendar::{bump, hour};

/// Hours of the day at which a dose is taken.
pub(super) const DOSES: [f64; 4] = [7.0, 11.0, 15.0, 19.0];

/// How well the last dose works, 0 to 1: rising within the hour, worn off before the next.
pub(super) fn relief(time: i64) -> f64 {
    let hour = hour(time);
    DOSES.iter().map(|dose| bump(hour, dose + 1.75, 1.3)).fold(0.0, f64::max)
}

/// 0 in the night, 1 by day.
pub(super) fn awake(time: i64) -> f64 {
    let hour = hour(time);
    let rise = 1.0 / (1.0 + (-(hour - 6.8) * 3.0).exp());
    let rest = 1.0 / (1.0 + ((hour - 22.6) * 3.0).exp());
    rise * rest
}

/// The expected probability that a minute shows tremor.
pub(super) fn tremor(time: i64) -> f64 {
    awake(time) * (0.62 - 0.5 * relief(time)) + 0.02
}

/// The expected probability that a minute shows dyskinesia.
pub(super) fn dyskinesia(time: i64) -> f64 {
    let hour = hour(time);
    let peak = DOSES.iter().map(|dose| bump(hour, dose + 1.4, 0.55)).fold(0.0, f64::max);
    awake(time) * peak * 0.45
}

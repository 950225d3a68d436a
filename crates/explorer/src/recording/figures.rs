//! Exact figures of a dimension over a range, and how those of two stretches become those of both.

use streamscope_client::Display;
use streamscope_signal::{PixelColumn, RangeSummary};

/// Exact figures over a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Values.
    pub count: u64,
    /// Rows whose value is null or NaN.
    pub missing: u64,
    /// Mean of the values; like the others NaN when there are none.
    pub mean: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl Figures {
    pub(super) fn of(part: &RangeSummary) -> Self {
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        Self {
            count: part.count,
            missing: part.missing,
            mean: number(part.mean),
            min: number(part.min),
            max: number(part.max),
        }
    }

    /// As they are shown.
    pub(super) fn shown(self, display: Display) -> Self {
        let (one, other) = (display.shown(self.min), display.shown(self.max));
        Self { mean: display.shown(self.mean), min: one.min(other), max: one.max(other), ..self }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            missing: self.missing + other.missing,
            mean: joint_mean((self.mean, self.count), (other.mean, other.count)),
            // `min` and `max` of f64 prefer the number where the other is NaN.
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }
}

/// The mean of two sets of values, from their means and sizes.
fn joint_mean(one: (f64, u64), other: (f64, u64)) -> f64 {
    match (one.1, other.1) {
        (_, 0) => one.0,
        (0, _) => other.0,
        (of_one, of_other) => {
            (one.0 * of_one as f64 + other.0 * of_other as f64) / (of_one + of_other) as f64
        }
    }
}

/// Two reductions of one pixel column, `one` before `other` in time.
pub(super) fn both(one: &PixelColumn, other: &PixelColumn) -> PixelColumn {
    if one.count + one.missing == 0 {
        return *other;
    }
    if other.count + other.missing == 0 {
        return *one;
    }
    let count = one.count + other.count;
    let mean = joint_mean((one.mean, one.count), (other.mean, other.count));
    PixelColumn {
        min: one.min.min(other.min),
        max: one.max.max(other.max),
        mean,
        first: if one.count > 0 { one.first } else { other.first },
        last: if other.count > 0 { other.last } else { one.last },
        first_time: one.first_time,
        last_time: other.last_time,
        count,
        missing: one.missing + other.missing,
        gap_before: one.gap_before,
    }
}

//! Where labels of a value axis stand, and what they say. No two labels of an axis read alike, whatever the step.
//!
//! Labels are written in full while they are short, else with a power of ten. Where the values need more digits than
//! the margin holds, all labels count from one value, the base, which stands once on the axis.

/// Letters that fit the margin beside a track.
const ROOM: usize = 8;

/// Up to so many letters, a number in full reads better than one with a power of ten.
const SHORT: usize = 6;

/// Ticks beyond which an axis is a mistake.
const MOST: usize = 100;

/// The labelled values of an axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ValueTicks {
    /// What all labels count from; `None` where they are the values themselves.
    pub base: Option<String>,
    /// Value and label, ascending.
    pub ticks: Vec<(f64, String)>,
}

/// Round values inside `[low, high]`, about `wanted` of them.
pub fn value_ticks(low: f64, high: f64, wanted: usize) -> ValueTicks {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || wanted == 0 {
        return ValueTicks::default();
    }
    let rough = span / wanted as f64;
    // The step is a digit times a power of ten.
    let mut power = rough.log10().floor() as i32;
    let fits = |digit: &f64| digit * 10_f64.powi(power) >= rough;
    let digit = [1.0, 2.0, 5.0].into_iter().find(fits);
    power += i32::from(digit.is_none());
    let step = digit.unwrap_or(1.0) * 10_f64.powi(power);
    if !step.is_normal() {
        return ValueTicks::default();
    }
    let first = (low / step).ceil();
    let mut values: Vec<f64> =
        (0..MOST).map(|index| (first + index as f64) * step).take_while(|value| *value <= high).collect();
    // Steps finer than a double tells apart give the same value twice.
    values.dedup();
    labelled(values, power)
}

/// Labels for values that are whole multiples of `10^power`.
fn labelled(values: Vec<f64>, power: i32) -> ValueTicks {
    if let Some(labels) = short(&values, power) {
        return ValueTicks { base: None, ticks: values.into_iter().zip(labels).collect() };
    }
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else { return ValueTicks::default() };
    // The base is rounded down to where the labels' own digits begin.
    let round = (last - first).max(10_f64.powi(power)).log10().floor() as i32 + 1;
    let base = (first / 10_f64.powi(round)).floor() * 10_f64.powi(round);
    let rests: Vec<f64> = values.iter().map(|value| value - base).collect();
    let labels =
        short(&rests, power).unwrap_or_else(|| rests.iter().map(|rest| scientific(*rest, power)).collect());
    let labels = labels.into_iter().map(|label| format!("+{label}"));
    ValueTicks { base: Some(base_text(base, round)), ticks: values.into_iter().zip(labels).collect() }
}

/// What a person adds the labels to.
fn base_text(base: f64, power: i32) -> String {
    let full = in_full(base, power);
    if full.chars().count() <= 2 * ROOM { full } else { scientific(base, power) }
}

/// The shorter way to write all values, where the margin has room for it.
fn short(values: &[f64], power: i32) -> Option<Vec<String>> {
    let longest = |labels: &[String]| labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let full: Vec<_> = values.iter().map(|value| in_full(*value, power)).collect();
    let in_powers: Vec<_> = values.iter().map(|value| scientific(*value, power)).collect();
    let (of_full, of_powers) = (longest(&full), longest(&in_powers));
    match () {
        () if of_full <= SHORT || of_full <= of_powers && of_full <= ROOM => Some(full),
        () if of_powers <= ROOM => Some(in_powers),
        () => None,
    }
}

fn in_full(value: f64, power: i32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let decimals = (-power).max(0) as usize;
    format!("{value:.decimals$}").replace('-', "−")
}

/// With as many digits as the last one that differs from label to label.
fn scientific(value: f64, power: i32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digits = (value.abs().log10().floor() as i32 - power).clamp(0, 17) as usize;
    format!("{value:.digits$e}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64) -> Vec<String> {
        value_ticks(low, high, 5).ticks.into_iter().map(|tick| tick.1).collect()
    }

    #[test]
    fn labels_are_round() {
        assert_eq!(labels(-1.1, 1.1), ["−1.0", "−0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(60.0, 81.0), ["60", "65", "70", "75", "80"]);
        assert_eq!(labels(0.0, 4e7), ["0", "1e7", "2e7", "3e7", "4e7"]);
        assert_eq!(labels(0.0, 0.00042), ["0", "0.0001", "0.0002", "0.0003", "0.0004"]);
        assert_eq!(labels(0.0, 4.2e-9), ["0", "1e−9", "2e−9", "3e−9", "4e−9"]);
        assert!(labels(1.0, 1.0).is_empty());
        assert!(labels(f64::NEG_INFINITY, 1.0).is_empty());
    }

    #[test]
    fn large_values_with_small_steps_are_told_apart() {
        assert_eq!(labels(12_345_600.0, 12_345_719.0), ["12345600", "12345650", "12345700"]);
        assert_eq!(labels(1e9, 1.5e9), ["1.0e9", "1.1e9", "1.2e9", "1.3e9", "1.4e9", "1.5e9"]);
    }

    /// Every magnitude and every step a double can make, on both sides of zero.
    #[test]
    fn no_two_labels_of_an_axis_read_alike() {
        for magnitude in -30..=30 {
            for relative in 0..=14 {
                for sign in [1.0, -1.0] {
                    let middle = sign * 1.234_567_890_123_456_7 * 10_f64.powi(magnitude);
                    let span = 10_f64.powi(magnitude - relative);
                    let ticks = value_ticks(middle - span / 2.0, middle + span / 2.0, 6);
                    let mut labels: Vec<_> = ticks.ticks.iter().map(|tick| &tick.1).collect();
                    assert!((1..=14).contains(&labels.len()), "{middle} ± {span}: {ticks:?}");
                    assert!(labels.iter().all(|label| label.chars().count() <= ROOM + 1), "{ticks:?}");
                    labels.sort();
                    labels.dedup();
                    assert_eq!(labels.len(), ticks.ticks.len(), "{ticks:?}");
                }
            }
        }
    }

    #[test]
    fn labels_that_need_too_many_digits_count_from_a_base() {
        let ticks = value_ticks(1_234_567_890.0, 1_234_567_990.0, 5);
        assert_eq!(ticks.base.as_deref(), Some("1234567900"));
        let labels: Vec<_> = ticks.ticks.iter().map(|tick| tick.1.as_str()).collect();
        assert_eq!(labels, ["+0", "+20", "+40", "+60", "+80"]);
    }
}

//! The scale of 16 bits on which values are written.
//!
//! Values of a converter are steps of a scale: `gain * (offset + raw)`. The gain is found as what divides all
//! differences between values. A header spells the ends of its range in 8 characters, so the ends are looked for among
//! the steps just beyond the values, in the order of how short they are spelled: those of an instrument are round. Where
//! values lie on no such scale, the range is as narrow as 8 characters allow.

use std::collections::HashSet;

use streamscope_frame::EdfSignal;

/// Steps of 16 bits.
const STEPS: f64 = 65_535.0;
/// How far from a step of the scale a value may lie, in steps: values of single precision are no nearer.
const NEAR: f64 = 0.01;
/// Characters of a number in a header, and decimals that have room there.
const CHARACTERS: usize = 8;
const MOST_DIGITS: usize = 6;

/// What was seen of a column's values: their range, and each of them, as long as 16 bits can tell them apart.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    least: f64,
    greatest: f64,
    different: HashSet<u64>,
    too_many: bool,
}

impl Default for Seen {
    fn default() -> Self {
        let (least, greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { least, greatest, different: HashSet::new(), too_many: false }
    }
}

impl Seen {
    pub(super) fn add(&mut self, value: f64) {
        self.least = self.least.min(value);
        self.greatest = self.greatest.max(value);
        if !self.too_many {
            // Zero is one value, whatever its sign.
            self.different.insert((value + 0.0).to_bits());
            self.too_many = self.different.len() > STEPS as usize + 1;
        }
    }

    /// The scale that holds these values.
    pub(super) fn scale(&self) -> Scale {
        let on_steps = if self.too_many { None } else { self.on_steps() };
        Scale { least: self.least, greatest: self.greatest, on_steps }
    }

    fn on_steps(&self) -> Option<EdfSignal> {
        let mut values: Vec<f64> = self.different.iter().map(|bits| f64::from_bits(*bits)).collect();
        values.sort_by(f64::total_cmp);
        let gain = gain(&values)?;
        let span = ((self.greatest - self.least) / gain).round();
        let is_step = |value: &f64| {
            let steps = (value - self.least) / gain;
            (steps - steps.round()).abs() <= NEAR
        };
        if span > STEPS || !values.iter().all(is_step) {
            return None;
        }
        let room = (STEPS - span) as i32;
        let (below, low) = end(self.least, -gain, room)?;
        // A range has two ends.
        let (least_above, room) = if below == 0 && span == 0.0 { (1, room - 1) } else { (0, room - below) };
        let (above, high) = end(self.greatest + f64::from(least_above) * gain, gain, room)?;
        let steps = below + span as i32 + least_above + above;
        // A range of steps that fills the 16 bits is the usual one; a shorter one lies around 0 or begins there.
        let digital_min = if steps <= i32::from(i16::MAX) && low >= 0.0 { 0 } else { -((steps + 1) / 2) };
        let mut found = EdfSignal::new("", 1);
        (found.physical_min, found.physical_max) = (low, high);
        (found.digital_min, found.digital_max) = (digital_min, digital_min + steps);
        // The ends are spelled in 8 characters, which may have moved them.
        let returns = |value: &f64| {
            let raw = (value / found.gain() - found.offset()).round();
            let there = raw >= f64::from(found.digital_min) && raw <= f64::from(found.digital_max);
            there && (found.gain() * (found.offset() + raw) - value).abs() <= NEAR * gain
        };
        values.iter().all(returns).then_some(found)
    }
}

/// A range that holds all values of a column, and its steps.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    least: f64,
    greatest: f64,
    /// A signal with the range and the steps that hold all values as they are.
    on_steps: Option<EdfSignal>,
}

impl Scale {
    /// The signal with this range, and what that means for its values.
    pub(super) fn of(&self, signal: EdfSignal) -> (EdfSignal, EdfScale) {
        let mut signal = signal;
        match &self.on_steps {
            Some(found) => {
                (signal.physical_min, signal.physical_max) = (found.physical_min, found.physical_max);
                (signal.digital_min, signal.digital_max) = (found.digital_min, found.digital_max);
            }
            None => signal = signal.with_range(self.least, self.greatest),
        }
        let scale = EdfScale {
            label: signal.label.clone(),
            unit: signal.unit.clone(),
            least: signal.physical_min,
            greatest: signal.physical_max,
            step: signal.gain().abs(),
            is_exact: self.on_steps.is_some(),
        };
        (signal, scale)
    }
}

/// What divides all differences between sorted values; `None` where that is less than a step of 16 bits.
fn gain(values: &[f64]) -> Option<f64> {
    let (first, last) = (*values.first()?, *values.last()?);
    let smallest = (last - first) / STEPS;
    if smallest == 0.0 {
        // One value: a scale of whole numbers, or of what it is.
        return Some(if first.fract() == 0.0 { 1.0 } else { first.abs() });
    }
    // Less than this is what rounding left.
    let noise = smallest * NEAR / 2.0;
    let mut gain = last - first;
    for pair in values.windows(2) {
        let mut rest = pair[1] - pair[0];
        while rest > noise {
            (gain, rest) = (rest, (gain - rest * (gain / rest).round()).abs());
        }
        if gain < smallest * (1.0 - NEAR / STEPS) {
            return None;
        }
    }
    // The whole range tells it best.
    Some((last - first) / ((last - first) / gain).round())
}

/// The end of a range, some steps from a value, and how many: of those that 8 characters hold, the one with the fewest
/// decimals, and of these the nearest.
fn end(value: f64, step: f64, most: i32) -> Option<(i32, f64)> {
    // First as doubles have it, then as values of single precision do.
    for tolerance in [1e-6, 1e-3] {
        let tolerance = step.abs() * tolerance;
        for digits in 0..=MOST_DIGITS {
            let power = 10_f64.powi(digits as i32);
            let rounded = |steps: i32| {
                let exact = value + f64::from(steps) * step;
                let rounded = (exact * power).round() / power;
                ((rounded - exact).abs() <= tolerance).then_some(rounded)
            };
            let found = (0..=most).find_map(|steps| Some((steps, rounded(steps)?)));
            if let Some((_, end)) = found
                && format!("{end}").len() <= CHARACTERS
            {
                return found;
            }
        }
    }
    None
}

/// The scale on which a signal was written.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfScale {
    /// The signal's label, as it was written.
    pub label: String,
    /// Its unit.
    pub unit: String,
    /// The ends of the physical range.
    pub least: f64,
    /// See `least`.
    pub greatest: f64,
    /// How far apart two neighbouring values are.
    pub step: f64,
    /// Whether all values lay on steps of it, so that none was rounded.
    pub is_exact: bool,
}

//! At which rate samples come, and where the sampling breaks off: what filters and spectra stand on.
//!
//! The rule. The rough step is the median of the steps between successive times. A step of more than half and less than
//! one and a half of it is one of the sampling; any other one, and every declared gap, begins a new run. The step is the
//! mean of the sampling's steps. The rate is even when at most one step in twenty begins a new run, and the sampling's
//! steps deviate from their mean (standard deviation) in one of three ways:
//! - by no more than a hundredth;
//! - by what rounding to the unit in which times were noted makes of even steps: 256 Hz in whole milliseconds is even;
//! - by no more than a twentieth that does not add up: sixteen steps in a row deviate no more than two would. A clock
//!   that ticks evenly and is read early or late does so; the beats of a heart do not.

use crate::{SECOND, StepRule};

/// Steps that are looked at, from the beginning: rows of more than an hour at 50 Hz.
const MOST_LOOKED_AT: usize = 200_000;

/// Steps below which nothing is known.
const FEWEST: u64 = 16;

/// Why samples have no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// There are too few of them.
    #[error("there are fewer than 17 samples without a gap, too few to know their rate")]
    TooFew,
    /// They come unevenly.
    #[error("its samples do not come at an even rate")]
    Uneven,
}

/// An even sampling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    step_ns: f64,
}

impl Sampling {
    /// The sampling of times (ns, ascending), chunk by chunk. Looks at the first 200,000 steps.
    pub fn of<'a>(chunks: impl Iterator<Item = &'a [i64]> + Clone) -> Result<Self, RateError> {
        let steps = || {
            let mut before = None;
            let step = move |&time: &i64| before.replace(time).map(|before: i64| time.saturating_sub(before));
            chunks.clone().flatten().filter_map(step).take(MOST_LOOKED_AT)
        };
        let mut learned = crate::steps::Steps::default();
        steps().for_each(|step| learned.add(0, step));
        let rough = StepRule::of_typical(learned.median()).typical;
        let sampling = Self { step_ns: rough as f64 };
        let mut gauge = Gauge::default();
        steps().for_each(|step| gauge.count(step, sampling));
        if gauge.count < FEWEST {
            return Err(if gauge.all < FEWEST { RateError::TooFew } else { RateError::Uneven });
        }
        let mean = gauge.mean();
        let mut spread = Spread::default();
        steps().for_each(|step| spread.add(sampling.is_step(step).then_some(step as f64 - mean)));
        if gauge.is_torn() || !spread.is_even(mean, gauge.unit) {
            return Err(RateError::Uneven);
        }
        Ok(Self { step_ns: mean })
    }

    /// The sampling of a known rate, Hz; `None` unless it is above 0 and at most 1 GHz.
    pub fn of_rate(hz: f64) -> Option<Self> {
        (hz > 0.0 && hz <= SECOND as f64).then(|| Self { step_ns: SECOND as f64 / hz })
    }

    /// Samples a second.
    pub fn rate_hz(&self) -> f64 {
        SECOND as f64 / self.step_ns
    }

    /// Whether a sample is the next one after another: no step is missing between them.
    pub fn follows(&self, before: i64, time: i64) -> bool {
        self.is_step(time.saturating_sub(before))
    }

    fn is_step(&self, step: i64) -> bool {
        let step = step as f64;
        self.step_ns * 0.5 < step && step < self.step_ns * 1.5
    }
}

/// What the steps of a sampling have in common.
#[derive(Default)]
struct Gauge {
    /// Steps of any length.
    all: u64,
    /// Steps of the sampling, and their sum.
    count: u64,
    sum: i128,
    /// What divides them all, ns.
    unit: u64,
}

impl Gauge {
    fn count(&mut self, step: i64, sampling: Sampling) {
        self.all += 1;
        if sampling.is_step(step) {
            self.count += 1;
            self.sum += i128::from(step);
            self.unit = divisor(self.unit, step.unsigned_abs());
        }
    }

    fn mean(&self) -> f64 {
        self.sum as f64 / self.count as f64
    }

    fn is_torn(&self) -> bool {
        (self.all - self.count) * 20 > self.all
    }
}

/// Steps that are looked at together.
const TOGETHER: u32 = 16;

/// Groups below which nothing is known of them.
const FEWEST_GROUPS: u64 = 8;

/// How far steps deviate from their mean, alone and together.
#[derive(Default)]
struct Spread {
    alone: Deviation,
    together: Deviation,
    /// The group under way: what it deviates by, and its steps.
    group: (f64, u32),
}

#[derive(Default)]
struct Deviation {
    count: u64,
    squares: f64,
}

impl Deviation {
    fn add(&mut self, deviation: f64) {
        self.count += 1;
        self.squares += deviation * deviation;
    }

    fn standard(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).sqrt()
    }
}

impl Spread {
    /// Takes in what a step deviates by; `None` is no step of the sampling.
    fn add(&mut self, deviation: Option<f64>) {
        let Some(deviation) = deviation else {
            self.group = (0.0, 0);
            return;
        };
        self.alone.add(deviation);
        self.group = (self.group.0 + deviation, self.group.1 + 1);
        if self.group.1 == TOGETHER {
            self.together.add(self.group.0);
            self.group = (0.0, 0);
        }
    }

    fn is_even(&self, mean: f64, unit: u64) -> bool {
        let alone = self.alone.standard();
        // A step that is rounded to one of two neighbouring units deviates by half a unit at most.
        let rounded = alone <= unit as f64 * 0.51;
        let does_not_add_up = self.together.count >= FEWEST_GROUPS && self.together.standard() <= 2.0 * alone;
        alone <= mean * 0.01 || rounded || alone <= mean * 0.05 && does_not_add_up
    }
}

/// Greatest common divisor; that of 0 and a number is the number.
fn divisor(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// A piece of rows, as [`Runs`] cuts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) rows: std::ops::Range<usize>,
    pub(crate) kind: PieceKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// Rows without a finite value.
    Missing,
    /// Rows of a new run.
    Begins,
    /// Rows that continue the run before.
    Continues,
}

/// Cuts rows, chunk by chunk, into runs of finite values at an even rate.
#[derive(Debug, Clone)]
pub(crate) struct Runs {
    sampling: Sampling,
    /// Time of the last row, if the next one may continue its run.
    before: Option<i64>,
}

impl Runs {
    pub(crate) fn new(sampling: Sampling) -> Self {
        Self { sampling, before: None }
    }

    /// The next row begins a run.
    pub(crate) fn break_off(&mut self) {
        self.before = None;
    }

    /// Hands out the next rows piece by piece. Rows without a time or a value of their own are left out.
    pub(crate) fn cut(&mut self, times: &[i64], values: &[f64], mut visit: impl FnMut(Piece)) {
        let rows = times.len().min(values.len());
        let mut start = 0;
        while start < rows {
            let mut end = start;
            let kind = if values[start].is_finite() {
                let continues = self.before.is_some_and(|before| self.sampling.follows(before, times[start]));
                end += 1;
                while end < rows
                    && values[end].is_finite()
                    && self.sampling.follows(times[end - 1], times[end])
                {
                    end += 1;
                }
                self.before = Some(times[end - 1]);
                if continues { PieceKind::Continues } else { PieceKind::Begins }
            } else {
                while end < rows && !values[end].is_finite() {
                    end += 1;
                }
                self.before = None;
                PieceKind::Missing
            };
            visit(Piece { rows: start..end, kind });
            start = end;
        }
    }
}

//! Display filters: what a track may draw instead of its samples, so that hum or drift does not hide a signal.
//!
//! Contract. A filter runs forward in time, once over each run of samples, and so delays what it lets pass. A gap, a step
//! that the sampling does not allow (`sampling.rs`), and a value that is null, NaN or infinite end a run; such a value is
//! NaN in the result. A run begins as if the signal had stood at its first value for ever (scipy: `sosfilt` with
//! `sosfilt_zi` times the first value), so that an offset makes no jump; for [`Chain::settling_s`] seconds from there the
//! result still depends on that guess by more than a hundredth. Values are those of scipy 1.17's `butter`, `iirnotch`,
//! `sosfilt` and `lfilter`: to a billionth of the largest for edges from a 10,000th of the rate on. Below, coefficients in
//! doubles, scipy's as ours, are rounded by more: at a 20,000th two results differ by some billionths.

mod design;
mod words;

use crate::Sampling;
use crate::sampling::{PieceKind, Runs};
use design::Section;

/// Cutoff below this share of the rate would need more digits than a double has.
const LOWEST: f64 = 1e-6;

/// Quality of the notch: its width at -3 dB is a thirtieth of its frequency.
pub const NOTCH_QUALITY: f64 = 30.0;

/// Samples of the longest mean.
const LONGEST_MEAN: f64 = 1_000_000.0;

/// Which frequencies a Butterworth filter lets pass. Frequencies in Hz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Band {
    /// Those above; slow drift goes.
    High(f64),
    /// Those below; fast noise goes.
    Low(f64),
    /// Those from the first to the second.
    Between(f64, f64),
}

/// Order of a Butterworth filter, as scipy counts it: a band-pass has twice as many poles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// 12 dB an octave.
    #[default]
    Two,
    /// 24 dB an octave.
    Four,
}

impl Order {
    /// 2 or 4.
    pub fn number(self) -> u32 {
        match self {
            Self::Two => 2,
            Self::Four => 4,
        }
    }

    /// The order of a number.
    pub fn of(number: u32) -> Option<Self> {
        [Self::Two, Self::Four].into_iter().find(|order| order.number() == number)
    }
}

/// What is filtered, in the order in which it happens. The default filters nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DisplayFilter {
    /// A Butterworth filter.
    pub pass: Option<(Band, Order)>,
    /// A notch at this frequency, Hz, of [`NOTCH_QUALITY`].
    pub notch: Option<f64>,
    /// The mean over the last so many seconds: over the nearest whole number of samples.
    pub mean: Option<f64>,
}

/// Why a filter does not fit a sampling. Frequencies in Hz, lengths in s.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum FilterError {
    /// A frequency that the samples cannot tell.
    #[error(
        "{hz} Hz is not between 0 and half the sampling rate: give a frequency from {lowest:.2e} to below {half} Hz"
    )]
    Frequency {
        /// The one that was asked for.
        hz: f64,
        /// The lowest that can be computed.
        lowest: f64,
        /// Half the rate.
        half: f64,
    },
    /// A band whose ends are not in order.
    #[error("a band-pass from {low} to {high} Hz lets nothing pass: its low end must lie below its high end")]
    Band {
        /// Its low end.
        low: f64,
        /// Its high end.
        high: f64,
    },
    /// A mean over fewer than two samples, or very many.
    #[error(
        "a mean of {seconds} s holds no two samples, or more than a million: give {shortest} to {longest} s"
    )]
    Mean {
        /// The one that was asked for.
        seconds: f64,
        /// The shortest there is.
        shortest: f64,
        /// The longest there is.
        longest: f64,
    },
}

impl DisplayFilter {
    /// Whether it filters nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The filter for a sampling.
    pub fn design(&self, sampling: Sampling) -> Result<Chain, FilterError> {
        let rate = sampling.rate_hz();
        let share = |hz: f64| {
            let inside = hz >= rate * LOWEST && hz < rate * 0.5;
            let refused = FilterError::Frequency { hz, lowest: rate * LOWEST, half: rate * 0.5 };
            if inside { Ok(hz / rate) } else { Err(refused) }
        };
        let mut chain = Chain { sampling, sections: Vec::new(), mean: None, settling: 0.0 };
        if let Some((band, order)) = self.pass {
            let order = order.number();
            chain.add(match band {
                Band::High(hz) => design::high_pass(share(hz)?, order),
                Band::Low(hz) => design::low_pass(share(hz)?, order),
                Band::Between(low, high) => {
                    let ends = (share(low)?, share(high)?);
                    if low >= high {
                        return Err(FilterError::Band { low, high });
                    }
                    design::band_pass(ends, order)
                }
            });
        }
        if let Some(hz) = self.notch {
            chain.add(vec![design::notch(share(hz)?, NOTCH_QUALITY)]);
        }
        if let Some(seconds) = self.mean {
            let samples = (seconds * rate).round();
            if !(2.0..=LONGEST_MEAN).contains(&samples) {
                let (shortest, longest) = (2.0 / rate, LONGEST_MEAN / rate);
                return Err(FilterError::Mean { seconds, shortest, longest });
            }
            chain.mean = Some(samples as usize);
            chain.settling += samples - 1.0;
        }
        Ok(chain)
    }
}

/// A filter for one sampling.
#[derive(Debug, Clone)]
pub struct Chain {
    sampling: Sampling,
    sections: Vec<Section>,
    mean: Option<usize>,
    /// Samples.
    settling: f64,
}

impl Chain {
    fn add(&mut self, sections: Vec<Section>) {
        self.settling += sections.iter().map(Section::settling).fold(0.0, f64::max);
        self.sections.extend(sections);
    }

    /// The sampling that it is for.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// How long, s from the beginning of a run, the guess of what was before it counts for more than a hundredth.
    pub fn settling_s(&self) -> f64 {
        self.settling / self.sampling.rate_hz()
    }

    /// Ready for the first sample of a column.
    pub fn start(&self) -> Filtering {
        let states = vec![[0.0; 2]; self.sections.len()];
        let mean = self.mean.map(RunningMean::new);
        Filtering {
            sections: self.sections.clone(),
            states,
            mean,
            runs: Runs::new(self.sampling),
            rows: 0,
            begun: 0,
        }
    }
}

/// A filter on its way through a column, chunk by chunk.
#[derive(Debug, Clone)]
pub struct Filtering {
    sections: Vec<Section>,
    states: Vec<[f64; 2]>,
    mean: Option<RunningMean>,
    runs: Runs,
    rows: u64,
    begun: u64,
}

impl Filtering {
    /// A gap lies before the next row.
    pub fn declare_gap(&mut self) {
        self.runs.break_off();
    }

    /// Filters the next rows: appends as many values as there are rows with a time and a value, and calls `begins` with
    /// the place of each row at which a run begins. The result does not depend on how rows are cut into chunks.
    pub fn push(&mut self, times: &[i64], values: &[f64], out: &mut Vec<f64>, mut begins: impl FnMut(usize)) {
        let Self { sections, states, mean, runs, rows, begun } = self;
        *rows += times.len().min(values.len()) as u64;
        runs.cut(times, values, |piece| {
            let from = out.len();
            if piece.kind == PieceKind::Missing {
                return out.resize(from + piece.rows.len(), f64::NAN);
            }
            out.extend_from_slice(&values[piece.rows.clone()]);
            let block = &mut out[from..];
            if piece.kind == PieceKind::Begins {
                *begun += 1;
                begins(piece.rows.start);
                let mut level = block.first().copied().unwrap_or_default();
                for (section, state) in sections.iter().zip(states.iter_mut()) {
                    *state = section.steady(level);
                    level *= section.at_zero();
                }
                if let Some(mean) = mean {
                    mean.stand_at(level);
                }
            }
            for (section, state) in sections.iter().zip(states.iter_mut()) {
                section.run(state, block);
            }
            if let Some(mean) = mean {
                mean.run(block);
            }
        });
    }

    /// Whether so many runs began that the rows have no even rate.
    pub fn is_torn(&self) -> bool {
        self.begun > 100 && self.begun * 20 > self.rows
    }
}

/// The mean of the last samples.
#[derive(Debug, Clone)]
struct RunningMean {
    held: Vec<f64>,
    next: usize,
    sum: f64,
}

impl RunningMean {
    fn new(samples: usize) -> Self {
        Self { held: vec![0.0; samples], next: 0, sum: 0.0 }
    }

    fn stand_at(&mut self, level: f64) {
        self.held.fill(level);
        self.next = 0;
        self.sum = level * self.held.len() as f64;
    }

    fn run(&mut self, block: &mut [f64]) {
        for value in block {
            let Some(oldest) = self.held.get_mut(self.next) else { return };
            self.sum += *value - *oldest;
            *oldest = *value;
            self.next += 1;
            if self.next == self.held.len() {
                self.next = 0;
                // What rounding left in the sum does not pile up.
                self.sum = self.held.iter().sum();
            }
            *value = self.sum / self.held.len() as f64;
        }
    }
}

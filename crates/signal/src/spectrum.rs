//! Welch's power spectral density: how strong a signal is at which frequency.
//!
//! Contract. As scipy 1.17's `welch` by default: windows are Hann's (periodic), each window's mean is taken away, the
//! density is one-sided in unit²/Hz, and the result is the mean over all windows. Windows never cross a gap, a step that
//! the sampling does not allow (`sampling.rs`), or a value that is null, NaN or infinite: each run is cut into windows of
//! its own, and what is left at its end is not used. A length is a power of two.

mod fft;

use std::f64::consts::TAU;

use crate::Sampling;
use crate::sampling::{PieceKind, Runs};
use fft::Fft;

/// Samples of the shortest and of the longest window.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=1 << 20;

/// Why there is no spectrum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpectrumError {
    /// A window that is none.
    #[error("windows of {0} samples are not possible: give a power of two from 8 to 1,048,576")]
    Length(usize),
    /// An overlap that is none.
    #[error("an overlap of {0} samples is not possible: it must be shorter than the window")]
    Overlap(usize),
}

/// A spectrum.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// Hz between two values.
    pub step_hz: f64,
    /// Power densities from 0 Hz to half the rate, unit²/Hz; empty where no window fitted.
    pub density: Vec<f64>,
    /// Windows that it is the mean of.
    pub windows: u64,
}

/// How a spectrum changes over time: the mean of the windows whose middle lies in each of so many equal stretches.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrogram {
    /// Hz between two values.
    pub step_hz: f64,
    /// For each stretch the power densities from 0 Hz to half the rate, unit²/Hz; empty where no window fitted.
    pub stretches: Vec<Vec<f64>>,
}

/// Sums of windows, and how many they are.
#[derive(Debug, Clone, Default)]
struct Sums {
    power: Vec<f64>,
    windows: u64,
}

/// Stretches of time, each with sums of its own.
#[derive(Debug, Clone)]
struct Stretches {
    start: i64,
    end: i64,
    sums: Vec<Sums>,
}

impl Stretches {
    /// The stretch in which an instant lies.
    fn at(&mut self, time: i64) -> Option<&mut Sums> {
        let inside = (self.start..self.end).contains(&time);
        let share =
            time.saturating_sub(self.start) as f64 / self.end.saturating_sub(self.start).max(1) as f64;
        let place = (share * self.sums.len() as f64) as usize;
        self.sums.get_mut(place).filter(|_| inside)
    }
}

/// A spectrum in the making, fed chunk by chunk.
#[derive(Debug, Clone)]
pub struct Welch {
    rate_hz: f64,
    overlap: usize,
    window: Vec<f64>,
    fft: Fft,
    runs: Runs,
    /// Samples of the run that wait for a window to fill.
    held: Vec<f64>,
    sums: Sums,
    /// Where the spectrum is wanted over time, too.
    stretches: Option<Stretches>,
}

impl Welch {
    /// A spectrum over windows of so many samples, of which so many belong to the window before too.
    pub fn new(sampling: Sampling, length: usize, overlap: usize) -> Result<Self, SpectrumError> {
        if !length.is_power_of_two() || !LENGTHS.contains(&length) {
            return Err(SpectrumError::Length(length));
        }
        if overlap >= length {
            return Err(SpectrumError::Overlap(overlap));
        }
        let hann = |place: usize| 0.5 - 0.5 * (TAU * place as f64 / length as f64).cos();
        Ok(Self {
            rate_hz: sampling.rate_hz(),
            overlap,
            window: (0..length).map(hann).collect(),
            fft: Fft::new(length),
            runs: Runs::new(sampling),
            held: Vec::with_capacity(length),
            sums: Sums::default(),
            stretches: None,
        })
    }

    /// Keeps the spectrum of so many stretches of `[start, end)`, ns, too.
    pub fn over_time(mut self, (start, end): (i64, i64), stretches: usize) -> Self {
        self.stretches = Some(Stretches { start, end, sums: vec![Sums::default(); stretches] });
        self
    }

    /// A gap lies before the next row.
    pub fn declare_gap(&mut self) {
        self.runs.break_off();
    }

    /// Takes in the next rows. The result does not depend on how rows are cut into chunks.
    pub fn push(&mut self, times: &[i64], values: &[f64]) {
        let Self { overlap, window, fft, runs, held, sums, stretches, rate_hz } = self;
        let half = (window.len() as f64 / 2.0 / *rate_hz * crate::SECOND as f64) as i64;
        runs.cut(times, values, |piece| {
            if piece.kind != PieceKind::Continues {
                held.clear();
            }
            if piece.kind == PieceKind::Missing {
                return;
            }
            let ends = times.get(piece.rows.clone()).unwrap_or_default();
            let mut rest = &values[piece.rows];
            while !rest.is_empty() {
                let (next, later) = rest.split_at(rest.len().min(window.len() - held.len()));
                held.extend_from_slice(next);
                rest = later;
                if held.len() == window.len() {
                    let power = power(held, window, fft);
                    sums.add(&power);
                    let last = ends.get(ends.len() - rest.len() - 1).copied().unwrap_or_default();
                    if let Some(stretch) =
                        stretches.as_mut().and_then(|all| all.at(last.saturating_sub(half)))
                    {
                        stretch.add(&power);
                    }
                    held.drain(..window.len() - *overlap);
                }
            }
        });
    }

    /// The spectrum of what was taken in.
    pub fn spectrum(&self) -> Spectrum {
        let density = self.density(&self.sums);
        Spectrum { step_hz: self.step_hz(), density, windows: self.sums.windows }
    }

    /// The spectrum over time of what was taken in; without stretches where none were asked for.
    pub fn spectrogram(&self) -> Spectrogram {
        let stretches = self.stretches.iter().flat_map(|stretches| &stretches.sums);
        let stretches = stretches.map(|sums| self.density(sums)).collect();
        Spectrogram { step_hz: self.step_hz(), stretches }
    }

    fn step_hz(&self) -> f64 {
        self.rate_hz / self.window.len() as f64
    }

    fn density(&self, sums: &Sums) -> Vec<f64> {
        let last = sums.power.len().saturating_sub(1);
        let weight: f64 = self.window.iter().map(|value| value * value).sum();
        let scale = 1.0 / (self.rate_hz * weight * sums.windows as f64);
        // All but 0 Hz and half the rate stand for their negative frequencies too.
        let sides = |place: usize| if place == 0 || place == last { 1.0 } else { 2.0 };
        sums.power.iter().enumerate().map(|(place, sum)| sum * sides(place) * scale).collect()
    }
}

impl Sums {
    fn add(&mut self, power: &[f64]) {
        self.power.resize(power.len(), 0.0);
        for (sum, power) in self.power.iter_mut().zip(power) {
            *sum += power;
        }
        self.windows += 1;
    }
}

/// The squared magnitudes of one window, from 0 Hz to half the rate.
fn power(samples: &[f64], window: &[f64], fft: &mut Fft) -> Vec<f64> {
    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
    let weighted = samples.iter().zip(window).map(|(sample, weight)| (sample - mean) * weight);
    fft.of_real(weighted).iter().take(window.len() / 2 + 1).map(|(re, im)| re * re + im * im).collect()
}

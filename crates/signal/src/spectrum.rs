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
    sums: Vec<f64>,
    windows: u64,
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
            sums: vec![0.0; length / 2 + 1],
            windows: 0,
        })
    }

    /// A gap lies before the next row.
    pub fn declare_gap(&mut self) {
        self.runs.break_off();
    }

    /// Takes in the next rows. The result does not depend on how rows are cut into chunks.
    pub fn push(&mut self, times: &[i64], values: &[f64]) {
        let Self { overlap, window, fft, runs, held, sums, windows, .. } = self;
        runs.cut(times, values, |piece| {
            if piece.kind != PieceKind::Continues {
                held.clear();
            }
            if piece.kind == PieceKind::Missing {
                return;
            }
            let mut rest = &values[piece.rows];
            while !rest.is_empty() {
                let (next, later) = rest.split_at(rest.len().min(window.len() - held.len()));
                held.extend_from_slice(next);
                rest = later;
                if held.len() == window.len() {
                    add_power(held, window, fft, sums);
                    *windows += 1;
                    held.drain(..window.len() - *overlap);
                }
            }
        });
    }

    /// The spectrum of what was taken in.
    pub fn spectrum(&self) -> Spectrum {
        let length = self.window.len();
        let weight: f64 = self.window.iter().map(|value| value * value).sum();
        let scale = 1.0 / (self.rate_hz * weight * self.windows as f64);
        // All but 0 Hz and half the rate stand for their negative frequencies too.
        let sides = |place: usize| if place == 0 || place == length / 2 { 1.0 } else { 2.0 };
        let density = self.sums.iter().enumerate().map(|(place, sum)| sum * sides(place) * scale);
        Spectrum {
            step_hz: self.rate_hz / length as f64,
            density: if self.windows > 0 { density.collect() } else { Vec::new() },
            windows: self.windows,
        }
    }
}

/// Adds the squared magnitudes of one window.
fn add_power(samples: &[f64], window: &[f64], fft: &mut Fft, sums: &mut [f64]) {
    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
    let weighted = samples.iter().zip(window).map(|(sample, weight)| (sample - mean) * weight);
    for (sum, (re, im)) in sums.iter_mut().zip(fft.of_real(weighted)) {
        *sum += re * re + im * im;
    }
}

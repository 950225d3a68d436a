//! Spectra against the plain sum of Fourier, and over gaps. Values are held to scipy's in `tests/conformance`.

use std::f64::consts::TAU;

use streamscope_signal::{SECOND, Sampling, SpectrumError, Welch};

use crate::support::near;

const RATE: f64 = 128.0;
const STEP: i64 = SECOND / 128;

fn welch(length: usize, overlap: usize) -> Welch {
    Welch::new(Sampling::of_rate(RATE).expect("a rate"), length, overlap).expect("a window")
}

fn even(rows: usize) -> Vec<i64> {
    (0..rows as i64).map(|row| row * STEP).collect()
}

fn noise(rows: usize) -> Vec<f64> {
    (0..rows).map(|row| ((row * row * 7919 + row) % 1013) as f64 / 100.0).collect()
}

/// The density of one window by the plain sum.
fn plain(samples: &[f64]) -> Vec<f64> {
    let length = samples.len();
    let mean = samples.iter().sum::<f64>() / length as f64;
    let window = |place: usize| 0.5 - 0.5 * (TAU * place as f64 / length as f64).cos();
    let weight: f64 = (0..length).map(|place| window(place) * window(place)).sum();
    let power = |frequency: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (place, sample) in samples.iter().enumerate() {
            let angle = -TAU * ((frequency * place) % length) as f64 / length as f64;
            re += (sample - mean) * window(place) * angle.cos();
            im += (sample - mean) * window(place) * angle.sin();
        }
        let sides = if frequency == 0 || frequency == length / 2 { 1.0 } else { 2.0 };
        sides * (re * re + im * im) / (RATE * weight)
    };
    (0..=length / 2).map(power).collect()
}

#[test]
fn a_spectrum_is_the_mean_of_the_plain_sums_of_its_windows() {
    let values = noise(64 + 3 * 32 + 20);
    let mut whole = welch(64, 32);
    whole.push(&even(values.len()), &values);
    let spectrum = whole.spectrum();
    assert_eq!((spectrum.windows, spectrum.step_hz), (4, 2.0));
    let windows: Vec<_> = (0..4).map(|place| plain(&values[place * 32..place * 32 + 64])).collect();
    for (frequency, density) in spectrum.density.iter().enumerate() {
        let mean = windows.iter().map(|window| window[frequency]).sum::<f64>() / 4.0;
        assert!(near(*density, mean, 1.0), "{frequency}: {density} for {mean}");
    }
    // Cut anywhere, it is the same.
    let mut cut = welch(64, 32);
    for (start, end) in [(0, 1), (1, 70), (70, 70), (70, 100), (100, values.len())] {
        cut.push(&even(values.len())[start..end], &values[start..end]);
    }
    assert_eq!(cut.spectrum(), spectrum);
}

#[test]
fn the_power_of_a_sine_stands_at_its_frequency() {
    let values: Vec<f64> =
        (0..4096).map(|row| 3.0 * (TAU * 16.0 * f64::from(row) / RATE).sin() + 500.0).collect();
    let mut sine = welch(256, 128);
    sine.push(&even(values.len()), &values);
    let spectrum = sine.spectrum();
    let highest = (0..spectrum.density.len())
        .max_by(|one, other| spectrum.density[*one].total_cmp(&spectrum.density[*other]));
    assert_eq!(highest.map(|place| place as f64 * spectrum.step_hz), Some(16.0));
    let power: f64 = spectrum.density.iter().sum::<f64>() * spectrum.step_hz;
    assert!(near(power, 4.5, 1e6), "half the square of the amplitude: {power}");
}

#[test]
fn no_window_crosses_a_gap_or_a_missing_value() {
    let values = noise(300);
    let mut times = even(300);
    times[100..].iter_mut().for_each(|time| *time += SECOND);
    let mut holed = values.clone();
    holed[200] = f64::NAN;
    let mut over = welch(64, 0);
    over.push(&times[..250], &holed[..250]);
    over.declare_gap();
    over.push(&times[250..], &holed[250..]);
    let starts = [0, 100];
    assert_eq!(over.spectrum().windows, starts.len() as u64);
    let windows: Vec<_> = starts.map(|start: usize| plain(&values[start..start + 64])).into();
    for (frequency, density) in over.spectrum().density.iter().enumerate() {
        let mean = windows.iter().map(|window| window[frequency]).sum::<f64>() / 2.0;
        assert!(near(*density, mean, 1.0));
    }
    let mut short = welch(512, 256);
    short.push(&times, &values);
    assert!(short.spectrum().density.is_empty());
}

#[test]
fn windows_that_are_none_are_refused() {
    let sampling = Sampling::of_rate(RATE).expect("a rate");
    let refused = |length, overlap| Welch::new(sampling, length, overlap).map(|_| ()).expect_err("refused");
    assert_eq!(refused(100, 50), SpectrumError::Length(100));
    assert_eq!(refused(4, 2), SpectrumError::Length(4));
    assert_eq!(refused(64, 64), SpectrumError::Overlap(64));
}

#[test]
fn a_spectrogram_has_the_spectra_of_its_stretches() {
    // 8 Hz for 8 s, nothing for 8 s, then 32 Hz: stretches of 8 s each.
    let seconds = |from: i64, to: i64| (from * 128..to * 128).map(|row| row * STEP).collect::<Vec<_>>();
    let tone = |times: &[i64], hz: f64| {
        times.iter().map(|time| (TAU * hz * *time as f64 / SECOND as f64).sin()).collect::<Vec<_>>()
    };
    let mut over_time = welch(128, 64).over_time((0, 24 * SECOND), 3);
    let (first, last) = (seconds(0, 8), seconds(16, 24));
    over_time.push(&first, &tone(&first, 8.0));
    over_time.push(&last, &tone(&last, 32.0));
    let spectrogram = over_time.spectrogram();
    let strongest = |density: &Vec<f64>| {
        density.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1)).map(|(place, _)| place)
    };
    let found: Vec<_> = spectrogram.stretches.iter().map(strongest).collect();
    assert_eq!((spectrogram.step_hz, found), (1.0, vec![Some(8), None, Some(32)]));
    // Alone, each stretch is a spectrum of its own.
    let mut alone = welch(128, 64);
    alone.push(&first, &tone(&first, 8.0));
    assert_eq!(spectrogram.stretches[0], alone.spectrum().density);
    // Windows outside the range count for the whole spectrum only.
    let mut outside = welch(128, 64).over_time((SECOND * 100, SECOND * 200), 2);
    outside.push(&first, &tone(&first, 8.0));
    assert!(outside.spectrogram().stretches.iter().all(Vec::is_empty));
    assert_eq!(outside.spectrum(), alone.spectrum());
    assert!(alone.spectrogram().stretches.is_empty());
}

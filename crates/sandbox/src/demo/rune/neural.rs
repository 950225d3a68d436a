//! What a brain implant records: trends, snippets, spectra, and what its stimulator does.

use std::f64::consts::TAU;

use super::calendar::{DAYS, END, NS, START, at, hour};
use super::life::{awake, relief};
use super::rounded;
use crate::StoreError;
use crate::demo::random::Random;
use crate::demo::recorder::{Cell, Recorder};

const TEN_MINUTES: i64 = 600;

/// Beta power every ten minutes: high by day without medication, low in sleep; silent for two days around a scan.
pub(super) fn trend(rows: &mut Recorder, level: f64, random: &mut Random) -> Result<(), StoreError> {
    let scan = at(16, 9 * 3600)..at(18, 14 * 3600);
    let mut drift = 0.0;
    for time in (START..END).step_by(TEN_MINUTES as usize).filter(|time| !scan.contains(time)) {
        drift = 0.9 * drift + 0.12 * random.normal();
        let value = level * (0.35 + awake(time) * (0.75 - 0.45 * relief(time)) + 0.2 * drift);
        rows.push(time * NS, [Cell::Float(rounded(value.max(3.0), 0))], TEN_MINUTES * NS)?;
    }
    Ok(())
}

/// Stimulation amplitude every ten minutes: raised twice by the clinic, lowered at night.
pub(super) fn amplitude(rows: &mut Recorder, random: &mut Random) -> Result<(), StoreError> {
    for time in (START..END).step_by(TEN_MINUTES as usize) {
        let programme = 1.8 + 0.3 * f64::from(time > at(6, 39_600)) + 0.2 * f64::from(time > at(19, 52_200));
        let night = if (6.0..22.5).contains(&hour(time)) { 0.0 } else { -0.3 };
        let adapts = if random.chance(0.1) { 0.1 } else { 0.0 };
        rows.push(time * NS, [Cell::Float(rounded(programme + night + adapts, 1))], TEN_MINUTES * NS)?;
    }
    Ok(())
}

/// Field potentials at 250 Hz, half a minute each, on some afternoons. `odd` nanoseconds are added to every time:
/// more digits than a double can hold.
pub(super) fn snippets(rows: &mut Recorder, odd: i64, random: &mut Random) -> Result<(), StoreError> {
    for day in (2..DAYS).step_by(4) {
        let start = at(day, 14 * 3600 + random.whole(0, 3600)) * NS + odd;
        let (mut slow, mut burst, mut phase) = (0.0, 0.0, 0.0);
        for sample in 0..30 * 250 {
            if random.chance(1.0 / 200.0) {
                burst = random.within(0.0, 14.0);
            }
            slow = 0.97 * slow + 1.4 * random.normal();
            phase = (phase + TAU * 21.0 / 250.0) % TAU;
            let value = slow + burst * phase.sin() + 0.8 * random.normal();
            rows.push(start + sample * 4_000_000, [Cell::Float(rounded(value, 2))], 4_000_000)?;
        }
    }
    Ok(())
}

/// Spectra at moments that the patient marked: 100 frequencies, all at one time.
pub(super) fn spectra(rows: &mut Recorder, random: &mut Random) -> Result<(), StoreError> {
    for day in (1..DAYS).step_by(3) {
        let time = at(day, 10 * 3600 + random.whole(0, 30_000)) * NS;
        let beta = random.within(0.3, 1.6);
        for bin in 0..100 {
            let frequency = f64::from(bin) * 0.98;
            let peak = beta * (-((frequency - 21.0) / 4.0).powi(2)).exp();
            let value = 2.2 / (1.0 + frequency / 4.0) + peak + 0.05 * random.unit();
            let cells = [Cell::Float(rounded(frequency, 2)), Cell::Float(rounded(value, 3))];
            rows.push(time, cells, 0)?;
        }
    }
    Ok(())
}

/// The stimulator: ramping up in the morning, on by day, ramping down and off for the night.
pub(super) fn states(rows: &mut Recorder, random: &mut Random) -> Result<(), StoreError> {
    for day in 0..DAYS {
        let morning = at(day, 6 * 3600 + random.whole(0, 1800));
        let evening = at(day, 22 * 3600 + random.whole(0, 1800));
        let changes =
            [(morning, 1), (morning + 90, 2), (evening, 3), (evening + 60, 0), (at(day + 1, 6 * 3600), 0)];
        for pair in changes.windows(2) {
            if let [(time, state), (next, _)] = *pair {
                rows.push(time * NS, [Cell::Int(state)], (next - time) * NS)?;
            }
        }
    }
    Ok(())
}

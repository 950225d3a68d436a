//! Heart rate, steps, symptom probabilities and sleep.

use std::ops::Range;

use super::calendar::{DAYS, NS, at, bump, hour};
use super::life::{awake, relief};
use super::rounded;
use crate::StoreError;
use crate::demo::random::Random;
use crate::demo::recorder::{Cell, Recorder};

/// A probability a minute, while the watch is worn.
pub(super) fn probability(
    rows: &mut Recorder,
    worn: &[Range<i64>],
    expected: fn(i64) -> f64,
    random: &mut Random,
) -> Result<(), StoreError> {
    let mut drift = 0.0;
    for interval in worn {
        let mut time = interval.start - interval.start.rem_euclid(60) + 60;
        while time + 60 <= interval.end {
            drift = 0.93 * drift + 0.05 * random.normal();
            let value = (expected(time) + drift + 0.03 * random.normal()).clamp(0.0, 1.0);
            rows.push(time * NS, [Cell::Float(rounded(value, 3))], 60 * NS)?;
            time += 60;
        }
    }
    Ok(())
}

/// Beats per minute, every few seconds while moving and every few minutes at rest, durations unknown (0).
///
/// `lost` of the measurements have no value: the sensor woke and found no pulse.
pub(super) fn heart_rate(
    rows: &mut Recorder,
    worn: &[Range<i64>],
    rest: f64,
    lost: f64,
    random: &mut Random,
) -> Result<(), StoreError> {
    let mut effort = 0.0f64;
    for interval in worn {
        let mut time = interval.start * NS + random.whole(0, 60_000_000) * 1000;
        while time < interval.end * NS {
            let seconds = time / NS;
            let start = random.chance(0.01 + 0.03 * relief(seconds));
            effort = if start { random.within(0.3, 1.0) } else { effort * 0.97 };
            let value = rest + 14.0 * awake(seconds) + 55.0 * effort + 2.5 * random.normal();
            let cell = if random.chance(lost) { Cell::Null } else { Cell::Float(rounded(value, 0)) };
            rows.push(time, [cell], 0)?;
            let wait = if effort > 0.15 { random.within(4.0, 7.0) } else { random.within(60.0, 330.0) };
            time += (wait * 1e6) as i64 * 1000;
        }
    }
    Ok(())
}

/// Steps, counted over stretches of uneven length, as the phone hands them over.
pub(super) fn steps(rows: &mut Recorder, worn: &[Range<i64>], random: &mut Random) -> Result<(), StoreError> {
    for interval in worn {
        let mut time = interval.start;
        while time < interval.end {
            let length = random.whole(40, 600);
            let busy = 0.15 + 0.35 * relief(time) + 0.4 * bump(hour(time), 17.0, 0.8);
            if random.chance(busy) {
                let count = (length as f64 * random.within(0.2, 1.8)) as i64;
                rows.push(time * NS + random.whole(0, 1000) * 1_000_000, [Cell::Int(count)], length * NS)?;
            }
            time += length;
        }
    }
    Ok(())
}

/// What happened in a night: its sleep stages as (start, length in s, stage), and when it began and ended.
pub(super) struct Night {
    /// The day on whose morning it ends, counted from 0.
    pub(super) day: i64,
    pub(super) stages: Vec<(i64, i64, i64)>,
}

/// The nights of a person; two of them the watch lay on the charger.
pub(super) fn nights(random: &mut Random) -> Vec<Night> {
    let nights = (1..DAYS).filter(|day| ![9, 20].contains(day)).map(|day| {
        let end = at(day, 6 * 3600 + random.whole(0, 3600));
        let mut time = at(day - 1, 22 * 3600 + 1800 + random.whole(0, 3600));
        let mut stages = Vec::new();
        while time < end {
            // Deep sleep early, dreams late, awake in between more often than healthy people are.
            let late = 1.0 - (end - time) as f64 / 30_000.0;
            let stage = match random.unit() {
                x if x < 0.14 => 0,
                x if x < 0.14 + 0.25 * late => 1,
                x if x < 0.8 => 2,
                x if x < 0.98 - 0.1 * late => 3,
                _ => 4,
            };
            let length = (random.whole(4, 50) * 30).min(end - time);
            stages.push((time, length, stage));
            time += length;
        }
        Night { day, stages }
    });
    nights.collect()
}

/// The stages of nights as an enum stream.
pub(super) fn stages(rows: &mut Recorder, nights: &[Night]) -> Result<(), StoreError> {
    for &(time, length, stage) in nights.iter().flat_map(|night| &night.stages) {
        rows.push(time * NS, [Cell::Int(stage)], length * NS)?;
    }
    Ok(())
}

/// Whether the watch is worn, at each change.
pub(super) fn wearing(rows: &mut Recorder, worn: &[Range<i64>]) -> Result<(), StoreError> {
    for interval in worn {
        rows.push(interval.start * NS, [Cell::Bool(true)], (interval.end - interval.start) * NS)?;
        rows.push(interval.end * NS, [Cell::Bool(false)], 0)?;
    }
    Ok(())
}

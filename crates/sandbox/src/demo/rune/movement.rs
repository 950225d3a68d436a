//! Accelerometry: posture, walking, tremor and the noise of the sensor.

use std::f64::consts::TAU;
use std::ops::Range;

use super::calendar::NS;
use super::life::{relief, tremor};
use super::rounded;
use crate::StoreError;
use crate::demo::random::Random;
use crate::demo::recorder::{Cell, Recorder};

/// 50 Hz.
pub(super) const PERIOD: i64 = NS / 50;
const SPIKES: [f64; 4] = [3.1842, -2.9517, 3.2104, -3.0866];

/// One axis at 50 Hz through the given stretches (Unix s), `most` rows at the most.
///
/// Samples come a few hundred microseconds early or late; now and then the watch drops some seconds. One sample in
/// half a million is a knock of more than 2.9 g: alone, so that it shows whether a picture keeps its peaks.
pub(super) fn axis(
    rows: &mut Recorder,
    stretches: &[Range<i64>],
    most: u64,
    progress: &mut dyn FnMut(&str),
    random: &mut Random,
) -> Result<(), StoreError> {
    for stretch in stretches {
        let mut arm = Arm::new(random);
        let mut time = stretch.start * NS + random.whole(0, 1_000_000) * 1000;
        while time < stretch.end * NS {
            if rows.rows() >= most {
                return Ok(());
            }
            let mut value = arm.next(time, random);
            if rows.rows() % 500_000 == 123_456 {
                value = SPIKES[(random.next() % 4) as usize];
            }
            let jitter = random.whole(-300, 301) * 1000;
            rows.push(time + jitter, [Cell::Float(rounded(value, 4))], PERIOD)?;
            if rows.rows().is_multiple_of(1_000_000) {
                progress(&format!(
                    "acceleration: {} million rows of {}",
                    rows.rows() / 1_000_000,
                    most / 1_000_000
                ));
            }
            // About twice in an hour.
            let dropout = if random.next().is_multiple_of(90_000) { random.whole(2, 12) * NS } else { 0 };
            time += PERIOD + dropout;
        }
    }
    Ok(())
}

/// Three axes of one sensor at 50 Hz; `scale` turns g into the sensor's unit.
pub(super) fn vector(
    rows: &mut Recorder,
    stretch: &Range<i64>,
    scale: f64,
    random: &mut Random,
) -> Result<(), StoreError> {
    let mut arms = [Arm::new(random), Arm::new(random), Arm::new(random)];
    let mut time = stretch.start * NS + random.whole(0, 1_000_000) * 1000;
    while time < stretch.end * NS {
        let cells = arms.each_mut().map(|arm| Cell::Float(rounded(arm.next(time, random) * scale, 4)));
        rows.push(time, cells, PERIOD)?;
        time += PERIOD;
    }
    Ok(())
}

/// The state of one axis.
struct Arm {
    posture: f64,
    target: f64,
    walking: f64,
    phase: f64,
    shaking: f64,
    shake: f64,
    /// Samples until posture and activity are chosen anew.
    hold: i64,
}

impl Arm {
    fn new(random: &mut Random) -> Self {
        let posture = random.within(-0.9, 0.9);
        Self { posture, target: posture, walking: 0.0, phase: 0.0, shaking: 0.0, shake: 0.0, hold: 0 }
    }

    fn next(&mut self, time: i64, random: &mut Random) -> f64 {
        if self.hold == 0 {
            self.choose(time / NS, random);
        }
        self.hold -= 1;
        self.posture += (self.target - self.posture) * 0.01;
        self.phase = (self.phase + TAU * 1.85 / 50.0) % TAU;
        self.shake = (self.shake + TAU * 5.1 / 50.0) % TAU;
        let noise = random.normal() * (0.0035 + 0.05 * self.walking);
        let step = self.walking * (0.22 * self.phase.sin() + 0.09 * (2.0 * self.phase).sin());
        (self.posture + step + self.shaking * self.shake.sin() + noise).clamp(-2.6, 2.6)
    }

    fn choose(&mut self, time: i64, random: &mut Random) {
        self.hold = random.whole(5 * 50, 90 * 50);
        self.target = random.within(-0.95, 0.95);
        let moves = random.chance(0.12 + 0.25 * relief(time));
        self.walking = if moves { random.within(0.4, 1.0) } else { 0.0 };
        let shakes = random.chance(tremor(time));
        self.shaking = if shakes { random.within(0.03, 0.16) } else { 0.0 };
    }
}

//! What a record's samples are made from: a few numbers, kept in the catalogue instead of samples.

use serde::{Deserialize, Serialize};

/// How a record was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tape {
    /// The record's id, which also seeds its noise.
    pub(crate) record: i64,
    /// Time of the first sample, in ticks since the Unix epoch.
    pub(crate) start: i64,
    pub(crate) device: Device,
    /// How long it is, s. A live tape grows.
    pub(crate) seconds: i64,
    /// How many of its seconds have raw signals (ECG, respiration, acceleration).
    pub(crate) raw_seconds: i64,
    /// Effort in percent at seconds; between them it changes smoothly.
    pub(crate) effort: Vec<(i64, i64)>,
    /// The heart rate at rest, per minute.
    pub(crate) rest_rate: i64,
    /// Seconds in which the garment had no contact, from and to.
    pub(crate) loose: Option<(i64, i64)>,
    /// Whether it is being recorded now.
    pub(crate) live: bool,
}

/// A model of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Device {
    /// ECG at 256 Hz; a tick is 1/256 s.
    Hexoskin,
    /// Three leads of ECG at 250 Hz; a tick is 1/1000 s.
    Astroskin,
}

impl Device {
    /// Ticks a second.
    pub(crate) fn ticks(self) -> i64 {
        match self {
            Self::Hexoskin => 256,
            Self::Astroskin => 1000,
        }
    }
}

/// A live record begins anew after so many seconds…
const LIVE_PERIOD: i64 = 6 * 3600;
/// …and is at least so long.
const LIVE_LEAST: i64 = 600;
/// A phone sends so many seconds at once.
const UPLOAD: i64 = 5;

impl Tape {
    /// The tape as it is at a Unix time in s.
    pub(crate) fn at(&self, now: i64) -> Self {
        let mut tape = self.clone();
        if self.live {
            let start = (now - LIVE_LEAST).div_euclid(LIVE_PERIOD) * LIVE_PERIOD;
            tape.start = start * self.device.ticks();
            tape.seconds = (now - start).div_euclid(UPLOAD) * UPLOAD;
            tape.raw_seconds = 0;
        }
        tape
    }

    /// Effort, 0 to 1, at a second.
    pub(super) fn effort(&self, second: f64) -> f64 {
        let after = self.effort.partition_point(|(at, _)| *at as f64 <= second);
        let percent = |index: usize| self.effort.get(index).map(|&(at, percent)| (at as f64, percent as f64));
        let before = after.checked_sub(1).and_then(percent);
        match (before, percent(after)) {
            (Some((from, a)), Some((to, b))) => {
                let x = (second - from) / (to - from);
                (a + (b - a) * x * x * (3.0 - 2.0 * x)) / 100.0
            }
            (Some((_, only)), None) | (None, Some((_, only))) => only / 100.0,
            (None, None) => 0.0,
        }
    }

    /// Whether the garment has contact at a second.
    pub(super) fn contact(&self, second: f64) -> bool {
        !self.loose.is_some_and(|(from, to)| (from as f64..to as f64).contains(&second))
    }
}

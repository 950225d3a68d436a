//! Clocks that run beside one another: where the instants that a device recorded lie on the time axis of others.

use std::collections::BTreeMap;

use crate::together::names;
use crate::{Error, Result, TimeRange};

/// The most that a clock may drift, parts per million. A worn-out crystal is off by some hundreds.
pub const MOST_DRIFT_PPM: f64 = 10_000.0;

/// The most that a clock may be off, ns: a century.
pub const MOST_OFFSET: i64 = 36_525 * 86_400 * 1_000_000_000;

/// How a device's clock is set right: what was recorded at `t` is shown at
/// `t + offset + (t - origin) * drift_ppm / 1e6`, rounded to the nanosecond.
///
/// Instants keep their order. Two that lie a nanosecond apart may fall together where the clock is slowed down.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Clock {
    /// The recorded instant at which only the offset counts, ns.
    pub origin: i64,
    /// How much later instants are shown, ns.
    pub offset: i64,
    /// How much longer time is shown than it was recorded, parts per million.
    pub drift_ppm: f64,
}

/// Clocks by what they are of: a subject's id, or the key of a connection and `~`.
pub type Clocks = BTreeMap<String, Clock>;

/// The clock that counts for a subject, where one is set, and what it is of: the subject, else its connection.
/// `home` is as in [`names`].
pub fn clock_of(clocks: &Clocks, home: &str, subject_id: &str) -> Option<(String, Clock)> {
    [subject_id.to_string(), names::all_of(home, subject_id)]
        .into_iter()
        .find_map(|of| clocks.get(&of).map(|clock| (of.clone(), *clock)))
}

impl Clock {
    /// A clock, where offset and drift are within bounds.
    pub fn new(origin: i64, offset: i64, drift_ppm: f64) -> Result<Self> {
        if !(-MOST_OFFSET..=MOST_OFFSET).contains(&offset) {
            return Err(Error::invalid("The offset of a clock is more than a century: give less."));
        }
        if drift_ppm.is_nan() || drift_ppm.abs() > MOST_DRIFT_PPM {
            return Err(Error::invalid(format!(
                "The drift of a clock is {drift_ppm} ppm: give at most {MOST_DRIFT_PPM} ppm either way."
            )));
        }
        Ok(Self { origin, offset, drift_ppm })
    }

    /// A clock by one mark: what was recorded at `recorded` is shown at `shown`. The drift stays.
    pub fn with_mark(self, recorded: i64, shown: i64) -> Result<Self> {
        Self::new(recorded, shown.saturating_sub(recorded), self.drift_ppm)
    }

    /// The clock that keeps its mark, the origin, and has a second one. Marks of one instant tell no drift.
    pub fn with_second_mark(self, recorded: i64, shown: i64) -> Result<Self> {
        let ran = i128::from(recorded) - i128::from(self.origin);
        if ran == 0 {
            return Err(Error::invalid("Both marks are the same recorded instant: choose one further on."));
        }
        let strayed = i128::from(shown) - i128::from(self.offset) - i128::from(recorded);
        Self::new(self.origin, self.offset, strayed as f64 / ran as f64 * 1e6)
    }

    /// Whether instants are shown where they were recorded.
    pub fn is_right(self) -> bool {
        self.offset == 0 && self.drift_ppm == 0.0
    }

    /// Where an instant is shown.
    pub fn shown(self, recorded: i64) -> i64 {
        within(self.right(recorded.into()))
    }

    /// The first recorded instant that is not shown before this one.
    pub fn recorded(self, shown: i64) -> i64 {
        // Whatever lies before all instants that can be told is shown there.
        if shown == i64::MIN {
            return i64::MIN;
        }
        let unshifted = i128::from(shown) - i128::from(self.offset);
        // Each round leaves a hundredth of the error, or less: the drift is at most that.
        let near = (0..ROUNDS).fold(unshifted, |near, _| unshifted - self.strayed(near));
        // What is left is rounding: a step or two.
        let first = (near - 2..).find(|recorded| self.right(*recorded) >= shown.into());
        within(first.unwrap_or(near))
    }

    /// The recorded range whose instants are shown in this one.
    pub fn recorded_range(self, shown: TimeRange) -> TimeRange {
        TimeRange { start: self.recorded(shown.start), end: self.recorded(shown.end) }
    }

    /// The shortest range that shows all instants of a recorded one.
    pub fn shown_range(self, recorded: TimeRange) -> TimeRange {
        let last = recorded.end.saturating_sub(1);
        TimeRange { start: self.shown(recorded.start), end: self.shown(last).saturating_add(1) }
    }

    fn right(self, recorded: i128) -> i128 {
        recorded + i128::from(self.offset) + self.strayed(recorded)
    }

    /// In whole numbers, so that no instant overtakes another however far from the origin they lie.
    fn strayed(self, recorded: i128) -> i128 {
        let drift = (self.drift_ppm / 1e6 * (1_i128 << DRIFT_BITS) as f64) as i128;
        let half = 1 << (DRIFT_BITS - 1);
        ((recorded - i128::from(self.origin)) * drift + half) >> DRIFT_BITS
    }
}

/// Bits after the point of a drift: a hundredth of all instants then fits 128.
const DRIFT_BITS: u32 = 66;
/// Rounds after which the error of the longest time is less than a nanosecond.
const ROUNDS: u32 = 12;

/// An instant, or the nearest that can be told.
fn within(time: i128) -> i64 {
    time.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn two_marks_make_a_clock() {
        let (first, last) = (100 * SECOND, 3_700 * SECOND);
        let device = |time: i64| time - 7_300_000_000 - (time - first) * 40 / 1_000_000;
        let clock = Clock::default().with_mark(device(first), first).unwrap();
        assert_eq!((clock.offset, clock.drift_ppm), (7_300_000_000, 0.0));
        let clock = clock.with_second_mark(device(last), last).unwrap();
        assert!((clock.drift_ppm - 40.0016).abs() < 1e-4, "{}", clock.drift_ppm);
        assert_eq!(clock.shown(device(first)), first);
        assert_eq!(clock.shown(device(last)), last);
    }

    #[test]
    fn a_range_is_asked_for_exactly() {
        for drift_ppm in [-10_000.0, -40.0, 0.0, 0.3, 40.0, 10_000.0] {
            for origin in [0, 1_700_000_000 * SECOND] {
                let clock = Clock::new(origin, -7_300_000_001, drift_ppm).unwrap();
                for shown in [i64::MIN, -1, 0, 12_345_678_901_234_567, 1_700_000_123 * SECOND, i64::MAX] {
                    let first = clock.recorded(shown);
                    assert!(clock.shown(first) >= shown || first == i64::MAX, "{clock:?} {shown}");
                    if first > i64::MIN + 8 * SECOND {
                        assert!(clock.shown(first - 1) < shown, "{clock:?} {shown}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_last_instant_of_a_range_stays_in_it() {
        let clock = Clock::new(0, 5, -9_000.0).unwrap();
        for last in 0..500 {
            let shown = clock.shown_range(TimeRange { start: 0, end: last + 1 });
            assert!(shown.start <= clock.shown(0) && clock.shown(last) < shown.end, "{last}");
        }
    }

    #[test]
    fn what_no_clock_does_is_refused() {
        for (offset, drift_ppm) in [(i64::MAX, 0.0), (i64::MIN, 0.0), (0, 10_001.0), (0, f64::NAN)] {
            assert!(Clock::new(0, offset, drift_ppm).is_err());
        }
        assert!(Clock::default().with_second_mark(0, 5).is_err());
    }
}

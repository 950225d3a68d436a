//! How far apart samples usually are, and so where a stream breaks off.
//!
//! The rule. Two rows in succession belong to one interval when the second comes no later than the first one's
//! reach: its measurement duration, or [`StepRule::longest`], whichever is longer. The longest step that is no gap is
//! two and a half typical steps: one lost sample is bridged, two are a gap. The typical step is the median of the
//! steps between successive times, to within an eighth; equal times make no step. Durations alone do not decide, for
//! devices report samples of 20 ms once a second.
//!
//! An interval ends, half-open, after its last row's duration; where that is unknown, one typical step after its time;
//! for a lone time, one nanosecond after it.

/// Where a stream breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRule {
    /// Typical step between samples, ns; 0 when there are not two different times.
    pub typical: i64,
    /// Longest step that is no gap, ns.
    pub longest: i64,
}

impl StepRule {
    /// The rule for a known typical step (ns). Without one (0 or less) no step is too long.
    pub fn of_typical(typical: i64) -> Self {
        let typical = typical.max(0);
        let longest =
            if typical == 0 { i64::MAX } else { typical.saturating_add(typical / 2).saturating_add(typical) };
        Self { typical, longest }
    }

    /// The rule that times (ns, ascending) suggest.
    pub fn of_times(times: &[i64]) -> Self {
        let mut steps = Steps::default();
        for pair in times.windows(2) {
            steps.add(pair[0], pair[1]);
        }
        Self::of_typical(steps.median())
    }

    /// Whether a gap lies between a row (time and duration, ns) and the next row's time.
    pub fn breaks(&self, time: i64, duration: i64, next: i64) -> bool {
        next.saturating_sub(time) > self.longest.max(duration)
    }

    /// Where an interval ends whose last row has this time and duration (ns).
    pub fn end_after(&self, time: i64, duration: i64) -> i64 {
        let lasting = if duration > 0 { duration } else { self.typical.max(1) };
        time.saturating_add(lasting)
    }
}

/// Steps counted by size, in classes an eighth apart: memory does not grow, and order does not matter.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    classes: Vec<(u64, i128)>,
}

impl Default for Steps {
    fn default() -> Self {
        Self { classes: vec![(0, 0); 64 * 8] }
    }
}

impl Steps {
    /// Counts the step from one time to the next; a step of 0, or back, is none.
    pub(crate) fn add(&mut self, time: i64, next: i64) {
        let step = next.saturating_sub(time);
        if step > 0 {
            let (count, sum) = &mut self.classes[class(step.unsigned_abs())];
            *count += 1;
            *sum += i128::from(step);
        }
    }

    /// Mean of the class that holds the median; 0 without steps.
    pub(crate) fn median(&self) -> i64 {
        let total: u64 = self.classes.iter().map(|&(count, _)| count).sum();
        let mut before = 0;
        for &(count, sum) in &self.classes {
            before += count;
            if count > 0 && before * 2 >= total {
                return (sum / i128::from(count)) as i64;
            }
        }
        0
    }
}

/// The octave of a step and the three bits after its first one; grows with the step and stays below 512.
fn class(step: u64) -> usize {
    let octave = 63 - step.max(1).leading_zeros();
    let eighth = if octave >= 3 { (step >> (octave - 3)) & 7 } else { (step << (3 - octave)) & 7 };
    octave as usize * 8 + eighth as usize
}

/// [`class`] in a byte: a quarter of an octave wide.
pub(crate) fn byte_class(step: u64) -> u8 {
    (class(step) / 2) as u8
}

//! Windows of equal length aligned to the Unix epoch: the grid of availability and of aggregate windows.
//!
//! A window's start, in Unix seconds, is divisible by the resolution, also before 1970. A resolution that does not
//! divide a day is aligned to the epoch all the same, and not to days or weeks: windows of a week start on Thursdays,
//! as 1970-01-01 did.

use std::ops::RangeInclusive;

use crate::SECOND;
use crate::stretch::Stretch;

/// Consecutive aligned windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Number of the first window, counted from the epoch.
    first: i64,
    count: usize,
    resolution_s: u32,
}

impl Windows {
    /// The windows that cover `[start, end)` (ns): the start is floored to the resolution (s), the end is ceiled.
    /// A resolution of 0 counts as 1.
    ///
    /// There may be more than memory can hold: whoever takes ranges from others looks at [`count`](Self::count)
    /// before building on them.
    pub fn covering(start: i64, end: i64, resolution_s: u32) -> Self {
        let resolution_s = resolution_s.max(1);
        let length = i64::from(resolution_s) * SECOND;
        let first = start.div_euclid(length);
        let after = end.div_euclid(length) + i64::from(end.rem_euclid(length) > 0);
        let count = after.saturating_sub(first).max(0);
        // Where addresses have 32 bits, more windows than these must not look like few.
        Self { first, count: usize::try_from(count).unwrap_or(usize::MAX), resolution_s }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Length of a window, s.
    pub fn resolution_s(&self) -> u32 {
        self.resolution_s
    }

    /// Start of a window, ns. Windows beyond the last go on in the same steps.
    pub fn start_of(&self, index: usize) -> i64 {
        let number = i128::from(self.first) + index as i128;
        clamped(number * i128::from(self.length()))
    }

    /// The window that holds an instant (ns).
    pub fn index_of(&self, time: i64) -> Option<usize> {
        let index = usize::try_from(time.div_euclid(self.length()) - self.first).ok()?;
        (index < self.count).then_some(index)
    }

    fn length(&self) -> i64 {
        i64::from(self.resolution_s) * SECOND
    }

    /// The window around an instant, for [`each_stretch`](crate::stretch::each_stretch).
    pub(crate) fn stretch(&self, time: i64) -> Stretch<usize> {
        match self.index_of(time) {
            Some(index) => Stretch { times: self.times_of(index), key: Some(index) },
            None if time < self.start_of(0) => Stretch { times: i64::MIN..=self.start_of(0) - 1, key: None },
            None => Stretch { times: self.start_of(self.count)..=i64::MAX, key: None },
        }
    }

    fn times_of(&self, index: usize) -> RangeInclusive<i64> {
        let start = (i128::from(self.first) + index as i128) * i128::from(self.length());
        clamped(start)..=clamped(start + i128::from(self.length()) - 1)
    }
}

fn clamped(time: i128) -> i64 {
    time.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

//! Which windows of time hold data (`availability` of the V2 Stream API).
//!
//! A window has data when at least one row lies in it, whatever the row's value. Windows are those of [`Windows`]:
//! every start is divisible by the resolution, though the API's own example shows times that are not. Rows need no
//! order.

use std::ops::Range;

use crate::stretch::each_stretch;
use crate::{LocalDay, TimeZone, Windows};

/// How several streams are joined into one availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOperation {
    /// At least one stream has data in the window.
    Any,
    /// Every stream has data in the window.
    All,
}

/// 0/1 per window of `resolution` seconds. Windows are aligned: each start, in Unix seconds, is divisible by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// Start of the first window, ns.
    pub start: i64,
    /// Length of a window, s.
    pub resolution_s: u32,
    /// One entry a window: whether at least one point lies in it.
    pub available: Vec<bool>,
}

impl Availability {
    /// Availability of rows at these times. For rows that come in chunks: [`AvailabilityAccumulator`].
    pub fn of(windows: Windows, times: &[i64]) -> Self {
        let mut accumulator = AvailabilityAccumulator::new(windows);
        accumulator.push(times);
        accumulator.finish()
    }

    /// Availability of stretches of data without a break, `[start, end)` in ns: a window has data when any of them
    /// reaches into it. Stretches need no order.
    pub fn of_intervals(windows: Windows, intervals: impl IntoIterator<Item = Range<i64>>) -> Self {
        let mut available = vec![false; windows.count()];
        let (start, end) = (windows.start_of(0), windows.start_of(windows.count()));
        for interval in intervals {
            let inside = interval.start.max(start)..interval.end.min(end);
            if inside.start < inside.end
                && let Some(first) = windows.index_of(inside.start)
                && let Some(last) = windows.index_of(inside.end - 1)
            {
                available[first..=last].fill(true);
            }
        }
        Self { start, resolution_s: windows.resolution_s(), available }
    }

    /// Several streams as one. `None` when there are none, or when they do not share their windows.
    pub fn join<'a>(streams: impl IntoIterator<Item = &'a Self>, operation: BatchOperation) -> Option<Self> {
        let mut streams = streams.into_iter();
        let mut joined = streams.next()?.clone();
        for stream in streams {
            let same = stream.start == joined.start && stream.resolution_s == joined.resolution_s;
            if !same || stream.available.len() != joined.available.len() {
                return None;
            }
            for (held, &other) in joined.available.iter_mut().zip(&stream.available) {
                *held = match operation {
                    BatchOperation::Any => *held || other,
                    BatchOperation::All => *held && other,
                };
            }
        }
        Some(joined)
    }

    /// Start of a window, ns.
    pub fn start_of(&self, index: usize) -> i64 {
        let length = i64::from(self.resolution_s) * crate::SECOND;
        self.start.saturating_add(length.saturating_mul(index as i64))
    }

    /// Seconds covered by windows with data: their number times the resolution.
    pub fn approx_available_duration_s(&self) -> u64 {
        let windows = self.available.iter().filter(|&&available| available).count();
        windows as u64 * u64::from(self.resolution_s)
    }

    /// How complete each local day is, for the days on which windows start. A window belongs to the day in which it
    /// starts; the first and the last day count only the windows that are known here.
    pub fn completeness(&self, zone: &TimeZone) -> Vec<DayCompleteness> {
        let days = zone.days(self.start, self.start_of(self.available.len()));
        let mut window = 0;
        let mut complete = Vec::with_capacity(days.len());
        for day in days {
            let (mut windows, mut windows_with_data) = (0, 0);
            while let Some(&available) =
                self.available.get(window).filter(|_| self.start_of(window) < day.end)
            {
                windows += 1;
                windows_with_data += usize::from(available);
                window += 1;
            }
            if windows > 0 {
                complete.push(DayCompleteness { day, windows, windows_with_data });
            }
        }
        complete
    }
}

/// How much of a local day has data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCompleteness {
    /// The day.
    pub day: LocalDay,
    /// Windows that start in it. A day of 23 or 25 hours has accordingly fewer or more.
    pub windows: usize,
    /// Those among them that hold data.
    pub windows_with_data: usize,
}

impl DayCompleteness {
    /// Share of the day's windows that hold data, from 0 to 1.
    pub fn share(&self) -> f64 {
        self.windows_with_data as f64 / self.windows.max(1) as f64
    }
}

/// Builds an [`Availability`] from rows that come in chunks.
#[derive(Debug, Clone)]
pub struct AvailabilityAccumulator {
    windows: Windows,
    available: Vec<bool>,
}

impl AvailabilityAccumulator {
    /// No rows yet.
    pub fn new(windows: Windows) -> Self {
        Self { windows, available: vec![false; windows.count()] }
    }

    /// Takes the times (ns) of more rows; those outside the windows do not count.
    pub fn push(&mut self, times: &[i64]) {
        each_stretch(times, |time| self.windows.stretch(time), |window, _| self.available[window] = true);
    }

    /// The availability of all rows pushed.
    pub fn finish(self) -> Availability {
        Availability {
            start: self.windows.start_of(0),
            resolution_s: self.windows.resolution_s(),
            available: self.available,
        }
    }
}

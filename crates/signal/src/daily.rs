//! The average day (`daily_aggregate` of the V2 Stream API).
//!
//! Rules, also where the documents contradict themselves or say nothing:
//! - Days are given by [`Days`]: the API's blocks of 24 hours from the start, or local days.
//! - Slot 0 starts at 00:00 of the zone (UTC for the API's blocks), wherever the first day starts: the documents'
//!   "midnight UTC" is 04:00 UTC, and only the time of day fits their slots.
//! - A row belongs to the slot that its time of day, floored to the resolution, names. Its slot's mean runs over all
//!   values of all days, not over means of days.
//! - A row without a value counts as data present (`n_days_with_data`, durations) and takes no part in a mean.
//! - `duration_*_per_day` run over days with data only. A duration below 0 is unknown and counts as 0.
//! - `approx_available_duration_s` is the sum of all durations, in seconds: the reading under which a documented
//!   example adds up.
//! - In local days an hour that comes twice counts twice in its slots, as one day; an hour that the clocks skip
//!   leaves nothing.
//! - A resolution that does not divide a day leaves a shorter last slot.
//!
//! Rows need no order, and chunking changes no bit of the result.

use crate::stretch::{Stretch, each_stretch, part};
use crate::window::Total;
use crate::{DAY, SECOND, Summary, TimeZone};

/// Mean per time-of-day slot over several days.
#[derive(Debug, Clone, PartialEq)]
pub struct DailyAggregate {
    /// Length of a slot, s; divides a day.
    pub resolution_s: u32,
    /// Mean of all points in the slot over all days; `None` where there were none. Slot 0 starts at 00:00.
    pub values: Vec<Option<f64>>,
    /// Days with at least one point in the slot; parallel to `values`.
    pub n_days_with_data: Vec<u32>,
    /// Seconds of the queried days that hold data, approximately: the sum of all measurement durations.
    pub approx_available_duration_s: f64,
    /// Figures over the data points.
    pub summary: DailySummary,
}

/// The summary of a [`DailyAggregate`].
#[derive(Debug, Clone, PartialEq)]
pub struct DailySummary {
    /// Days with any data.
    pub n_days_with_data_total: u32,
    /// Mean, over days with data, of the day's summed measurement durations, ns.
    pub duration_mean_per_day: Option<f64>,
    /// Smallest of the days' sums, ns.
    pub duration_min_per_day: Option<i64>,
    /// Largest of the days' sums, ns.
    pub duration_max_per_day: Option<i64>,
    /// Figures over the points' values.
    pub value: Summary,
}

/// Consecutive days, and the zone whose wall clock names their slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// Where each day starts, and where the last one ends.
    edges: Vec<i64>,
    zone: TimeZone,
}

impl Days {
    /// The API's days: blocks of 24 hours from `start` (ns), slots by UTC time of day.
    pub fn blocks(start: i64, n_days: u32) -> Self {
        let edges =
            (0..=i64::from(n_days)).map(|day| start.saturating_add(day.saturating_mul(DAY))).collect();
        Self { edges, zone: TimeZone::utc() }
    }

    /// Local days of a zone, the first being the one that holds `start` (ns).
    pub fn local(start: i64, n_days: u32, zone: &TimeZone) -> Self {
        let mut edges = vec![zone.day_of(start).start];
        for _ in 0..n_days {
            let day = zone.day_of(edges.last().copied().unwrap_or(start));
            edges.push(day.end);
        }
        Self { edges, zone: zone.clone() }
    }

    /// Start of the first day, ns.
    pub fn start(&self) -> i64 {
        self.edges.first().copied().unwrap_or_default()
    }

    /// End of the last day, ns.
    pub fn end(&self) -> i64 {
        self.edges.last().copied().unwrap_or_default()
    }

    /// How many days there are.
    pub fn count(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The stretch of time around an instant in which day and slot stay the same.
    fn stretch(&self, time: i64, slot_length: i64) -> Stretch<(usize, usize)> {
        let after = self.edges.partition_point(|&edge| edge <= time);
        let day = after.checked_sub(1).filter(|&day| day < self.count());
        let from = if after == 0 { i64::MIN } else { self.edges[after - 1] };
        let to = self.edges.get(after).map_or(i64::MAX, |&edge| edge.saturating_sub(1));
        let Some(day) = day else { return Stretch { times: from..=to, key: None } };
        let period = self.zone.period(time);
        let time_of_day = period.local(time).rem_euclid(DAY);
        let slot_start = time_of_day - time_of_day % slot_length;
        let slot_last = (slot_start + slot_length).min(DAY) - 1;
        let first = time.saturating_sub(time_of_day - slot_start).max(from).max(*period.times.start());
        let last = time.saturating_add(slot_last - time_of_day).min(to).min(*period.times.end());
        Stretch { times: first..=last, key: Some((day, (slot_start / slot_length) as usize)) }
    }
}

/// Builds a [`DailyAggregate`] from rows that come in chunks. Keeps every value: the median needs them all.
#[derive(Debug, Clone)]
pub struct DailyAccumulator {
    days: Days,
    resolution_s: u32,
    slots: Vec<Total>,
    /// Whether a row lies in a slot of a day: slots of the first day, then of the second, …
    present: Vec<bool>,
    values: Vec<f64>,
    /// Sum of durations per day, ns.
    durations: Vec<i64>,
}

impl DailyAccumulator {
    /// No rows yet. The resolution, in seconds, is cut to 1 … 86,400.
    ///
    /// Takes memory for every slot of every day: whoever takes the number of days from others bounds it first.
    pub fn new(days: Days, resolution_s: u32) -> Self {
        let resolution_s = resolution_s.clamp(1, 86_400);
        let slots = 86_400_u32.div_ceil(resolution_s) as usize;
        Self {
            resolution_s,
            slots: vec![Total::default(); slots],
            present: vec![false; slots * days.count()],
            values: Vec::new(),
            durations: vec![0; days.count()],
            days,
        }
    }

    /// Takes more rows: times in ns, values with NaN for null, durations in ns (0 or a shorter slice: unknown). Rows
    /// outside the days do not count.
    pub fn push(&mut self, times: &[i64], values: &[f64], durations: &[i64]) {
        let slot_length = i64::from(self.resolution_s) * SECOND;
        each_stretch(
            times,
            |time| self.days.stretch(time, slot_length),
            |(day, slot), rows| {
                let (values, durations) = (part(values, rows.clone()), part(durations, rows));
                self.slots[slot].add(values, &[]);
                self.present[day * self.slots.len() + slot] = true;
                self.values.extend(values.iter().filter(|value| !value.is_nan()));
                let sum = &mut self.durations[day];
                *sum = durations.iter().fold(*sum, |sum, &duration| sum.saturating_add(duration.max(0)));
            },
        );
    }

    /// The aggregate of all rows pushed.
    pub fn finish(self) -> DailyAggregate {
        let slots = self.slots.len();
        let mut n_days_with_data = vec![0; slots];
        for day in self.present.chunks(slots) {
            for (count, &present) in n_days_with_data.iter_mut().zip(day) {
                *count += u32::from(present);
            }
        }
        let days = self.present.chunks(slots).zip(&self.durations);
        let per_day: Vec<i64> =
            days.filter(|(day, _)| day.contains(&true)).map(|(_, &duration)| duration).collect();
        let total = per_day.iter().map(|&duration| duration as f64).sum::<f64>();
        DailyAggregate {
            resolution_s: self.resolution_s,
            values: self.slots.iter().map(Total::mean).collect(),
            n_days_with_data,
            approx_available_duration_s: total / SECOND as f64,
            summary: DailySummary {
                n_days_with_data_total: per_day.len() as u32,
                duration_mean_per_day: (!per_day.is_empty()).then(|| total / per_day.len() as f64),
                duration_min_per_day: per_day.iter().min().copied(),
                duration_max_per_day: per_day.iter().max().copied(),
                value: Summary::of(self.values),
            },
        }
    }
}

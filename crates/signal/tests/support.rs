//! Zones, samples and small helpers that the tests share.

use std::ops::Range;

use proptest::prelude::*;
use streamscope_frame::civil::days_from_civil;
use streamscope_signal::{DAY, SECOND, Slices, TimeZone};

pub(crate) const HOUR: i64 = 3600 * SECOND;

/// An instant, UTC.
pub(crate) fn utc(year: i64, month: u32, day: u32, hour: i64, minute: i64) -> i64 {
    days_from_civil(year, month, day) * DAY + hour * HOUR + minute * 60 * SECOND
}

/// Paris in 2024: summer time from 31 March 01:00 UTC to 27 October 01:00 UTC.
pub(crate) fn paris() -> TimeZone {
    TimeZone::new("Europe/Paris", 3600, vec![(utc(2024, 3, 31, 1, 0), 7200), (utc(2024, 10, 27, 1, 0), 3600)])
}

/// Rows as they are kept and as they are fed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) times: Vec<i64>,
    pub(crate) values: Vec<f64>,
    pub(crate) durations: Vec<i64>,
    /// Where chunks end; ascending, possibly equal.
    pub(crate) cuts: Vec<usize>,
}

impl Rows {
    pub(crate) fn chunks(&self) -> Vec<Slices<'_>> {
        let ends = self.cuts.iter().copied().chain([self.times.len()]);
        let mut start = 0;
        ends.map(|end| {
            let rows = std::mem::replace(&mut start, end)..end;
            self.slices(rows)
        })
        .collect()
    }

    pub(crate) fn slices(&self, rows: Range<usize>) -> Slices<'_> {
        Slices {
            times: &self.times[rows.clone()],
            values: &self.values[rows.clone()],
            durations: self.durations.get(rows).unwrap_or(&[]),
        }
    }
}

/// Values among which NaN and infinities are not rare. Whole numbers, so that sums are exact in any order.
pub(crate) fn awkward_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        20 => (-1000_i32..1000).prop_map(f64::from),
        3 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(-0.0),
    ]
}

/// Up to `most` rows at times that `time` makes, in any order, cut anywhere.
pub(crate) fn rows(most: usize, time: impl Strategy<Value = i64>) -> impl Strategy<Value = Rows> {
    let row = (time, awkward_value(), -300_000_000_i64..1_000_000_000);
    let cuts = prop::collection::vec(0..=most, 0..6);
    (prop::collection::vec(row, 0..=most), cuts, any::<bool>()).prop_map(|(rows, mut cuts, timed)| {
        cuts.iter_mut().for_each(|cut| *cut = (*cut).min(rows.len()));
        cuts.sort_unstable();
        Rows {
            times: rows.iter().map(|row| row.0).collect(),
            values: rows.iter().map(|row| row.1).collect(),
            durations: if timed { rows.iter().map(|row| row.2).collect() } else { Vec::new() },
            cuts,
        }
    })
}

/// Equal, NaN to NaN too; `-0.0` equals `0.0`.
pub(crate) fn same(one: f64, other: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan())
}

/// Equal up to rounding, relative to `scale`.
pub(crate) fn near(one: f64, other: f64, scale: f64) -> bool {
    same(one, other) || (one - other).abs() <= 1e-12 * scale.abs().max(1.0)
}

//! Which days a profile covers, and who computes it: the server, or this page from raw rows.

use streamscope_client::{StreamInfo, TimeRange};
use streamscope_signal::{DAY, DailyAggregate, Days, SECOND, TimeZone};

/// Slot lengths on offer, s: each divides a day.
pub const RESOLUTIONS: [(u32, &str); 9] = [
    (60, "1 min"),
    (300, "5 min"),
    (600, "10 min"),
    (900, "15 min"),
    (1_800, "30 min"),
    (3_600, "1 h"),
    (7_200, "2 h"),
    (10_800, "3 h"),
    (21_600, "6 h"),
];

/// Days that the API takes at most.
pub const MOST_DAYS: u32 = 14;

/// What a profile is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// First instant of the first local day, ns.
    pub start: i64,
    /// How many local days.
    pub n_days: u32,
    /// Length of a slot, s.
    pub resolution_s: u32,
}

impl Period {
    /// The days that a range touches, as far as the API's limit allows.
    pub fn of(range: TimeRange, n_days: Option<u32>, resolution_s: u32, zone: &TimeZone) -> Self {
        let start = zone.day_of(range.start).start;
        // A range that ends within a minute of a day's beginning does not mean that day.
        let end = (range.end - 60 * SECOND).max(start + 1);
        let touched = zone.days(start, end).len() as u32;
        Self { start, n_days: n_days.unwrap_or(touched).clamp(1, MOST_DAYS), resolution_s }
    }

    /// As many days, just before these.
    pub fn before(&self, zone: &TimeZone) -> Self {
        let number = zone.day_of(self.start).number - i64::from(self.n_days);
        Self { start: zone.local_to_utc(number * DAY), ..self.clone() }
    }

    /// The local days.
    pub fn days(&self, zone: &TimeZone) -> Days {
        Days::local(self.start, self.n_days, zone)
    }

    /// The range of the local days.
    pub fn range(&self, zone: &TimeZone) -> TimeRange {
        let days = self.days(zone);
        TimeRange { start: days.start(), end: days.end() }
    }
}

/// Who computes a profile.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// The server, whose slots move by so many to become local ones.
    Server {
        /// Slots east of UTC.
        shift: i64,
    },
    /// This page, from rows that the platform has reduced.
    Reduced,
    /// This page, from raw rows.
    Raw {
        /// Why, in a sentence.
        reason: &'static str,
    },
}

/// The server's slots are UTC times of day and its days 24 hours long: they are local only while the clocks stay the
/// same, and only when the offset is whole slots. Not every server `averages`.
pub fn route(stream: &StreamInfo, period: &Period, zone: &TimeZone, averages: bool) -> Route {
    if !averages {
        return Route::Reduced;
    }
    if stream.dimensions.len() != 2 {
        return Route::Raw { reason: "The server averages streams of one value only." };
    }
    let offset = zone.offset_at(period.start);
    let end = period.start + i64::from(period.n_days) * DAY;
    let hours = (0..=i64::from(period.n_days) * 24).map(|hour| period.start + hour * 3600 * SECOND);
    if hours.into_iter().any(|time| zone.offset_at(time.min(end - 1)) != offset) {
        return Route::Raw {
            reason: "The clocks change within these days, and the server's days are all 24 hours long.",
        };
    }
    match i64::from(offset) % i64::from(period.resolution_s) {
        0 => Route::Server { shift: i64::from(offset) / i64::from(period.resolution_s) },
        _ => Route::Raw { reason: "The zone's offset is not a multiple of the slot length." },
    }
}

/// The server's answer with slot 0 at local midnight.
pub fn shifted(mut aggregate: DailyAggregate, shift: i64) -> DailyAggregate {
    let by = |slots: usize| shift.rem_euclid(slots.max(1) as i64) as usize;
    let (of_values, of_days) = (by(aggregate.values.len()), by(aggregate.n_days_with_data.len()));
    aggregate.values.rotate_right(of_values);
    aggregate.n_days_with_data.rotate_right(of_days);
    aggregate
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use streamscope_client::{Dimension, Display};
    use streamscope_frame::civil::days_from_civil;
    use streamscope_signal::{DailySummary, Summary};

    use super::*;
    use crate::charts::civil::tests::paris;

    fn stream(dimensions: usize) -> StreamInfo {
        let dimension = Dimension {
            id: "x".into(),
            data_type: "sfloat".into(),
            quantity: String::new(),
            unit: String::new(),
            unit_abbrev: String::new(),
            display: Display::default(),
        };
        StreamInfo {
            id: "a".into(),
            subject_id: "s".into(),
            device_id: None,
            name: "A".into(),
            stream_type: "a".into(),
            description: String::new(),
            algorithm: String::new(),
            dimensions: vec![dimension; dimensions],
            labels: BTreeMap::new(),
            extent: Default::default(),
        }
    }

    fn period(month: u32, day: u32, n_days: u32, resolution_s: u32) -> Period {
        let start = paris().local_to_utc(days_from_civil(2026, month, day) * DAY);
        Period { start, n_days, resolution_s }
    }

    #[test]
    fn the_server_is_asked_only_where_its_slots_are_local() {
        let zone = paris();
        assert_eq!(route(&stream(2), &period(3, 1, 14, 1800), &zone, false), Route::Reduced);
        assert_eq!(route(&stream(2), &period(3, 1, 14, 1800), &zone, true), Route::Server { shift: 2 });
        assert_eq!(route(&stream(2), &period(6, 1, 14, 3600), &zone, true), Route::Server { shift: 2 });
        let raw = |stream: &StreamInfo, period: &Period, zone: &TimeZone| {
            matches!(route(stream, period, zone, true), Route::Raw { .. })
        };
        assert!(raw(&stream(2), &period(3, 28, 2, 1800), &zone));
        assert!(!raw(&stream(2), &period(3, 27, 2, 1800), &zone));
        assert!(raw(&stream(4), &period(3, 1, 14, 1800), &zone));
        let kolkata = TimeZone::fixed("Asia/Kolkata", 19_800);
        assert!(raw(&stream(2), &period(3, 1, 7, 3600), &kolkata));
        assert_eq!(route(&stream(2), &period(3, 1, 7, 1800), &kolkata, true), Route::Server { shift: 11 });
    }

    #[test]
    fn slots_move_to_where_they_are_local() {
        let values = (0..24).map(|hour| Some(f64::from(hour))).collect();
        let summary = DailySummary {
            n_days_with_data_total: 1,
            duration_mean_per_day: None,
            duration_min_per_day: None,
            duration_max_per_day: None,
            value: Summary::default(),
        };
        let aggregate = DailyAggregate {
            resolution_s: 3600,
            values,
            n_days_with_data: (0..24).collect(),
            approx_available_duration_s: 0.0,
            summary,
        };
        // 00:00 UTC is 02:00 two hours east of it, and 19:00 the day before five hours west.
        assert_eq!(shifted(aggregate.clone(), 2).values[2], Some(0.0));
        assert_eq!(shifted(aggregate.clone(), 2).n_days_with_data[2], 0);
        assert_eq!(shifted(aggregate, -5).values[19], Some(0.0));
    }

    #[test]
    fn a_plan_covers_the_days_of_the_range() {
        let zone = paris();
        let start = period(3, 27, 1, 1800).start;
        let of = |end: i64| Period::of(TimeRange { start: start + 5, end }, None, 1800, &zone).n_days;
        assert_eq!(of(start + DAY), 1);
        assert_eq!(of(start + DAY + 3600 * SECOND), 2);
        assert_eq!(of(start + 90 * DAY), MOST_DAYS);
        // The week before the clocks went forward starts at its own midnight.
        let after = Period { start: period(4, 1, 1, 1800).start, n_days: 7, resolution_s: 1800 };
        assert_eq!(after.before(&zone).start, period(3, 25, 1, 1800).start);
    }
}

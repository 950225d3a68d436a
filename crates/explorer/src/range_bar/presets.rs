//! Ranges that one click chooses: the last stretch of the data, in whole local days where it is days.

use streamscope_client::TimeRange;
use streamscope_signal::{DAY, SECOND, TimeZone};

use crate::moment::whole_seconds;

/// A range named by its length, counted back from the end of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// The last hour of data.
    Hour,
    /// The last 24 hours of data.
    Day,
    /// The last seven local days that hold data.
    Week,
    /// The last 14.
    TwoWeeks,
    /// The last 30.
    Month,
    /// Everything.
    All,
}

impl Preset {
    /// All of them, shortest first.
    pub const ALL: [Self; 6] = [Self::Hour, Self::Day, Self::Week, Self::TwoWeeks, Self::Month, Self::All];

    /// What the button says, and what it means.
    pub fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Hour => ("1 h", "The last hour of data"),
            Self::Day => ("24 h", "The last 24 hours of data"),
            Self::Week => ("7 d", "The last 7 days of data"),
            Self::TwoWeeks => ("14 d", "The last 14 days of data"),
            Self::Month => ("30 d", "The last 30 days of data"),
            Self::All => ("All", "All data of the selected streams"),
        }
    }

    /// The range, given everything there is: whole local days, or whole seconds.
    pub fn range(self, all: TimeRange, zone: &TimeZone) -> TimeRange {
        let all = whole_seconds(all);
        let last = all.end.saturating_sub(1).max(all.start);
        let days = |count: i64| {
            // Counted on the calendar: a local day may have 23 or 25 hours.
            let midnight = zone.utc_to_local(last).div_euclid(DAY) * DAY;
            TimeRange {
                start: zone.local_to_utc(midnight - (count - 1) * DAY),
                end: zone.local_to_utc(midnight + DAY),
            }
        };
        let back = |length: i64| TimeRange { start: all.end.saturating_sub(length), end: all.end };
        match self {
            Self::Hour => back(3600 * SECOND),
            Self::Day => back(DAY),
            Self::Week => days(7),
            Self::TwoWeeks => days(14),
            Self::Month => days(30),
            Self::All => all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment;

    #[test]
    fn days_are_whole_local_days_across_a_clock_change() {
        let change = moment::parse("2026-03-29 01:00", &TimeZone::utc()).unwrap();
        let paris = TimeZone::new("Europe/Paris", 3600, vec![(change, 7200)]);
        let at = |text: &str| moment::parse(text, &paris).unwrap();
        let all = TimeRange { start: at("2026-03-01 10:00"), end: at("2026-03-31 18:00:00.000000001") };
        let week = Preset::Week.range(all, &paris);
        assert_eq!((week.start, week.end), (at("2026-03-25"), at("2026-04-01")));
        assert_eq!(week.end - week.start, 7 * DAY - 3600 * SECOND);
        assert_eq!(Preset::Day.range(all, &paris).end, at("2026-03-31 18:00:01"));
        assert_eq!(Preset::All.range(all, &paris).start, all.start);
        let one = TimeRange { start: at("2026-03-31 00:00"), end: at("2026-03-31 00:00") + 1 };
        assert_eq!(Preset::Week.range(one, &paris).end, at("2026-04-01"));
    }
}

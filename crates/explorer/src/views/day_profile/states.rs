//! The average day of states: which share of the recorded time each of them takes, slot by slot.
//!
//! Time counts from a run's start to its end, so that rare and frequent samples weigh what they last. Time without a
//! state (a gap, a null) belongs to no share. Days are local days; a slot's share runs over all days together.

use std::collections::BTreeMap;

use streamscope_client::TimeRange;
use streamscope_signal::{DAY, DailyAggregate, DailySummary, SECOND, Summary, TimeZone};

use super::period::Period;
use crate::recording::{Data, intersection};

/// Runs are cut where the wall clock shows a multiple of this, ns: where slots begin, and where clocks change.
const CUT: i64 = 900 * SECOND;

/// States that are drawn at most: more curves cannot be told apart.
const MOST_STATES: usize = 7;

/// A state's name, and its shares in percent.
pub type Share = (String, DailyAggregate);

/// Time over time of day: one slot after the other.
#[derive(Clone)]
struct Slots {
    /// Time, ns.
    time: Vec<i64>,
    /// Whether there is any: slots of the first day, then of the second, …
    on_day: Vec<bool>,
}

impl Slots {
    fn new(slots: usize, days: usize) -> Self {
        Self { time: vec![0; slots], on_day: vec![false; slots * days] }
    }

    fn add(&mut self, day: usize, slot: usize, time: i64) {
        if let Some(held) = self.time.get_mut(slot) {
            *held += time;
        }
        let slots = self.time.len();
        if let Some(held) = self.on_day.get_mut(day * slots + slot) {
            *held = true;
        }
    }

    fn days_with_any(&self) -> Vec<u32> {
        let mut counts = vec![0; self.time.len()];
        for day in self.on_day.chunks(self.time.len().max(1)) {
            counts.iter_mut().zip(day).for_each(|(count, on)| *count += u32::from(*on));
        }
        counts
    }
}

/// The shares of all states of a column over a period's days.
pub fn shares(data: &Data, column: usize, period: &Period, zone: &TimeZone) -> Vec<Share> {
    let range = period.range(zone);
    let runs: Vec<_> = data
        .states(column, range)
        .flat_map(|runs| {
            let named = runs.within(range).iter().filter_map(|run| {
                let name = runs.names().get(run.state? as usize)?;
                Some((TimeRange { start: run.start, end: run.end }, name.as_str()))
            });
            named.collect::<Vec<_>>()
        })
        .collect();
    let names = longest(&data.state_names(column), &runs);
    shares_of(runs.into_iter(), &names, period, zone)
}

/// The states that last longest, as many as have a colour of their own, in the order of `names`.
fn longest(names: &[String], runs: &[(TimeRange, &str)]) -> Vec<String> {
    let mut lasting = BTreeMap::<&str, i64>::new();
    for (run, name) in runs {
        *lasting.entry(name).or_default() += run.end.saturating_sub(run.start);
    }
    let mut by_time: Vec<_> = lasting.into_iter().collect();
    by_time.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    by_time.truncate(MOST_STATES);
    names.iter().filter(|name| by_time.iter().any(|(known, _)| known == name)).cloned().collect()
}

fn shares_of<'a>(
    runs: impl Iterator<Item = (TimeRange, &'a str)>,
    names: &[String],
    period: &Period,
    zone: &TimeZone,
) -> Vec<Share> {
    let (range, first_day) = (period.range(zone), zone.day_of(period.start).number);
    let length = i64::from(period.resolution_s.max(1)) * SECOND;
    let empty = Slots::new((DAY / length) as usize, period.n_days as usize);
    let (mut all, mut own) = (empty.clone(), vec![empty; names.len()]);
    for (run, name) in runs {
        let Some(run) = intersection(run, range) else { continue };
        let place = names.iter().position(|known| known == name);
        let mut from = run.start;
        while from < run.end {
            let local = zone.utc_to_local(from);
            let to = run.end.min(from + CUT.min(length) - local.rem_euclid(CUT.min(length)));
            let day = (zone.day_of(from).number - first_day).max(0) as usize;
            let slot = (local.rem_euclid(DAY) / length) as usize;
            all.add(day, slot, to - from);
            if let Some(own) = place.and_then(|place| own.get_mut(place)) {
                own.add(day, slot, to - from);
            }
            from = to;
        }
    }
    let aggregates = own.iter().map(|own| aggregate(own, &all, period));
    names.iter().cloned().zip(aggregates).collect()
}

/// One state's shares of all the time that has a state.
fn aggregate(own: &Slots, all: &Slots, period: &Period) -> DailyAggregate {
    let share = |own: i64, all: i64| (all > 0).then(|| own as f64 * 100.0 / all as f64);
    let (of_own, of_all) = (own.time.iter().sum::<i64>(), all.time.iter().sum::<i64>());
    let recorded = |day: &&[bool]| day.contains(&true);
    let days = all.on_day.chunks(all.time.len().max(1)).filter(recorded).count() as u32;
    let values: Vec<_> = own.time.iter().zip(&all.time).map(|(own, all)| share(*own, *all)).collect();
    let filled = || values.iter().flatten().copied();
    DailyAggregate {
        resolution_s: period.resolution_s,
        n_days_with_data: all.days_with_any(),
        approx_available_duration_s: of_all as f64 / SECOND as f64,
        summary: DailySummary {
            n_days_with_data_total: days,
            duration_mean_per_day: (days > 0).then(|| of_all as f64 / f64::from(days)),
            duration_min_per_day: None,
            duration_max_per_day: None,
            value: Summary {
                mean: share(of_own, of_all),
                min: filled().reduce(f64::min),
                max: filled().reduce(f64::max),
                ..Summary::default()
            },
        },
        values,
    }
}

#[cfg(test)]
mod tests {
    use streamscope_frame::civil::days_from_civil;

    use super::*;
    use crate::charts::civil::tests::paris;

    const HOUR: i64 = 3600 * SECOND;

    fn names() -> Vec<String> {
        ["asleep", "awake"].map(String::from).into()
    }

    #[test]
    fn shares_are_of_the_time_that_has_a_state() {
        let zone = TimeZone::utc();
        let period = Period { start: 0, n_days: 2, resolution_s: 3600 };
        let at = |start: i64, end: i64, name| (TimeRange { start, end }, name);
        let runs = [
            at(0, HOUR / 2, "asleep"),
            at(HOUR / 2, HOUR, "awake"),
            at(DAY, DAY + HOUR, "asleep"),
            // Longer than the period's days.
            at(DAY + 23 * HOUR, 3 * DAY, "awake"),
        ];
        let shares = shares_of(runs.into_iter(), &names(), &period, &zone);
        let (asleep, awake) = (&shares[0].1, &shares[1].1);
        assert_eq!((asleep.values[0], awake.values[0]), (Some(75.0), Some(25.0)));
        assert_eq!((asleep.values[23], awake.values[23]), (Some(0.0), Some(100.0)));
        assert_eq!(asleep.values[1], None, "nothing was recorded then");
        assert_eq!(asleep.n_days_with_data[..2], [2, 0]);
        assert_eq!(asleep.summary.value.mean, Some(50.0));
        assert_eq!(asleep.summary.duration_mean_per_day, Some(1.5 * HOUR as f64));
    }

    #[test]
    fn a_day_of_25_hours_fills_its_repeated_hour() {
        let zone = paris();
        let start = zone.local_to_utc(days_from_civil(2026, 10, 25) * DAY);
        let period = Period { start, n_days: 1, resolution_s: 21_600 };
        let night = (TimeRange { start, end: start + 7 * HOUR }, "asleep");
        let morning = (TimeRange { start: start + 7 * HOUR, end: start + 25 * HOUR }, "awake");
        let shares = shares_of([night, morning].into_iter(), &names(), &period, &zone);
        let values: Vec<_> = shares[0].1.values.iter().flatten().copied().collect();
        assert_eq!(values, [100.0, 0.0, 0.0, 0.0]);
        assert_eq!(shares[0].1.summary.value.mean, Some(28.0));
    }
}

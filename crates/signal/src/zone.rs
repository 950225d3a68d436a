//! Time zones as a sorted table of UTC-offset transitions: pure, so that the browser can fill it from `Intl`.
//!
//! A local time is written as `i64` nanoseconds too: what the wall clock shows, counted as if it were UTC. A reading
//! that comes twice means the first; one that the clocks jump over means as long after the jump as it would have
//! been. A local day runs from the first instant of its date to the first instant of the next date; dates that a zone
//! skips do not exist. Results outside the range of `i64` nanoseconds are cut to it.

use std::ops::RangeInclusive;

use streamscope_frame::civil::civil_from_days;

use crate::{DAY, SECOND};

/// A time zone: an initial offset and the instants at which it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone {
    name: String,
    initial_s: i32,
    /// (instant in ns UTC, offset in s east of UTC from then on), sorted by instant.
    transitions: Vec<(i64, i32)>,
}

/// A day on the wall clock of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalDay {
    /// First instant of the day, ns.
    pub start: i64,
    /// First instant of the next day, ns: 23, 24 or 25 hours later, as a rule.
    pub end: i64,
    /// The date, in days since 1970-01-01.
    pub number: i64,
}

impl LocalDay {
    /// Year, month and day of the month.
    pub fn date(&self) -> (i64, u32, u32) {
        civil_from_days(self.number)
    }
}

/// A time during which the offset stays the same.
pub(crate) struct Period {
    pub(crate) times: RangeInclusive<i64>,
    offset: i64,
}

impl Period {
    /// What the wall clock shows.
    pub(crate) fn local(&self, time: i64) -> i64 {
        time.saturating_add(self.offset)
    }
}

impl TimeZone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self::fixed("UTC", 0)
    }

    /// One offset for ever, in seconds east of UTC.
    pub fn fixed(name: impl Into<String>, offset_s: i32) -> Self {
        Self::new(name, offset_s, Vec::new())
    }

    /// A zone with changes. `transitions` are sorted here; of several at one instant the last wins.
    pub fn new(name: impl Into<String>, initial_s: i32, mut transitions: Vec<(i64, i32)>) -> Self {
        transitions.sort_by_key(|&(instant, _)| instant);
        transitions.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                *kept = *later;
            }
            same
        });
        Self { name: name.into(), initial_s, transitions }
    }

    /// The zone's name, as given ("Europe/Paris").
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of UTC at an instant (ns).
    pub fn offset_at(&self, time: i64) -> i32 {
        let passed = self.transitions.partition_point(|&(instant, _)| instant <= time);
        passed
            .checked_sub(1)
            .and_then(|last| self.transitions.get(last))
            .map_or(self.initial_s, |&(_, offset_s)| offset_s)
    }

    /// What the wall clock shows at an instant (ns).
    pub fn utc_to_local(&self, time: i64) -> i64 {
        time.saturating_add(i64::from(self.offset_at(time)) * SECOND)
    }

    /// The instant (ns) at which the wall clock shows a local time.
    pub fn local_to_utc(&self, local: i64) -> i64 {
        let local = i128::from(local);
        cut(match self.resolve(local) {
            Resolved::Shown(instant) => instant,
            // Clocks that go back soon after may show it yet.
            Resolved::Skipped { jump, offset } => self.shown_after(jump, local).unwrap_or(local - offset),
        })
    }

    /// The first instant from a jump on at which the wall clock shows a local time; `None` if it never does.
    fn shown_after(&self, jump: i128, local: i128) -> Option<i128> {
        let first = self.transitions.partition_point(|&(instant, _)| i128::from(instant) < jump);
        let periods = self.transitions.get(first..)?.iter().enumerate();
        periods.into_iter().find_map(|(place, &(start, offset_s))| {
            let instant = local - i128::from(offset_s) * i128::from(SECOND);
            let end = self.transitions.get(first + place + 1).map_or(i64::MAX, |&(end, _)| end);
            (i128::from(start)..i128::from(end)).contains(&instant).then_some(instant)
        })
    }

    /// The local day that holds an instant (ns).
    pub fn day_of(&self, time: i64) -> LocalDay {
        let local = i128::from(time) + i128::from(self.offset_at(time)) * i128::from(SECOND);
        let mut number = local.div_euclid(i128::from(DAY));
        // Where the clocks go back over midnight, instants of the old date come after the new day has begun.
        while self.day_start(number + 1) <= i128::from(time) {
            number += 1;
        }
        let start = self.day_start(number);
        // A date that the zone skips starts and ends in one instant.
        let end = (number + 1..).map(|next| self.day_start(next)).find(|&end| end > start).unwrap_or(start);
        LocalDay { start: cut(start), end: cut(end), number: number as i64 }
    }

    /// The local days that hold instants of `[start, end)` (ns), in order.
    pub fn days(&self, start: i64, end: i64) -> Vec<LocalDay> {
        let mut days = Vec::new();
        let mut next = start;
        while next < end {
            let day = self.day_of(next);
            next = day.end;
            days.push(day);
            if day.end == i64::MAX {
                break;
            }
        }
        days
    }

    /// The period around an instant in which the offset stays the same.
    pub(crate) fn period(&self, time: i64) -> Period {
        let passed = self.transitions.partition_point(|&(instant, _)| instant <= time);
        let first = passed.checked_sub(1).map_or(i64::MIN, |last| self.transitions[last].0);
        let last = self.transitions.get(passed).map_or(i64::MAX, |&(instant, _)| instant - 1);
        Period { times: first..=last, offset: self.offset_after(passed) as i64 }
    }

    /// Reckons in `i128`: near the ends of `i64` a local time, or a day's start, may lie beyond.
    fn resolve(&self, local: i128) -> Resolved {
        // Periods that end on the wall clock before the local time are behind us: look for the first that does not.
        let offsets = self.transitions.iter().map(|&(_, offset_s)| offset_s);
        let most_east = offsets.chain([self.initial_s]).max().unwrap_or(0);
        let earliest = local - i128::from(most_east) * i128::from(SECOND);
        let mut passed = self.transitions.partition_point(|&(instant, _)| i128::from(instant) <= earliest);
        while let Some(&(jump, _)) = self.transitions.get(passed) {
            let (jump, offset, next) =
                (i128::from(jump), self.offset_after(passed), self.offset_after(passed + 1));
            if local < jump + offset {
                break;
            }
            if local < jump + next {
                return Resolved::Skipped { jump, offset };
            }
            passed += 1;
        }
        Resolved::Shown(local - self.offset_after(passed))
    }

    /// Nanoseconds east of UTC after that many transitions.
    fn offset_after(&self, passed: usize) -> i128 {
        let last = passed.checked_sub(1).and_then(|last| self.transitions.get(last));
        i128::from(last.map_or(self.initial_s, |&(_, offset_s)| offset_s)) * i128::from(SECOND)
    }

    /// First instant of a date.
    fn day_start(&self, number: i128) -> i128 {
        match self.resolve(number * i128::from(DAY)) {
            Resolved::Shown(instant) => instant,
            Resolved::Skipped { jump, .. } => jump,
        }
    }
}

/// What a local time means.
enum Resolved {
    /// The first instant at which the wall clock shows it.
    Shown(i128),
    /// The clocks jump over it.
    Skipped {
        /// When they jump, ns.
        jump: i128,
        /// How far east of UTC they are until then, ns.
        offset: i128,
    },
}

fn cut(time: i128) -> i64 {
    time.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

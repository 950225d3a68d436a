//! The thirty days, in the local time of America/Los_Angeles.

use std::ops::Range;

use crate::demo::random::Random;

/// 2024-02-24 00:00 local time, Unix s.
pub(super) const START: i64 = 1_708_761_600;
/// 2024-03-25 00:00 local time, Unix s.
pub(super) const END: i64 = 1_711_350_000;
/// 2024-03-10 02:00 local time, Unix s: clocks go forward to 03:00.
const SPRING: i64 = 1_710_064_800;
/// Days from start to end.
pub(super) const DAYS: i64 = 30;
pub(super) const NS: i64 = 1_000_000_000;

/// Local wall-clock time as seconds of the day.
pub(super) fn time_of_day(time: i64) -> i64 {
    (time - 28_800 + if time >= SPRING { 3600 } else { 0 }).rem_euclid(86_400)
}

/// Local wall-clock time as hours of the day.
pub(super) fn hour(time: i64) -> f64 {
    time_of_day(time) as f64 / 3600.0
}

/// The instant of a wall-clock time (s of the day) on a day counted from 0.
pub(super) fn at(day: i64, second: i64) -> i64 {
    let standard = START + day * 86_400 + second;
    if standard >= SPRING { standard - 3600 } else { standard }
}

/// When a watch is worn: days with a charge at midday or in the evening, short breaks, and a day it was forgotten.
pub(super) fn worn(random: &mut Random) -> Vec<Range<i64>> {
    let mut intervals = Vec::new();
    for day in (0..DAYS).filter(|&day| day != 12) {
        let morning = at(day, 6 * 3600 + 1800 + random.whole(0, 3600));
        let charge = at(day, 12 * 3600 + random.whole(0, 4 * 3600));
        let back = charge + random.whole(35 * 60, 95 * 60);
        let evening = at(day, 21 * 3600 + random.whole(0, 2 * 3600));
        intervals.push(morning..charge);
        let pause = back + random.whole(3600, (evening - back - 3600).max(3601));
        intervals.push(back..pause);
        intervals.push(pause + random.whole(4 * 60, 25 * 60)..evening);
    }
    intervals.retain(|interval| !interval.is_empty());
    intervals
}

/// A smooth bump of height 1 and a given width (in hours) around an hour of the day.
pub(super) fn bump(hour: f64, centre: f64, width: f64) -> f64 {
    let distance = (hour - centre + 36.0).rem_euclid(24.0) - 12.0;
    (-(distance / width).powi(2)).exp()
}

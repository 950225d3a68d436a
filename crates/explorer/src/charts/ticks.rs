//! Where axis labels stand, and what they say.

use streamscope_client::TimeRange;
use streamscope_signal::{Civil, DAY, SECOND, TimeZone};

use super::civil::{month_name, short_clock, short_date};

/// A labelled instant on a time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeTick {
    /// The instant, ns.
    pub time: i64,
    /// What stands below it.
    pub label: String,
    /// Whether a longer unit begins here (a day among hours): drawn stronger.
    pub strong: bool,
}

/// The distance between two time ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nanoseconds, a divisor of an hour, or hours that divide a day.
    Fixed(i64),
    Days(i64),
    Months(i64),
    Years(i64),
}

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 3600 * SECOND;

/// Average length of the pixels that a label needs, with air around it.
const PIXELS_PER_LETTER: f64 = 6.5;
const AIR: f64 = 28.0;

/// Ticks for a range drawn over `width` CSS pixels, at wall-clock times that are round in the zone.
pub fn time_ticks(range: TimeRange, width: f64, zone: &TimeZone) -> Vec<TimeTick> {
    let span = (range.end - range.start) as f64;
    if span <= 0.0 || width <= 0.0 {
        return Vec::new();
    }
    let fits = |step: &Step| {
        let pixels = step_length(*step) as f64 / span * width;
        pixels >= label_letters(*step) * PIXELS_PER_LETTER + AIR
    };
    let step = ladder().find(fits).unwrap_or(Step::Years(1000));
    instants(range, step, zone).into_iter().map(|time| tick(time, step, zone)).collect()
}

/// All steps, shortest first.
fn ladder() -> impl Iterator<Item = Step> {
    let decimal = (0..9).flat_map(|power| [1, 2, 5].map(|digit| Step::Fixed(digit * 10_i64.pow(power))));
    let fixed = [1, 2, 5, 10, 15, 30].map(|seconds| Step::Fixed(seconds * SECOND));
    let minutes = [1, 2, 5, 10, 15, 30].map(|minutes| Step::Fixed(minutes * MINUTE));
    let hours = [1, 2, 3, 6, 12].map(|hours| Step::Fixed(hours * HOUR));
    let days = [1, 2, 7].map(Step::Days);
    let months = [1, 2, 3, 6].map(Step::Months);
    let years = [1, 2, 5, 10, 20, 50, 100, 200, 500].map(Step::Years);
    decimal.chain(fixed).chain(minutes).chain(hours).chain(days).chain(months).chain(years)
}

fn step_length(step: Step) -> i64 {
    match step {
        Step::Fixed(length) => length,
        Step::Days(days) => days * DAY,
        Step::Months(months) => months * 28 * DAY,
        Step::Years(years) => years * 365 * DAY,
    }
}

/// Letters of a label at this step.
fn label_letters(step: Step) -> f64 {
    match step {
        Step::Fixed(length) => 8.0 + fraction_digits(length) as f64,
        Step::Days(_) => 10.0,
        _ => 8.0,
    }
}

/// Digits after the second that tell two ticks apart.
fn fraction_digits(step: i64) -> usize {
    (0..=9).find(|&digits| step % 10_i64.pow(9 - digits) == 0).unwrap_or(9) as usize
}

fn instants(range: TimeRange, step: Step, zone: &TimeZone) -> Vec<i64> {
    let mut times = Vec::new();
    let mut time = first_instant(range.start, step, zone);
    // A guard only: the step was chosen so that a few dozen fit.
    while time < range.end && times.len() < 1000 {
        if time >= range.start {
            times.push(time);
        }
        let Some(next) = next_instant(time, step, zone).filter(|&next| next > time) else { break };
        time = next;
    }
    times
}

fn first_instant(start: i64, step: Step, zone: &TimeZone) -> i64 {
    let civil = Civil::at(start, zone);
    match step {
        Step::Fixed(length) if length <= HOUR => align_down(start, length, zone),
        Step::Fixed(_) => zone.day_of(start).start,
        Step::Days(days) => {
            // Weeks start on Monday: 1970-01-05 was one.
            let back = (zone.day_of(start).number - 4).rem_euclid(days);
            days_later(start, -back, zone)
        }
        Step::Months(months) => {
            let month = (i64::from(civil.month) - 1) / months * months + 1;
            Civil::instant(civil.year, month as u32, 1, 0, zone)
        }
        Step::Years(years) => Civil::instant(civil.year.div_euclid(years) * years, 1, 1, 0, zone),
    }
}

fn next_instant(time: i64, step: Step, zone: &TimeZone) -> Option<i64> {
    let civil = Civil::at(time, zone);
    match step {
        // Short steps follow real time, so that an hour that comes twice is labelled twice.
        Step::Fixed(length) if length <= HOUR => {
            let next = time.checked_add(length)?;
            let aligned = align_down(next, length, zone);
            Some(if aligned > time { aligned } else { aligned.checked_add(length)? })
        }
        // Longer ones follow the wall clock, so that 06:00 stays 06:00 on a day of 23 hours.
        Step::Fixed(length) => {
            let of_day = (civil.time_of_day / length + 1) * length;
            Some(match of_day >= DAY {
                true => zone.day_of(time).end,
                false => Civil::instant(civil.year, civil.month, civil.day, of_day, zone),
            })
        }
        Step::Days(days) => Some(days_later(time, days, zone)),
        Step::Months(months) => {
            let month = i64::from(civil.month) - 1 + months;
            Some(Civil::instant(civil.year + month / 12, (month % 12 + 1) as u32, 1, 0, zone))
        }
        Step::Years(years) => Some(Civil::instant(civil.year + years, 1, 1, 0, zone)),
    }
}

/// Start of the local day so many days after the one that holds an instant.
fn days_later(time: i64, days: i64, zone: &TimeZone) -> i64 {
    zone.local_to_utc((zone.day_of(time).number + days) * DAY)
}

/// The last instant not after `time` whose wall clock is a multiple of `step`.
fn align_down(time: i64, step: i64, zone: &TimeZone) -> i64 {
    let offset = i64::from(zone.offset_at(time)) * SECOND;
    (time + offset).div_euclid(step) * step - offset
}

fn tick(time: i64, step: Step, zone: &TimeZone) -> TimeTick {
    let civil = Civil::at(time, zone);
    let (label, strong) = match step {
        Step::Fixed(_) if civil.time_of_day == 0 => (short_date(&civil), true),
        Step::Fixed(length) if length >= MINUTE => (short_clock(&civil), false),
        Step::Fixed(length) => (civil.clock_text(fraction_digits(length)), false),
        Step::Days(_) => (short_date(&civil), civil.day == 1),
        Step::Months(_) if civil.month == 1 => (civil.year.to_string(), true),
        Step::Months(_) => (format!("{} {}", month_name(&civil), civil.year), false),
        Step::Years(_) => (civil.year.to_string(), false),
    };
    TimeTick { time, label, strong }
}

#[cfg(test)]
mod tests {
    use super::super::civil::tests::paris;
    use super::*;

    fn labels(start: i64, end: i64, width: f64, zone: &TimeZone) -> Vec<String> {
        time_ticks(TimeRange { start, end }, width, zone).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn a_local_day_is_labelled_in_local_time() {
        let zone = TimeZone::fixed("Asia/Kolkata", 19_800);
        let midnight = Civil::instant(2026, 5, 1, 0, &zone);
        let labels = labels(midnight, midnight + DAY, 700.0, &zone);
        assert_eq!(labels, ["Fri 1 May", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
    }

    #[test]
    fn the_hour_that_comes_twice_is_labelled_twice() {
        let zone = paris();
        let start = Civil::instant(2026, 10, 25, 0, &zone);
        assert_eq!(
            labels(start, start + 5 * HOUR, 600.0, &zone),
            ["Sun 25 Oct", "01:00", "02:00", "02:00", "03:00"]
        );
    }

    #[test]
    fn round_hours_stay_round_when_the_clocks_go_forward() {
        let zone = paris();
        let start = Civil::instant(2026, 3, 29, 0, &zone);
        let ticks = time_ticks(TimeRange { start, end: start + 23 * HOUR }, 420.0, &zone);
        let labels: Vec<_> = ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["Sun 29 Mar", "06:00", "12:00", "18:00"]);
        assert_eq!(ticks[1].time - ticks[0].time, 5 * HOUR);
    }

    #[test]
    fn one_hour_steps_skip_the_hour_that_does_not_exist() {
        let zone = paris();
        let start = Civil::instant(2026, 3, 29, 0, &zone);
        assert_eq!(labels(start, start + 4 * HOUR, 480.0, &zone), ["Sun 29 Mar", "01:00", "03:00", "04:00"]);
    }

    #[test]
    fn nanoseconds_are_told_apart() {
        let labels = labels(1_000_000_000, 1_000_000_030, 600.0, &TimeZone::utc());
        assert_eq!(labels[..2], ["00:00:01.00000000", "00:00:01.00000001"]);
    }

    #[test]
    fn months_and_years_start_on_their_first_day() {
        let zone = paris();
        let start = Civil::instant(2025, 11, 15, 0, &zone);
        let end = Civil::instant(2026, 4, 15, 0, &zone);
        assert_eq!(
            labels(start, end, 500.0, &zone),
            ["Dec 2025", "2026", "Feb 2026", "Mar 2026", "Apr 2026"]
        );
    }

    #[test]
    fn ticks_lie_inside_their_range_whatever_it_is() {
        let zone = paris();
        let middle = Civil::instant(2026, 10, 25, 0, &zone);
        for power in 1..18 {
            let span = 10_i64.pow(power);
            let range = TimeRange { start: middle - span / 3, end: middle + span };
            let ticks = time_ticks(range, 900.0, &zone);
            assert!(ticks.len() <= 20, "{power}: {}", ticks.len());
            assert!(ticks.iter().all(|tick| range.start <= tick.time && tick.time < range.end));
            assert!(ticks.windows(2).all(|pair| pair[0].time < pair[1].time));
        }
        assert_eq!(time_ticks(TimeRange { start: 5, end: 5 }, 900.0, &zone), []);
    }
}

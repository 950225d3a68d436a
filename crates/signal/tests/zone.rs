//! Local time: there and back, days of 23 and 25 hours, and how it is written.

use proptest::prelude::*;
use streamscope_signal::{Civil, DAY, SECOND, TimeZone};

use crate::support::{HOUR, paris, utc};

fn local(year: i64, month: u32, day: u32, hour: i64, minute: i64) -> i64 {
    utc(year, month, day, hour, minute)
}

#[test]
fn a_reading_that_comes_twice_means_the_first_and_one_that_never_comes_moves_on() {
    let zone = paris();
    assert_eq!(zone.local_to_utc(local(2024, 10, 27, 2, 30)), utc(2024, 10, 27, 0, 30));
    assert_eq!(zone.local_to_utc(local(2024, 10, 27, 3, 0)), utc(2024, 10, 27, 2, 0));
    assert_eq!(zone.local_to_utc(local(2024, 3, 31, 2, 30)), utc(2024, 3, 31, 1, 30));
    assert_eq!(zone.utc_to_local(utc(2024, 3, 31, 1, 30)), local(2024, 3, 31, 3, 30));
    assert_eq!(zone.local_to_utc(local(2024, 3, 31, 3, 0)), utc(2024, 3, 31, 1, 0));
}

#[test]
fn of_two_changes_at_one_instant_the_last_counts() {
    let change = utc(2024, 1, 1, 0, 0);
    let zone = TimeZone::new("twice", 0, vec![(change, 36_000), (change, 3600)]);
    assert_eq!(zone.offset_at(change), 3600);
    assert_eq!(zone.local_to_utc(local(2024, 1, 1, 1, 0)), change);
    assert_eq!(zone.local_to_utc(local(2024, 1, 1, 5, 0)), change + 4 * HOUR);
}

#[test]
fn days_have_the_hours_that_the_clocks_give_them() {
    let zone = paris();
    let hours = |month, day| {
        let day = zone.day_of(utc(2024, month, day, 12, 0));
        (day.end - day.start) / HOUR
    };
    assert_eq!([hours(3, 30), hours(3, 31), hours(4, 1)], [24, 23, 24]);
    assert_eq!([hours(10, 26), hours(10, 27), hours(10, 28)], [24, 25, 24]);
    let days = zone.days(utc(2024, 3, 30, 0, 0), utc(2024, 4, 1, 0, 0));
    let dates: Vec<_> = days.iter().map(|day| day.date()).collect();
    assert_eq!(dates, [(2024, 3, 30), (2024, 3, 31), (2024, 4, 1)]);
    assert!(zone.days(5, 5).is_empty());
}

#[test]
fn where_midnight_is_skipped_the_day_starts_when_the_clocks_jump() {
    // Clocks go from 23:30 to 00:30.
    let jump = utc(2024, 5, 1, 23, 30);
    let zone = TimeZone::new("skips midnight", 0, vec![(jump, 3600)]);
    let day = zone.day_of(jump);
    assert_eq!((day.start, day.date()), (jump, (2024, 5, 2)));
    assert_eq!(zone.day_of(jump - 1).end, jump);
}

#[test]
fn where_the_clocks_go_back_over_midnight_the_day_stays_begun() {
    // Clocks go from 00:30 back to 23:30: the old date returns for half an hour.
    let change = utc(2024, 5, 2, 0, 30);
    let zone = TimeZone::new("back over midnight", 0, vec![(change, -3600)]);
    let day = zone.day_of(change + 1);
    assert_eq!(
        (day.start, day.end, day.date()),
        (utc(2024, 5, 2, 0, 0), utc(2024, 5, 3, 1, 0), (2024, 5, 2))
    );
}

#[test]
fn a_date_that_a_zone_skips_is_no_day() {
    // Samoa went over the date line at the end of 2011-12-29.
    let zone = TimeZone::new("Pacific/Apia", -36_000, vec![(utc(2011, 12, 30, 10, 0), 50_400)]);
    let dates: Vec<_> =
        zone.days(utc(2011, 12, 29, 20, 0), utc(2011, 12, 31, 0, 0)).iter().map(|day| day.date()).collect();
    assert_eq!(dates, [(2011, 12, 29), (2011, 12, 31)]);
}

#[test]
fn the_ends_of_time_do_no_harm() {
    for zone in [paris(), TimeZone::utc(), TimeZone::fixed("far", i32::MAX), TimeZone::fixed("far", i32::MIN)]
    {
        for time in [i64::MIN, i64::MIN + 1, 0, i64::MAX - 1, i64::MAX] {
            let day = zone.day_of(time);
            assert!(day.start <= time && time <= day.end, "{zone:?} {time} {day:?}");
            Civil::at(time, &zone).to_string();
        }
        assert!(!zone.days(i64::MAX - 3 * DAY, i64::MAX).is_empty());
    }
}

#[test]
fn civil_time_is_written_exactly() {
    let zone = paris();
    let time = utc(2024, 3, 28, 6, 5) + 9 * SECOND + 250_000_000;
    let civil = Civil::at(time, &zone);
    assert_eq!(civil.to_string(), "2024-03-28 07:05:09.25+01:00");
    assert_eq!(civil.clock_text(0), "07:05:09");
    assert_eq!(civil.clock_text(3), "07:05:09.250");
    assert_eq!(civil.weekday(), 3);
    assert_eq!((civil.hour(), civil.minute(), civil.second(), civil.nanosecond()), (7, 5, 9, 250_000_000));
    assert_eq!(Civil::at(-1, &TimeZone::utc()).to_string(), "1969-12-31 23:59:59.999999999+00:00");
    assert_eq!(Civil::at(0, &TimeZone::fixed("Paris, 1900", 561)).offset_text(), "+00:09:21");
    assert_eq!(Civil::at(0, &TimeZone::fixed("west", -12_600)).offset_text(), "-03:30");
}

/// Zones whose clocks change by up to a day, now and then.
fn zones() -> impl Strategy<Value = TimeZone> {
    let change = (-40 * 24_i64..40 * 24, -14 * 4_i32..=14 * 4);
    (-14 * 4_i32..=14 * 4, prop::collection::vec(change, 0..6)).prop_map(|(initial, changes)| {
        let changes = changes.into_iter().map(|(hour, quarters)| (hour * HOUR, quarters * 900)).collect();
        TimeZone::new("made up", initial * 900, changes)
    })
}

proptest! {
    #[test]
    fn a_local_time_means_the_first_instant_that_shows_it(zone in zones(), local in -50 * DAY..50 * DAY) {
        let instant = zone.local_to_utc(local);
        // All offsets are multiples of a quarter of an hour: so are the distances between instants that show it.
        let candidates = (-30 * 4..30 * 4).map(|quarter: i64| local + quarter * HOUR / 4);
        match candidates.filter(|&at| zone.utc_to_local(at) == local).min() {
            Some(first) => prop_assert_eq!(instant, first),
            None => prop_assert!(zone.utc_to_local(instant) > local),
        }
    }

    #[test]
    fn days_follow_each_other_and_start_with_the_first_instant_of_their_date(
        zone in zones(),
        time in -45 * DAY..45 * DAY,
    ) {
        let day = zone.day_of(time);
        prop_assert!(day.start <= time && time < day.end);
        prop_assert_eq!(zone.day_of(day.start), day);
        prop_assert_eq!(zone.day_of(day.end - 1), day);
        prop_assert_eq!(zone.day_of(day.end).start, day.end);
        prop_assert!(zone.day_of(day.end).number > day.number);
        let date = |at: i64| zone.utc_to_local(at).div_euclid(DAY);
        prop_assert_eq!(date(day.start), day.number);
        let before = (1..200).map(|quarter| day.start - quarter * HOUR / 4);
        prop_assert!(before.chain([day.start - 1]).all(|at| date(at) < day.number));
    }

    #[test]
    fn civil_readings_go_there_and_back(time in any::<i64>()) {
        let zone = TimeZone::utc();
        let civil = Civil::at(time, &zone);
        prop_assert_eq!(Civil::instant(civil.year, civil.month, civil.day, civil.time_of_day, &zone), time);
    }
}

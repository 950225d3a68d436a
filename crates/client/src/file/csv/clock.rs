//! Times of a clock whose zone somebody told, as instants.

use std::borrow::Cow;

use streamscope_signal::TimeZone;

const HOUR: i64 = 3_600_000_000_000;
/// How long before a time a read begins, so that it comes to an hour that the clock shows twice from before.
pub(super) const MARGIN: i64 = 2 * HOUR;

/// The instants at which a clock shows these times, in their order, after a row of an instant. Of an hour that the clock
/// shows twice, the first is meant, until times go back.
pub(super) fn instants<'a>(zone: Option<&TimeZone>, shown: &'a [i64], before: Option<i64>) -> Cow<'a, [i64]> {
    let Some(zone) = zone else { return Cow::Borrowed(shown) };
    let mut last = before.unwrap_or(i64::MIN);
    let instant = |shown: &i64| {
        let first = zone.local_to_utc(*shown);
        let again =
            shown.saturating_sub(i64::from(zone.offset_at(first.saturating_add(MARGIN))) * 1_000_000_000);
        let is_again = first < last && again > first && zone.utc_to_local(again) == *shown;
        last = if is_again { again } else { first };
        last
    };
    Cow::Owned(shown.iter().map(instant).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two hours east of UTC until hour 100, then one.
    fn zone() -> TimeZone {
        TimeZone::new("X", 7200, vec![(100 * HOUR, 3600)])
    }

    #[test]
    fn an_hour_that_is_shown_twice_is_two_hours() {
        let halves: Vec<i64> = [202, 203, 202, 203, 204].map(|half: i64| half * HOUR / 2).into();
        let expected: Vec<i64> = [198, 199, 200, 201, 202].map(|half: i64| half * HOUR / 2).into();
        assert_eq!(*instants(Some(&zone()), &halves, None), *expected);
        // What was read before tells as well.
        assert_eq!(*instants(Some(&zone()), &halves[3..], Some(expected[2])), expected[3..]);
        assert_eq!(*instants(None, &halves, None), *halves);
    }

    #[test]
    fn times_that_go_back_for_no_such_reason_do_so() {
        assert_eq!(*instants(Some(&zone()), &[50 * HOUR, 49 * HOUR], None), [48 * HOUR, 47 * HOUR]);
    }
}

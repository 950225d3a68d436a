//! Whether an answer was thinned. The server does so without a word: of more than its ceiling of values it sends evenly
//! spaced ones, with status 200.

/// Where the server's documents put the ceiling: 65,535 or 65,536 values of a datatype.
pub(super) const CEILING: usize = 65_535;
/// Values from which spacing says something: below, a gap looks the same.
const FEW: usize = 8;

/// How many samples a value stands for: 1 where all came. `step` is the ticks between samples, where they are regular;
/// `ceiling` the least count at which the server thins.
pub(super) fn one_in(ticks: &[i64], step: Option<i64>, ceiling: usize) -> u64 {
    let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return 1 };
    let full = ticks.len() >= ceiling;
    let Some(step) = step else {
        // Irregular ones have no spacing to go by: a full answer may lack any number.
        return if full { 2 } else { 1 };
    };
    let without_break = (ticks.len() as i64 - 1).checked_mul(step) == last.checked_sub(*first);
    if without_break || (ticks.len() < FEW && !full) {
        return 1;
    }
    let mut spacing: Vec<i64> =
        ticks.windows(2).map(|pair| pair.last().zip(pair.first()).map_or(0, |(b, a)| b - a)).collect();
    let middle = spacing.len() / 2;
    let median = if spacing.is_empty() { step } else { *spacing.select_nth_unstable(middle).1 };
    let usual = (median.max(step) / step) as u64;
    // Thinned by less than two, most neighbours are still there: then the count tells.
    if full { usual.max(2) } else { usual }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(step: i64, count: i64) -> Vec<i64> {
        (0..count).map(|n| n * step).collect()
    }

    #[test]
    fn by_spacing_and_by_count() {
        assert_eq!(one_in(&[], Some(1), CEILING), 1);
        assert_eq!(one_in(&every(1, 70_000), Some(1), CEILING), 1, "without a break nothing is missing");
        assert_eq!(one_in(&every(14, 65_536), Some(1), CEILING), 14);
        assert_eq!(one_in(&every(10, 100), Some(1), CEILING), 10, "below the ceiling as well");
        let slightly: Vec<i64> = (0..65_536).map(|n| n * 70_000 / 65_536).collect();
        assert_eq!(one_in(&slightly, Some(1), CEILING), 2, "less than two to one shows by the count");
        let gap: Vec<i64> =
            every(1, 50).into_iter().chain(every(1, 50).iter().map(|tick| tick + 900)).collect();
        assert_eq!(one_in(&gap, Some(1), CEILING), 1, "a gap is no thinning");
        assert_eq!(one_in(&[0, 500], Some(1), CEILING), 1);
        assert_eq!(
            (one_in(&every(3, 65_534), None, CEILING), one_in(&every(3, 65_535), None, CEILING)),
            (1, 2)
        );
    }
}

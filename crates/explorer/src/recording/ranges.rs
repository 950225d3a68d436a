//! Sets of time ranges: which parts of a stream have been fetched, and which are still missing.

use streamscope_client::TimeRange;

/// Ranges that neither overlap nor touch, in time order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RangeSet {
    ranges: Vec<TimeRange>,
}

impl RangeSet {
    /// The ranges, in time order.
    pub fn ranges(&self) -> &[TimeRange] {
        &self.ranges
    }

    /// Adds a range; joins it with those it overlaps or touches. An empty range adds nothing.
    pub fn insert(&mut self, range: TimeRange) {
        if range.start >= range.end {
            return;
        }
        let from = self.ranges.partition_point(|held| held.end < range.start);
        let to = self.ranges.partition_point(|held| held.start <= range.end);
        let mut joined = range;
        for held in self.ranges.get(from..to).unwrap_or_default() {
            joined.start = joined.start.min(held.start);
            joined.end = joined.end.max(held.end);
        }
        self.ranges.splice(from..to, [joined]);
    }

    /// The parts of `range` that are not in the set, in time order.
    pub fn missing(&self, range: TimeRange) -> Vec<TimeRange> {
        let mut missing = Vec::new();
        let mut from = range.start;
        for held in &self.ranges {
            if held.end <= from {
                continue;
            }
            if held.start >= range.end {
                break;
            }
            if held.start > from {
                missing.push(TimeRange { start: from, end: held.start });
            }
            from = held.end;
        }
        if from < range.end {
            missing.push(TimeRange { start: from, end: range.end });
        }
        missing
    }

    /// Whether nothing of `range` is missing.
    pub fn covers(&self, range: TimeRange) -> bool {
        self.missing(range).is_empty()
    }
}

/// The part of `range` inside `bounds`, when there is one.
pub fn intersection(range: TimeRange, bounds: TimeRange) -> Option<TimeRange> {
    let both = TimeRange { start: range.start.max(bounds.start), end: range.end.min(bounds.end) };
    (both.start < both.end).then_some(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: i64, end: i64) -> TimeRange {
        TimeRange { start, end }
    }

    fn set(ranges: &[(i64, i64)]) -> RangeSet {
        let mut set = RangeSet::default();
        for &(start, end) in ranges {
            set.insert(range(start, end));
        }
        set
    }

    #[test]
    fn overlapping_and_touching_ranges_join() {
        assert_eq!(set(&[(10, 20), (30, 40)]).ranges().len(), 2);
        assert_eq!(set(&[(10, 20), (30, 40), (20, 30)]).ranges(), [range(10, 40)]);
        assert_eq!(set(&[(30, 40), (10, 20), (5, 35)]).ranges(), [range(5, 40)]);
        assert_eq!(set(&[(10, 10), (7, 3)]).ranges(), []);
    }

    #[test]
    fn only_what_is_not_held_is_missing() {
        let held = set(&[(10, 20), (30, 40)]);
        assert_eq!(held.missing(range(0, 50)), [range(0, 10), range(20, 30), range(40, 50)]);
        assert_eq!(held.missing(range(12, 18)), []);
        assert_eq!(held.missing(range(20, 30)), [range(20, 30)]);
        assert_eq!(held.missing(range(15, 35)), [range(20, 30)]);
        assert!(held.covers(range(10, 20)));
        assert!(!held.covers(range(10, 21)));
    }

    /// Every instant, asked one at a time of a plain list, is the slow and obvious reference.
    #[test]
    fn agrees_with_a_list_of_instants() {
        let mut seed = 7_u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((seed >> 33) % below) as i64
        };
        for _ in 0..200 {
            let mut held = RangeSet::default();
            let mut instants = [false; 64];
            for _ in 0..next(8) {
                let start = next(60);
                let end = (start + next(12)).min(63);
                held.insert(range(start, end));
                (start..end).for_each(|instant| instants[instant as usize] = true);
            }
            let missing = held.missing(range(0, 64));
            for (instant, held) in instants.iter().enumerate() {
                let at = instant as i64;
                assert_eq!(missing.iter().any(|part| part.start <= at && at < part.end), !held);
            }
        }
    }
}

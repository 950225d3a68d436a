//! Where a long read is cut: pure arithmetic over availability.
//!
//! A cut is only an instant between two shards, and the shards together are the whole range. So availability decides
//! how even the shards are, never which rows are read: where it is wrong, a read is slower, not wrong. The same holds
//! for the density of rows, which is known of what was read only. So each shard is cut when it begins, with what is
//! known by then; until availability is there, all time counts as time with data.

use streamscope_signal::{Availability, SECOND};

/// Pages of a shard. A shard wastes half a page on average, and one that waits for its turn is kept in memory.
const PAGES_A_SHARD: (f64, f64) = (2.0, 8.0);
/// Shards to come for each chain that reads, where pages suffice: slow ones are evened out.
const SHARDS_A_CHAIN: f64 = 3.0;
/// A shard is this much shorter than whole pages, so that its last page is nearly full and seldom spills over.
const SHORTER: f64 = 0.97;
/// Fewer pages than this are not worth cutting.
const FEWEST_PAGES: f64 = 4.0;
/// Windows that availability is asked for, about; and how many a range may have at the coarsest resolution.
const WINDOWS: i64 = 2000;
const MOST_WINDOWS: i64 = 20_000;
/// Lengths of a window that servers take, s.
const RESOLUTIONS: (i64, i64) = (300, 86_400);

/// The length of a window, s, at which the availability of `[start, end)` is a short answer; `None` when none is.
pub(super) fn resolution(start: i64, end: i64) -> Option<u32> {
    let seconds = end.checked_sub(start)? / SECOND;
    let resolution = (seconds / WINDOWS).clamp(RESOLUTIONS.0, RESOLUTIONS.1);
    if seconds / resolution > MOST_WINDOWS {
        return None;
    }
    u32::try_from(resolution).ok()
}

/// Availability, and the density of what was read.
pub(super) struct Plan {
    available: Option<Availability>,
    /// No data lie after it, as far as is known, ns.
    end: i64,
    chains: usize,
    /// Stretches that were read, their rows, and rows of a page.
    read: Vec<(i64, i64)>,
    rows: u64,
    page_rows: u64,
    /// Time in windows with data of what was read, ns.
    time: i64,
}

impl Plan {
    pub(super) fn new(end: i64, chains: usize) -> Self {
        Self { available: None, end, chains, read: Vec::new(), rows: 0, page_rows: 0, time: 0 }
    }

    /// Availability is there.
    pub(super) fn inform(&mut self, available: Availability) {
        self.available = Some(available);
        self.time = self.read.iter().map(|(start, end)| self.covered(*start, *end)).sum();
    }

    /// A stretch was read, and all of its rows are known.
    pub(super) fn learn(&mut self, start: i64, end: i64, rows: u64, page_rows: u64) {
        self.time += self.covered(start, end);
        self.read.push((start, end));
        self.rows += rows;
        self.page_rows = self.page_rows.max(page_rows);
    }

    /// The end of the shard that begins at `from`, after it; `None` where what is left is not worth cutting, or where
    /// availability knows nothing of the rows that were read.
    pub(super) fn next_cut(&self, from: i64) -> Option<i64> {
        let left = self.covered(from, self.end);
        if self.time == 0 || self.page_rows == 0 {
            return None;
        }
        let rows = left as f64 / self.time as f64 * self.rows as f64;
        let pages = rows / self.page_rows as f64;
        if pages < FEWEST_PAGES {
            return None;
        }
        let (fewest, most) = PAGES_A_SHARD;
        let pages_each = (pages / (self.chains as f64 * SHARDS_A_CHAIN)).round().clamp(fewest, most);
        let mut wanted = ((left as f64 * pages_each * SHORTER / pages) as i64).max(1);
        for (start, end) in self.stretches(from, self.end) {
            if wanted <= end - start {
                return Some(start + wanted).filter(|cut| *cut < self.end);
            }
            wanted -= end - start;
        }
        None
    }

    /// Time in windows with data, ns.
    fn covered(&self, start: i64, end: i64) -> i64 {
        self.stretches(start, end).map(|(start, end)| end.saturating_sub(start)).sum()
    }

    /// The parts of `[start, end)` that lie in windows with data.
    fn stretches(&self, start: i64, end: i64) -> impl Iterator<Item = (i64, i64)> {
        let all = self.available.is_none().then_some((start, end)).filter(|(start, end)| start < end);
        let known = self.available.iter().flat_map(move |available| {
            let length = i64::from(available.resolution_s) * SECOND;
            let first = start.saturating_sub(available.start) / length.max(1);
            let windows = available.available.iter().enumerate().skip(usize::try_from(first).unwrap_or(0));
            let part = move |(index, _)| {
                let from = available.start_of(index);
                (from.max(start), from.saturating_add(length).min(end))
            };
            let parts = windows.filter(|(_, available)| **available).map(part);
            parts.skip_while(|(start, end)| start >= end).take_while(|(start, end)| start < end)
        });
        all.into_iter().chain(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * SECOND;

    /// After so many minutes with a hundred rows each, in pages of a hundred.
    fn plan(windows: &str, end: i64, chains: usize, minutes: i64) -> Plan {
        let available = windows.chars().map(|window| window == '1').collect();
        let mut plan = Plan::new(end, chains);
        plan.inform(Availability { start: 0, resolution_s: 300, available });
        plan.learn(0, minutes * MINUTE, 100 * minutes as u64, 100);
        plan
    }

    fn cuts(plan: &Plan, mut from: i64) -> Vec<i64> {
        let mut cuts = Vec::new();
        while let Some(cut) = plan.next_cut(from) {
            cuts.push(cut);
            from = cut;
        }
        cuts
    }

    #[test]
    fn shards_are_of_eight_pages_and_of_two_at_the_end() {
        let minutes = 25 * 5;
        let plan = plan("1111100000000000000011111", minutes * MINUTE, 1, 1);
        let mut bounds = vec![MINUTE];
        bounds.extend(cuts(&plan, MINUTE));
        bounds.push(minutes * MINUTE);
        let shares: Vec<f64> =
            bounds.windows(2).map(|pair| plan.covered(pair[0], pair[1]) as f64 / MINUTE as f64).collect();
        assert!((shares.iter().sum::<f64>() - 49.0).abs() < 1e-6, "{shares:?}");
        // A little less than whole pages.
        assert!(shares[..3].iter().all(|share| (7.7..8.0).contains(share)), "{shares:?}");
        assert!(shares.is_sorted_by(|one, other| one >= other || *other < 4.0), "{shares:?}");
        assert!(shares.iter().all(|share| (1.9..8.0).contains(share)), "{shares:?}");
    }

    #[test]
    fn the_more_chains_the_shorter_are_shards() {
        // A hundred pages are left: three shards for each chain, of two to eight pages.
        let pages = |chains| {
            let plan = plan(&"1".repeat(21), 101 * MINUTE, chains, 1);
            (plan.next_cut(MINUTE).unwrap() - MINUTE) as f64 / MINUTE as f64
        };
        for (chains, wanted) in [(1, 8.0), (6, 6.0), (8, 4.0), (30, 2.0)] {
            let pages = pages(chains);
            assert!((wanted - 0.3..wanted).contains(&pages), "{pages} pages a shard for {chains} chains");
        }
    }

    #[test]
    fn what_is_short_or_unknown_is_not_cut() {
        assert_eq!(plan("1111", 20 * MINUTE, 6, 17).next_cut(17 * MINUTE), None);
        // Four pages are long enough; three are not.
        assert!(plan("1111", 20 * MINUTE, 6, 16).next_cut(16 * MINUTE).is_some());
        // Availability says there was nothing where rows were, or that nothing is left.
        assert_eq!(plan("0111", 20 * MINUTE, 6, 1).next_cut(MINUTE), None);
        assert_eq!(plan("", 20 * MINUTE, 6, 1).next_cut(MINUTE), None);
        assert_eq!(plan("1000", 20 * MINUTE, 6, 5).next_cut(5 * MINUTE), None);
    }

    #[test]
    fn availability_changes_what_was_learnt() {
        let mut plan = Plan::new(100 * MINUTE, 1);
        plan.learn(0, 10 * MINUTE, 500, 100);
        let length = |plan: &Plan| plan.next_cut(10 * MINUTE).unwrap() - 10 * MINUTE;
        let before = length(&plan);
        // Only half of what was read had data: it is twice as dense.
        let available = [false].into_iter().chain([true; 19]).collect();
        plan.inform(Availability { start: 0, resolution_s: 300, available });
        assert!((before / 2 - length(&plan)).abs() < SECOND, "{before}, then {}", length(&plan));
        assert!(length(&plan) > MINUTE, "{before}, then {}", length(&plan));
    }

    #[test]
    fn density_is_learnt() {
        // A burst at first: the first shards are short, and soon long enough.
        let windows = "1".repeat(2000);
        let mut plan = plan(&windows, 10_000 * MINUTE, 6, 0);
        plan.learn(0, 1, 100, 100);
        let (mut from, mut shards) = (1, 0);
        while let Some(cut) = plan.next_cut(from) {
            plan.learn(from, cut, ((cut - from) / MINUTE) as u64, 100);
            (from, shards) = (cut, shards + 1);
        }
        assert!((20..60).contains(&shards), "{shards} shards for a hundred pages");
    }

    #[test]
    fn cuts_ascend_inside_the_rest_whatever_the_numbers() {
        for seed in 0..500_u64 {
            let windows = (0..30).map(|bit| (seed * 2_654_435_761) >> bit & 1 == 1);
            let available = Availability { start: 0, resolution_s: 300, available: windows.collect() };
            let from = (seed % 97) as i64 * 7 * SECOND + 1;
            let end = from + (seed as i64 * 37 % 9000) * SECOND;
            let mut plan = Plan::new(end, 1 + (seed % 7) as usize);
            if seed % 3 > 0 {
                plan.inform(available);
            }
            plan.learn(0, from, 1 + seed * 31, seed % 13);
            let cuts: Vec<i64> =
                std::iter::successors(plan.next_cut(from), |cut| plan.next_cut(*cut)).take(2000).collect();
            assert!(cuts.is_sorted_by(|one, other| one < other), "{seed}");
            assert!(cuts.iter().all(|cut| (from + 1..end).contains(cut)), "{seed}");
        }
    }

    #[test]
    fn an_instant_is_not_cut_however_dense_it_is() {
        let mut plan = Plan::new(2, 1);
        plan.learn(0, 1, 800, 100);
        assert_eq!(plan.next_cut(1), None);
    }

    #[test]
    fn resolutions_stay_in_bounds() {
        assert_eq!(resolution(0, 60 * SECOND), Some(300));
        assert_eq!(resolution(0, 30 * 86_400 * SECOND), Some(1296));
        assert_eq!(resolution(0, 40 * 365 * 86_400 * SECOND), Some(86_400));
        // A range has 20,000 windows at most.
        assert_eq!(resolution(0, 20_000 * 86_400 * SECOND), Some(86_400));
        assert_eq!(resolution(0, 20_001 * 86_400 * SECOND), None);
        assert_eq!(resolution(0, i64::MAX), None);
        assert_eq!(resolution(i64::MIN, i64::MAX), None);
    }
}

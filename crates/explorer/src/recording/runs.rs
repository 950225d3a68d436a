//! States over time: stretches in which a text, enum or boolean dimension keeps its value, built as frames arrive.
//!
//! A null is a state of its own (`None`), a gap lies between two runs and belongs to neither.

use std::collections::HashMap;

use streamscope_client::TimeRange;

/// One stretch of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Time of its first sample, ns.
    pub start: i64,
    /// Where it ends: the next run's start, or the end of the last sample before a gap.
    pub end: i64,
    /// Index into [`StateRuns::names`]; `None` for null.
    pub state: Option<u32>,
    /// Samples in it.
    pub count: u64,
}

/// What a pixel column of a state track shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateColumn {
    /// No sample.
    Empty,
    /// One state throughout.
    One(Option<u32>),
    /// More than one state: too many changes to draw each.
    Mixed,
}

/// The runs of one dimension.
#[derive(Debug, Clone, Default)]
pub struct StateRuns {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    runs: Vec<Run>,
    last_time: i64,
    broken_off: bool,
}

impl StateRuns {
    /// The states met so far, in the order they were met.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All runs, in time order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The number of a state's name, new or known.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_string());
        self.numbers.insert(name.to_string(), number);
        number
    }

    /// Appends a sample that lasts until `end`. After more than `longest_step` without one, it starts a run even when
    /// the state is the same.
    pub fn push(&mut self, time: i64, end: i64, state: Option<u32>, longest_step: i64) {
        let joins = !self.runs.is_empty()
            && !std::mem::take(&mut self.broken_off)
            && time.saturating_sub(self.last_time) <= longest_step;
        self.last_time = time;
        if let Some(last) = self.runs.last_mut().filter(|_| joins) {
            if last.state == state {
                last.end = last.end.max(end);
                last.count += 1;
                return;
            }
            last.end = time;
        }
        self.runs.push(Run { start: time, end: end.max(time), state, count: 1 });
    }

    /// Declares a gap before the next sample: it starts a run even when the state is the same.
    pub fn break_off(&mut self) {
        self.broken_off = true;
    }

    /// The runs that lie in a range, wholly or in part.
    pub fn within(&self, range: TimeRange) -> &[Run] {
        let from = self.runs.partition_point(|run| run.end <= range.start && run.start < range.start);
        let to = self.runs.partition_point(|run| run.start < range.end);
        self.runs.get(from..to.max(from)).unwrap_or_default()
    }

    /// The range in `pixels` columns, in time that depends on pixels and not on runs.
    pub fn columns(&self, range: TimeRange, pixels: usize) -> Vec<StateColumn> {
        let span = i128::from(range.end - range.start);
        let edge = |pixel: usize| range.start + (span * pixel as i128 / pixels.max(1) as i128) as i64;
        (0..pixels)
            .map(|pixel| {
                let inside = self.within(TimeRange { start: edge(pixel), end: edge(pixel + 1) });
                match inside {
                    [] => StateColumn::Empty,
                    [only] => StateColumn::One(only.state),
                    // A few runs of one state with gaps between them are still one state.
                    [first, rest @ ..]
                        if rest.len() < 8 && rest.iter().all(|run| run.state == first.state) =>
                    {
                        StateColumn::One(first.state)
                    }
                    _ => StateColumn::Mixed,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(samples: &[(i64, Option<&str>)]) -> StateRuns {
        let mut runs = StateRuns::default();
        for &(time, name) in samples {
            let state = name.map(|name| runs.number(name));
            runs.push(time, time + 10, state, 15);
        }
        runs
    }

    #[test]
    fn equal_neighbours_are_one_run_and_a_change_ends_it() {
        let runs = runs(&[(0, Some("walk")), (10, Some("walk")), (20, Some("sit")), (30, None)]);
        let plain: Vec<_> =
            runs.runs().iter().map(|run| (run.start, run.end, run.state, run.count)).collect();
        assert_eq!(plain, [(0, 20, Some(0), 2), (20, 30, Some(1), 1), (30, 40, None, 1)]);
        assert_eq!(runs.names(), ["walk", "sit"]);
    }

    #[test]
    fn a_gap_is_never_bridged() {
        let runs = runs(&[(0, Some("on")), (100, Some("on"))]);
        assert_eq!(runs.runs().len(), 2);
        assert_eq!(runs.runs()[0].end, 10);
        let columns = runs.columns(TimeRange { start: 0, end: 110 }, 11);
        assert_eq!(columns[5], StateColumn::Empty);
        assert_eq!(columns[0], StateColumn::One(Some(0)));
    }

    #[test]
    fn many_changes_in_a_pixel_are_mixed() {
        let samples: Vec<_> =
            (0..100).map(|at| (at * 10, Some(if at % 2 == 0 { "on" } else { "off" }))).collect();
        let columns = runs(&samples).columns(TimeRange { start: 0, end: 1000 }, 4);
        assert_eq!(columns, [StateColumn::Mixed; 4]);
    }
}

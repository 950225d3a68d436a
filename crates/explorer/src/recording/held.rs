//! Which stretches of time hold data, as the rows that are here tell it.

use std::collections::BTreeMap;

use streamscope_client::{Source, StreamInfo, TimeRange};
use streamscope_signal::SECOND;

use super::coverage::WindowState;
use super::store::Recording;

/// Whether the platform tells availability without handing out every row.
pub fn can_tell(source: &dyn Source, stream: &StreamInfo) -> bool {
    let nothing = TimeRange { start: 0, end: 0 };
    source.aggregates(std::slice::from_ref(stream)).is_some() || source.intervals(stream, nothing).is_some()
}

/// States of the windows of a range, in time order, each with its start. Nothing is asked for.
pub fn held_states(recording: &Recording, range: TimeRange, resolution_s: u32) -> Vec<(i64, WindowState)> {
    let length = i64::from(resolution_s.max(1)) * SECOND;
    let windows = range.start.div_euclid(length)..=(range.end - 1).div_euclid(length);
    recording.with(|data| {
        let fetched = data.fetched();
        let state = |window: TimeRange| match recording.possible(window) {
            _ if data.rows_in(window) > 0 => WindowState::Data,
            Some(possible) if !fetched.covers(possible) => WindowState::NotAsked,
            _ => WindowState::Empty,
        };
        let windows = windows.map(|index| TimeRange { start: index * length, end: (index + 1) * length });
        windows.map(|window| (window.start, state(window))).collect()
    })
}

/// What the states of several streams come to, window by window: data where any of them has some.
pub fn any_of(lists: impl Iterator<Item = Vec<(i64, WindowState)>>) -> Vec<(i64, WindowState)> {
    let mut windows = BTreeMap::new();
    for (start, state) in lists.flatten() {
        let held = windows.entry(start).or_insert(state);
        *held = state.max(*held);
    }
    windows.into_iter().collect()
}

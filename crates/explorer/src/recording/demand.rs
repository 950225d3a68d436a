//! Every sample of a range, for whoever cannot do with less: an export, a comparison. Such a demand stands until the
//! rows are there or cannot be had, whatever the views look at meanwhile.

use streamscope_client::{Progress, TimeRange};

use super::breath::rest;
use super::data::Data;
use super::store::{Recording, Status};

/// Time between two looks at how far the rows are, ms.
const LOOK: i32 = 100;

/// A range that is demanded as long as this lives.
struct Demand<'a> {
    recording: &'a Recording,
    range: TimeRange,
}

impl<'a> Demand<'a> {
    fn of(recording: &'a Recording, range: TimeRange) -> Self {
        recording.inner.demands.borrow_mut().push(range);
        Self { recording, range }
    }
}

impl Drop for Demand<'_> {
    fn drop(&mut self) {
        let mut demands = self.recording.inner.demands.borrow_mut();
        if let Some(place) = demands.iter().position(|range| *range == self.range) {
            demands.swap_remove(place);
        }
    }
}

impl Recording {
    /// Fetches every sample of a range. Ends well only when what was fetched covers the range; fails with why it does
    /// not. `told` hears on the way how far the read is.
    pub async fn fetch_whole(&self, range: TimeRange, told: impl Fn(Progress)) -> Result<(), String> {
        let Some(range) = self.possible(range) else { return Ok(()) };
        let _demand = Demand::of(self, range);
        self.inner.room.look_at(self);
        let covered = || self.with(|data| data.fetched().covers(range));
        if !covered() {
            self.start_if_idle();
        }
        while !covered() {
            match self.status_untracked() {
                Status::Loading { progress, .. } => told(progress),
                Status::Failed { message, .. } => return Err(message),
                Status::Cancelled { .. } => return Err("Stopped before all rows had arrived.".into()),
                // Another read has just ended, and did not come to this range.
                Status::Idle => self.start_if_idle(),
            }
            rest(LOOK).await;
        }
        Ok(())
    }

    /// The first part of a demanded range that is missing.
    pub(super) fn first_demanded(&self) -> Option<TimeRange> {
        let demands = self.inner.demands.borrow();
        let fetched = self.with(Data::fetched);
        demands.iter().find_map(|range| fetched.missing(*range).first().copied())
    }
}

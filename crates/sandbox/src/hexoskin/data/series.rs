//! The samples of one channel of a record within a window.

use std::ops::Range;
use std::sync::Arc;

use crate::demo::hexoskin::Signals;
use crate::hexoskin::datatypes::Datatype;

/// A channel's samples in a window; made one by one.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) signals: Arc<Signals>,
    pub(super) datatype: &'static Datatype,
    samples: Samples,
}

#[derive(Debug, Clone)]
enum Samples {
    /// Numbers of samples, one every `step` ticks.
    Regular { step: i64, numbers: Range<i64> },
    /// Ticks and values.
    Events(Vec<(i64, i64)>),
}

impl Series {
    /// All samples of a channel.
    pub(super) fn whole(signals: Arc<Signals>, datatype: &'static Datatype) -> Self {
        Self::within(signals, datatype, i64::MIN..i64::MAX)
    }

    /// The samples of a channel in a window of ticks since the record's start.
    pub(super) fn within(signals: Arc<Signals>, datatype: &'static Datatype, window: Range<i64>) -> Self {
        let samples = match datatype.step(signals.tape.device) {
            Some(step) => {
                let seconds = if datatype.is_raw() { signals.tape.raw_seconds } else { signals.tape.seconds };
                let count = (seconds * signals.tape.device.ticks() + step - 1) / step;
                let number = |tick: i64| (tick.clamp(0, count * step) + step - 1) / step;
                Samples::Regular { step, numbers: number(window.start)..number(window.end) }
            }
            None => {
                let mut events = signals.events(datatype.id).unwrap_or_default();
                events.retain(|(tick, _)| window.contains(tick));
                Samples::Events(events)
            }
        };
        Self { signals, datatype, samples }
    }

    pub(super) fn len(&self) -> usize {
        match &self.samples {
            Samples::Regular { numbers, .. } => usize::try_from(numbers.end - numbers.start).unwrap_or(0),
            Samples::Events(events) => events.len(),
        }
    }

    /// Ticks between samples; `None` when they come as things happen.
    pub(super) fn step(&self) -> Option<i64> {
        match &self.samples {
            Samples::Regular { step, .. } => Some(*step),
            Samples::Events(_) => None,
        }
    }

    /// Tick since the record's start and raw value of a sample, counted from the window's first; `None` at its end.
    pub(super) fn sample(&self, index: usize) -> Option<(i64, i64)> {
        match &self.samples {
            Samples::Events(events) => events.get(index).copied(),
            Samples::Regular { step, numbers } => {
                let number = numbers.start.checked_add(i64::try_from(index).ok()?)?;
                let tick = number * step;
                numbers.contains(&number).then(|| (tick, self.signals.sample(self.datatype.id, tick, number)))
            }
        }
    }

    /// Tick of the first sample.
    pub(super) fn first(&self) -> Option<i64> {
        Some(self.sample(0)?.0)
    }

    /// Tick of the last sample.
    pub(super) fn last(&self) -> Option<i64> {
        Some(self.sample(self.len().checked_sub(1)?)?.0)
    }

    /// Tick and value of at most `most` samples, evenly spread over all of them.
    pub(super) fn thinned(&self, most: usize) -> impl Iterator<Item = (i64, i64)> {
        let (len, kept) = (self.len(), self.len().min(most));
        (0..kept).filter_map(move |place| self.sample(place * len / kept))
    }
}

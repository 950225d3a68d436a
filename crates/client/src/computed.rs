//! Availability, average days and windows of platforms that compute none, from what any [`Source`] reads.
//!
//! Availability comes from intervals, where the platform tells them, else from the times of the rows. Averages run over
//! the first value's samples, or, where there are very many, over the platform's own means of bins that are short beside
//! what is asked for. Sums always run over samples. A sample lasts until the next one of its interval; before a gap, as
//! long as the one before it. Nothing outside a stream's extent is asked for.

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, try_join_all};
use streamscope_frame::{Batch, floats, times};
use streamscope_signal::{
    AggregateFunction, Availability, AvailabilityAccumulator, BatchOperation, DAY, DailyAccumulator,
    DailyAggregate, Days, SECOND, StepRule, WindowAccumulator, WindowAggregate, Windows,
};

use crate::{
    AggregateLimits, Aggregates, Ask, ComputedBy, Error, Extent, Read, Result, Source, StreamInfo, TimeRange,
};

/// Windows at most: more than a chart can show, and less than memory minds.
const MOST_WINDOWS: usize = 1 << 22;
/// Days at most.
const MOST_DAYS: u32 = 366;
/// Samples that are read whole for an average.
const MOST_SAMPLES: u64 = 5_000_000;
/// A batch of fewer samples tells no typical step.
const FEW: usize = 16;
/// Bins that fit at least into one window or slot, so that one at its edge counts for little.
const BINS_PER_WINDOW: i64 = 64;

/// The aggregates of a source, computed here.
pub struct Computed<'a> {
    source: &'a dyn Source,
}

impl<'a> Computed<'a> {
    /// Over what this source reads.
    pub fn new(source: &'a dyn Source) -> Self {
        Self { source }
    }

    async fn one_availability(&self, stream: &StreamInfo, windows: Windows) -> Result<Availability> {
        let nothing = AvailabilityAccumulator::new(windows);
        let Some(range) = within(stream, range_of(windows)) else { return Ok(nothing.finish()) };
        let alone = std::slice::from_ref(stream);
        // Of streams of several connections, each server tells its own.
        if let Some(server) = self.source.aggregates(alone)
            && server.limits().availability_s.contains(&windows.resolution_s())
        {
            let (whole, resolution_s) = (range_of(windows), windows.resolution_s());
            let said = server.availability(alone, whole, resolution_s, BatchOperation::All).await?;
            let length = i64::from(said.resolution_s) * SECOND;
            let held = said.available.iter().enumerate().filter(|(_, held)| **held);
            let held =
                held.map(|(index, _)| said.start_of(index)..said.start_of(index).saturating_add(length));
            return Ok(Availability::of_intervals(windows, held));
        }
        if let Some(intervals) = self.source.intervals(stream, range) {
            let intervals = intervals.await?;
            return Ok(Availability::of_intervals(windows, intervals.iter().map(|one| one.start..one.end)));
        }
        let mut accumulator = nothing;
        let mut read = self.source.read(&Ask::of(stream, range))?;
        while let Some(batch) = read.next_batch().await? {
            accumulator.push(times(&batch.rows).unwrap_or_default());
        }
        Ok(accumulator.finish())
    }

    /// Hands out a stream's samples in a range: times, values, durations. `bin_ns` allows means of bins no longer than
    /// that in their place.
    async fn samples(
        &self,
        stream: &StreamInfo,
        range: TimeRange,
        bin_ns: Option<i64>,
        mut take: impl FnMut(&[i64], &[f64], &[i64]),
    ) -> Result<()> {
        let Some(range) = within(stream, range) else { return Ok(()) };
        let reduced = match bin_ns {
            Some(bin_ns) => self.reduced(stream, range, bin_ns).await?,
            None => None,
        };
        let (first, mut read) = match reduced {
            Some((first, read)) => (Some(first), read),
            None => (None, self.source.read(&Ask::of(stream, range))?),
        };
        let mut next = match first {
            Some(first) => Some(first),
            None => read.next_batch().await?,
        };
        let mut lasting = Lasting::default();
        while let Some(batch) = next {
            next = read.next_batch().await?;
            // The first value, or the means of it.
            let values = batch.rows.columns().get(1).and_then(|column| floats(column));
            if let (Some(own), Some(values)) = (times(&batch.rows), values) {
                let follows = next.as_ref().filter(|next| !next.begins_interval);
                let follows = follows.and_then(|next| times(&next.rows)?.first().copied());
                if batch.begins_interval {
                    lasting = Lasting::default();
                }
                take(own, &values, &lasting.durations(own, follows));
            }
        }
        Ok(())
    }

    /// Means of bins of this length at most, begun, where samples are too many to be read whole and the platform keeps
    /// such means.
    async fn reduced(
        &self,
        stream: &StreamInfo,
        range: TimeRange,
        bin_ns: i64,
    ) -> Result<Option<(Batch, Box<dyn Read>)>> {
        let bins = (range.end.saturating_sub(range.start) / bin_ns.max(1)).max(1);
        let most_rows = Some(u32::try_from(bins).unwrap_or(u32::MAX));
        let Some(read) = self.source.envelope(&Ask { most_rows, ..Ask::of(stream, range) }) else {
            return Ok(None);
        };
        let mut read = read?;
        let Some(first) = read.next_batch().await? else { return Ok(None) };
        let samples = read.reduction().samples_a_row().saturating_mul(bins.unsigned_abs());
        Ok((samples > MOST_SAMPLES).then_some((first, read)))
    }
}

impl Aggregates for Computed<'_> {
    fn computed_by(&self) -> ComputedBy {
        ComputedBy::Client
    }

    fn limits(&self) -> AggregateLimits {
        AggregateLimits {
            availability_s: 1..=(DAY / SECOND) as u32,
            most_days: MOST_DAYS,
            most_values: usize::MAX,
        }
    }

    fn availability<'a>(
        &'a self,
        streams: &'a [StreamInfo],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>> {
        async move {
            let windows = windows(range, resolution_s)?;
            let each = streams.iter().map(|stream| self.one_availability(stream, windows));
            Availability::join(&try_join_all(each).await?, operation)
                .ok_or_else(|| Error::invalid("No stream is named: name one."))
        }
        .boxed_local()
    }

    fn daily_aggregate<'a>(
        &'a self,
        stream: &'a StreamInfo,
        start: i64,
        resolution_s: u32,
        n_days: u32,
    ) -> LocalBoxFuture<'a, Result<DailyAggregate>> {
        async move {
            if n_days == 0 || n_days > MOST_DAYS {
                return Err(Error::invalid(format!("n_days is {n_days}: give 1 to {MOST_DAYS}.")));
            }
            check_resolution(resolution_s)?;
            let days = Days::blocks(start, n_days);
            let range = TimeRange { start: days.start(), end: days.end() };
            let mut accumulator = DailyAccumulator::new(days, resolution_s);
            self.samples(stream, range, Some(bin(resolution_s)), |times, values, durations| {
                accumulator.push(times, values, durations);
            })
            .await?;
            Ok(accumulator.finish())
        }
        .boxed_local()
    }

    fn aggregate_window<'a>(
        &'a self,
        stream: &'a StreamInfo,
        range: TimeRange,
        resolution_s: u32,
        function: AggregateFunction,
    ) -> LocalBoxFuture<'a, Result<WindowAggregate>> {
        async move {
            let windows = windows(range, resolution_s)?;
            let mut accumulator = WindowAccumulator::new(windows, function);
            let bin_ns = (function == AggregateFunction::Mean).then(|| bin(resolution_s));
            self.samples(stream, range_of(windows), bin_ns, |times, values, durations| {
                accumulator.push(times, values, durations);
            })
            .await?;
            Ok(accumulator.finish())
        }
        .boxed_local()
    }
}

/// The longest bin that means may be of, ns.
fn bin(resolution_s: u32) -> i64 {
    i64::from(resolution_s) * SECOND / BINS_PER_WINDOW
}

/// What of a range a stream's data may lie in; `None` where it has none there.
fn within(stream: &StreamInfo, range: TimeRange) -> Option<TimeRange> {
    match stream.extent {
        Extent::Known(extent) => extent.intersection(range),
        Extent::Empty => None,
        Extent::Unknown => Some(range),
    }
}

fn range_of(windows: Windows) -> TimeRange {
    TimeRange { start: windows.start_of(0), end: windows.start_of(windows.count()) }
}

fn windows(range: TimeRange, resolution_s: u32) -> Result<Windows> {
    check_resolution(resolution_s)?;
    let windows = Windows::covering(range.start, range.end, resolution_s);
    if windows.count() <= MOST_WINDOWS {
        return Ok(windows);
    }
    Err(Error::invalid(format!(
        "resolution is {resolution_s} s, which makes {} windows: ask for at most {MOST_WINDOWS}.",
        windows.count()
    )))
}

fn check_resolution(resolution_s: u32) -> Result<()> {
    match resolution_s {
        0 => Err(Error::invalid("resolution is 0 s: give at least 1.")),
        _ => Ok(()),
    }
}

/// How long samples last, batch after batch of an interval.
#[derive(Default)]
struct Lasting {
    /// The rule and the last step of the batch before: one of few samples shows none of its own.
    before: Option<(StepRule, i64)>,
}

impl Lasting {
    /// How long each sample of a batch lasts, ns. `follows` is the time of the sample after the last one, where no gap
    /// lies between.
    fn durations(&mut self, times: &[i64], follows: Option<i64>) -> Vec<i64> {
        let known = self.before.filter(|(rule, _)| times.len() < FEW && rule.typical > 0);
        let rule = known.map_or_else(|| StepRule::of_times(times), |(rule, _)| rule);
        let next = times.iter().copied().skip(1).chain(follows);
        let mut steps: Vec<i64> =
            times.iter().zip(next).map(|(time, next)| next.saturating_sub(*time)).collect();
        if steps.len() < times.len() {
            steps.push(steps.last().copied().or(self.before.map(|(_, step)| step)).unwrap_or(0));
        }
        for step in &mut steps {
            if *step > rule.longest {
                *step = rule.typical;
            }
        }
        self.before = steps.last().map(|step| (rule, *step)).or(self.before);
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn durations(times: &[i64], follows: Option<i64>) -> Vec<i64> {
        Lasting::default().durations(times, follows)
    }

    #[test]
    fn a_sample_lasts_until_the_next_but_not_over_a_gap() {
        assert_eq!(durations(&[0, 10, 20, 90, 100], Some(110)), [10, 10, 10, 10, 10]);
        assert_eq!(durations(&[0, 10, 20], None), [10, 10, 10]);
        assert_eq!(durations(&[0], None), [0]);
        assert_eq!(durations(&[], None), [0; 0]);
    }

    #[test]
    fn samples_last_as_long_wherever_batches_are_cut() {
        let times: Vec<i64> = (0..40).map(|row| row * 10 + if row < 35 { 0 } else { 500 }).collect();
        let whole = durations(&times, None);
        for cut in 20..40 {
            let (before, after) = times.split_at(cut);
            let mut lasting = Lasting::default();
            let mut joined = lasting.durations(before, after.first().copied());
            joined.extend(lasting.durations(after, None));
            assert_eq!(joined, whole, "cut at {cut}");
        }
    }
}

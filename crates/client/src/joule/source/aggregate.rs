//! Availability, average day and windows: nodes have no such calls, so they are computed here.
//!
//! Availability comes from the intervals that a node declares. Averages run over the first element's raw samples, or,
//! where there are very many, over a node's means of bins that are short beside what is asked for; sums always run over
//! raw samples. A sample lasts until the next one of its interval.

use futures_util::future::try_join_all;
use streamscope_frame::{floats, times};
use streamscope_signal::{
    AggregateFunction, Availability, BatchOperation, DailyAccumulator, DailyAggregate, Days, SECOND,
    WindowAccumulator, WindowAggregate, Windows,
};

use super::tree;
use crate::joule::Joule;
use crate::{Error, Read, Result, Source, StreamInfo, TimeRange};

/// Windows at most: more than a chart can show, and less than memory minds.
const MOST_WINDOWS: usize = 1 << 22;
/// Raw samples that are read whole for an average.
const MOST_RAW_ROWS: u64 = 5_000_000;
/// Bins that fit at least into one window or slot, so that one at its edge counts for little.
const BINS_PER_WINDOW: i64 = 64;

impl Joule {
    pub(super) async fn joint_availability(
        &self,
        stream_ids: &[String],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> Result<Availability> {
        let windows = windows(range, resolution_s)?;
        let (start, end) = (windows.start_of(0), windows.start_of(windows.count()));
        let asked = stream_ids.iter().map(|id| self.data_intervals(id.as_str(), Some(start), Some(end)));
        let found = try_join_all(asked).await?;
        let each: Vec<_> = found
            .iter()
            .map(|intervals| {
                Availability::of_intervals(windows, intervals.iter().map(|range| range.start..range.end))
            })
            .collect();
        Availability::join(&each, operation)
            .ok_or_else(|| Error::invalid("stream_ids is empty: name a stream."))
    }

    pub(super) async fn average_day(
        &self,
        stream_id: &str,
        start: i64,
        resolution_s: u32,
        n_days: u32,
    ) -> Result<DailyAggregate> {
        if n_days == 0 || n_days > 366 {
            return Err(Error::invalid(format!("n_days is {n_days}: give 1 to 366.")));
        }
        let days = Days::blocks(start, n_days);
        let range = TimeRange { start: days.start(), end: days.end() };
        let mut accumulator = DailyAccumulator::new(days, resolution_s);
        self.samples(stream_id, range, Some(resolution_s), |times, values, durations| {
            accumulator.push(times, values, durations);
        })
        .await?;
        Ok(accumulator.finish())
    }

    pub(super) async fn per_window(
        &self,
        stream_id: &str,
        range: TimeRange,
        resolution_s: u32,
        function: AggregateFunction,
    ) -> Result<WindowAggregate> {
        let windows = windows(range, resolution_s)?;
        let range = TimeRange { start: windows.start_of(0), end: windows.start_of(windows.count()) };
        let mut accumulator = WindowAccumulator::new(windows, function);
        let mean = (function == AggregateFunction::Mean).then_some(resolution_s);
        self.samples(stream_id, range, mean, |times, values, durations| {
            accumulator.push(times, values, durations)
        })
        .await?;
        Ok(accumulator.finish())
    }

    /// Hands out a stream's samples in a range: times, values of the first element, durations. Means of bins take their
    /// place where there are very many and `resolution_s` allows it.
    async fn samples(
        &self,
        stream_id: &str,
        range: TimeRange,
        resolution_s: Option<u32>,
        mut take: impl FnMut(&[i64], &[f64], &[i64]),
    ) -> Result<()> {
        let stream = tree::stream(self.known_tree().await?.as_ref(), stream_id)?;
        let most = match resolution_s {
            Some(resolution_s) => self.enough_rows(&stream, range, resolution_s).await?,
            None => None,
        };
        let mut read: Box<dyn Read> = match most {
            Some(most) => Box::new(self.look(&stream, range, most)?),
            None => self.read(&stream, range)?,
        };
        while let Some(frame) = read.next_frame().await? {
            // The first element's values, or the means of them.
            let values = frame.columns().get(1).and_then(|column| floats(column));
            if let (Some(times), Some(values)) = (times(&frame), values) {
                take(times, &values, &durations(times));
            }
        }
        Ok(())
    }

    /// How many reduced rows an average needs; `None` where raw rows are few enough, or too far apart to be reduced.
    async fn enough_rows(
        &self,
        stream: &StreamInfo,
        range: TimeRange,
        resolution_s: u32,
    ) -> Result<Option<u64>> {
        let about = self.data_stream_info(stream.id.as_str()).await?;
        let step = about.total_time_ns / i64::try_from(about.rows.max(1)).unwrap_or(i64::MAX);
        let asked = range.end.saturating_sub(range.start).clamp(0, about.total_time_ns);
        let longest = i64::from(resolution_s) * SECOND / BINS_PER_WINDOW;
        let raw = (asked / step.max(1)).unsigned_abs();
        let reduced = longest >= 4 * step && raw > MOST_RAW_ROWS;
        Ok(reduced.then(|| (asked / longest.max(1)).unsigned_abs().max(1)))
    }
}

fn windows(range: TimeRange, resolution_s: u32) -> Result<Windows> {
    let windows = Windows::covering(range.start, range.end, resolution_s);
    if windows.count() <= MOST_WINDOWS {
        return Ok(windows);
    }
    Err(Error::invalid(format!(
        "resolution is {resolution_s} s, which makes {} windows: ask for at most {MOST_WINDOWS}.",
        windows.count()
    )))
}

/// How long each sample lasts, ns: until the next one, the last one as long as the one before it.
fn durations(times: &[i64]) -> Vec<i64> {
    let steps = times.iter().zip(times.iter().skip(1)).map(|(time, next)| next - time);
    let mut steps: Vec<i64> = steps.collect();
    steps.push(steps.last().copied().unwrap_or(0));
    steps
}

//! The aggregates that the V2 Stream API computes.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_signal::{
    AggregateFunction, Availability, BatchOperation, DailyAggregate, SECOND, WindowAggregate,
};

use crate::rune::params::{AvailabilityQuery, DailyQuery, Times, WindowQuery};
use crate::rune::{Format, Rune};
use crate::{AggregateLimits, Aggregates, ComputedBy, Result, StreamInfo, TimeRange};

/// What Rune's servers compute.
pub(super) struct ServerAggregates<'a>(pub(super) &'a Rune);

/// A range widened to whole windows, as Unix seconds: exact as a double.
fn widened(range: TimeRange, resolution_s: u32) -> (f64, f64) {
    let window = (resolution_s as i64).max(1) * SECOND;
    let start = range.start.div_euclid(window);
    let end = range.end.div_euclid(window) + (range.end.rem_euclid(window) > 0) as i64;
    let seconds = |windows: i64| windows as f64 * resolution_s as f64;
    (seconds(start), seconds(end))
}

impl Aggregates for ServerAggregates<'_> {
    fn computed_by(&self) -> ComputedBy {
        ComputedBy::Server
    }

    fn limits(&self) -> AggregateLimits {
        AggregateLimits { availability_s: 300..=86_400, most_days: 14, most_values: 1 }
    }

    fn availability<'a>(
        &'a self,
        streams: &'a [StreamInfo],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>> {
        async move {
            let (start_time, end_time) = widened(range, resolution_s);
            let query = AvailabilityQuery {
                stream_ids: streams.iter().map(|stream| stream.id.clone()).collect(),
                batch_operation: Some(operation),
                start_time,
                end_time,
                resolution: resolution_s,
                limit: None,
                format: Format::default(),
                times: Times::default(),
            };
            self.0.availability(&query).await
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
            let start_time = start as f64 / SECOND as f64;
            let stream_id = stream.id.clone();
            let query = DailyQuery { stream_id, start_time, resolution: resolution_s, n_days };
            self.0.daily_aggregate(&query).await
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
            let (start_time, end_time) = widened(range, resolution_s);
            let query = WindowQuery {
                stream_id: stream.id.clone(),
                start_time,
                end_time,
                resolution: resolution_s,
                aggregate_function: function,
                times: Times::default(),
            };
            self.0.aggregate_window(&query).await
        }
        .boxed_local()
    }
}

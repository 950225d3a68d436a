//! What the server of one connection computes of its streams.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_signal::{AggregateFunction, Availability, BatchOperation, DailyAggregate, WindowAggregate};

use super::{Member, Together};
use crate::clock::Clock;
use crate::{AggregateLimits, Aggregates, ComputedBy, Error, Result, StreamInfo, TimeRange};

/// The server's aggregates, where all streams are of one connection whose server computes them, and their clocks are right:
/// a server knows nothing of other clocks.
pub(super) fn of<'a>(together: &'a Together, streams: &[StreamInfo]) -> Option<Box<dyn Aggregates + 'a>> {
    let key = together.key_of(&streams.first()?.id);
    let fits = |stream: &StreamInfo| {
        together.key_of(&stream.id) == key && together.clock_of(&stream.subject_id).is_right()
    };
    if !streams.iter().all(fits) {
        return None;
    }
    let member = together.member_at(key).ok()?;
    let inner: Vec<_> = streams.iter().map(|stream| member.inner_stream(stream, Clock::default())).collect();
    let own = member.source.aggregates(&inner)?;
    let (computed_by, limits) = (own.computed_by(), own.limits());
    drop(own);
    Some(Box::new(OfMember { member, computed_by, limits }))
}

struct OfMember {
    member: Member,
    computed_by: ComputedBy,
    limits: AggregateLimits,
}

impl OfMember {
    fn inner(&self, streams: &[StreamInfo]) -> Vec<StreamInfo> {
        streams.iter().map(|stream| self.member.inner_stream(stream, Clock::default())).collect()
    }

    fn own(&self, streams: &[StreamInfo]) -> Result<Box<dyn Aggregates + '_>> {
        let none = || Error::invalid("This platform computes no aggregates of these streams.");
        self.member.source.aggregates(streams).ok_or_else(none)
    }
}

impl Aggregates for OfMember {
    fn computed_by(&self) -> ComputedBy {
        self.computed_by
    }

    fn limits(&self) -> AggregateLimits {
        self.limits.clone()
    }

    fn availability<'a>(
        &'a self,
        streams: &'a [StreamInfo],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>> {
        async move {
            let streams = self.inner(streams);
            self.own(&streams)?.availability(&streams, range, resolution_s, operation).await
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
            let streams = self.inner(std::slice::from_ref(stream));
            let [stream] = streams.as_slice() else {
                return Err(Error::invalid("No stream is named: name one."));
            };
            self.own(&streams)?.daily_aggregate(stream, start, resolution_s, n_days).await
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
            let streams = self.inner(std::slice::from_ref(stream));
            let [stream] = streams.as_slice() else {
                return Err(Error::invalid("No stream is named: name one."));
            };
            self.own(&streams)?.aggregate_window(stream, range, resolution_s, function).await
        }
        .boxed_local()
    }
}

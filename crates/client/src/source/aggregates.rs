//! Availability, average days and windows: what a server computes of its streams.

use std::ops::RangeInclusive;

use futures_util::future::LocalBoxFuture;
use streamscope_signal::{AggregateFunction, Availability, BatchOperation, DailyAggregate, WindowAggregate};

use super::{StreamInfo, TimeRange};
use crate::Result;

/// Who computed an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComputedBy {
    /// The platform's server.
    Server,
    /// This program, from what the server sent.
    Client,
}

/// How far aggregates go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateLimits {
    /// Lengths of a window of availability, s.
    pub availability_s: RangeInclusive<u32>,
    /// Days that an average day covers at most.
    pub most_days: u32,
    /// Values a stream may have beside its time, for averages.
    pub most_values: usize,
}

/// Computes aggregates of streams.
pub trait Aggregates {
    /// Who computes them.
    fn computed_by(&self) -> ComputedBy;

    /// How far they go.
    fn limits(&self) -> AggregateLimits;

    /// Availability of one stream, or of several joined by `operation`.
    fn availability<'a>(
        &'a self,
        streams: &'a [StreamInfo],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>>;

    /// The average day over `n_days` 24-hour days from `start` (ns), of the first value. Slots are UTC times of day.
    fn daily_aggregate<'a>(
        &'a self,
        stream: &'a StreamInfo,
        start: i64,
        resolution_s: u32,
        n_days: u32,
    ) -> LocalBoxFuture<'a, Result<DailyAggregate>>;

    /// Sum or mean per aligned window, of the first value.
    fn aggregate_window<'a>(
        &'a self,
        stream: &'a StreamInfo,
        range: TimeRange,
        resolution_s: u32,
        function: AggregateFunction,
    ) -> LocalBoxFuture<'a, Result<WindowAggregate>>;
}

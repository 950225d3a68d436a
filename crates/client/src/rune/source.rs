//! Rune as the explorer sees it.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_signal::{
    AggregateFunction, Availability, BatchOperation, DailyAggregate, SECOND, WindowAggregate,
};

use super::model::{self, Patient, StreamMetadata};
use super::params::{AvailabilityQuery, DailyQuery, DataQuery, Times, WindowQuery};
use super::{Format, Rune, StreamFilter, layout};
use crate::{
    Device, Dimension, Display, Event, Platform, Read, Result, Source, StreamInfo, Subject, TimeRange,
};

/// Unix seconds near the present, as a double, are this far off at most (ns, rounded up).
const DOUBLE_ERROR_NS: i64 = 120;

impl From<Patient> for Subject {
    fn from(patient: Patient) -> Self {
        let device =
            |device: model::Device| Device { id: device.id, name: device.name, kind: device.device_type_id };
        Self {
            id: patient.id,
            name: patient.name,
            parent: None,
            devices: patient.devices.into_iter().map(device).collect(),
        }
    }
}

impl From<model::Dimension> for Dimension {
    fn from(dimension: model::Dimension) -> Self {
        Self {
            id: dimension.id,
            data_type: dimension.data_type,
            quantity: dimension.quantity_name,
            unit: dimension.unit_name,
            unit_abbrev: dimension.unit_abbrev,
            display: Display::default(),
        }
    }
}

impl From<StreamMetadata> for StreamInfo {
    fn from(stream: StreamMetadata) -> Self {
        let labels = stream.parameters.into_iter().map(|parameter| (parameter.key, parameter.value));
        Self {
            id: stream.id,
            subject_id: stream.patient_id,
            device_id: Some(stream.device_id).filter(|id| !id.is_empty()),
            name: stream.stream_type.name,
            stream_type: stream.stream_type.id,
            description: stream.stream_type.description,
            algorithm: stream.algorithm,
            dimensions: stream.stream_type.dimensions.into_iter().map(Dimension::from).collect(),
            labels: labels.collect(),
            min_time: stream.min_time.and_then(not_after),
            max_time: stream.max_time.and_then(after),
        }
    }
}

/// Unix seconds as ns, rounded to the nearest.
fn nanoseconds(seconds: f64) -> Option<i64> {
    let whole = seconds.floor();
    (whole.abs() < 9.2e9).then(|| whole as i64 * SECOND + ((seconds - whole) * 1e9).round() as i64)
}

/// How far off the instant behind a double may be, ns. Whole milliseconds are taken for exact: few samples lie within
/// 120 ns of one, and spans should be readable.
fn blur(seconds: f64) -> i64 {
    if (seconds * 1e3).round() / 1e3 == seconds { 0 } else { DOUBLE_ERROR_NS }
}

/// An instant that is not after the first sample, whose time was rounded to a double.
fn not_after(seconds: f64) -> Option<i64> {
    nanoseconds(seconds).map(|time| time - blur(seconds))
}

/// An instant that is after the last sample, whose time was rounded to a double.
fn after(seconds: f64) -> Option<i64> {
    nanoseconds(seconds).map(|time| time + blur(seconds) + 1)
}

/// A range widened to whole windows, as Unix seconds: exact as a double.
fn widened(range: TimeRange, resolution_s: u32) -> (f64, f64) {
    let window = (resolution_s as i64).max(1) * SECOND;
    let start = range.start.div_euclid(window);
    let end = range.end.div_euclid(window) + (range.end.rem_euclid(window) > 0) as i64;
    let seconds = |windows: i64| windows as f64 * resolution_s as f64;
    (seconds(start), seconds(end))
}

impl Source for Rune {
    fn platform(&self) -> Platform {
        Platform::Rune
    }

    fn subjects(&self) -> LocalBoxFuture<'_, Result<Vec<Subject>>> {
        async { Ok(self.patients().await?.into_iter().map(Subject::from).collect()) }.boxed_local()
    }

    fn streams<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<StreamInfo>>> {
        async {
            let streams = self.patient_streams(subject_id, &StreamFilter::default()).await?;
            Ok(streams.into_iter().map(StreamInfo::from).collect())
        }
        .boxed_local()
    }

    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        async move {
            let seconds = |time: i64| time as f64 / SECOND as f64;
            let (start, end) = (seconds(range.start), seconds(range.end));
            let found = self.patient_events(subject_id, start, end, &[]).await?;
            let mut events: Vec<_> = found.iter().filter_map(event).collect();
            events.sort_by_key(|event| event.start);
            Ok(events)
        }
        .boxed_local()
    }

    fn read(&self, stream: &StreamInfo, range: TimeRange) -> Result<Box<dyn Read>> {
        let dimensions: Vec<model::Dimension> = stream.dimensions.iter().map(of_rune).collect();
        let query = DataQuery {
            stream_id: stream.id.clone(),
            start_time_ns: Some(range.start),
            end_time_ns: Some(range.end),
            translate_enums: true,
            ..DataQuery::default()
        };
        self.rows(&query, layout(&dimensions, true), stream.max_time)
    }

    fn availability<'a>(
        &'a self,
        stream_ids: &'a [String],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>> {
        async move {
            let (start_time, end_time) = widened(range, resolution_s);
            let query = AvailabilityQuery {
                stream_ids: stream_ids.to_vec(),
                batch_operation: Some(operation),
                start_time,
                end_time,
                resolution: resolution_s,
                limit: None,
                format: Format::default(),
                times: Times::default(),
            };
            Rune::availability(self, &query).await
        }
        .boxed_local()
    }

    fn daily_aggregate<'a>(
        &'a self,
        stream_id: &'a str,
        start: i64,
        resolution_s: u32,
        n_days: u32,
    ) -> LocalBoxFuture<'a, Result<DailyAggregate>> {
        async move {
            let start_time = start as f64 / SECOND as f64;
            let stream_id = stream_id.to_string();
            Rune::daily_aggregate(
                self,
                &DailyQuery { stream_id, start_time, resolution: resolution_s, n_days },
            )
            .await
        }
        .boxed_local()
    }

    fn aggregate_window<'a>(
        &'a self,
        stream_id: &'a str,
        range: TimeRange,
        resolution_s: u32,
        function: AggregateFunction,
    ) -> LocalBoxFuture<'a, Result<WindowAggregate>> {
        async move {
            let (start_time, end_time) = widened(range, resolution_s);
            let query = WindowQuery {
                stream_id: stream_id.to_string(),
                start_time,
                end_time,
                resolution: resolution_s,
                aggregate_function: function,
                times: Times::default(),
            };
            Rune::aggregate_window(self, &query).await
        }
        .boxed_local()
    }
}

/// An event on the time axis; `None` for one whose start nobody knows.
fn event(event: &model::Event) -> Option<Event> {
    Some(Event {
        id: event.id.clone(),
        start: event.start_time.and_then(nanoseconds)?,
        end: event.end_time.and_then(nanoseconds),
        name: event.display_name.clone(),
        category: event.classification.category.clone(),
        fields: Vec::new(),
        place: None,
    })
}

fn of_rune(dimension: &Dimension) -> model::Dimension {
    model::Dimension {
        id: dimension.id.clone(),
        data_type: dimension.data_type.clone(),
        quantity_name: dimension.quantity.clone(),
        quantity_abbrev: String::new(),
        unit_name: dimension.unit.clone(),
        unit_abbrev: dimension.unit_abbrev.clone(),
    }
}

//! Rune as the explorer sees it.

mod aggregates;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{LocalBoxStream, empty, once};
use futures_util::{FutureExt, StreamExt};
use streamscope_signal::SECOND;

use super::connector::ABOUT;
use super::model::{self, Patient, StreamMetadata};
use super::params::DataQuery;
use super::{Rune, StreamFilter, layout, reproduce};
use crate::reproduce::{Language, Picture};
use crate::{
    About, Aggregates, Ask, Device, Dimension, Display, Event, Extent, Read, Result, Source, StreamInfo,
    Subject, TimeRange,
};
use aggregates::ServerAggregates;

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
            has_inner: false,
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
            // The API leaves both times out for a stream without samples.
            extent: Extent::of(stream.min_time.and_then(not_after), stream.max_time.and_then(after))
                .unwrap_or(Extent::Empty),
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

impl Source for Rune {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        if within.is_some() {
            return empty().boxed_local();
        }
        let rune = self.clone();
        once(async move { Ok(rune.patients().await?.into_iter().map(Subject::from).collect()) }).boxed_local()
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        let (rune, subject_id) = (self.clone(), subject_id.to_string());
        let listed = async move {
            let streams = rune.patient_streams(&subject_id, &StreamFilter::default()).await?;
            Ok(streams.into_iter().map(StreamInfo::from).collect())
        };
        once(listed).boxed_local()
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

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        ask.refuse_filter()?;
        let stream = ask.one_stream()?;
        let dimensions: Vec<model::Dimension> = stream.dimensions.iter().map(of_rune).collect();
        let query = DataQuery {
            stream_id: stream.id.clone(),
            start_time_ns: Some(ask.range.start),
            end_time_ns: Some(ask.range.end),
            limit: ask.most_rows.map(u64::from),
            translate_enums: true,
            ..DataQuery::default()
        };
        self.rows(&query, layout(&dimensions, true), stream.span().map(|span| span.end))
    }

    fn aggregates(&self, _: &[StreamInfo]) -> Option<Box<dyn Aggregates + '_>> {
        Some(Box::new(ServerAggregates(self)))
    }

    fn reproduce(&self, language: Language, picture: Picture, ask: &Ask<'_>) -> Option<String> {
        let stream = ask.one_stream().ok()?;
        let (graph_url, stream_url) = (&self.graph_url, &self.stream_url);
        let api = reproduce::Api { graph_url, stream_url, credentials: self.signing };
        Some(api.text(language, picture, &stream.id, ask.range))
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

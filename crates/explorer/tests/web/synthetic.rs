//! A platform without a network: streams whose samples are computed when they are read.

#[path = "connector.rs"]
mod connector;
mod samples;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{LocalBoxStream, iter, once};
use futures_util::{FutureExt, StreamExt};
use streamscope_client::{
    About, AggregateLimits, Aggregates, Ask, ComputedBy, Device, Dimension, Display, Error, ErrorKind, Event,
    Extent, Facet, FacetOf, Noun, Platform, Progress, Read, Result, Source, StreamInfo, Subject, TimeRange,
};
use streamscope_frame::{Batch, Layout};
use streamscope_signal::{
    AggregateFunction, Availability, BatchOperation, DAY, DailyAggregate, DailySummary, SECOND, Summary,
    WindowAggregate,
};

pub(crate) use connector::Synthesizer;
pub(crate) use samples::{SPIKE, START};
use samples::{Shape, every, exists, frame, layout, step};

/// Rows of a frame.
const FRAME: i64 = 10_000;

/// The synthetic platform.
#[derive(Clone)]
pub(crate) struct Synthetic {
    days: i64,
    streams: Vec<(StreamInfo, Shape)>,
    /// Ranges that were read, in order.
    pub(crate) reads: Rc<RefCell<Vec<(String, TimeRange)>>>,
    /// Whether [`Shape::Broken`] has been mended.
    pub(crate) mended: Rc<Cell<bool>>,
    /// Whether reads stop and wait after their first frame.
    pub(crate) stalls: Rc<Cell<bool>>,
}

impl Synthetic {
    /// A platform with one stream of each shape, `days` long.
    pub(crate) fn new(days: i64) -> Self {
        let streams = vec![
            stream(
                "motion",
                "Acceleration",
                Shape::Motion,
                days,
                &[("x", "sfloat", "g"), ("y", "sfloat", "g"), ("z", "sfloat", "g")],
            ),
            stream("heart", "Heart Rate", Shape::Heart, days, &[("rate", "ufloat", "bpm")]),
            stream(
                "activity",
                "Activity",
                Shape::Activity,
                days,
                &[("activity", "enum", ""), ("worn", "bool", "")],
            ),
            stream("nothing", "Step Count", Shape::Nothing, days, &[("steps", "uint", "")]),
            stream("broken", "Rotation", Shape::Broken, days, &[("rate", "sfloat", "rad/s")]),
        ];
        Self { days, streams, reads: Rc::default(), mended: Rc::default(), stalls: Rc::default() }
    }

    /// The streams' metadata.
    pub(crate) fn infos(&self) -> Vec<StreamInfo> {
        self.streams.iter().map(|(info, _)| info.clone()).collect()
    }

    fn shape(&self, id: &str) -> Option<Shape> {
        self.streams.iter().find(|(info, _)| info.id == id).map(|(_, shape)| *shape)
    }

    fn end(&self) -> i64 {
        START + self.days * DAY
    }
}

fn stream(
    id: &str,
    name: &str,
    shape: Shape,
    days: i64,
    dimensions: &[(&str, &str, &str)],
) -> (StreamInfo, Shape) {
    let described = |&(id, data_type, unit): &(&str, &str, &str)| Dimension {
        id: id.into(),
        data_type: data_type.into(),
        quantity: name.into(),
        unit: unit.into(),
        unit_abbrev: unit.into(),
        display: Display::default(),
    };
    let time = described(&("time", "timestamp", ""));
    let info = StreamInfo {
        id: id.into(),
        subject_id: "subject".into(),
        device_id: Some("watch".into()),
        name: name.into(),
        stream_type: id.into(),
        description: format!("{name} of nobody"),
        algorithm: "synthetic.0".into(),
        dimensions: std::iter::once(time).chain(dimensions.iter().map(described)).collect(),
        labels: BTreeMap::new(),
        extent: Extent::Known(TimeRange { start: START, end: START + days * DAY - 1 }),
    };
    (info, shape)
}

struct SyntheticRead {
    shape: Shape,
    layout: Layout,
    next: i64,
    end: i64,
    progress: Progress,
    stalls: Rc<Cell<bool>>,
}

impl Read for SyntheticRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        async move {
            if self.stalls.get() && self.progress.rows > 0 {
                futures_util::future::pending::<()>().await;
            }
            let step = step(self.shape);
            while self.next < self.end {
                let after = self.end.min(self.next + step * FRAME);
                // Samples stand at the same instants, whatever was asked for.
                let first = self.next + (START - self.next).rem_euclid(step);
                let times: Vec<_> =
                    every(first, after, step).filter(|&time| exists(self.shape, time)).collect();
                self.next = after;
                if let Some(&last) = times.last() {
                    self.progress.rows += times.len() as u64;
                    self.progress.bytes += times.len() as u64 * 36;
                    self.progress.covered_to = Some(last);
                    let rows = frame(self.shape, times);
                    return Ok(Some(Batch { rows, begins_interval: false }));
                }
            }
            Ok(None)
        }
        .boxed_local()
    }

    fn progress(&self) -> Progress {
        self.progress
    }
}

fn refused(message: &str) -> Error {
    Error {
        kind: ErrorKind::Server,
        message: message.into(),
        platform: Some(PLATFORM),
        request: None,
        status: Some(500),
        server_message: None,
        parse: None,
        rows: None,
        covered_to: None,
    }
}

/// A platform that nothing but this file knows.
pub(crate) const PLATFORM: Platform = Platform { id: "synthetic", name: "Synthetic" };

pub(crate) const ABOUT: About = About {
    platform: PLATFORM,
    subject: Noun { one: "volunteer", many: "volunteers" },
    stream: Noun { one: "channel", many: "channels" },
    facets: &[Facet { label: "Maker", of: FacetOf::Algorithm }],
};

impl Source for Synthetic {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        let devices = vec![Device { id: "watch".into(), name: "Watch".into(), kind: "watch".into() }];
        let team = Subject {
            id: "team".into(),
            name: "Team".into(),
            parent: None,
            has_inner: true,
            devices: Vec::new(),
        };
        let subject = Subject {
            id: "subject".into(),
            name: "Nobody".into(),
            parent: Some("team".into()),
            has_inner: false,
            devices,
        };
        let page = if within == Some("team") { subject } else { team };
        once(async move { Ok(vec![page]) }).boxed_local()
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        // A page a stream.
        let infos = if subject_id == "team" { Vec::new() } else { self.infos() };
        iter(infos.into_iter().map(|info| Ok(vec![info]))).boxed_local()
    }

    fn events<'a>(
        &'a self,
        _subject_id: &'a str,
        range: TimeRange,
    ) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        let event = |name: &str, category: &str, start: i64, end: Option<i64>| Event {
            id: name.into(),
            start,
            end,
            name: name.into(),
            category: category.into(),
            fields: Vec::new(),
            place: None,
        };
        let dose = event("Dose", "medication", START + 600 * SECOND, Some(START + 600 * SECOND));
        let walk = event("Walk", "activity", START + 1200 * SECOND, Some(START + 3600 * SECOND));
        let touches = |event: &Event| event.start < range.end && event.end >= Some(range.start);
        let events = [dose, walk].into_iter().filter(touches).collect();
        async move { Ok(events) }.boxed_local()
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        let (stream, range) = (ask.one_stream()?, ask.range);
        let shape = self.shape(&stream.id).ok_or_else(|| refused("no such stream"))?;
        self.reads.borrow_mut().push((stream.id.clone(), range));
        if shape == Shape::Broken && !self.mended.get() {
            return Err(refused("The server failed with status 500."));
        }
        let step = step(shape);
        let next = (range.start.max(START) + step - 1).div_euclid(step) * step;
        Ok(Box::new(SyntheticRead {
            shape,
            layout: layout(shape),
            next,
            end: range.end.min(self.end()),
            progress: Progress::default(),
            stalls: self.stalls.clone(),
        }))
    }

    fn aggregates(&self, _: &[StreamInfo]) -> Option<Box<dyn Aggregates + '_>> {
        Some(Box::new(Server(self)))
    }
}

/// What the platform's server computes.
struct Server<'a>(&'a Synthetic);

impl Aggregates for Server<'_> {
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
        let window = i64::from(resolution_s) * SECOND;
        let available = move |stream: &StreamInfo, start: i64| {
            let shape = self.0.shape(&stream.id).unwrap_or(Shape::Nothing);
            let mut inside = every(start, start + window, (window / 12).max(1));
            inside.any(|time| START <= time && time < self.0.end() && exists(shape, time))
        };
        async move {
            if streams.iter().any(|stream| self.0.shape(&stream.id) == Some(Shape::Broken))
                && !self.0.mended.get()
            {
                return Err(refused("The server failed with status 500."));
            }
            let windows = every(range.start, range.end, window);
            let available = windows.map(|start| match operation {
                BatchOperation::Any => streams.iter().any(|stream| available(stream, start)),
                BatchOperation::All => streams.iter().all(|stream| available(stream, start)),
            });
            Ok(Availability { start: range.start, resolution_s, available: available.collect() })
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
            let shape = self.0.shape(&stream.id).ok_or_else(|| refused("no such stream"))?;
            if shape != Shape::Heart {
                return Err(refused("Daily aggregates need a stream of two dimensions."));
            }
            let slots = 86_400 / resolution_s;
            let values = (0..slots).map(|slot| {
                let time = i64::from(slot) * i64::from(resolution_s) * SECOND;
                exists(shape, time).then(|| 60.0 + f64::from(slot) / f64::from(slots) * 24.0)
            });
            let values: Vec<_> = values.collect();
            let first_day = (START - start).max(0) / DAY;
            let days = (i64::from(n_days) - first_day).clamp(0, self.0.days) as u32;
            let held = values.iter().map(|value| if value.is_some() { days } else { 0 }).collect();
            Ok(DailyAggregate {
                resolution_s,
                values,
                n_days_with_data: held,
                approx_available_duration_s: f64::from(days) * 75_600.0,
                summary: DailySummary {
                    n_days_with_data_total: days,
                    duration_mean_per_day: Some(75_600e9),
                    duration_min_per_day: Some(75_600 * SECOND),
                    duration_max_per_day: Some(75_600 * SECOND),
                    value: Summary {
                        mean: Some(72.0),
                        min: Some(51.0),
                        max: Some(96.0),
                        median: Some(71.5),
                        std: Some(8.25),
                        count: 1000,
                    },
                },
            })
        }
        .boxed_local()
    }

    fn aggregate_window<'a>(
        &'a self,
        _stream: &'a StreamInfo,
        _range: TimeRange,
        _resolution_s: u32,
        _function: AggregateFunction,
    ) -> LocalBoxFuture<'a, Result<WindowAggregate>> {
        async move { Err(refused("not part of this platform")) }.boxed_local()
    }
}

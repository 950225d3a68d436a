//! A platform without a network: streams whose samples are computed when they are read.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, TimestampNanosecondArray};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_client::{
    Device, Dimension, Display, Error, ErrorKind, Event, Platform, Progress, Read, Result, Source,
    StreamInfo, Subject, TimeRange,
};
use streamscope_frame::{Column, ColumnType, Layout};
use streamscope_signal::{
    AggregateFunction, Availability, BatchOperation, DAY, DailyAggregate, DailySummary, SECOND, Summary,
    WindowAggregate,
};

/// 2026-03-27 00:00 UTC: two days before Europe's clocks go forward.
pub(crate) const START: i64 = 1_774_569_600 * SECOND;

/// Rows of a frame.
const FRAME: i64 = 10_000;

/// What a stream's samples are like.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// Three axes at 50 Hz, with a spike of 25 in x at [`SPIKE`].
    Motion,
    /// One value every 5 s, every 40th null; none from 02:00 to 05:00 UTC.
    Heart,
    /// An activity by name, changing every few minutes, and whether the device is worn.
    Activity,
    /// No sample at all.
    Nothing,
    /// A server that answers with an error.
    Broken,
}

/// The instant of the one spike in [`Shape::Motion`].
pub(crate) const SPIKE: i64 = START + 7 * 3600 * SECOND + 20_000_000;

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
        min_time: Some(START),
        max_time: Some(START + days * DAY - 1),
    };
    (info, shape)
}

/// Instants from `start` to before `end`, so far apart.
fn every(start: i64, end: i64, step: i64) -> impl Iterator<Item = i64> {
    std::iter::successors(Some(start), move |time| Some(time + step)).take_while(move |&time| time < end)
}

/// Steps between samples, ns.
fn step(shape: Shape) -> i64 {
    match shape {
        Shape::Motion => SECOND / 50,
        Shape::Heart => 5 * SECOND,
        _ => 60 * SECOND,
    }
}

/// Whether a sample exists at an instant.
fn exists(shape: Shape, time: i64) -> bool {
    let hour = time.rem_euclid(DAY) / (3600 * SECOND);
    match shape {
        Shape::Heart => !(2..5).contains(&hour),
        Shape::Nothing => false,
        Shape::Motion | Shape::Activity | Shape::Broken => hour != 3,
    }
}

fn layout(shape: Shape) -> Layout {
    let time = Column::new("time", ColumnType::Time);
    let duration = Column::new("measurement_duration_ns", ColumnType::Int).with_unit("ns");
    let values = match shape {
        Shape::Motion => {
            ["x", "y", "z"].map(|axis| Column::new(axis, ColumnType::Float).with_unit("g")).to_vec()
        }
        Shape::Heart => vec![Column::new("rate", ColumnType::Float).with_unit("bpm")],
        Shape::Activity => {
            vec![Column::new("activity", ColumnType::Text), Column::new("worn", ColumnType::Bool)]
        }
        Shape::Nothing => vec![Column::new("steps", ColumnType::Int)],
        Shape::Broken => vec![Column::new("rate", ColumnType::Float).with_unit("rad/s")],
    };
    Layout::new(std::iter::once(time).chain(values).chain([duration]).collect())
}

fn frame(shape: Shape, times: Vec<i64>) -> RecordBatch {
    let seconds = |time: i64| (time - START) as f64 / SECOND as f64;
    let durations: ArrayRef = Arc::new(Int64Array::from(vec![step(shape); times.len()]));
    let mut columns: Vec<ArrayRef> =
        vec![Arc::new(TimestampNanosecondArray::from(times.clone()).with_timezone("UTC"))];
    match shape {
        Shape::Motion => {
            for axis in 0..3 {
                let value = |&time: &i64| {
                    let at = seconds(time);
                    let active = (at / 5000.0).sin().max(0.05);
                    let noise =
                        ((time / 20_000_000).wrapping_mul(2_654_435_761 + axis) % 1000) as f64 / 1000.0;
                    match time {
                        SPIKE if axis == 0 => 25.0,
                        _ => {
                            (at * (1.3 + axis as f64)).sin() * active + (noise - 0.5) * 0.3 + axis as f64
                                - 1.0
                        }
                    }
                };
                columns.push(Arc::new(Float64Array::from_iter_values(times.iter().map(value))));
            }
        }
        Shape::Heart | Shape::Broken => {
            let value = |&time: &i64| {
                let minute = seconds(time) / 60.0;
                let missing = time / (5 * SECOND) % 40 == 0;
                (!missing).then(|| 68.0 + 14.0 * (minute / 90.0).sin() + 4.0 * (minute * 2.7).sin())
            };
            columns.push(Arc::new(Float64Array::from_iter(times.iter().map(value))));
        }
        Shape::Activity => {
            let mut names = StringDictionaryBuilder::<Int32Type>::new();
            for &time in &times {
                let name =
                    ["resting", "walking", "sitting", "cycling"][(time / (1740 * SECOND) % 4) as usize];
                names.append_value(name);
            }
            columns.push(Arc::new(names.finish()));
            columns.push(Arc::new(BooleanArray::from_iter(
                times.iter().map(|time| Some(time / (7200 * SECOND) % 5 != 0)),
            )));
        }
        Shape::Nothing => columns.push(Arc::new(Int64Array::from(vec![0; times.len()]))),
    }
    columns.push(durations);
    RecordBatch::try_new(Arc::new(layout(shape).schema()), columns).expect("columns fit their layout")
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

    fn next_frame(&mut self) -> LocalBoxFuture<'_, Result<Option<RecordBatch>>> {
        async move {
            if self.stalls.get() && self.progress.rows > 0 {
                futures_util::future::pending::<()>().await;
            }
            let step = step(self.shape);
            while self.next < self.end {
                let after = self.end.min(self.next + step * FRAME);
                let times: Vec<_> =
                    every(self.next, after, step).filter(|&time| exists(self.shape, time)).collect();
                self.next = after;
                if let Some(&last) = times.last() {
                    self.progress.rows += times.len() as u64;
                    self.progress.bytes += times.len() as u64 * 36;
                    self.progress.covered_to = Some(last);
                    return Ok(Some(frame(self.shape, times)));
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
        platform: Some(Platform::Rune),
        request: None,
        status: Some(500),
        server_message: None,
        parse: None,
        rows: None,
        covered_to: None,
    }
}

impl Source for Synthetic {
    fn platform(&self) -> Platform {
        Platform::Rune
    }

    fn subjects(&self) -> LocalBoxFuture<'_, Result<Vec<Subject>>> {
        let devices = vec![Device { id: "watch".into(), name: "Watch".into(), kind: "watch".into() }];
        let subject = Subject { id: "subject".into(), name: "Nobody".into(), parent: None, devices };
        async move { Ok(vec![subject]) }.boxed_local()
    }

    fn streams<'a>(&'a self, _subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<StreamInfo>>> {
        async move { Ok(self.infos()) }.boxed_local()
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

    fn read(&self, stream: &StreamInfo, range: TimeRange) -> Result<Box<dyn Read>> {
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

    fn availability<'a>(
        &'a self,
        stream_ids: &'a [String],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>> {
        let window = i64::from(resolution_s) * SECOND;
        let available = move |id: &String, start: i64| {
            let shape = self.shape(id).unwrap_or(Shape::Nothing);
            let mut inside = every(start, start + window, (window / 12).max(1));
            inside.any(|time| START <= time && time < self.end() && exists(shape, time))
        };
        async move {
            if stream_ids.iter().any(|id| self.shape(id) == Some(Shape::Broken)) && !self.mended.get() {
                return Err(refused("The server failed with status 500."));
            }
            let windows = every(range.start, range.end, window);
            let available = windows.map(|start| match operation {
                BatchOperation::Any => stream_ids.iter().any(|id| available(id, start)),
                BatchOperation::All => stream_ids.iter().all(|id| available(id, start)),
            });
            Ok(Availability { start: range.start, resolution_s, available: available.collect() })
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
            let shape = self.shape(stream_id).ok_or_else(|| refused("no such stream"))?;
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
            let days = (i64::from(n_days) - first_day).clamp(0, self.days) as u32;
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
        _stream_id: &'a str,
        _range: TimeRange,
        _resolution_s: u32,
        _function: AggregateFunction,
    ) -> LocalBoxFuture<'a, Result<WindowAggregate>> {
        async move { Err(refused("not part of this platform")) }.boxed_local()
    }
}

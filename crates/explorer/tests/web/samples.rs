//! Samples that are computed.

use std::sync::Arc;

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, TimestampNanosecondArray};
use streamscope_frame::{Column, ColumnType, Layout};
use streamscope_signal::{DAY, SECOND};

/// 2026-03-27 00:00 UTC: two days before Europe's clocks go forward.
pub(crate) const START: i64 = 1_774_569_600 * SECOND;

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

/// Instants from `start` to before `end`, so far apart.
pub(crate) fn every(start: i64, end: i64, step: i64) -> impl Iterator<Item = i64> {
    std::iter::successors(Some(start), move |time| Some(time + step)).take_while(move |&time| time < end)
}

/// Steps between samples, ns.
pub(crate) fn step(shape: Shape) -> i64 {
    match shape {
        Shape::Motion => SECOND / 50,
        Shape::Heart => 5 * SECOND,
        _ => 60 * SECOND,
    }
}

/// Whether a sample exists at an instant.
pub(crate) fn exists(shape: Shape, time: i64) -> bool {
    let hour = time.rem_euclid(DAY) / (3600 * SECOND);
    match shape {
        Shape::Heart => !(2..5).contains(&hour),
        Shape::Nothing => false,
        Shape::Motion | Shape::Activity | Shape::Broken => hour != 3,
    }
}

pub(crate) fn layout(shape: Shape) -> Layout {
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

pub(crate) fn frame(shape: Shape, times: Vec<i64>) -> RecordBatch {
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

//! What files of rows in order of time have in common: each column of values is a stream, on one column of times.

use std::collections::BTreeMap;

use streamscope_frame::Layout;

use super::recording::dimensions;
use crate::{Disk, Error, ErrorKind, Extent, StreamInfo, TimeRange};

/// The streams of a table, from the columns of each: times and values. Labels and times are those of all.
pub(super) fn streams(
    subject_id: &str,
    layouts: impl Iterator<Item = Layout>,
    labels: &BTreeMap<String, String>,
    span: Option<TimeRange>,
) -> Vec<StreamInfo> {
    let stream = |(number, layout): (usize, Layout)| {
        let name = layout.columns.get(1)?.name.clone();
        Some(StreamInfo {
            id: format!("{subject_id}/{}", number + 1),
            subject_id: subject_id.into(),
            name: name.clone(),
            stream_type: name,
            dimensions: dimensions(&layout),
            labels: labels.clone(),
            extent: span.map_or(Extent::Empty, Extent::Known),
            ..StreamInfo::default()
        })
    };
    layouts.enumerate().filter_map(stream).collect()
}

/// Which part of a table's time lies in a range, from 0 to 1.
pub(super) fn part(span: Option<TimeRange>, range: TimeRange) -> f64 {
    let length = |range: TimeRange| range.end.saturating_sub(range.start) as f64;
    let shared = span.and_then(|span| Some((span, span.intersection(range)?)));
    shared.map_or(0.0, |(span, shared)| length(shared) / length(span))
}

/// The error of a file that cannot be read, and why.
pub(super) fn unread(disk: &dyn Disk, why: &str) -> Error {
    Error::new(ErrorKind::Body, format!("{} cannot be read: {why}.", disk.name()))
}

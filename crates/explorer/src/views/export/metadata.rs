//! What saved rows are: where they come from, and what their columns hold.

use arrow_array::RecordBatch;
use leptos::prelude::*;
use serde_json::{Value, json};
use streamscope_client::{Dimension, StreamInfo, TimeRange};
use streamscope_frame::times;
use streamscope_signal::{Civil, TimeZone};

use crate::state::Workspace;

/// A stream of which rows are saved.
pub(super) struct Saved {
    pub(super) stream: StreamInfo,
    /// The file that they are in, where it is one of several.
    pub(super) path: Option<String>,
    pub(super) rows: u64,
    /// Times of the first and the last row, ns, where rows have times.
    ends: Option<(i64, i64)>,
}

impl Saved {
    /// No row yet.
    pub(super) fn new(stream: &StreamInfo) -> Self {
        Self { stream: stream.clone(), path: None, rows: 0, ends: None }
    }

    /// All of these rows.
    pub(super) fn of(stream: &StreamInfo, frames: &[RecordBatch]) -> Self {
        let mut saved = Self::new(stream);
        frames.iter().for_each(|frame| saved.count(frame));
        saved
    }

    /// Takes in the next rows.
    pub(super) fn count(&mut self, frame: &RecordBatch) {
        self.rows += frame.num_rows() as u64;
        if let Some([first, .., last] | [first @ last]) = times(frame) {
            self.ends = Some((self.ends.map_or(*first, |(first, _)| first), *last));
        }
    }
}

/// Where saved rows come from, and what they are.
pub(super) fn metadata<'a>(
    workspace: &Workspace,
    range: TimeRange,
    zone: &TimeZone,
    saved: impl Iterator<Item = &'a Saved>,
) -> Value {
    let platform = untrack(|| workspace.reading()).map(|source| source.about().platform.name);
    let subject = workspace.selection.with_untracked(|selection| selection.subject.clone());
    let name = workspace.subjects.with_untracked(|subjects| {
        let of_id = subjects.iter().find(|one| Some(&one.id) == subject.as_ref());
        of_id.map(|subject| subject.name.clone())
    });
    json!({
        "program": concat!("Streamscope ", env!("CARGO_PKG_VERSION")),
        "platform": platform,
        "subject": { "id": subject.map(|id| untrack(|| workspace.own_id(&id))), "name": name },
        "range": { "start": iso(range.start, zone), "end": iso(range.end, zone) },
        "time_zone": zone.name(),
        "row_filter": workspace.filter_words.get_untracked(),
        "rows": "every sample in the range, as the platform holds it",
        "streams": saved.map(|saved| stream(workspace, saved, zone)).collect::<Vec<_>>(),
    })
}

fn stream(workspace: &Workspace, saved: &Saved, zone: &TimeZone) -> Value {
    let stream = &saved.stream;
    let (connection, clock) =
        untrack(|| (workspace.connection_of(&stream.subject_id), workspace.clock_of(&stream.subject_id)));
    let shown = json!({
        "origin": iso(clock.origin, zone), "offset_ns": clock.offset, "drift_ppm": clock.drift_ppm,
        "time": "recorded + offset + (recorded - origin) * drift",
    });
    json!({
        "platform": connection.map(|one| one.platform),
        "clock": (!clock.is_right()).then_some(shown),
        "path": saved.path,
        "id": untrack(|| workspace.own_id(&stream.id)),
        "name": stream.name,
        "subject_id": untrack(|| workspace.own_id(&stream.subject_id)),
        "device_id": stream.device_id,
        "stream_type": stream.stream_type,
        "algorithm": stream.algorithm,
        "description": stream.description,
        "labels": stream.labels,
        "rows": saved.rows,
        "first": saved.ends.map(|(first, _)| iso(first, zone)),
        "last": saved.ends.map(|(_, last)| iso(last, zone)),
        "columns": stream.dimensions.iter().map(column).collect::<Vec<_>>(),
    })
}

fn column(dimension: &Dimension) -> Value {
    let mut column = json!({
        "name": dimension.id,
        "data_type": dimension.data_type,
        "quantity": dimension.quantity,
        "unit": dimension.unit_abbrev,
    });
    if !dimension.display.is_plain()
        && let Some(fields) = column.as_object_mut()
    {
        let (offset, scale) = (dimension.display.offset, dimension.display.scale);
        fields.insert(
            "raw".into(),
            json!({ "value_in_unit": "(raw - offset) * scale", "offset": offset, "scale": scale }),
        );
    }
    column
}

/// "2026-03-28T07:05:09.25+01:00", exact.
fn iso(time: i64, zone: &TimeZone) -> String {
    let civil = Civil::at(time, zone);
    let offset = if civil.offset_s == 0 { "Z".into() } else { civil.offset_text() };
    format!("{}T{}{offset}", civil.date_text(), civil.clock_text(civil.digits()))
}

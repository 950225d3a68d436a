//! What lies beside the files of an archive: where they come from, and what their columns are.

use leptos::prelude::*;
use serde_json::{Value, json};
use streamscope_client::{Dimension, TimeRange};
use streamscope_signal::{Civil, TimeZone};

use super::rows::StreamFile;
use crate::state::Workspace;

/// A JSON document about the files of an archive.
pub(super) fn metadata(
    workspace: &Workspace,
    range: TimeRange,
    zone: &TimeZone,
    files: &[StreamFile],
) -> String {
    let platform = untrack(|| workspace.reading()).map(|source| source.about().platform.name);
    let subject = workspace.selection.with_untracked(|selection| selection.subject.clone());
    let name = workspace.subjects.with_untracked(|subjects| {
        let of_id = subjects.iter().find(|one| Some(&one.id) == subject.as_ref());
        of_id.map(|subject| subject.name.clone())
    });
    let document = json!({
        "program": concat!("Streamscope ", env!("CARGO_PKG_VERSION")),
        "platform": platform,
        "subject": { "id": subject, "name": name },
        "range": { "start": iso(range.start, zone), "end": iso(range.end, zone) },
        "time_zone": zone.name(),
        "row_filter": workspace.filter_words.get_untracked(),
        "rows": "every sample in the range, as the platform holds it",
        "streams": files.iter().map(|file| stream(file, zone)).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn stream(file: &StreamFile, zone: &TimeZone) -> Value {
    let stream = &file.stream;
    json!({
        "path": file.name,
        "id": stream.id,
        "name": stream.name,
        "subject_id": stream.subject_id,
        "device_id": stream.device_id,
        "stream_type": stream.stream_type,
        "algorithm": stream.algorithm,
        "description": stream.description,
        "labels": stream.labels,
        "rows": file.rows,
        "first": file.ends.map(|(first, _)| iso(first, zone)),
        "last": file.ends.map(|(_, last)| iso(last, zone)),
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

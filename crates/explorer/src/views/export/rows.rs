//! The rows in range as files: one stream as it is, several in a zip file with what they are beside them.

use std::collections::BTreeSet;

use arrow_array::RecordBatch;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};
use streamscope_frame::{ColumnType, Layout, ZipWriter, ZippedFile};
use streamscope_signal::TimeZone;

use super::metadata::{Saved, metadata};
use super::names::{file_name, member};
use super::{NOT_SAVED, fetch, recorded, save as save_parts};
use crate::catalogue::label as stream_title;
use crate::charts::format::{bytes, grouped};
use crate::recording::bytes::{Format, write};
use crate::state::Workspace;

/// The rows of a stream, written.
struct StreamFile {
    saved: Saved,
    parts: Array,
    zipped: ZippedFile,
}

/// Saves every row of the selected streams in a range, once all of them are fetched. Tells what was saved, or why
/// nothing was.
pub(super) async fn save(
    workspace: &Workspace,
    range: TimeRange,
    format: Format,
    note: RwSignal<String>,
) -> Result<String, String> {
    let source = untrack(|| workspace.reading()).ok_or("Nothing is connected. Nothing was saved.")?;
    let zone = workspace.zone.get_untracked();
    let (mut files, mut taken) = (Vec::new(), BTreeSet::new());
    for stream in untrack(|| workspace.selected_streams()) {
        let recording = workspace.recordings.of(&source, &stream);
        let name = member(&stream_title(&stream), format.extension(), &mut taken);
        let rows = match workspace
            .together
            .get_value()
            .filter(|_| !untrack(|| workspace.clock_of(&stream.subject_id)).is_right())
        {
            Some(together) => recorded::read(&together, &stream, range, note).await?,
            None => {
                fetch(&recording, range, note).await?;
                recording.with(|data| Some((data.layout()?.clone(), data.slices(range)))).unwrap_or_default()
            }
        };
        let mut file = written(&stream, rows, (format, &zone)).await?;
        file.saved.path = (file.saved.rows > 0).then_some(name);
        files.push(file);
    }
    let rows = files.iter().map(|file| file.saved.rows).sum::<u64>();
    if rows == 0 {
        return Err(match files.as_slice() {
            [] => "No stream is selected. Nothing was saved.".into(),
            [file] => {
                format!("{} has no rows in this range. Nothing was saved.", stream_title(&file.saved.stream))
            }
            _ => "None of the streams has rows in this range. Nothing was saved.".into(),
        });
    }
    let size = bytes(files.iter().map(|file| file.zipped.size()).sum());
    let (name, what) = match files.as_slice() {
        [file] => {
            let name = file_name(workspace, &stream_title(&file.saved.stream), range, format.extension());
            save_parts(&file.parts, format.media_type(), &name).map_err(|_| NOT_SAVED)?;
            (name, String::new())
        }
        files => {
            let what = format!("{} streams", files.len());
            let name = file_name(workspace, &what, range, "zip");
            let beside = metadata(workspace, range, &zone, files.iter().map(|file| &file.saved));
            let parts =
                archive(files, format!("{beside:#}\n").as_bytes()).map_err(|error| error.to_string())?;
            save_parts(&parts, "application/zip", &name).map_err(|_| NOT_SAVED)?;
            (name, format!("{what}, "))
        }
    };
    Ok(format!("Saved {what}{} rows ({size}): {name}.", grouped(rows)))
}

/// Writes the rows of a stream.
async fn written(
    stream: &StreamInfo,
    (layout, frames): (Layout, Vec<RecordBatch>),
    (format, zone): (Format, &TimeZone),
) -> Result<StreamFile, String> {
    let (parts, mut zipped) = (Array::new(), ZippedFile::default());
    let layout = if format == Format::Csv { titled(&layout, stream, zone) } else { layout };
    let all = write(format, &layout, &frames, zone, |bytes| {
        zipped.update(bytes);
        parts.push(&Uint8Array::from(bytes));
    });
    all.await.map_err(|error| error.to_string())?;
    Ok(StreamFile { saved: Saved::of(stream, &frames), parts, zipped })
}

/// The columns with what a CSV file cannot say elsewhere: the unit of values, the zone of times. Values that are shown
/// by an offset and a scale are saved as they are, so the unit is not theirs.
fn titled(layout: &Layout, stream: &StreamInfo, zone: &TimeZone) -> Layout {
    let mut layout = layout.clone();
    for column in &mut layout.columns {
        let dimension = stream.dimensions.iter().find(|dimension| dimension.id == column.name);
        let beside = match (column.kind, dimension) {
            (ColumnType::Time, _) => zone.name(),
            (_, Some(dimension)) if !dimension.display.is_plain() => "raw",
            (_, Some(dimension)) => dimension.unit_abbrev.as_str(),
            _ => "",
        };
        // A file from elsewhere may have it in its own header.
        let is_there =
            [format!("({beside})"), format!("[{beside}]")].iter().any(|end| column.name.ends_with(end));
        if !beside.is_empty() && !is_there {
            column.name = format!("{} ({beside})", column.name);
        }
    }
    layout
}

/// The files in one, and a file `metadata.json` that tells what they are.
fn archive(files: &[StreamFile], metadata: &[u8]) -> Result<Array, streamscope_frame::WriteError> {
    let (mut zip, all) = (ZipWriter::default(), Array::new());
    let mut beside = ZippedFile::default();
    beside.update(metadata);
    all.push(&Uint8Array::from(zip.header("metadata.json", &beside)?.as_slice()));
    all.push(&Uint8Array::from(metadata));
    for file in files {
        let Some(path) = &file.saved.path else { continue };
        all.push(&Uint8Array::from(zip.header(path, &file.zipped)?.as_slice()));
        file.parts.for_each(&mut |part, _, _| {
            all.push(&part);
        });
    }
    all.push(&Uint8Array::from(zip.finish()?.as_slice()));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use streamscope_client::{Dimension, Display};
    use streamscope_frame::Column;

    use super::*;

    #[test]
    fn columns_tell_unit_and_zone() {
        let dimension = |id: &str, unit: &str| Dimension {
            id: id.into(),
            data_type: "sfloat".into(),
            quantity: String::new(),
            unit: String::new(),
            unit_abbrev: unit.into(),
            display: Display::default(),
        };
        let scaled = Display { scale: 0.5, ..Display::default() };
        let stream = StreamInfo {
            dimensions: vec![
                dimension("x", "g"),
                Dimension { display: scaled, ..dimension("volts", "V") },
                dimension("state", ""),
                dimension("flow [l/s]", "l/s"),
            ],
            ..StreamInfo::default()
        };
        let column = |name: &str, kind| Column::new(name, kind);
        let columns = vec![
            column("time", ColumnType::Time),
            column("x", ColumnType::Float),
            column("volts", ColumnType::Int16),
            column("state", ColumnType::Text),
            column("flow [l/s]", ColumnType::Float),
        ];
        let zone = TimeZone::fixed("Asia/Kolkata", 19_800);
        let titled = titled(&Layout::new(columns), &stream, &zone);
        let names: Vec<_> = titled.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["time (Asia/Kolkata)", "x (g)", "volts (raw)", "state", "flow [l/s]"]);
    }
}

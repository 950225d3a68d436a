//! The rows in range as files: one stream as it is, several in a zip file with what they are beside them.

use std::collections::BTreeSet;

use leptos::prelude::*;
use streamscope_client::{Ask, Read, StreamInfo, TimeRange};
use streamscope_frame::{ColumnType, Layout, RecordBatch, ZipWriter, ZippedFile};
use streamscope_signal::TimeZone;

use super::metadata::{Saved, metadata};
use super::names::{file_name, member};
use super::parts::Parts;
use super::{NOT_SAVED, edf, fetch, recorded, save as save_parts, tell};
use crate::catalogue::label as stream_title;
use crate::charts::format::{bytes, grouped};
use crate::recording::Recording;
use crate::recording::bytes::{Format, Writing};
use crate::state::Workspace;

/// What rows are saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// Every row as it is.
    Rows(Format),
    /// Numbers at an even rate.
    Edf,
}

/// What is offered: the button, and what it says of itself.
pub(super) const FORMATS: [(As, &str, &str); 3] = [
    (
        As::Rows(Format::Csv),
        "CSV",
        "Save the raw rows in range as CSV; of several streams, as a zip file with one each",
    ),
    (
        As::Rows(Format::Arrow),
        "Arrow",
        "Save the raw rows in range as an Arrow stream; of several streams, as a zip file with one each",
    ),
    (
        As::Edf,
        "EDF+",
        "Save the raw rows in range as EDF+, with gaps and events: numbers of 16 bits at an even rate",
    ),
];

impl As {
    fn extension(self) -> &'static str {
        match self {
            Self::Rows(format) => format.extension(),
            Self::Edf => "edf",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Rows(format) => format.media_type(),
            Self::Edf => "application/octet-stream",
        }
    }
}

/// A file, written, and the streams that it holds.
pub(super) struct StreamFile {
    pub(super) saved: Vec<Saved>,
    pub(super) parts: Parts,
    pub(super) zipped: ZippedFile,
}

impl StreamFile {
    fn rows(&self) -> u64 {
        self.saved.iter().map(|saved| saved.rows).sum()
    }
}

/// Saves every row of the selected streams in a range. Tells what was saved, or why nothing was.
pub(super) async fn save(
    workspace: &Workspace,
    range: TimeRange,
    format: As,
    note: RwSignal<String>,
) -> Result<String, String> {
    let streams = untrack(|| workspace.selected_streams());
    let zone = workspace.zone.get_untracked();
    let (files, about) = match format {
        As::Edf => edf::write(workspace, &streams, range, note).await?,
        As::Rows(format) => {
            (all_rows(workspace, &streams, range, (format, &zone), note).await?, String::new())
        }
    };
    let rows = files.iter().map(StreamFile::rows).sum::<u64>();
    if rows == 0 {
        return Err(match streams.as_slice() {
            [] => "No stream is selected. Nothing was saved.".into(),
            [stream] => format!("{} has no rows in this range. Nothing was saved.", stream_title(stream)),
            _ => "None of the streams has rows in this range. Nothing was saved.".into(),
        });
    }
    let size = bytes(files.iter().map(|file| file.zipped.size()).sum());
    let what = match streams.as_slice() {
        [_] => String::new(),
        streams => format!("{} streams", streams.len()),
    };
    let title = streams.first().filter(|_| what.is_empty()).map(stream_title).unwrap_or(what.clone());
    let is_one = matches!(files.as_slice(), [_]);
    let name = file_name(workspace, &title, range, if is_one { format.extension() } else { "zip" });
    if is_one {
        let parts = files.into_iter().fold(Parts::default(), |_, file| file.parts);
        save_parts(&parts.all(), format.media_type(), &name).map_err(|_| NOT_SAVED)?;
    } else {
        let beside = metadata(workspace, range, &zone, files.iter().flat_map(|file| &file.saved));
        let parts = archive(files, format!("{beside:#}\n").as_bytes()).map_err(|error| error.to_string())?;
        save_parts(&parts.all(), "application/zip", &name).map_err(|_| NOT_SAVED)?;
    }
    let what = if what.is_empty() { what } else { format!("{what}, ") };
    Ok(format!("Saved {what}{} rows ({size}): {name}.{about}", grouped(rows)))
}

/// A file for each stream.
async fn all_rows(
    workspace: &Workspace,
    streams: &[StreamInfo],
    range: TimeRange,
    (format, zone): (Format, &TimeZone),
    note: RwSignal<String>,
) -> Result<Vec<StreamFile>, String> {
    let source = untrack(|| workspace.reading()).ok_or("Nothing is connected. Nothing was saved.")?;
    let (mut files, mut taken) = (Vec::new(), BTreeSet::new());
    for stream in streams {
        let recording = workspace.recordings.of(&source, stream);
        let off_clock = !untrack(|| workspace.clock_of(&stream.subject_id)).is_right();
        let rows = match workspace.together.get_value().filter(|_| off_clock) {
            Some(together) => recorded::read(&together, stream, range).map(Rows::Read).map_err(unread)?,
            None => Rows::of(&recording, range, note).await?,
        };
        let mut file = written(rows, stream, (format, zone), note).await?;
        let name = member(&stream_title(stream), format.extension(), &mut taken);
        for saved in &mut file.saved {
            saved.path = (saved.rows > 0).then_some(name.clone());
        }
        files.push(file);
    }
    Ok(files)
}

fn unread(error: streamscope_client::Error) -> String {
    format!("{error} Nothing was saved.")
}

/// Where the rows of a stream come from.
enum Rows {
    /// They are held.
    Held(Layout, std::vec::IntoIter<RecordBatch>),
    /// They are read once more, and none is kept: there may be more of them than the page has room for.
    Read(Box<dyn Read>),
}

impl Rows {
    /// Those that are held, if all are or soon will be.
    async fn of(recording: &Recording, range: TimeRange, note: RwSignal<String>) -> Result<Self, String> {
        let is_held = match recording.possible(range) {
            Some(part) => recording.with(|data| data.fetched().covers(part)),
            None => true,
        };
        if !is_held && !recording.is_reading() {
            let read = recording.source().read(&Ask::of(recording.stream(), range));
            return read.map(Self::Read).map_err(unread);
        }
        fetch(recording, range, note).await?;
        let held = recording.with(|data| Some((data.layout()?.clone(), data.slices(range))));
        let (layout, frames) = held.unwrap_or_default();
        Ok(Self::Held(layout, frames.into_iter()))
    }

    fn layout(&self) -> &Layout {
        match self {
            Self::Held(layout, _) => layout,
            Self::Read(read) => read.layout(),
        }
    }

    async fn next(&mut self, title: &str, note: RwSignal<String>) -> Result<Option<RecordBatch>, String> {
        match self {
            Self::Held(_, frames) => Ok(frames.next()),
            Self::Read(read) => {
                let batch = read.next_batch().await;
                let batch = batch.map_err(unread)?;
                tell(title, read.progress(), note);
                Ok(batch.map(|batch| batch.rows))
            }
        }
    }
}

/// Writes the rows of a stream.
async fn written(
    mut rows: Rows,
    stream: &StreamInfo,
    (format, zone): (Format, &TimeZone),
    note: RwSignal<String>,
) -> Result<StreamFile, String> {
    let title = stream_title(stream);
    let (mut parts, mut zipped) = (Parts::default(), ZippedFile::default());
    let layout = rows.layout().clone();
    let layout = if format == Format::Csv { titled(&layout, stream, zone) } else { layout };
    let mut piece = |bytes: &[u8]| {
        zipped.update(bytes);
        parts.push(bytes);
    };
    let mut saved = Saved::new(stream);
    let mut writing = Writing::new(format, &layout, zone).map_err(|error| error.to_string())?;
    while let Some(frame) = rows.next(&title, note).await? {
        saved.count(&frame);
        writing.write(&frame, &mut piece).await.map_err(|error| error.to_string())?;
    }
    writing.finish(&mut piece).map_err(|error| error.to_string())?;
    Ok(StreamFile { saved: vec![saved], parts, zipped })
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
fn archive(files: Vec<StreamFile>, metadata: &[u8]) -> Result<Parts, streamscope_frame::WriteError> {
    let (mut zip, mut all) = (ZipWriter::default(), Parts::default());
    let mut beside = ZippedFile::default();
    beside.update(metadata);
    all.push(&zip.header("metadata.json", &beside)?);
    all.push(metadata);
    for file in files {
        let Some(path) = file.saved.first().and_then(|saved| saved.path.as_deref()) else { continue };
        all.push(&zip.header(path, &file.zipped)?);
        all.append(file.parts);
    }
    all.push(&zip.finish()?);
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

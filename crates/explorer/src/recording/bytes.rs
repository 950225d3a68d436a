//! Rows as files: CSV and Arrow IPC of exactly what was recorded, written a piece at a time.

use arrow_array::RecordBatch;
use streamscope_frame::{ArrowWriter, CsvWriter, Layout, TimeFormat, WriteError};
use streamscope_signal::TimeZone;

use super::breath::Breath;

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated text, times in ISO-8601 at the offset of the zone on screen.
    Csv,
    /// An Arrow IPC stream.
    Arrow,
}

impl Format {
    /// What a file name ends with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Arrow => "arrows",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }
}

/// Rows written before the page gets its turn.
const ROWS_AT_ONCE: usize = 16_384;

/// Writes frames; `piece` takes the file's bytes in order.
pub async fn write(
    format: Format,
    layout: &Layout,
    frames: &[RecordBatch],
    zone: &TimeZone,
    mut piece: impl FnMut(&[u8]),
) -> Result<(), WriteError> {
    let schema = layout.schema();
    let mut breath = Breath::started();
    let mut out = Vec::new();
    let pieces = frames.iter().flat_map(|frame| {
        let starts = (0..frame.num_rows()).step_by(ROWS_AT_ONCE);
        starts.map(move |start| frame.slice(start, ROWS_AT_ONCE.min(frame.num_rows() - start)))
    });
    match format {
        Format::Csv => {
            let zone = zone.clone();
            let mut writer = CsvWriter::new(TimeFormat::Iso).with_offset(move |time| zone.offset_at(time));
            writer.write_header(&schema, &mut out);
            for frame in pieces {
                writer.write(&frame, &mut out)?;
                piece(&out);
                out.clear();
                breath.take().await;
            }
        }
        Format::Arrow => {
            let mut writer = ArrowWriter::new(&schema)?;
            for frame in pieces {
                writer.write(&frame, &mut out)?;
                piece(&out);
                out.clear();
                breath.take().await;
            }
            writer.finish(&mut out)?;
        }
    }
    piece(&out);
    Ok(())
}

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

/// A file under way.
pub struct Writing {
    writer: Writer,
    out: Vec<u8>,
    breath: Breath,
}

enum Writer {
    Csv(CsvWriter),
    Arrow(ArrowWriter),
}

impl Writing {
    /// A file of these columns.
    pub fn new(format: Format, layout: &Layout, zone: &TimeZone) -> Result<Self, WriteError> {
        let (schema, mut out) = (layout.schema(), Vec::new());
        let writer = match format {
            Format::Csv => {
                let zone = zone.clone();
                let mut writer =
                    CsvWriter::new(TimeFormat::Iso).with_offset(move |time| zone.offset_at(time));
                writer.write_header(&schema, &mut out);
                Writer::Csv(writer)
            }
            Format::Arrow => Writer::Arrow(ArrowWriter::new(&schema)?),
        };
        Ok(Self { writer, out, breath: Breath::started() })
    }

    /// Writes a frame; `piece` takes the file's bytes in order.
    pub async fn write(
        &mut self,
        frame: &RecordBatch,
        mut piece: impl FnMut(&[u8]),
    ) -> Result<(), WriteError> {
        for start in (0..frame.num_rows()).step_by(ROWS_AT_ONCE) {
            let rows = frame.slice(start, ROWS_AT_ONCE.min(frame.num_rows() - start));
            match &mut self.writer {
                Writer::Csv(writer) => writer.write(&rows, &mut self.out)?,
                Writer::Arrow(writer) => writer.write(&rows, &mut self.out)?,
            }
            piece(&self.out);
            self.out.clear();
            self.breath.take().await;
        }
        Ok(())
    }

    /// Writes what stands at the end.
    pub fn finish(mut self, mut piece: impl FnMut(&[u8])) -> Result<(), WriteError> {
        if let Writer::Arrow(writer) = self.writer {
            writer.finish(&mut self.out)?;
        }
        piece(&self.out);
        Ok(())
    }
}

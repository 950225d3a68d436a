//! Arrow IPC streams.

use arrow_ipc::writer::StreamEncoder;
use arrow_schema::Schema;

use super::WriteError;
use crate::RecordBatch;

/// Writes frames as an Arrow IPC stream (`.arrows`): the schema, the frames, an end mark.
///
/// The schema's metadata goes into the stream; that of the frames' schemas does not. A dictionary is written before
/// the first frame that uses it, and again when it has changed.
pub struct ArrowWriter {
    encoder: StreamEncoder,
}

impl ArrowWriter {
    /// A writer for frames of this schema.
    pub fn new(schema: &Schema) -> Result<Self, WriteError> {
        Ok(Self { encoder: StreamEncoder::try_new(schema)? })
    }

    /// Appends a frame, and before the first one the schema.
    pub fn write(&mut self, frame: &RecordBatch, out: &mut Vec<u8>) -> Result<(), WriteError> {
        self.encoder.encode(frame)?.iter().for_each(|buffer| out.extend_from_slice(buffer));
        Ok(())
    }

    /// Appends the end mark, and before it the schema if there was no frame.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<(), WriteError> {
        self.encoder.finish()?.iter().for_each(|buffer| out.extend_from_slice(buffer));
        Ok(())
    }
}

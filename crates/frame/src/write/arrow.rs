//! Arrow IPC streams.
//!
//! Messages are put together here, with the types that the `arrow-ipc` crate generates from Arrow's own definitions.
//! Its writer knows every type that Arrow has, which is several times the code of all that is needed here, and a
//! browser downloads it. The form: <https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format>

mod body;
mod message;

use arrow_array::{Array, RecordBatch, StringArray};
use arrow_ipc::MessageHeader;
use arrow_schema::{DataType, Schema};

use self::body::Body;
use super::WriteError;
use super::cells::Cells;

/// What ends a stream: a message of no length.
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// Writes frames as an Arrow IPC stream (`.arrows`): the schema, the frames, an end mark.
///
/// The schema's metadata goes into the stream; that of the frames' schemas does not. A dictionary is written before
/// the first frame that uses it, and again when it has changed.
pub struct ArrowWriter {
    /// The schema's message, until it is written.
    head: Vec<u8>,
    kinds: Vec<DataType>,
    /// The dictionary that was written last for each column.
    dictionaries: Vec<Option<StringArray>>,
}

impl ArrowWriter {
    /// A writer for frames of this schema.
    pub fn new(schema: &Schema) -> Result<Self, WriteError> {
        let kinds: Vec<_> = schema.fields().iter().map(|field| field.data_type().clone()).collect();
        Ok(Self { head: message::schema(schema)?, dictionaries: vec![None; kinds.len()], kinds })
    }

    /// Appends a frame, and before the first one the schema.
    pub fn write(&mut self, frame: &RecordBatch, out: &mut Vec<u8>) -> Result<(), WriteError> {
        let columns = self.columns(frame)?;
        out.append(&mut self.head);
        let mut body = Body::default();
        for (id, (cells, written)) in columns.iter().zip(&mut self.dictionaries).enumerate() {
            if let Cells::Dictionary(_, texts) = cells
                && !written.as_ref().is_some_and(|written| same(written, texts))
            {
                let mut dictionary = Body::default();
                dictionary.put(&Cells::Text(texts));
                dictionary.write(MessageHeader::DictionaryBatch, id, texts.len(), out);
                *written = Some((*texts).clone());
            }
            body.put(cells);
        }
        body.write(MessageHeader::RecordBatch, 0, frame.num_rows(), out);
        Ok(())
    }

    /// Appends the end mark, and before it the schema if there was no frame.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), WriteError> {
        out.append(&mut self.head);
        out.extend_from_slice(&END);
        Ok(())
    }

    /// The frame's columns, which must be the schema's.
    fn columns<'a>(&self, frame: &'a RecordBatch) -> Result<Vec<Cells<'a>>, WriteError> {
        if frame.num_columns() != self.kinds.len() {
            let (is, should) = (frame.num_columns(), self.kinds.len());
            return Err(WriteError::Schema(format!("there are {is}, not {should}")));
        }
        let fields = frame.schema_ref().fields().iter().zip(frame.columns()).zip(&self.kinds);
        let columns = fields.map(|((field, column), kind)| match column.data_type() == kind {
            true => Cells::of(field.name(), column.as_ref()),
            false => {
                let (name, is) = (field.name(), column.data_type());
                Err(WriteError::Schema(format!("`{name}` is {is}, not {kind}")))
            }
        });
        columns.collect()
    }
}

/// Whether two dictionaries hold the same texts in the same order.
fn same(one: &StringArray, other: &StringArray) -> bool {
    let shared = one.value_data().as_ptr() == other.value_data().as_ptr()
        && one.offsets().as_ptr() == other.offsets().as_ptr()
        && one.len() == other.len();
    shared || one.iter().eq(other)
}

//! The buffers of a batch, and the message that leads to them.

use arrow_array::{Array, StringArray};
use arrow_buffer::Buffer;
use arrow_ipc::{self as ipc, FieldNode, MessageHeader};
use flatbuffers::FlatBufferBuilder;

use super::message;
use crate::write::cells::Cells;

/// Where buffers begin: at multiples of this many bytes from the body's start, as Arrow recommends.
const ALIGNMENT: usize = 64;

/// Columns on their way out. Nothing is copied until the end.
#[derive(Default)]
pub(super) struct Body {
    nodes: Vec<FieldNode>,
    places: Vec<ipc::Buffer>,
    buffers: Vec<Buffer>,
    length: usize,
}

impl Body {
    /// Appends a column.
    pub(super) fn put(&mut self, cells: &Cells) {
        match cells {
            Cells::Time(times) => self.fixed(times, times.values().inner().clone()),
            Cells::Float(values) => self.fixed(values, values.values().inner().clone()),
            Cells::Int(values) => self.fixed(values, values.values().inner().clone()),
            Cells::Float32(values) => self.fixed(values, values.values().inner().clone()),
            Cells::Int32(values) => self.fixed(values, values.values().inner().clone()),
            Cells::Int16(values) => self.fixed(values, values.values().inner().clone()),
            Cells::Bool(flags) => self.fixed(flags, flags.values().sliced()),
            Cells::Dictionary(keys, _) => self.fixed(keys, keys.values().inner().clone()),
            Cells::Text(texts) => self.texts(texts),
        }
    }

    /// A column whose values have one width.
    fn fixed(&mut self, array: &dyn Array, values: Buffer) {
        self.node(array);
        self.buffer(values);
    }

    fn texts(&mut self, texts: &StringArray) {
        self.node(texts);
        // Offsets of a slice begin somewhere; those of a message at 0.
        let offsets = texts.offsets();
        let first = offsets.first();
        let length = offsets.last() - first;
        self.buffer(Buffer::from_vec(offsets.iter().map(|offset| offset - first).collect::<Vec<i32>>()));
        self.buffer(texts.values().slice_with_length(first as usize, length as usize));
    }

    /// A column's length and nulls; without any, the buffer that tells of them is empty.
    fn node(&mut self, array: &dyn Array) {
        self.nodes.push(FieldNode::new(array.len() as i64, array.null_count() as i64));
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        self.buffer(nulls.map(|nulls| nulls.inner().sliced()).unwrap_or_default());
    }

    fn buffer(&mut self, bytes: Buffer) {
        self.places.push(ipc::Buffer::new(self.length as i64, bytes.len() as i64));
        self.length = (self.length + bytes.len()).next_multiple_of(ALIGNMENT);
        self.buffers.push(bytes);
    }

    /// Appends the message: of `rows` rows, or of the dictionary with that id.
    pub(super) fn write(&self, kind: MessageHeader, id: usize, rows: usize, out: &mut Vec<u8>) {
        let mut builder = FlatBufferBuilder::new();
        let nodes = Some(builder.create_vector(&self.nodes));
        let buffers = Some(builder.create_vector(&self.places));
        let batch = ipc::RecordBatchArgs { length: rows as i64, nodes, buffers, ..Default::default() };
        let batch = ipc::RecordBatch::create(&mut builder, &batch);
        let header = if kind == MessageHeader::DictionaryBatch {
            let dictionary = ipc::DictionaryBatchArgs { id: id as i64, data: Some(batch), isDelta: false };
            ipc::DictionaryBatch::create(&mut builder, &dictionary).as_union_value()
        } else {
            batch.as_union_value()
        };
        message::write(builder, kind, header, self.length, out);
        let start = out.len();
        for (bytes, place) in self.buffers.iter().zip(&self.places) {
            out.resize(start + place.offset() as usize, 0);
            out.extend_from_slice(bytes);
        }
        out.resize(start + self.length, 0);
    }
}

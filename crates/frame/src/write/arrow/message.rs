//! Messages: their frame, and the one that describes the columns.

use arrow_ipc::{self as ipc, MessageHeader, Type};
use arrow_schema::{DataType, Field, Metadata, Schema, TimeUnit};
use flatbuffers::{FlatBufferBuilder, ForwardsUOffset, UnionWIPOffset, Vector, WIPOffset};

use crate::write::WriteError;

/// What stands before the length of a message.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// Messages and their bodies begin at multiples of this many bytes from the start of the stream.
const ALIGNMENT: usize = 64;

type Built<'a, T> = WIPOffset<Vector<'a, ForwardsUOffset<T>>>;

/// Appends a message without its body.
pub(super) fn write(
    mut builder: FlatBufferBuilder,
    kind: MessageHeader,
    header: WIPOffset<UnionWIPOffset>,
    body_length: usize,
    out: &mut Vec<u8>,
) {
    let message = ipc::MessageArgs {
        version: ipc::MetadataVersion::V5,
        header_type: kind,
        header: Some(header),
        bodyLength: body_length as i64,
        custom_metadata: None,
    };
    let message = ipc::Message::create(&mut builder, &message);
    builder.finish(message, None);
    let metadata = builder.finished_data();
    let whole = (8 + metadata.len()).next_multiple_of(ALIGNMENT);
    let end = out.len() + whole;
    out.extend_from_slice(&CONTINUATION);
    out.extend_from_slice(&((whole - 8) as i32).to_le_bytes());
    out.extend_from_slice(metadata);
    out.resize(end, 0);
}

/// The message that opens a stream. A dictionary has its column's place as its id.
pub(super) fn schema(schema: &Schema) -> Result<Vec<u8>, WriteError> {
    let mut builder = FlatBufferBuilder::new();
    let fields = schema.fields().iter().enumerate();
    let fields: Vec<_> =
        fields.map(|(id, described)| field(&mut builder, id, described)).collect::<Result<_, _>>()?;
    let fields = Some(builder.create_vector(&fields));
    let custom_metadata = metadata(&mut builder, &schema.metadata);
    let schema = ipc::SchemaArgs {
        endianness: ipc::Endianness::Little,
        fields,
        custom_metadata,
        ..Default::default()
    };
    let header = ipc::Schema::create(&mut builder, &schema).as_union_value();
    let mut out = Vec::new();
    write(builder, MessageHeader::Schema, header, 0, &mut out);
    Ok(out)
}

fn field<'a>(
    builder: &mut FlatBufferBuilder<'a>,
    id: usize,
    field: &Field,
) -> Result<WIPOffset<ipc::Field<'a>>, WriteError> {
    let text = DataType::Utf8;
    let (of_values, dictionary) = match field.data_type() {
        DataType::Dictionary(keys, values) if **keys == DataType::Int32 && **values == text => {
            (&text, Some(dictionary(builder, id)))
        }
        other => (other, None),
    };
    let Some((type_type, type_)) = value_type(builder, of_values) else {
        return Err(WriteError::unknown(field.name(), field.data_type()));
    };
    let name = Some(builder.create_string(field.name()));
    let custom_metadata = metadata(builder, field.metadata());
    // Readers expect the list to be there.
    let children = Some(builder.create_vector::<ForwardsUOffset<ipc::Field>>(&[]));
    let field = ipc::FieldArgs {
        name,
        nullable: field.is_nullable(),
        type_type,
        type_: Some(type_),
        dictionary,
        children,
        custom_metadata,
    };
    Ok(ipc::Field::create(builder, &field))
}

fn dictionary<'a>(builder: &mut FlatBufferBuilder<'a>, id: usize) -> WIPOffset<ipc::DictionaryEncoding<'a>> {
    let keys = ipc::Int::create(builder, &ipc::IntArgs { bitWidth: 32, is_signed: true });
    let dictionary =
        ipc::DictionaryEncodingArgs { id: id as i64, indexType: Some(keys), ..Default::default() };
    ipc::DictionaryEncoding::create(builder, &dictionary)
}

/// A type of values; `None` for those that no column has.
fn value_type(builder: &mut FlatBufferBuilder, kind: &DataType) -> Option<(Type, WIPOffset<UnionWIPOffset>)> {
    Some(match kind {
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            let timezone = zone.as_ref().map(|zone| builder.create_string(zone));
            let stamp = ipc::TimestampArgs { unit: ipc::TimeUnit::NANOSECOND, timezone };
            (Type::Timestamp, ipc::Timestamp::create(builder, &stamp).as_union_value())
        }
        DataType::Float64 => float(builder, ipc::Precision::DOUBLE),
        DataType::Float32 => float(builder, ipc::Precision::SINGLE),
        DataType::Int64 => int(builder, 64),
        DataType::Int32 => int(builder, 32),
        DataType::Int16 => int(builder, 16),
        DataType::Boolean => (Type::Bool, ipc::Bool::create(builder, &ipc::BoolArgs {}).as_union_value()),
        DataType::Utf8 => (Type::Utf8, ipc::Utf8::create(builder, &ipc::Utf8Args {}).as_union_value()),
        _ => return None,
    })
}

fn float(builder: &mut FlatBufferBuilder, precision: ipc::Precision) -> (Type, WIPOffset<UnionWIPOffset>) {
    let float = ipc::FloatingPoint::create(builder, &ipc::FloatingPointArgs { precision });
    (Type::FloatingPoint, float.as_union_value())
}

fn int(builder: &mut FlatBufferBuilder, bits: i32) -> (Type, WIPOffset<UnionWIPOffset>) {
    let int = ipc::Int::create(builder, &ipc::IntArgs { bitWidth: bits, is_signed: true });
    (Type::Int, int.as_union_value())
}

/// Keys and values in the order of the keys; none at all where there are none.
fn metadata<'a>(
    builder: &mut FlatBufferBuilder<'a>,
    entries: &Metadata,
) -> Option<Built<'a, ipc::KeyValue<'a>>> {
    let entries: Vec<_> = entries
        .iter()
        .map(|(key, value)| {
            let (key, value) = (Some(builder.create_string(key)), Some(builder.create_string(value)));
            ipc::KeyValue::create(builder, &ipc::KeyValueArgs { key, value })
        })
        .collect();
    (!entries.is_empty()).then(|| builder.create_vector(&entries))
}

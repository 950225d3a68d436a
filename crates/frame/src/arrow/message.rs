//! One message: the columns, a dictionary, or rows, and where in the body they lie.

use std::ops::Range;

use arrow_ipc::{self as ipc, MetadataVersion};

use super::file::ArrowColumn;
use super::kinds::{Kind, takes};
use super::malformed;
use crate::csv::unit_of;
use crate::{Column, ParseError};

/// Columns at most.
const MOST_COLUMNS: usize = 10_000;

/// What a message says.
pub(super) enum Message {
    Columns(Vec<ArrowColumn>),
    Dictionary { id: i64, is_delta: bool, values: Buffers, rows: u64 },
    Rows { rows: u64, columns: Vec<Option<Buffers>> },
    Other,
}

/// Where the parts of a column lie, in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Buffers {
    /// A bit for each row that holds a value; `None` where all do.
    pub(super) validity: Option<Range<u64>>,
    /// The values, or where texts end.
    pub(super) values: Range<u64>,
    /// The texts.
    pub(super) texts: Range<u64>,
}

/// A message, and how long its body is.
pub(super) fn read(
    metadata: &[u8],
    body: u64,
    columns: Option<&[ArrowColumn]>,
) -> Result<(Message, u64), ParseError> {
    let refuse = |words: &str| Err(malformed(words, body));
    let Ok(message) = ipc::root_as_message(metadata) else {
        return refuse("a message of Arrow IPC was expected, and these bytes are none");
    };
    if message.version() < MetadataVersion::V4 {
        return refuse("the file was written by a version of Arrow before 0.8: write it anew");
    }
    let Ok(length) = u64::try_from(message.bodyLength()) else {
        return refuse("the length of a body is negative");
    };
    let read = if let Some(schema) = message.header_as_schema() {
        Message::Columns(schema_columns(&schema, message.version(), body)?)
    } else if let Some(batch) = message.header_as_record_batch() {
        let Some(columns) = columns else { return refuse("rows come before the columns are named") };
        Body { batch, at: body, length }.rows(columns)?
    } else if let Some(dictionary) = message.header_as_dictionary_batch() {
        let Some(batch) = dictionary.data() else { return refuse("a dictionary has no values") };
        let id = dictionary.id();
        let ends = columns.into_iter().flatten().find_map(|column| match column.kind {
            Kind::Dictionary { id: own, ends, .. } if own == id => Some(ends),
            _ => None,
        });
        match ends {
            Some(ends) => {
                let (values, rows) = Body { batch, at: body, length }.dictionary(ends)?;
                Message::Dictionary { id, is_delta: dictionary.isDelta(), values, rows }
            }
            None => Message::Other,
        }
    } else {
        Message::Other
    };
    Ok((read, length))
}

fn schema_columns(
    schema: &ipc::Schema,
    version: MetadataVersion,
    at: u64,
) -> Result<Vec<ArrowColumn>, ParseError> {
    if schema.endianness() != ipc::Endianness::Little {
        return Err(malformed("its numbers have the high byte first: write it on another machine", at));
    }
    let fields = schema.fields().into_iter().flatten();
    if fields.clone().count() > MOST_COLUMNS {
        return Err(malformed(format!("it has more than {MOST_COLUMNS} columns"), at));
    }
    let mut columns = Vec::new();
    for field in fields {
        let name = field.name().unwrap_or_default();
        let Some(mut takes) = takes(&field) else {
            return Err(malformed(format!("column `{name}` has a type that is not known here"), at));
        };
        // Unions of that version have a buffer more, which is of use to nobody.
        if version < MetadataVersion::V5 && field.type_type() == ipc::Type::Union {
            takes[1] += 1;
        }
        let kind = Kind::of(&field);
        let said = |key: &str| {
            let mut pairs = field.custom_metadata().into_iter().flatten();
            pairs.find(|pair| pair.key() == Some(key)).and_then(|pair| pair.value()).map(str::to_string)
        };
        let column = kind.column().map(|kind| Column {
            name: name.into(),
            kind,
            unit: said("unit").or_else(|| unit_of(name).map(Into::into)),
            quantity: said("quantity"),
        });
        let zone = field.type_as_timestamp().and_then(|time| time.timezone()).unwrap_or_default();
        columns.push(ArrowColumn { name: name.into(), column, zone: zone.into(), kind, takes });
    }
    Ok(columns)
}

/// The body of a message.
struct Body<'a> {
    batch: ipc::RecordBatch<'a>,
    /// Where it lies in the file.
    at: u64,
    length: u64,
}

impl Body<'_> {
    fn rows(&self, columns: &[ArrowColumn]) -> Result<Message, ParseError> {
        let rows = self.count()?;
        let views: Vec<i64> = self.batch.variadicBufferCounts().into_iter().flatten().collect();
        let (mut node, mut buffer, mut view) = (0, 0, 0);
        let mut found = Vec::new();
        for column in columns {
            let [nodes, own, lists] = column.takes;
            let is_read = column.column.is_some();
            found.push(if is_read { Some(self.buffers(column, node, buffer, rows)?) } else { None });
            let more = views.get(view..view + lists);
            let more =
                more.ok_or_else(|| self.wrong(&column.name, "does not say how many buffers it has"))?;
            let more = more.iter().map(|count| usize::try_from(*count).ok()).sum::<Option<usize>>();
            let more = more.ok_or_else(|| self.wrong(&column.name, "has a negative number of buffers"))?;
            (node, view) = (node + nodes, view + lists);
            buffer = own.checked_add(more).and_then(|all| all.checked_add(buffer)).unwrap_or(usize::MAX);
        }
        Ok(Message::Rows { rows, columns: found })
    }

    /// The texts of a dictionary, whose ends are numbers of so many bytes.
    fn dictionary(&self, ends: u64) -> Result<(Buffers, u64), ParseError> {
        let rows = self.count()?;
        Ok((self.of_kind("a dictionary", &Kind::Text { width: ends }, 0, 0, rows)?, rows))
    }

    fn count(&self) -> Result<u64, ParseError> {
        if self.batch.compression().is_some() {
            let words = "its columns are compressed, which is not read here: write it without compression \
                         (pyarrow: `compression=\"uncompressed\"`)";
            return Err(malformed(words, self.at));
        }
        u64::try_from(self.batch.length())
            .map_err(|_| malformed("a batch has a negative number of rows", self.at))
    }

    fn buffers(
        &self,
        column: &ArrowColumn,
        node: usize,
        buffer: usize,
        rows: u64,
    ) -> Result<Buffers, ParseError> {
        self.of_kind(&column.name, &column.kind, node, buffer, rows)
    }

    fn of_kind(
        &self,
        name: &str,
        kind: &Kind,
        node: usize,
        buffer: usize,
        rows: u64,
    ) -> Result<Buffers, ParseError> {
        let nodes = self.batch.nodes();
        let node = nodes.filter(|nodes| node < nodes.len()).map(|nodes| *nodes.get(node));
        let node = node.ok_or_else(|| self.wrong(name, "is missing in a batch"))?;
        if u64::try_from(node.length()) != Ok(rows) {
            return Err(self.wrong(name, "has another number of rows than its batch"));
        }
        let bits = rows.div_ceil(8);
        let validity = self.buffer(name, buffer)?;
        let validity = match validity.end - validity.start {
            0 if node.null_count() == 0 => None,
            held if held >= bits => Some(validity),
            _ => return Err(self.wrong(name, "does not say which of its rows hold values")),
        };
        let values = self.buffer(name, buffer + 1)?;
        let needed = match kind {
            Kind::Bool => Some(bits),
            // A text lies between two ends; without rows there need be none.
            Kind::Text { .. } if rows == 0 => Some(0),
            Kind::Text { width } => rows.checked_add(1).and_then(|ends| ends.checked_mul(*width)),
            Kind::Int { width, .. }
            | Kind::Float { width }
            | Kind::Dictionary { width, .. }
            | Kind::Time { width, .. } => rows.checked_mul(*width),
            Kind::Other(_) => Some(0),
        };
        if needed.is_none_or(|needed| values.end - values.start < needed) {
            return Err(self.wrong(name, "has fewer values than its batch has rows"));
        }
        let is_text = matches!(kind, Kind::Text { .. });
        let texts = if is_text { self.buffer(name, buffer + 2)? } else { 0..0 };
        Ok(Buffers { validity, values, texts })
    }

    /// Where a buffer lies in the file: within the body.
    fn buffer(&self, name: &str, number: usize) -> Result<Range<u64>, ParseError> {
        let buffers = self.batch.buffers().filter(|buffers| number < buffers.len());
        let buffer = buffers.map(|buffers| *buffers.get(number));
        let place = buffer.and_then(|buffer| {
            let start = u64::try_from(buffer.offset()).ok()?;
            let end = start.checked_add(u64::try_from(buffer.length()).ok()?)?;
            (end <= self.length).then_some(())?;
            Some(self.at.checked_add(start)?..self.at.checked_add(end)?)
        });
        place.ok_or_else(|| self.wrong(name, "has values outside its batch"))
    }

    fn wrong(&self, name: &str, words: &str) -> ParseError {
        ParseError { column: Some(name.into()), ..malformed(format!("the column {words}"), self.at) }
    }
}

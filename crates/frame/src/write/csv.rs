//! CSV as the V2 Stream API writes it, and as [`CsvParser`](crate::CsvParser) reads it back.

use arrow_array::{Array, RecordBatch};
use arrow_schema::Schema;

use super::WriteError;
use super::cells::Cells;
use super::iso::{IsoText, write_unix};
use crate::TimeFormat;

/// What a formula begins with; spreadsheets pass over the white space, and know the wide forms.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet takes a cell for a formula.
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(FORMULA)
}

type Offset = Box<dyn Fn(i64) -> i32 + Send + Sync>;

/// Writes frames as CSV with `\n` at the end of each line.
///
/// Times are exact in all three formats; ISO and Unix fractions have no trailing zeros. Floats are the shortest text
/// that reads back as the same float of its width (`5.0`, `1e-7`, `NaN`, `inf`). A cell is quoted only where it must be. Null is
/// an empty cell, and an empty text is `""`; a line that would be empty, of one column with a null, is `""` too.
///
/// A text that begins with `=`, `+`, `-` or `@` is written as it is, though a spreadsheet takes it for a formula: see
/// [`guarding_formulas`](Self::guarding_formulas).
pub struct CsvWriter {
    time_format: TimeFormat,
    offset: Option<Offset>,
    guards: bool,
    iso: IsoText,
}

impl CsvWriter {
    /// A writer that gives times in this format, ISO times in UTC.
    pub fn new(time_format: TimeFormat) -> Self {
        Self { time_format, offset: None, guards: false, iso: IsoText::new() }
    }

    /// Gives ISO times at the offset (seconds east of UTC) in force at each instant (ns).
    pub fn with_offset(mut self, offset: impl Fn(i64) -> i32 + Send + Sync + 'static) -> Self {
        self.offset = Some(Box::new(offset));
        self
    }

    /// Puts `'` before each text and name that a spreadsheet would take for a formula, for files whose texts come from
    /// strangers. Numbers and times stay as they are; the texts are no longer the same when they are read back.
    pub fn guarding_formulas(mut self) -> Self {
        self.guards = true;
        self
    }

    /// Appends the header line.
    pub fn write_header(&mut self, schema: &Schema, out: &mut Vec<u8>) {
        for (column, field) in schema.fields().iter().enumerate() {
            if column > 0 {
                out.push(b',');
            }
            self.write_text(field.name(), out);
        }
        out.push(b'\n');
    }

    /// Appends one line per row.
    pub fn write(&mut self, frame: &RecordBatch, out: &mut Vec<u8>) -> Result<(), WriteError> {
        let fields = frame.schema_ref().fields().iter();
        let columns =
            fields.zip(frame.columns()).map(|(field, column)| Cells::of(field.name(), column.as_ref()));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        // About what a row of numbers takes; text beyond that grows the buffer as usual.
        out.reserve(frame.num_rows() * columns.len() * 12);
        for row in 0..frame.num_rows() {
            let start = out.len();
            for (column, cells) in columns.iter().enumerate() {
                if column > 0 {
                    out.push(b',');
                }
                self.write_cell(cells, row, out);
            }
            if out.len() == start {
                out.extend_from_slice(b"\"\"");
            }
            out.push(b'\n');
        }
        Ok(())
    }

    #[inline]
    fn write_cell(&mut self, cells: &Cells, row: usize, out: &mut Vec<u8>) {
        match cells {
            Cells::Time(times) if times.is_valid(row) => self.write_time(times.value(row), out),
            Cells::Float(values) if values.is_valid(row) => write_float(values.value(row), out),
            Cells::Float32(values) if values.is_valid(row) => write_float(values.value(row), out),
            Cells::Int(values) if values.is_valid(row) => write_int(values.value(row), out),
            Cells::Int32(values) if values.is_valid(row) => write_int(values.value(row).into(), out),
            Cells::Int16(values) if values.is_valid(row) => write_int(values.value(row).into(), out),
            Cells::Bool(values) if values.is_valid(row) => {
                out.extend_from_slice(if values.value(row) { b"true" } else { b"false" });
            }
            Cells::Text(values) if values.is_valid(row) => self.write_text(values.value(row), out),
            Cells::Dictionary(keys, values) if keys.is_valid(row) => {
                let key = keys.value(row) as usize;
                if values.is_valid(key) {
                    self.write_text(values.value(key), out);
                }
            }
            _ => {}
        }
    }

    fn write_time(&mut self, time: i64, out: &mut Vec<u8>) {
        match self.time_format {
            TimeFormat::Unix => write_unix(time, out),
            TimeFormat::UnixNs => write_int(time, out),
            TimeFormat::Iso => {
                let offset = self.offset.as_ref().map_or(0, |offset| offset(time));
                self.iso.write(time, offset, out);
            }
        }
    }

    /// Appends text, in quotes if it is empty or holds what CSV gives a meaning.
    fn write_text(&self, text: &str, out: &mut Vec<u8>) {
        let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
        let guard = self.guards && is_formula(text);
        if !text.is_empty() && !text.as_bytes().iter().any(special) {
            out.extend_from_slice(if guard { b"'" } else { b"" });
            return out.extend_from_slice(text.as_bytes());
        }
        out.extend_from_slice(if guard { b"\"'" } else { b"\"" });
        for (i, part) in text.split('"').enumerate() {
            if i > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    }
}

/// Appends a float of either width.
fn write_float(value: impl zmij::Float + Into<f64>, out: &mut Vec<u8>) {
    let wide: f64 = value.into();
    if wide.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else if wide.is_nan() {
        out.extend_from_slice(b"NaN");
    } else {
        out.extend_from_slice(if wide > 0.0 { b"inf" } else { b"-inf" });
    }
}

fn write_int(value: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

//! CSV bytes in.

use js_sys::Uint8Array;
use serde::Deserialize;
use streamscope_frame::{Column, CsvOptions, CsvParser, Layout, PushParser, TimeSpelling};
#[cfg(feature = "tools")]
use streamscope_frame::{Decimal, Dialect, Separator};
use wasm_bindgen::prelude::*;

use crate::columns::ColumnType;
use crate::error::parse_error;
use crate::frame::Frame;
use crate::options;

/// Bytes copied into wasm memory at a time, into the same place each time: fresh memory costs more than the parsing.
const CHUNK: u32 = 128 << 10;

/// How CSV is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ParseOptions {
    /// The columns, when they are known; else types are inferred and frames come only after `finish`.
    columns: Option<Vec<NamedType>>,
    /// How times are written; else as the first values show, where they leave no doubt.
    time_format: Option<TimeSpelling>,
    /// What stands between two cells; else what the first lines show.
    #[cfg(feature = "tools")]
    separator: Option<Separator>,
    /// What stands before the decimals of a number; else what the first lines show.
    #[cfg(feature = "tools")]
    decimal: Option<Decimal>,
    /// Lines before the header, blank ones counted; else what does not look like the table is passed over.
    #[cfg(feature = "tools")]
    skip_lines: Option<u32>,
    /// The words that stand for null, in columns of every type; else the usual ones, in columns of numbers, times and
    /// truth values.
    #[cfg(feature = "tools")]
    nulls: Option<Vec<String>>,
}

/// A column of a CSV body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamedType {
    /// Its name in the header.
    name: String,
    /// Its type.
    r#type: ColumnType,
}

#[cfg(not(feature = "tools"))]
crate::options::given!(ParseOptions {
    columns: "columns" "objects(name:text! type:one[time float int float32 int32 int16 bool text json]!)",
    time_format: "timeFormat" "one[unix unixns iso]",
});

#[cfg(not(feature = "tools"))]
crate::options::chosen!(TimeSpelling: Unix UnixNs Iso);

#[cfg(not(feature = "tools"))]
impl crate::options::Value for NamedType {
    fn of(column: JsValue) -> Self {
        let mut values = crate::options::Values::of(column);
        Self { name: values.next(), r#type: values.next() }
    }
}

fn read_options(given: JsValue) -> Result<CsvOptions, JsValue> {
    let given: ParseOptions = options::read("the options", given)?;
    let column = |column: NamedType| Column::new(column.name, column.r#type.into());
    let layout = given.columns.map(|columns| Layout::new(columns.into_iter().map(column).collect()));
    #[cfg(feature = "tools")]
    let dialect = Dialect {
        separator: given.separator,
        decimal: given.decimal,
        skip_lines: given.skip_lines,
        nulls: given.nulls,
        time_format: given.time_format,
        time_column: None,
    };
    #[cfg(feature = "tools")]
    return Ok(CsvOptions { layout, dialect: Some(dialect), ..CsvOptions::default() });
    // The core reads CSV as Rune writes it.
    #[cfg(not(feature = "tools"))]
    Ok(CsvOptions { layout, time_format: given.time_format.map(page_format), ..CsvOptions::default() })
}

/// Rune's format of times.
#[cfg(not(feature = "tools"))]
fn page_format(spelling: TimeSpelling) -> streamscope_frame::TimeFormat {
    use streamscope_frame::TimeFormat;
    match spelling {
        TimeSpelling::Unix => TimeFormat::Unix,
        TimeSpelling::UnixNs => TimeFormat::UnixNs,
        _ => TimeFormat::Iso,
    }
}

/// Reads CSV in pieces: `push` each, `finish`, and `take` frames in between or at the end.
#[wasm_bindgen(js_name = CsvParser)]
pub struct Parser {
    parser: CsvParser,
    input: Vec<u8>,
}

#[wasm_bindgen(js_class = CsvParser)]
impl Parser {
    /// A parser for one body.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "ParseOptions")] options: JsValue,
    ) -> Result<Parser, JsValue> {
        Ok(Self { parser: CsvParser::new(read_options(options)?), input: Vec::new() })
    }

    /// Tells how many bytes are still to come (`Content-Length`), so that memory is asked for once. Only a hint.
    #[wasm_bindgen(js_name = expectBytes)]
    pub fn expect_bytes(&mut self, bytes: f64) {
        self.parser.expect_bytes(bytes as u64);
    }

    /// Takes the next bytes of the body, cut anywhere. Throws a `StreamscopeError` with `column`, `record`,
    /// `line` and `byte`.
    pub fn push(&mut self, bytes: &Uint8Array) -> Result<(), JsValue> {
        let length = bytes.length();
        self.input.resize(length.min(CHUNK).max(self.input.len() as u32) as usize, 0);
        for start in (0..length).step_by(CHUNK as usize) {
            let piece = bytes.subarray(start, length.min(start.saturating_add(CHUNK)));
            let Some(input) = self.input.get_mut(..piece.length() as usize) else { break };
            piece.copy_to(input);
            self.parser.push(input).map_err(|error| parse_error(&error))?;
        }
        Ok(())
    }

    /// Ends the body. Throws when it stopped inside a record.
    pub fn finish(&mut self) -> Result<(), JsValue> {
        self.parser.finish().map_err(|error| parse_error(&error))
    }

    /// All rows completed and not taken yet; `undefined` when there are none. After an error: the rows before it.
    pub fn take(&mut self) -> Option<Frame> {
        self.parser.take().map(Frame::new)
    }

    /// Rows completed since the start of the body.
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> f64 {
        self.parser.rows() as f64
    }
}

/// Reads a whole body. `undefined` when it has no rows.
#[wasm_bindgen(js_name = parseCsv)]
pub fn parse_csv(
    bytes: &Uint8Array,
    #[wasm_bindgen(unchecked_optional_param_type = "ParseOptions")] options: JsValue,
) -> Result<Option<Frame>, JsValue> {
    let mut parser = Parser::new(options)?;
    parser.expect_bytes(bytes.length() as f64);
    parser.push(bytes)?;
    parser.finish()?;
    Ok(parser.take())
}

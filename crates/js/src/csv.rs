//! CSV bytes in.

use js_sys::Uint8Array;
use serde::Deserialize;
use streamscope_frame::{Column, ColumnType, CsvOptions, CsvParser, Layout, PushParser, TimeFormat};
use wasm_bindgen::prelude::*;

use crate::error::{parse_error, type_error};
use crate::frame::Frame;

/// Bytes copied into wasm memory at a time, into the same place each time: fresh memory costs more than the parsing.
const CHUNK: u32 = 128 << 10;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface CsvOptions {
    /** The columns, when they are known; else types are inferred and frames come only after `finish`. */
    columns?: { name: string, type: "time" | "float" | "int" | "bool" | "text" | "json" }[];
    /** How times are written; else as the first values show. */
    timeFormat?: "unix" | "unixns" | "iso";
}
"#;

#[wasm_bindgen]
extern "C" {
    /// `CsvOptions` on the JavaScript side.
    #[wasm_bindgen(typescript_type = "CsvOptions")]
    pub type JsCsvOptions;
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Options {
    columns: Option<Vec<NamedType>>,
    time_format: Option<Format>,
}

#[derive(Deserialize)]
struct NamedType {
    name: String,
    #[serde(rename = "type")]
    kind: Type,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Time,
    Float,
    Int,
    Bool,
    Text,
    Json,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Unix,
    UnixNs,
    Iso,
}

fn options(given: Option<JsCsvOptions>) -> Result<CsvOptions, JsValue> {
    let Some(given) = given else { return Ok(CsvOptions::default()) };
    // Only known names are looked up below: a misspelt one would have no effect and nobody would know.
    for key in js_sys::Object::keys(given.unchecked_ref::<js_sys::Object>()) {
        let key = key.as_string().unwrap_or_default();
        if key != "columns" && key != "timeFormat" {
            return Err(type_error(&format!("there is no option `{key}`")));
        }
    }
    let given: Options =
        serde_wasm_bindgen::from_value(given.into()).map_err(|error| type_error(&error.to_string()))?;
    let column = |column: NamedType| {
        let kind = match column.kind {
            Type::Time => ColumnType::Time,
            Type::Float => ColumnType::Float,
            Type::Int => ColumnType::Int,
            Type::Bool => ColumnType::Bool,
            Type::Text => ColumnType::Text,
            Type::Json => ColumnType::Json,
        };
        Column::new(column.name, kind)
    };
    Ok(CsvOptions {
        layout: given.columns.map(|columns| Layout::new(columns.into_iter().map(column).collect())),
        time_format: given.time_format.map(|format| match format {
            Format::Unix => TimeFormat::Unix,
            Format::UnixNs => TimeFormat::UnixNs,
            Format::Iso => TimeFormat::Iso,
        }),
        ..CsvOptions::default()
    })
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
    pub fn new(given: Option<JsCsvOptions>) -> Result<Parser, JsValue> {
        Ok(Self { parser: CsvParser::new(options(given)?), input: Vec::new() })
    }

    /// Tells how many bytes are still to come (`Content-Length`), so that memory is asked for once. Only a hint.
    #[wasm_bindgen(js_name = expectBytes)]
    pub fn expect_bytes(&mut self, bytes: f64) {
        self.parser.expect_bytes(bytes as u64);
    }

    /// Takes the next bytes of the body, cut anywhere. Throws a `ParseError` with `column`, `record`, `line`, `byte`.
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
pub fn parse_csv(bytes: &Uint8Array, options: Option<JsCsvOptions>) -> Result<Option<Frame>, JsValue> {
    let mut parser = Parser::new(options)?;
    parser.expect_bytes(bytes.length() as f64);
    parser.push(bytes)?;
    parser.finish()?;
    Ok(parser.take())
}

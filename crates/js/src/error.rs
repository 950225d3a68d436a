//! Errors as JavaScript sees them.

use serde::Serialize;
use streamscope_client::{Error, ErrorKind};
use streamscope_frame::ParseError;
use wasm_bindgen::prelude::*;

use crate::value::{literal, told};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What every call throws when something goes wrong. Holds no secret. */
export class StreamscopeError extends Error {
    private constructor();
    readonly name: "StreamscopeError";
    /** What went wrong. */
    readonly kind: ErrorKind;
    /** The platform that was called; `null` when none was. */
    readonly platform: Platform | null;
    /** The HTTP status, when there was an answer. */
    readonly status: number | null;
    /** The server's own words, cut to a readable length. */
    readonly serverMessage: string | null;
    /** Method and URL, with credentials redacted. */
    readonly request: string | null;
    /** Rows delivered before the error, for reads. */
    readonly rows: number | null;
    /** Time of the last row delivered, ns since the epoch, for reads: all before it was delivered. */
    readonly coveredTo: bigint | null;
    /** Of a body that cannot be parsed: data records completed before the error. */
    readonly record: number | null;
    /** Of a body that cannot be parsed: its line, counted from 1. */
    readonly line: number | null;
    /** Of a body that cannot be parsed: offset of the first wrong byte. */
    readonly byte: number | null;
    /** Of a body that cannot be parsed: the column, when the error lies in one cell. */
    readonly column: string | null;
    /** What JSON can hold of it, for logs and messages to workers: `coveredTo` as its digits. */
    toJSON(): Record<string, string | number | null>;
}
"#;

#[wasm_bindgen(module = "/src/face.js")]
extern "C" {
    #[wasm_bindgen(reexport)]
    type ErrorClass;

    #[wasm_bindgen(constructor)]
    fn new(message: &str, fields: &JsValue) -> ErrorClass;
}

/// What a `StreamscopeError` has beside its message.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    kind: String,
    platform: Option<String>,
    status: Option<u16>,
    server_message: Option<String>,
    request: Option<String>,
    rows: Option<f64>,
    covered_to: Option<i64>,
    record: Option<f64>,
    line: Option<f64>,
    byte: Option<f64>,
    column: Option<String>,
}

impl Fields {
    fn at(self, error: &ParseError) -> Self {
        Self {
            record: Some(error.record as f64),
            line: Some(error.line as f64),
            byte: Some(error.byte as f64),
            column: error.column.clone(),
            ..self
        }
    }

    fn throw(self, message: &str) -> JsValue {
        ErrorClass::new(message, &told(&self)).into()
    }
}

/// An error of a platform. `options` are the names of the options that were given, as JavaScript spells them: messages
/// speak of them so.
pub(crate) fn thrown(error: &Error, options: &[&str]) -> JsValue {
    let fields = Fields {
        kind: literal(error.kind),
        platform: error.platform.map(|platform| platform.id.to_string()),
        status: error.status,
        server_message: error.server_message.clone(),
        request: error.request.clone(),
        rows: error.rows.map(|rows| rows as f64),
        covered_to: error.covered_to,
        ..Fields::default()
    };
    let fields = match &error.parse {
        Some(parse) => fields.at(parse),
        None => fields,
    };
    // Others quote servers and addresses.
    let ours = matches!(error.kind, ErrorKind::InvalidInput | ErrorKind::Configuration);
    fields.throw(&respell(&error.message, if ours { options } else { &[] }))
}

/// The message with these options as JavaScript spells them, where it has the client's names for them.
fn respell(message: &str, options: &[&str]) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::with_capacity(message.len());
    for piece in message.split_inclusive(|c| !word(c)) {
        let name = piece.trim_end_matches(|c| !word(c));
        let known = options.iter().find(|option| name.contains('_') && is_snake_case_of(name, option));
        out.push_str(known.copied().unwrap_or(name));
        out.push_str(piece.get(name.len()..).unwrap_or_default());
    }
    out
}

/// Whether `start_time` is `startTime`.
fn is_snake_case_of(name: &str, camel_case: &str) -> bool {
    name.bytes().filter(|byte| *byte != b'_').eq(camel_case.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// A body that cannot be parsed.
pub(crate) fn parse_error(error: &ParseError) -> JsValue {
    Fields { kind: "body".into(), ..Fields::default() }
        .at(error)
        .throw(&respell(&error.to_string(), &["timeFormat"]))
}

/// A `TypeError` for arguments that make no sense.
pub(crate) fn type_error(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}

/// An `AbortError`, for a read that was stopped by hand.
pub(crate) fn stopped() -> JsValue {
    let error = js_sys::Error::new("The read was stopped.");
    error.set_name("AbortError");
    error.into()
}

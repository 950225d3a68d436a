//! Values of a document's tokens: cells, ids and names.

use super::column::Cells;
use super::syntax::{Bracket, Span, Token};
use crate::ParseErrorKind;
use crate::number::float;

/// The longest id or type name.
const LONGEST_NAME: usize = 256;

/// Gives a column its next cell.
pub(super) fn take_cell(cells: &mut Cells, token: Token, bytes: &[u8]) -> Result<(), ParseErrorKind> {
    match token {
        Token::Text(span) if span.escaped => match unescaped(slice(bytes, span)) {
            Some(text) => cells.push(Some(&text)),
            None => cells.push_other("an escape that spells no text"),
        },
        Token::Text(span) => cells.push(Some(slice(bytes, span))),
        Token::Bare(span) => match slice(bytes, span) {
            b"null" => cells.push(None),
            text if is_bare(text) => cells.push(Some(text)),
            text => Err(ParseErrorKind::Malformed(ParseErrorKind::value("JSON value", text).to_string())),
        },
        Token::Open(Bracket::Array) => cells.push_other("a list"),
        Token::Open(Bracket::Object) => cells.push_other("an object"),
        Token::Key(_) | Token::Close => Ok(()),
    }
}

pub(super) fn slice(bytes: &[u8], span: Span) -> &[u8] {
    bytes.get(span.start..span.end).unwrap_or_default()
}

/// An id or type name, of a bearable length.
pub(super) fn name(bytes: &[u8], span: Span) -> Option<String> {
    let text = slice(bytes, span);
    let text = if span.escaped { unescaped(text)? } else { text.to_vec() };
    if text.len() > LONGEST_NAME { None } else { String::from_utf8(text).ok() }
}

/// Whether a bare text is a JSON value; NaN and the infinities are, for some servers.
fn is_bare(text: &[u8]) -> bool {
    matches!(text, b"true" | b"false") || float(text, 0, text.len()).is_some()
}

/// A text without its escapes; `None` when they spell no text.
fn unescaped(bytes: &[u8]) -> Option<Vec<u8>> {
    let quoted = [b"\"", bytes, b"\""].concat();
    serde_json::from_slice::<String>(&quoted).ok().map(String::into_bytes)
}

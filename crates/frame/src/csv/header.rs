//! The header line.

use crate::ParseErrorKind;
use crate::column::unquote;

/// Column names of a header line without its line end.
pub(super) fn names(line: &[u8]) -> Result<Vec<String>, ParseErrorKind> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let end = cell_end(text);
        let cell = unquote(text.get(..end).unwrap_or_default())?.unwrap_or_default();
        let name = String::from_utf8(cell.into_owned()).map_err(|_| ParseErrorKind::Utf8)?;
        names.push(name);
        rest = text.get(end + 1..);
    }
    Ok(names)
}

/// End of the first cell: its comma, or the end of the line.
fn cell_end(text: &[u8]) -> usize {
    let mut quoted = false;
    let comma = text.iter().position(|&byte| {
        quoted ^= byte == b'"';
        byte == b',' && !quoted
    });
    comma.unwrap_or(text.len())
}

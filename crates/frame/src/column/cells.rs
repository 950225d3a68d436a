//! Cells of text between separators, and what quotes mean in them.

use std::borrow::Cow;

use super::Manner;
use crate::ParseErrorKind;

/// Cells of one column within an index of separators: cell `i` lies between entries `i` and `i + 1`.
pub(crate) struct Cells<'a> {
    pub(crate) bytes: &'a [u8],
    /// Positions of separators, the first being the one before the first cell (one less than its start).
    pub(crate) separators: &'a [u32],
    pub(crate) column: usize,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Whether any cell may hold a quote.
    pub(crate) quotes: bool,
    pub(crate) manner: &'a Manner,
}

impl<'a> Cells<'a> {
    /// Start and end of each cell in the bytes, without the CR of a CRLF. Does not end by itself: there are `rows`.
    #[inline(always)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        let Self { bytes, separators, columns, column, .. } = *self;
        let last = column + 1 == columns;
        let mut at = column;
        std::iter::from_fn(move || {
            let &[before, after] = separators.get(at..)?.first_chunk::<2>()?;
            at += columns;
            let (start, end) = (before.wrapping_add(1) as usize, after as usize);
            let cr = last && end > start && bytes.get(end - 1) == Some(&b'\r');
            Some((start, end - cr as usize))
        })
    }

    /// Gives each cell to `take`, as [`text`](Self::text) reads it.
    pub(crate) fn texts(
        &self,
        mut take: impl FnMut(Option<&[u8]>) -> Result<(), ParseErrorKind>,
    ) -> Result<(), CellError> {
        for (row, (start, end)) in self.iter().take(self.rows).enumerate() {
            let error = |kind| CellError { row, start, end, kind };
            let text = self.text(start, end).map_err(error)?;
            take(text.as_deref()).map_err(error)?;
        }
        Ok(())
    }

    /// The text of a cell: `None` when it is empty, without its quotes when it is quoted.
    pub(crate) fn text(&self, start: usize, end: usize) -> Result<Option<Cow<'a, [u8]>>, ParseErrorKind> {
        let cell = self.manner.trim(self.bytes.get(start..end).unwrap_or_default());
        if self.quotes { unquote(cell) } else { Ok((!cell.is_empty()).then_some(Cow::Borrowed(cell))) }
    }
}

/// The text of a cell that may be quoted: `None` when there is nothing, not even quotes.
pub(crate) fn unquote(cell: &[u8]) -> Result<Option<Cow<'_, [u8]>>, ParseErrorKind> {
    let malformed = |what: &str| Err(ParseErrorKind::Malformed(what.into()));
    let Some((b'"', inner)) = cell.split_first() else {
        return match (cell.is_empty(), cell.contains(&b'"')) {
            (true, _) => Ok(None),
            (_, true) => malformed("a quote inside a cell that does not begin with one"),
            _ => Ok(Some(Cow::Borrowed(cell))),
        };
    };
    let Some((b'"', inner)) = inner.split_last() else {
        return malformed("text after the closing quote of a cell");
    };
    if !inner.contains(&b'"') {
        return Ok(Some(Cow::Borrowed(inner)));
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner.iter();
    while let Some(&byte) = rest.next() {
        if byte == b'"' && rest.next() != Some(&b'"') {
            return malformed("a quote inside a quoted cell that is not doubled");
        }
        text.push(byte);
    }
    Ok(Some(Cow::Owned(text)))
}

/// A cell that is not a value of its column.
pub(crate) struct CellError {
    pub(crate) row: usize,
    /// Where the cell lies in the bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: ParseErrorKind,
}

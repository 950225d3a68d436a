//! One error for every parser: what was wrong, and where.

/// What a parser refused, and where in the body it stood. Never retried by itself: the same bytes fail again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{} (record {record}, line {line}, byte {byte})", column.as_deref().map(|c| format!(" in column `{c}`")).unwrap_or_default())]
pub struct ParseError {
    /// What was wrong.
    pub kind: ParseErrorKind,
    /// The column's name, when the error lies in one cell.
    pub column: Option<String>,
    /// Data records completed before the error, counted from 0 (the header is not a record).
    pub record: u64,
    /// Line of the body, counted from 1.
    pub line: u64,
    /// Offset in the body of the first byte that is wrong.
    pub byte: u64,
}

/// The kinds of [`ParseError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// A cell does not hold a value of its column's type. Holds the start of the cell, cut to a readable length.
    #[error("`{found}` is not a {expected}")]
    Value {
        /// What the column holds, in words: "number", "integer", "time", …
        expected: &'static str,
        /// The cell's text, shortened.
        found: String,
    },
    /// A record has more or fewer cells than the header.
    #[error("expected {expected} cells, found {found}")]
    CellCount {
        /// Cells in the header.
        expected: usize,
        /// Cells in this record.
        found: usize,
    },
    /// The header does not name the columns that were declared, or names one twice.
    #[error("the header is not as expected: {0}")]
    Header(String),
    /// The body can be read in more than one way, and none is sure. Holds what is unclear, and the option that decides.
    #[error("unclear: {0}")]
    Unclear(String),
    /// The body ended inside a record that cannot be complete (an open quote, missing cells, a cut JSON value).
    #[error("the body ends in the middle of a record")]
    Truncated,
    /// The text is not UTF-8 where text is needed.
    #[error("text is not valid UTF-8")]
    Utf8,
    /// One record (or JSON page) is longer than the limit: a stand-in for memory that would otherwise grow without
    /// end.
    #[error("longer than the limit of {limit} bytes")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A row's time is not after that of the row before, in a body where times increase. A server that repeats itself
    /// does this.
    #[error("times go back: {time} ns comes after {before} ns")]
    OutOfOrder {
        /// Time of the row that was refused, ns.
        time: i64,
        /// Time of the row before, ns.
        before: i64,
    },
    /// The body is not the JSON (or binary) document it should be. Holds what was expected.
    #[error("malformed body: {0}")]
    Malformed(String),
}

impl ParseErrorKind {
    /// A [`Value`](Self::Value) error that quotes the cell, cut to a readable length.
    pub(crate) fn value(expected: &'static str, cell: &[u8]) -> Self {
        Self::Value { expected, found: shortened(cell) }
    }
}

/// A cell's text, cut to a readable length.
pub(crate) fn shortened(cell: &[u8]) -> String {
    const SHOWN: usize = 40;
    let mut found = String::from_utf8_lossy(cell.get(..SHOWN).unwrap_or(cell)).into_owned();
    if cell.len() > SHOWN {
        found.push('…');
    }
    found
}

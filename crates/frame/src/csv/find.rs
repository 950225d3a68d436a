//! What the first bytes of a file show: line ends, separator, and where its table begins.
//!
//! The separator is the one that cuts most records into the same number of cells, two at least. The header is the first
//! record, unless that one has another number of cells: then lines before the table are passed over, but only where a
//! record of words is followed by records with numbers. Where nothing is sure, nothing is passed over.

use super::Dialect;
use super::dialect::Separator;
use super::simd::Marks;
use crate::ParseErrorKind;
use crate::column::{Manner, unquote};
use crate::time::{First, loose};

/// Bytes that are looked at, if there are so many.
pub(super) const LOOKED_AT: usize = 32 << 10;
/// Records that are looked at.
const RECORDS: usize = 200;
/// Records after a header that must look like rows of its table.
const FOLLOWERS: usize = 5;

/// Where the header begins and what separates.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) header: usize,
    /// Whether the header is a comment's line.
    pub(super) commented: bool,
    pub(super) marks: Marks,
}

/// Looks at the first bytes of a file, or at all of it. `None` when the lines to skip go on beyond them.
pub(super) fn find(
    bytes: &[u8],
    whole: bool,
    dialect: &Dialect,
) -> Result<Option<Found>, (usize, ParseErrorKind)> {
    if let Some([0xFF, 0xFE] | [0xFE, 0xFF]) = bytes.first_chunk() {
        let words = "the text is UTF-16: save the file as UTF-8";
        return Err((0, ParseErrorKind::Malformed(words.into())));
    }
    let after_mark = bytes.strip_prefix(b"\xEF\xBB\xBF").map_or(0, |_| 3);
    let Some(mut start) = skip(bytes, after_mark, dialect.skip_lines.unwrap_or_default(), whole) else {
        return Ok(None);
    };
    let newline = newline(bytes, start)?;
    let mut separator = dialect.separator;
    if let Some((stated, length)) = stated_separator(bytes.get(start..).unwrap_or_default()) {
        separator = separator.or(Some(stated));
        start += length;
    }
    let candidates = separator.as_ref().map_or(&Separator::ALL[..], std::slice::from_ref);
    let shapes = candidates.iter().map(|separator| {
        let marks = Marks { separator: separator.byte(), newline };
        Shape::of(bytes, start, whole, marks)
    });
    let likely = shapes.filter(|shape| shape.begins_well(dialect.skip_lines.is_none()));
    let likeliest = likely.reduce(|best, shape| if shape.alike > best.alike { shape } else { best });
    let marks = Marks { separator: separator.unwrap_or(Separator::Comma).byte(), newline };
    let shape = likeliest.unwrap_or_else(|| Shape::of(bytes, start, whole, marks));
    let (header, commented) = match dialect.skip_lines {
        Some(_) => (start, false),
        None => shape.header().unwrap_or((start, false)),
    };
    Ok(Some(Found { header, commented, marks: shape.marks }))
}

/// Where the line after so many lines begins, whatever ends them.
fn skip(bytes: &[u8], start: usize, lines: u32, whole: bool) -> Option<usize> {
    let mut at = start;
    for _ in 0..lines {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            // More may come: the end of a line, or the LF after its CR.
            None if !whole => return None,
            Some(end) if !whole && end + 1 == rest.len() => return None,
            None => return Some(bytes.len()),
            Some(end) => at += end + 1 + usize::from(rest.get(end..end + 2) == Some(b"\r\n")),
        }
    }
    Some(at)
}

/// The byte that ends records: LF, or CR where there is no LF outside quotes.
fn newline(bytes: &[u8], start: usize) -> Result<u8, (usize, ParseErrorKind)> {
    let mut quoted = false;
    let (mut bare, mut lf) = (None, false);
    for (at, &byte) in bytes.iter().enumerate().skip(start) {
        quoted ^= byte == b'"';
        if quoted {
            continue;
        }
        lf |= byte == b'\n';
        let next = bytes.get(at + 1);
        if byte == b'\r' && next != Some(&b'\n') && next.is_some() {
            bare = bare.or(Some(at));
        }
    }
    match bare {
        Some(at) if lf => {
            let words = "some lines end with a carriage return alone, others do not";
            Err((at, ParseErrorKind::Malformed(words.into())))
        }
        Some(_) => Ok(b'\r'),
        None => Ok(if lf || !bytes.ends_with(b"\r") { b'\n' } else { b'\r' }),
    }
}

/// `sep=;` in a line of its own, as spreadsheets know it, and the line's length.
fn stated_separator(bytes: &[u8]) -> Option<(Separator, usize)> {
    let (&byte, rest) = bytes.strip_prefix(b"sep=")?.split_first()?;
    let separator = Separator::ALL.into_iter().find(|separator| separator.byte() == byte)?;
    let end = [&b"\r\n"[..], b"\n", b"\r"].into_iter().find(|end| rest.starts_with(end))?;
    Some((separator, 5 + end.len()))
}

/// The records of a file if this separator is its own.
struct Shape<'a> {
    marks: Marks,
    records: Vec<Record<'a>>,
    /// The number of cells that most records have.
    cells: usize,
    /// How many have it. 0 when records have one cell.
    alike: usize,
}

struct Record<'a> {
    start: usize,
    cells: Vec<&'a [u8]>,
}

impl<'a> Shape<'a> {
    fn of(bytes: &'a [u8], start: usize, whole: bool, marks: Marks) -> Self {
        let records: Vec<_> = Records { bytes, at: start, whole, marks }.take(RECORDS).collect();
        let mut counts: Vec<usize> = records.iter().map(|record| record.cells.len()).collect();
        counts.sort_unstable();
        let runs = counts.chunk_by(|one, other| one == other).filter(|run| run.first() > Some(&1));
        let most = runs.max_by_key(|run| run.len()).unwrap_or_default();
        Self { marks, cells: most.first().copied().unwrap_or(1), alike: most.len(), records }
    }

    /// Whether this separator cuts records into cells, and the header as well.
    fn begins_well(&self, may_skip: bool) -> bool {
        let first = self.records.first().is_some_and(|first| first.cells.len() > 1);
        self.alike > 0 && (first || may_skip && self.header().is_some())
    }

    fn fits(&self, record: &Record) -> bool {
        record.cells.len() == self.cells
    }

    /// The header, where it is not the first record, and whether it is a comment.
    fn header(&self) -> Option<(usize, bool)> {
        self.header_of_comments().or_else(|| self.header_after_words())
    }

    /// The header behind lines of comments (`# …`), or the last of these where they end in one.
    fn header_of_comments(&self) -> Option<(usize, bool)> {
        let comments = self.records.iter().take_while(|record| record.is_comment()).count();
        let last = self.records.get(comments.checked_sub(1)?)?;
        match self.records.get(comments).filter(|record| self.fits(record) && !record.has_value()) {
            Some(header) => Some((header.start, false)),
            None => self.fits(last).then_some((last.start, true)),
        }
    }

    /// The header behind lines that do not look like it.
    fn header_after_words(&self) -> Option<(usize, bool)> {
        if self.fits(self.records.first()?) {
            return None;
        }
        let begins = |records: &&[Record<'a>]| {
            let Some((header, rows)) = records.split_first() else { return false };
            let is_row = |row: &Record| self.fits(row) && row.has_value();
            self.fits(header) && !header.has_value() && !rows.is_empty() && rows.iter().all(is_row)
        };
        let at = |at: usize| self.records.get(at..(at + 1 + FOLLOWERS).min(self.records.len()));
        let (header, _) = (1..self.records.len()).filter_map(at).find(begins)?.split_first()?;
        Some((header.start, false))
    }
}

impl Record<'_> {
    fn is_comment(&self) -> bool {
        self.cells.first().is_some_and(|cell| cell.starts_with(b"#"))
    }

    /// Whether any cell is a number or a time.
    fn has_value(&self) -> bool {
        let comma = Manner::with_comma();
        self.cells.iter().any(|cell| {
            let Ok(Some(text)) = unquote(cell.trim_ascii()) else { return false };
            let starts = text.iter().any(u8::is_ascii_digit);
            let ways = [First::Year, First::Day, First::Month];
            starts
                && (Manner::default().float(&text).is_some()
                    || comma.float(&text).is_some()
                    || ways.iter().any(|first| loose(&text, *first).is_some()))
        })
    }
}

/// Records that are not blank, one after the other. A quote opens only where a cell begins, for the lines before a table
/// may hold any.
struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    whole: bool,
    marks: Marks,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            let start = self.at;
            let (cells, end) = self.record()?;
            self.at = end;
            if cells.len() > 1 || cells.first().is_some_and(|cell| !cell.trim_ascii().is_empty()) {
                return Some(Record { start, cells });
            }
        }
    }
}

impl<'a> Records<'a> {
    /// The cells of the next record, and where the one after it begins.
    fn record(&self) -> Option<(Vec<&'a [u8]>, usize)> {
        let mut cells = Vec::new();
        let (mut begin, mut opened, mut quoted) = (self.at, false, false);
        for (at, &byte) in self.bytes.iter().enumerate().skip(self.at) {
            let before = self.bytes.get(begin..at).unwrap_or_default();
            if byte == b'"' {
                opened |= before.trim_ascii().is_empty();
                quoted ^= opened;
            } else if !quoted && (byte == self.marks.separator || byte == self.marks.newline) {
                cells.push(before);
                (begin, opened) = (at + 1, false);
                if byte == self.marks.newline {
                    return Some((cells, at + 1));
                }
            }
        }
        cells.push(self.bytes.get(begin..)?);
        (self.whole && self.at < self.bytes.len()).then_some((cells, self.bytes.len()))
    }
}

//! The beginning of a file, before it is known how it is written.

use super::{CsvParser, FILES, State, count, find};
use crate::{ParseError, ParseErrorKind};

impl CsvParser {
    /// Takes bytes of a file that is still looked at. How much of it is looked at does not depend on where it was cut.
    pub(super) fn look(&mut self, mut more: &[u8]) -> Result<(), ParseError> {
        while FILES && let State::Find { bytes, enough } = &mut self.state {
            let room = *enough - bytes.len();
            let (head, rest) = more.split_at_checked(room).unwrap_or((more, &[]));
            bytes.extend_from_slice(head);
            if bytes.len() < *enough {
                return Ok(());
            }
            more = rest;
            self.begin_file(false)?;
        }
        self.feed(more)
    }

    /// The file has ended: looks at what there is of it.
    pub(super) fn look_at_all(&mut self) -> Result<(), ParseError> {
        if let State::Find { .. } = self.state { self.begin_file(true) } else { Ok(()) }
    }

    fn begin_file(&mut self, whole: bool) -> Result<(), ParseError> {
        if !FILES {
            return Ok(());
        }
        let (State::Find { bytes, enough }, Some(dialect)) = (&mut self.state, &self.options.dialect) else {
            return Ok(());
        };
        let (bytes, enough) = (std::mem::take(bytes), *enough);
        let found = find::find(&bytes, whole, dialect);
        let Some(found) = found.map_err(|(at, kind)| self.error_at(kind, None, at, &bytes))? else {
            // Lines to skip count as one record.
            let limit = self.options.record_limit;
            if enough > limit {
                return Err(self.error_at(ParseErrorKind::TooLong { limit }, None, limit, &bytes));
            }
            self.state = State::Find { enough: enough * 2, bytes };
            return Ok(());
        };
        self.marks = found.marks;
        self.index.mark(found.marks);
        self.state = State::Header;
        let header = found.header + usize::from(found.commented);
        let (before, rest) = bytes.split_at_checked(header).unwrap_or((&bytes, &[]));
        self.byte = before.len() as u64;
        self.line = count(before, self.marks.newline) as u64;
        self.feed(rest)
    }
}

//! A page whose body is being read: how much of it is parsed, and whether it is whole.

use streamscope_frame::{ParseError, ParseErrorKind, PushParser};

use super::pages::Page;
use crate::{Error, ErrorKind};

/// Bytes parsed between two looks at the clock: well under a millisecond of work.
const SLICE: usize = 1 << 16;
/// Bytes of lines without a row (empty ones) after which a page does not end.
const MOST_IDLE_BYTES: usize = 16 << 20;

/// What is known of the newline after a page's last row.
#[derive(Default)]
pub(super) struct LineEnds {
    /// Length of a body without it, while it is not known whether the server means it.
    pub(super) open: Option<u64>,
    /// The server writes none.
    missing: bool,
}

/// A page being read.
pub(super) struct Open {
    pub(super) page: Page,
    pub(super) parser: Box<dyn PushParser>,
    /// The first bytes.
    pub(super) head: Vec<u8>,
    /// Bytes that arrived; those before `used` are parsed.
    pub(super) buffer: Vec<u8>,
    pub(super) used: usize,
    pub(super) bytes: u64,
    pub(super) last_byte: Option<u8>,
    /// The body is made of lines.
    pub(super) lines: bool,
    /// Bytes parsed since the last row.
    pub(super) idle: usize,
    /// The body came to its end, one way or another; `Ok` is the right one.
    pub(super) end: Option<Result<(), Cut>>,
}

/// Why a page was left before its end.
pub(super) enum Cut {
    /// It may be whole when asked for again.
    Broken(Error),
    /// It is not what a server should send.
    Refused(Error),
}

impl Open {
    pub(super) fn parse(&mut self) {
        let rest = self.buffer.get(self.used..).unwrap_or_default();
        let piece = rest.get(..SLICE).unwrap_or(rest);
        self.last_byte = piece.last().copied();
        self.used += piece.len();
        let rows = self.parser.pending_rows();
        self.idle += piece.len();
        if let Err(error) = self.parser.push(piece) {
            self.end = Some(Err(Cut::Refused(malformed(error))));
        } else if self.parser.pending_rows() > rows {
            self.idle = 0;
        } else if self.lines && self.idle > MOST_IDLE_BYTES {
            let words = format!("The server sent {} MiB without a row.", MOST_IDLE_BYTES >> 20);
            self.end = Some(Err(Cut::Refused(Error::protocol(words))));
        }
    }

    /// The body ended as the transport sees it; this tells whether it is whole.
    pub(super) fn finish(&mut self, line_ends: &mut LineEnds) -> Result<(), Cut> {
        let open_line = self.lines && self.last_byte.is_some_and(|byte| byte != b'\n');
        if open_line && !line_ends.missing {
            if line_ends.open != Some(self.bytes) {
                line_ends.open = Some(self.bytes);
                return Err(Cut::Broken(Error::new(
                    ErrorKind::Body,
                    "The body ends in the middle of a line.",
                )));
            }
            line_ends.missing = true;
        }
        if !self.lines && self.bytes == 0 {
            return Err(Cut::Broken(Error::new(ErrorKind::Body, "The body is empty.")));
        }
        self.parser.finish().map_err(|error| match error.kind {
            ParseErrorKind::Truncated => Cut::Broken(malformed(error)),
            _ => Cut::Refused(malformed(error)),
        })
    }
}

pub(super) fn malformed(parse: ParseError) -> Error {
    let error = Error::new(ErrorKind::Body, format!("The body cannot be read: {parse}."));
    Error { parse: Some(Box::new(parse)), ..error }
}

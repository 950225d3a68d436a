//! The one shape that every parser has.

use crate::{ParseError, RecordBatch};

/// A parser that takes a body in pieces. What comes out does not depend on where the pieces were cut.
pub trait PushParser {
    /// Takes the next bytes of the body. Rows that are complete become part of a frame.
    ///
    /// After an error the parser takes no more; rows before the error can still be [taken](Self::take).
    fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError>;

    /// Ends the body. Fails with [`Truncated`](crate::ParseErrorKind::Truncated) when it stopped inside a record.
    fn finish(&mut self) -> Result<(), ParseError>;

    /// Hands out all rows completed and not handed out yet, as one frame; `None` when there are none.
    ///
    /// Calling this often makes small frames; callers decide (every few thousand rows, or at the end of a page).
    fn take(&mut self) -> Option<RecordBatch>;

    /// Rows completed and not taken yet.
    fn pending_rows(&self) -> usize;

    /// Rows completed since the start of the body.
    fn rows(&self) -> u64;
}

//! A part of a file that is read at once.

use std::ops::Range;

/// Samples that follow each other without a gap, and the bytes of the file that hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileWindow {
    /// The samples, counted from the file's first.
    pub samples: Range<u64>,
    /// The bytes. Others may lie among them.
    pub bytes: Range<u64>,
}

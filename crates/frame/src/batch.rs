//! What parsers and reads hand out: rows, and what the server said of the time before them.

use arrow_array::RecordBatch;

/// Rows that came together, and whether a declared gap lies before them.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The rows, in the order in which the server sent them.
    pub rows: RecordBatch,
    /// Whether the server declared a gap before the first row. `false` means that the rows go on where the batch
    /// before ended, or that the server declares no gaps at all: then only steps between times can show one. What a
    /// body begins with belongs to whatever came before the body.
    pub begins_interval: bool,
}

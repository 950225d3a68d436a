//! Writers: frames in, bytes appended to a buffer of the caller's.

mod arrow;
mod cells;
mod csv;
mod iso;
mod zip;

use arrow_schema::DataType;

pub use arrow::ArrowWriter;
pub use csv::{CsvWriter, is_formula};
pub use zip::{ZipWriter, ZippedFile};

/// Why a frame could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A column has a type that no [`ColumnType`](crate::ColumnType) stands for.
    #[error("column `{column}` has the type {kind}, which cannot be written")]
    ColumnType {
        /// The column's name.
        column: String,
        /// Its Arrow type.
        kind: String,
    },
    /// The frame's columns are not those of the writer's schema.
    #[error("the frame's columns are not the schema's: {0}")]
    Schema(String),
    /// EDF+ cannot hold this. Holds what, and what to do.
    #[error("{0}")]
    Edf(String),
    /// A zip archive cannot hold this. Holds why, and what to do.
    #[error("{0}")]
    Zip(String),
}

impl WriteError {
    fn unknown(column: &str, kind: &DataType) -> Self {
        Self::ColumnType { column: column.into(), kind: kind.to_string() }
    }
}

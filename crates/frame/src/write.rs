//! Writers: frames in, bytes appended to a buffer of the caller's.

mod arrow;
mod csv;
mod iso;

pub use arrow::ArrowWriter;
pub use csv::CsvWriter;

/// Why a frame could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A column has a type that no [`ColumnType`](crate::ColumnType) stands for.
    #[error("column `{column}` has the type {kind}, which has no CSV form")]
    ColumnType {
        /// The column's name.
        column: String,
        /// Its Arrow type.
        kind: String,
    },
    /// The frame does not fit the writer's schema, or Arrow refused it for another reason.
    #[error("the frame cannot be written as Arrow: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
}

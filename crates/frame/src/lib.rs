//! Columns, push parsers and writers for sensor streams.
//!
//! Bytes go in with [`PushParser::push`], in any split; [`RecordBatch`]es ("frames") come out. A list of frames
//! with one schema is a [`Table`]. There is no I/O here, no JavaScript and no clock.
//!
//! Time is `i64` nanoseconds since the Unix epoch, UTC, in every frame. Units change only at the edges.

mod access;
pub mod civil;
mod column;
mod csv;
mod error;
mod infer;
mod joule;
mod json;
mod layout;
mod number;
mod parse;
mod swar;
mod table;
mod time;
mod write;

pub use access::{floats, time_index, times};
pub use arrow_array::RecordBatch;
pub use csv::{CsvOptions, CsvParser};
pub use error::{ParseError, ParseErrorKind};
pub use joule::{JouleFrame, JouleLayout, JouleLayoutError, JouleParser};
pub use json::{JsonOptions, JsonParser};
pub use layout::{Column, ColumnType, Layout, TimeFormat};
pub use parse::PushParser;
pub use table::Table;
pub use write::{ArrowWriter, CsvWriter, WriteError};

//! Columns, push parsers and writers for sensor streams.
//!
//! Bytes go in with [`PushParser::push`], in any split; [`RecordBatch`]es ("frames") come out. A list of frames
//! with one schema is a [`Table`]. There is no I/O here, no JavaScript and no clock.
//!
//! Time is `i64` nanoseconds since the Unix epoch, UTC, in every frame. Units change only at the edges.

mod access;
#[cfg(feature = "files")]
mod arrow;
mod batch;
mod braincube;
pub mod civil;
mod column;
mod csv;
mod edf;
mod error;
mod file_window;
mod hexoskin;
mod infer;
mod joule;
mod json;
mod layout;
mod little_endian;
mod number;
mod parse;
mod swar;
mod table;
mod time;
mod wav;
mod write;

pub use access::{floats, time_index, times};
#[cfg(feature = "files")]
pub use arrow::{ArrowColumn, ArrowFile, ArrowPlaces, ArrowRows, ArrowStep, ArrowWalk};
pub use arrow_array::RecordBatch;
pub use batch::Batch;
pub use braincube::{
    BraincubeAnswer, BraincubeColumn, BraincubeOptions, BraincubeParser, BraincubeReport, ColumnReport,
    WallClock, braincube_time,
};
#[cfg(feature = "files")]
pub use csv::CsvFile;
pub use csv::{CsvOptions, CsvParser, Decimal, Dialect, Separator};
pub use edf::{
    EdfAnnotation, EdfFile, EdfHeader, EdfKind, EdfNotes, EdfPlan, EdfSignal, EdfValues, EdfWriter,
};
pub use error::{ParseError, ParseErrorKind};
pub use file_window::FileWindow;
pub use hexoskin::{
    HexoskinAnswer, HexoskinCsvParser, HexoskinPoints, HexoskinUser, PairsParser, TickRate, TimedValues,
    WavHeader, WavParser, ZipEvent, ZipParser, ZipSum, ZipTotals,
};
#[cfg(feature = "files")]
pub use infer::counted_unit;
pub use infer::may_name_times;
pub use joule::{JouleLayout, JouleLayoutError, JouleParser};
pub use json::{JsonOptions, JsonParser};
pub use layout::{Column, ColumnType, Layout, TimeFormat};
pub use parse::PushParser;
pub use table::Table;
pub use time::TimeSpelling;
pub use wav::{WavFile, WavSample, WavStep, WavWalk};
pub use write::{ArrowWriter, CsvWriter, WriteError, ZipWriter, ZippedFile, is_formula};

//! The npm package's wasm-bindgen surface: conversions only.
//!
//! Today it reads CSV bytes into typed arrays, in one go ([`csv::parse_csv`]) or as they arrive ([`csv::Parser`]).

mod csv;
mod error;
mod frame;

pub use csv::{JsCsvOptions, Parser, parse_csv};
pub use frame::Frame;

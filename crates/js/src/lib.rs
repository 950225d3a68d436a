//! The npm package's wasm-bindgen surface: conversions only.
//!
//! [`rune`] offers the client's calls, [`read`] its frames one by one, [`columns`] their values as typed arrays;
//! [`csv`] reads CSV bytes that come from elsewhere. Options come in through [`options`], which refuses what it does
//! not know; results go out as plain objects through [`value`]. `cargo xtask npm` writes TypeScript types from the
//! structs here and in the client, so their fields and comments are what the package's users see.
// Everything here speaks to JavaScript.
#![cfg(target_arch = "wasm32")]

mod aggregate;
mod columns;
mod config;
mod csv;
mod error;
mod frame;
mod options;
mod pages;
mod people;
mod query;
mod read;
mod rune;
mod table_of;
mod v1;
mod value;

pub use csv::{Parser, parse_csv};
pub use frame::{Frame, Table};
pub use pages::Pages;
pub use read::Read;
pub use rune::{Rune, initialize, rune};
pub use table_of::table_of;
pub use v1::{V1, V1Pages};

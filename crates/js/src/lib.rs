//! The npm package's wasm-bindgen surface: conversions only.
//!
//! What all platforms share: [`read`] gives frames one by one, [`columns`] their values as typed arrays; [`csv`] reads
//! CSV bytes that come from elsewhere. Options come in through [`options`], which refuses what it does not know; results
//! go out as plain objects through [`value`]. `cargo xtask npm` writes TypeScript types from the structs here and in the
//! client, so their fields and comments are what the package's users see.
//!
//! A platform is a module and a cargo feature of its own name, which its entry of the package is built with. The
//! feature `core` is what the smallest entry holds, which has a budget of kilobytes; `tools` is what all other entries
//! have besides: CSV out, tables of objects.
// Everything here speaks to JavaScript.
#![cfg(target_arch = "wasm32")]
// An entry of one platform leaves some of what they share unused. The whole package must not.
#![cfg_attr(not(feature = "all"), allow(dead_code))]

mod call;
mod columns;
mod csv;
mod error;
mod frame;
mod options;
#[cfg(feature = "tools")]
mod pages;
#[cfg(feature = "tools")]
mod plain;
mod read;
#[cfg(feature = "tools")]
mod table_of;
mod time;
mod value;

#[cfg(feature = "braincube")]
pub mod braincube;
#[cfg(feature = "hexoskin")]
pub mod hexoskin;
#[cfg(feature = "joule")]
pub mod joule;
#[cfg(feature = "core")]
pub mod rune;

pub use csv::{Parser, parse_csv};
pub use frame::{Frame, Table};
pub use read::Read;
#[cfg(feature = "tools")]
pub use {pages::AnyPages, table_of::table_of};

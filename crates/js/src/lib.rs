//! The npm package's wasm-bindgen surface: conversions only.
//!
//! [`rune`] offers the client's calls, [`read`] its frames one by one, [`columns`] their values as typed arrays;
//! [`csv`] reads CSV bytes that come from elsewhere. Options come in through [`options`], which refuses what it does
//! not know; results go out as plain objects through [`value`], and what a platform told through `served`. Without the
//! feature `full` this is the package's core, which has a budget of kilobytes: Rune's rows, availability and aggregates,
//! CSV in and Arrow out. `cargo xtask npm` writes TypeScript types from the structs here and in the client, so their
//! fields and comments are what the package's users see.
// Everything here speaks to JavaScript.
#![cfg(target_arch = "wasm32")]

mod aggregate;
#[cfg(feature = "full")]
mod catalogue;
mod columns;
mod config;
mod csv;
mod error;
mod frame;
#[cfg(feature = "full")]
mod joule;
#[cfg(feature = "full")]
mod node;
#[cfg(feature = "full")]
mod node_data;
#[cfg(feature = "full")]
mod node_events;
mod options;
#[cfg(feature = "full")]
mod pages;
#[cfg(feature = "full")]
mod people;
mod query;
mod read;
mod rune;
#[cfg(feature = "full")]
mod served;
#[cfg(feature = "full")]
mod table_of;
#[cfg(feature = "full")]
mod tables;
#[cfg(feature = "full")]
mod v1;
mod value;

pub use csv::{Parser, parse_csv};
pub use frame::{Frame, Table};
pub use read::Read;
pub use rune::{Rune, initialize, rune};
#[cfg(feature = "full")]
pub use {
    joule::Joule,
    node_data::Writer,
    pages::{AnyPages, Pages},
    table_of::table_of,
    v1::V1,
};

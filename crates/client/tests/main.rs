//! The client over a transport without a network: every promise about requests, answers and what lies between.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(not(target_arch = "wasm32"))]
mod suite;

//! What the parsers and writers promise, through their public faces.

// Helpers of tests may stop a test; clippy's own exception covers the test functions only.
#![allow(clippy::unwrap_used, clippy::panic)]

mod arrow;
mod braincube;
mod csv;
mod edf;
mod hexoskin;
mod joule;
mod json;
mod support;
mod table;
mod wav;
mod write;

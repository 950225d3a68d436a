//! What the crate promises, against the documents' examples and against slow, obvious references.

// Helpers of tests may stop a test; clippy's own exception covers the test functions only.
#![allow(clippy::expect_used)]

mod aligned;
mod availability;
mod daily;
mod edf;
mod filter;
mod intervals;
mod pyramid;
mod spectrum;
mod summary;
mod support;
mod values;
mod window;
mod zone;

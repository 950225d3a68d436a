//! Targets for a fuzzer: everything that reads foreign bytes, each with what must be true whatever the bytes are.
//!
//! A target takes an input and panics where its promise is broken. `cargo xtask fuzz` looks for such inputs, guided by
//! the coverage of what they reach; the tests of this crate run every target over its corpus.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a promise that is broken ends the run: that is what these are for"
)]

pub mod growth;
mod input;
pub mod memory;
mod rows;
mod script;
mod targets;

pub use targets::{TARGETS, Target, everything};

/// Runs a target on an input. Panics where a promise is broken, or where more memory was taken than the input's length
/// accounts for.
pub fn check(target: &Target, data: &[u8]) {
    let most = target.memory.0 + target.memory.1 * data.len();
    let ((), peak) = memory::peak(|| (target.run)(data));
    assert!(
        peak <= most,
        "{}: an input of {} bytes took {peak} bytes of memory, more than {most}",
        target.name,
        data.len()
    );
}

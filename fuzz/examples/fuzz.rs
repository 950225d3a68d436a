//! The fuzzer, for one target: `STREAMSCOPE_FUZZ=csv_page fuzz [libFuzzer's options] CORPUS`. See `cargo xtask fuzz`.
#![allow(clippy::panic, reason = "a fuzzer is told of a failure by a panic")]
#![no_main]

use std::sync::OnceLock;

use streamscope_fuzz::{TARGETS, Target, check};

static TARGET: OnceLock<&Target> = OnceLock::new();

fn target() -> &'static Target {
    TARGET.get_or_init(|| {
        let name = std::env::var("STREAMSCOPE_FUZZ").unwrap_or_default();
        let found = TARGETS.iter().find(|target| target.name == name);
        found.unwrap_or_else(|| panic!("STREAMSCOPE_FUZZ names no target: `{name}`"))
    })
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(target(), data));

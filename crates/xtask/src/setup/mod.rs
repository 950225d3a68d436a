//! What each task needs on the machine, installed when missing. Every part is idempotent: a check that takes
//! milliseconds first, and work only where it fails.

mod browser;
mod debian;
mod node;
mod postgres;
mod python;
mod toolchain;
mod tools;

pub(crate) use postgres::postgres;
pub(crate) use python::{Environment, python};

use anyhow::Result;

/// What it takes to build the explorer and the npm package.
pub(crate) fn for_wasm() -> Result<()> {
    debian::compiler()?;
    toolchain::wasm_target()?;
    node::packages()?;
    tools::wasm_bindgen()
}

/// What it takes to build the static site.
pub(crate) fn for_site() -> Result<()> {
    for_wasm()?;
    tools::trunk()
}

/// What it takes to drive a browser.
pub(crate) fn for_browser() -> Result<()> {
    browser::chromium()
}

/// What formatting and lints need.
pub(crate) fn for_lint() -> Result<()> {
    toolchain::wasm_target()?;
    toolchain::lint_tools()
}

/// What the fuzzer is built with.
pub(crate) fn for_fuzzing() -> Result<()> {
    debian::compiler()
}

/// What the whole test command needs.
pub(crate) fn for_test() -> Result<()> {
    for_site()?;
    for_lint()?;
    for_browser()?;
    postgres()?;
    tools::wasm_pack()?;
    tools::nextest()
}

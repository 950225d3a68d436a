//! `cargo xtask lint`: formatting, and clippy for the machine and for the browser.

use anyhow::{Result, bail};

use crate::setup;
use crate::shell::{command, step};

/// The crates that ship to the browser.
const WASM_CRATES: [&str; 8] = [
    "-pstreamscope-frame",
    "-pstreamscope-signal",
    "-pstreamscope-client",
    "-pstreamscope-selection",
    "-pstreamscope-js",
    "-pstreamscope-explorer",
    "-pstreamscope-sandbox",
    "-pstreamscope-demo",
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`lint` takes no `{unknown}`");
    }
    setup::for_lint()?;
    check()
}

pub(crate) fn check() -> Result<()> {
    step("checking the formatting", command("cargo").args(["fmt", "--all", "--check"]))?;
    let mut native = command("cargo");
    native.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-Dwarnings"]);
    step("linting", &mut native)?;
    let mut wasm = command("cargo");
    wasm.args(["clippy", "--quiet", "--lib", "--no-default-features", "--target", "wasm32-unknown-unknown"]);
    wasm.args(WASM_CRATES).args(["--features", "streamscope-js/all", "--", "-Dwarnings"]);
    step("linting for the browser", &mut wasm)?;
    let mut core = command("cargo");
    core.args(["clippy", "--quiet", "--lib", "--no-default-features", "--target", "wasm32-unknown-unknown"]);
    step(
        "linting the npm package's core",
        core.args(["-pstreamscope-js", "--features", "core", "--", "-Dwarnings"]),
    )
}

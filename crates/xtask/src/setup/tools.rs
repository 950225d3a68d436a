//! Programs from crates.io. Their versions are pinned here and nowhere else.

use anyhow::Result;

use crate::shell::{cache, command, output, step};

/// Must equal the `wasm-bindgen` crate in the workspace's Cargo.toml.
const WASM_BINDGEN: &str = "0.2.130";
const WASM_PACK: &str = "0.15.1";
/// 0.22 wants a newer compiler than Debian has.
const TRUNK: &str = "0.21.14";
/// Any version from this one on will do where one is installed already.
const NEXTEST: &str = "0.9.143";

/// The wasm-bindgen command and its test runner.
pub(super) fn wasm_bindgen() -> Result<()> {
    // Not --locked: its lock file names a release that was withdrawn.
    install("wasm-bindgen", "wasm-bindgen-cli", WASM_BINDGEN, &[])
}

/// Builds the site.
pub(super) fn trunk() -> Result<()> {
    install("trunk", "trunk", TRUNK, &["--locked"])
}

/// Runs wasm tests in a browser.
pub(super) fn wasm_pack() -> Result<()> {
    install("wasm-pack", "wasm-pack", WASM_PACK, &["--locked"])
}

/// Runs the native tests.
pub(super) fn nextest() -> Result<()> {
    if output(command("cargo-nextest").args(["nextest", "--version"])).is_ok() {
        return Ok(());
    }
    install("cargo-nextest", "cargo-nextest", NEXTEST, &["--locked"])
}

/// Installs a crate's program into the cache, unless the PATH holds that version already.
fn install(program: &str, package: &str, version: &str, flags: &[&str]) -> Result<()> {
    let there = output(command(program).arg("--version")).unwrap_or_default();
    if there.split_whitespace().any(|word| word == version) {
        return Ok(());
    }
    let mut install = command("cargo");
    install
        .args(["install", package, "--version", version, "--force", "--root"])
        .arg(cache())
        .args(flags)
        // These tools wait for files and for rustc: built quickly beats built fast.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_TARGET_DIR", cache().join("build"));
    step(&format!("building {package} {version} from crates.io (once, some minutes)"), &mut install)
}

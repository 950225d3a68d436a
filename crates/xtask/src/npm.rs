//! `cargo xtask npm`: the npm package in `dist/npm/`, ready for `npm pack`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::setup;
use crate::shell::{command, root, step};
use crate::site::brotli_kilobytes;
use crate::start::target;

/// What the package's core entry may weigh, in kilobytes of brotli.
const BUDGET_KB: u64 = 200;

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`npm` takes no `{unknown}`");
    }
    setup::for_wasm()?;
    let package = build()?;
    println!("{}", package.display());
    Ok(())
}

/// Builds the package and returns its folder.
pub(crate) fn build() -> Result<PathBuf> {
    let package = root().join("dist/npm");
    let mut build = command("cargo");
    build.args(["build", "--release", "--package", "streamscope-js", "--target", "wasm32-unknown-unknown"]);
    step("building the npm package for the browser", &mut build)?;
    let wasm = target().join("wasm32-unknown-unknown/release/streamscope_js.wasm");
    let mut bind = command("wasm-bindgen");
    bind.args(["--target", "web", "--out-name", "streamscope", "--out-dir"]).arg(&package).arg(wasm);
    step("writing its JavaScript face", &mut bind)?;
    let module = package.join("streamscope_bg.wasm");
    let mut optimise = command("wasm-opt");
    optimise.args(["-O3", "--enable-simd", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"]);
    optimise.args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"]);
    optimise.args(["--enable-multivalue", "--output"]).arg(&module).arg(&module);
    step("optimising it", &mut optimise)?;
    let kilobytes = brotli_kilobytes(&[&package], &["wasm", "js"])?;
    if kilobytes > BUDGET_KB {
        bail!("the npm package weighs {kilobytes} kB brotli; its budget is {BUDGET_KB} kB");
    }
    Ok(package)
}

//! `cargo xtask npm`: the npm package in `dist/npm/`, ready for `npm pack`.
//!
//! wasm-bindgen writes the wasm, its JavaScript and the types of its classes; [`types`] adds the types of options and
//! results; entries, README and package.json come from `web/npm`.

mod types;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::setup;
use crate::shell::{command, output, root, step};
use crate::site::brotli_kilobytes;
use crate::start::target;

/// What the package's core entry may weigh, in kilobytes of brotli: all but the inline variant. Most of it is the
/// client, then parsers and conversions.
const BUDGET_KB: u64 = 410;

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
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    let wasm = target().join("wasm32-unknown-unknown/release/streamscope_js.wasm");
    let mut bind = command("wasm-bindgen");
    bind.args(["--target", "web", "--out-name", "streamscope", "--out-dir"]).arg(&package).arg(wasm);
    step("writing its JavaScript face", &mut bind)?;
    let module = package.join("streamscope_bg.wasm");
    let mut optimise = command("wasm-opt");
    optimise.args(["-O3", "--enable-simd", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"]);
    optimise.args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"]);
    optimise.args(["--enable-multivalue", "--strip-producers", "--output"]).arg(&module).arg(&module);
    step("optimising it", &mut optimise)?;
    assemble(&package)?;
    let kilobytes = brotli_kilobytes(&[&package], &["wasm", "js"])?;
    if kilobytes > BUDGET_KB {
        bail!(
            "the npm package weighs {kilobytes} kB brotli; its budget is {BUDGET_KB} kB (crates/xtask/src/npm.rs)"
        );
    }
    eprintln!("  {kilobytes} kB brotli of {BUDGET_KB}");
    inline(&module)?;
    Ok(package)
}

/// Adds what is written by hand, and the types of options and results.
fn assemble(package: &Path) -> Result<()> {
    let root = root();
    for file in fs::read_dir(root.join("web/npm"))? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), package.join(file.file_name()))?;
        }
    }
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(root.join(license), package.join(license))?;
    }
    let face = package.join("package.json");
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(&face, fs::read_to_string(&face)?.replace("\"version\": \"0.0.0\"", &version))?;

    let declared = package.join("streamscope.d.ts");
    let classes = fs::read_to_string(&declared)?;
    // What follows is how the entries load the wasm, and none of their users' business.
    let (classes, _) =
        classes.split_once("export type InitInput").context("wasm-bindgen writes other types")?;
    let sources = types::Sources::read(&root)?;
    let whole = format!("{classes}\n{}", sources.declarations(classes)?);
    let entry = package.join("index.d.ts");
    let exports = types::exports(&whole);
    let line = format!("export {{\n    {},\n}} from \"./streamscope.js\";\n", exports.join(",\n    "));
    fs::write(&entry, fs::read_to_string(&entry)? + &line)?;
    fs::write(&declared, whole).context("cannot write the types")
}

/// Writes the wasm as a module of text, for places that cannot serve a file.
fn inline(module: &Path) -> Result<()> {
    const SCRIPT: &str = "
        const fs = require('fs');
        const [wasm, script] = process.argv.slice(1);
        fs.writeFileSync(script, `export default \"${fs.readFileSync(wasm).toString('base64')}\";\\n`);";
    let script = module.with_file_name("wasm-text.js");
    output(command("node").args(["-e", SCRIPT]).arg(module).arg(script)).map(|_| ())
}

//! `cargo xtask npm`: the npm package in `dist/npm/`, ready for `npm pack`.
//!
//! wasm-bindgen writes the wasm, its JavaScript and the types of its classes; [`types`] adds the types of options and
//! results; entries, README and package.json come from `web/npm`. The core is the same crate without its feature
//! `full`, in a folder of its own.

mod types;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::setup;
use crate::shell::{command, output, root, step};
use crate::site::brotli_kilobytes;
use crate::start::target;

/// One of the package's two builds.
struct Variant {
    /// Its entry.
    entry: &'static str,
    /// Where it lies in the package, and in `web/npm`.
    folder: &'static str,
    /// What cargo is told besides.
    options: &'static [&'static str],
    /// What wasm-opt is told besides.
    optimisations: &'static [&'static str],
    /// Whether everything is in it.
    full: bool,
    /// What its wasm and JavaScript may weigh, in kilobytes of brotli.
    budget_kb: u64,
}

const VARIANTS: [Variant; 2] = [
    Variant {
        entry: "streamscope",
        folder: "",
        options: &[],
        optimisations: &[],
        full: true,
        budget_kb: 490,
    },
    Variant {
        entry: "streamscope/core",
        folder: "core",
        // Parsers, too, are built to be small here: CSV is read as fast, because what counts there is in one loop.
        options: &[
            "--no-default-features",
            "--config",
            "profile.npm.package.streamscope-frame.opt-level='s'",
            "--config",
            "profile.npm.package.streamscope-signal.opt-level='z'",
        ],
        // A function that is called from one place stays one: code repeats itself more, and packs better.
        optimisations: &["--one-caller-inline-max-function-size=0"],
        full: false,
        budget_kb: 200,
    },
];

/// Entries that every variant has, beside a `face.js` of its own.
const ENTRIES: [&str; 4] = ["browser.js", "inline.js", "loading.js", "node.js"];

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
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    assemble(&package)?;
    for variant in &VARIANTS {
        let kilobytes = compile(variant, &package)?;
        if kilobytes > variant.budget_kb {
            bail!(
                "{} weighs {kilobytes} kB brotli; its budget is {} kB (crates/xtask/src/npm.rs)",
                variant.entry,
                variant.budget_kb
            );
        }
        eprintln!("  {}: {kilobytes} kB brotli of {}", variant.entry, variant.budget_kb);
        state(&package, variant, kilobytes)?;
    }
    Ok(package)
}

/// Builds a variant into its folder and returns what it weighs.
fn compile(variant: &Variant, package: &Path) -> Result<u64> {
    let folder = package.join(variant.folder);
    let mut build = command("cargo");
    build.args([
        "build",
        "--profile",
        "npm",
        "--package",
        "streamscope-js",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    step(&format!("building {} for the browser", variant.entry), build.args(variant.options))?;
    let wasm = target().join("wasm32-unknown-unknown/npm/streamscope_js.wasm");
    let mut bind = command("wasm-bindgen");
    bind.args(["--target", "web", "--out-name", "streamscope", "--out-dir"]).arg(&folder).arg(wasm);
    step("writing its JavaScript face", &mut bind)?;
    let module = folder.join("streamscope_bg.wasm");
    output(command("node").arg("crates/xtask/src/npm/trim.mjs").arg(&module))?;
    let mut optimise = command("wasm-opt");
    optimise.args(variant.optimisations);
    optimise.args(["-O3", "--enable-simd", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"]);
    optimise.args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"]);
    optimise.args(["--enable-multivalue", "--strip-producers", "--strip-debug", "--output"]);
    step("optimising it", optimise.arg(&module).arg(&module))?;
    let script = folder.join("streamscope.js");
    output(
        command("terser").args(["--module", "--compress", "--mangle", "--output"]).arg(&script).arg(&script),
    )?;
    declare(variant, &folder)?;
    inline(&module)?;
    let text = folder.join("wasm-text.js");
    let shipped: Vec<PathBuf> = fs::read_dir(&folder)?.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
    let shipped = shipped.iter().filter(|file| **file != text && **file != package.join("core"));
    brotli_kilobytes(&shipped.map(PathBuf::as_path).collect::<Vec<_>>(), &["wasm", "js"])
}

/// Copies what is written by hand.
fn assemble(package: &Path) -> Result<()> {
    let (root, core) = (root(), package.join("core"));
    fs::create_dir_all(&core)?;
    for (from, to) in [("web/npm", package), ("web/npm/core", &core)] {
        for file in fs::read_dir(root.join(from))? {
            let file = file?;
            if file.file_type()?.is_file() {
                fs::copy(file.path(), to.join(file.file_name()))?;
            }
        }
    }
    for entry in ENTRIES.into_iter().chain(["index.d.ts"]) {
        fs::copy(package.join(entry), core.join(entry))?;
    }
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(root.join(license), package.join(license))?;
    }
    let face = package.join("package.json");
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(&face, fs::read_to_string(&face)?.replace("\"version\": \"0.0.0\"", &version))?;
    Ok(())
}

/// Adds the types of options and results.
fn declare(variant: &Variant, folder: &Path) -> Result<()> {
    let declared = folder.join("streamscope.d.ts");
    let classes = fs::read_to_string(&declared)?;
    // What follows is how the entries load the wasm, and none of their users' business.
    let (classes, _) =
        classes.split_once("export type InitInput").context("wasm-bindgen writes other types")?;
    let sources = types::Sources::read(&root(), variant.full)?;
    let whole = format!("{classes}\n{}", sources.declarations(classes)?);
    let entry = folder.join("index.d.ts");
    let exports = types::exports(&whole);
    let line = format!("export {{\n    {},\n}} from \"./streamscope.js\";\n", exports.join(",\n    "));
    let sets = if variant.full { "export { ItemSet } from \"./sets.js\";\n" } else { "" };
    fs::write(&entry, fs::read_to_string(&entry)? + &line + sets)?;
    fs::write(&declared, whole).context("cannot write the types")
}

/// Writes a variant's weight into the table of the package's README.
fn state(package: &Path, variant: &Variant, kilobytes: u64) -> Result<()> {
    let readme = package.join("README.md");
    let row = format!("| `{}` | ", variant.entry);
    let stated = fs::read_to_string(&readme)?
        .lines()
        .map(|line| match line.strip_prefix(&row).and_then(|rest| rest.split_once(" kB")) {
            Some((_, rest)) => format!("{row}{kilobytes} kB{rest}\n"),
            None => format!("{line}\n"),
        })
        .collect::<String>();
    if !stated.contains(&format!("{row}{kilobytes} kB")) {
        bail!("web/npm/README.md has no row for {} in its table of sizes", variant.entry);
    }
    fs::write(&readme, stated).context("cannot write the README")
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

//! `cargo xtask npm`: the npm package in `dist/npm/`, ready for `npm pack`.
//!
//! wasm-bindgen writes the wasm, its JavaScript and the types of its classes; [`types`] adds the types of options and
//! results; [`entry`] says which entries there are and writes what each of them exports; loading, README and
//! package.json come from `web/npm`. An entry is the crate `streamscope-js` with some of its features.

mod entry;
mod types;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::setup;
use crate::shell::{command, output, root, step};
use crate::site::brotli_kilobytes;
use crate::start::target;
use entry::Entry;

/// What every entry has to load its wasm.
const LOADING: [&str; 4] = ["browser.js", "inline.js", "loading.js", "node.js"];

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
    let entries = entry::all();
    assemble(&package, &entries)?;
    // While one entry is compiled, which takes one processor, the one before it is finished.
    let finished = thread::scope(|scope| {
        let mut finishing = Vec::new();
        for entry in &entries {
            let folder = package.join(entry.folder);
            compile(entry, &folder)?;
            finishing.push((entry, scope.spawn(move || finish(entry, &folder))));
        }
        let finished = finishing.into_iter().map(|(entry, work)| {
            let weight =
                work.join().map_err(|_| anyhow::anyhow!("finishing {} panicked", entry.name()))??;
            Ok((entry, weight))
        });
        finished.collect::<Result<Vec<_>>>()
    })?;
    for (entry, kilobytes) in finished {
        if kilobytes > entry.budget_kb {
            bail!(
                "{} weighs {kilobytes} kB brotli; its budget is {} kB (crates/xtask/src/npm/entry.rs)",
                entry.name(),
                entry.budget_kb
            );
        }
        state(&package, entry, kilobytes)?;
    }
    Ok(package)
}

/// Compiles an entry and writes its wasm, JavaScript and declarations into its folder.
fn compile(entry: &Entry, folder: &Path) -> Result<()> {
    let mut build = command("cargo");
    build.args(["build", "--profile", "npm", "--package", "streamscope-js"]);
    build.args(["--target", "wasm32-unknown-unknown", "--no-default-features"]);
    build.args(["--features", &entry.features.join(",")]).args(entry.options);
    step(&format!("building {} for the browser", entry.name()), &mut build)?;
    let wasm = target().join("wasm32-unknown-unknown/npm/streamscope_js.wasm");
    let mut bind = command("wasm-bindgen");
    bind.args(["--target", "web", "--out-name", "streamscope", "--out-dir"]).arg(folder).arg(wasm);
    step("writing its JavaScript face", &mut bind)
}

/// Makes a compiled entry small and complete, and returns what it weighs in kilobytes of brotli.
fn finish(entry: &Entry, folder: &Path) -> Result<u64> {
    declare(entry, folder)?;
    let module = folder.join("streamscope_bg.wasm");
    let script = folder.join("streamscope.js");
    let mut trim = command("node");
    output(trim.arg("crates/xtask/src/npm/trim.mjs").args([&module, &script]).arg(entry.folder))?;
    let mut optimise = command("wasm-opt");
    optimise.args(entry.optimisations);
    // Functions of similar names are similar: side by side they pack better.
    optimise.args([
        "--reorder-functions-by-name",
        "--enable-simd",
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
    ]);
    optimise.args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"]);
    optimise.args(["--enable-multivalue", "--strip-producers", "--strip-debug", "--output"]);
    step(&format!("optimising {}", entry.name()), optimise.arg(&module).arg(&module))?;
    // Those that wasm-bindgen has written, and those that it has taken from crates.
    for script in scripts(&folder.join("snippets"))?.into_iter().chain([script]) {
        let mut shorten = command("terser");
        output(
            shorten
                .args(["--module", "--compress", "--mangle", "--keep-classnames", "--output"])
                .args([&script, &script]),
        )?;
    }
    let text = inline(&module)?;
    let files = fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    // Other folders are other entries.
    let own = |file: &&PathBuf| (file.is_file() && **file != text) || file.ends_with("snippets");
    let shipped = files.iter().filter(own);
    let kilobytes = brotli_kilobytes(&shipped.map(PathBuf::as_path).collect::<Vec<_>>(), &["wasm", "js"])?;
    eprintln!("  {}: {kilobytes} kB brotli of {}", entry.name(), entry.budget_kb);
    Ok(kilobytes)
}

/// The scripts among and below a folder's files.
fn scripts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.is_dir() {
            found.extend(scripts(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "js") {
            found.push(path);
        }
    }
    Ok(found)
}

/// Copies what is written by hand.
fn assemble(package: &Path, entries: &[Entry]) -> Result<()> {
    let root = root();
    let web = root.join("web/npm");
    fs::create_dir_all(package)?;
    copy_files(&web, package)?;
    for entry in entries {
        let folder = package.join(entry.folder);
        fs::create_dir_all(&folder)?;
        if !entry.folder.is_empty() {
            for file in LOADING.into_iter().chain(["index.d.ts"]) {
                fs::copy(web.join(file), folder.join(file))?;
            }
        }
        for own in entry.hand_written(&web) {
            copy_files(&own, &folder)?;
        }
    }
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(root.join(license), package.join(license))?;
    }
    let face = package.join("package.json");
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let written = fs::read_to_string(&face)?;
    let written = written.replace("\"version\": \"0.0.0\"", &version);
    fs::write(&face, written.replace("\"exports\": {}", &entry::conditions(entries)))?;
    Ok(())
}

/// Copies the files of a folder, not what lies deeper.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for file in fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

/// Adds the types of options and results, and says what the entry exports.
fn declare(entry: &Entry, folder: &Path) -> Result<()> {
    let declared = folder.join("streamscope.d.ts");
    let classes = fs::read_to_string(&declared)?;
    // What follows is how the entries load the wasm, and none of their users' business.
    let (classes, _) =
        classes.split_once("export type InitInput").context("wasm-bindgen writes other types")?;
    let classes = format!("{classes}\n{}", entry.platform_type());
    let sources = types::Sources::read(&root(), &entry::PLATFORMS, &entry.features)?;
    let whole = format!("{classes}\n{}", sources.declarations(&classes)?);
    let own = entry.exported_by_hand(&root().join("web/npm"))?;
    let index = folder.join("index.d.ts");
    let types = entry::exported_types(&types::exports(&whole), &own);
    fs::write(&index, fs::read_to_string(&index)? + &types)?;
    fs::write(folder.join("face.js"), entry::face(&classes, &own))?;
    fs::write(&declared, whole).context("cannot write the types")
}

/// Writes an entry's weight into the table of the package's README.
fn state(package: &Path, entry: &Entry, kilobytes: u64) -> Result<()> {
    let readme = package.join("README.md");
    let row = format!("| `{}` | ", entry.name());
    let stated = fs::read_to_string(&readme)?
        .lines()
        .map(|line| match line.strip_prefix(&row).and_then(|rest| rest.split_once(" kB")) {
            Some((_, rest)) => format!("{row}{kilobytes} kB{rest}\n"),
            None => format!("{line}\n"),
        })
        .collect::<String>();
    if !stated.contains(&format!("{row}{kilobytes} kB")) {
        bail!("web/npm/README.md has no row for {} in its table of sizes", entry.name());
    }
    fs::write(&readme, stated).context("cannot write the README")
}

/// Writes the wasm as a module of text, for places that cannot serve a file.
fn inline(module: &Path) -> Result<PathBuf> {
    const SCRIPT: &str = "
        const fs = require('fs');
        const [wasm, script] = process.argv.slice(1);
        fs.writeFileSync(script, `export default \"${fs.readFileSync(wasm).toString('base64')}\";\\n`);";
    let script = module.with_file_name("wasm-text.js");
    output(command("node").args(["-e", SCRIPT]).arg(module).arg(&script))?;
    Ok(script)
}

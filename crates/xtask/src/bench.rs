//! `cargo xtask bench`: benchmarks with peers side by side; every answer is checked first. Parsers and the explorer run
//! in a headless browser, reads beside the official Python client, a Joule node's data beside curl, a Braincube answer
//! beside JSON.parse; what every parser takes for twice the input beside what it takes for one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::joule::Node;
use crate::shell::{command, on_processor, run as execute, step};
use crate::start::{self, target};
use crate::{fuzz, npm, setup, site};

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let json = match arguments {
        [] => None,
        [flag, file] if flag == "--json" => Some(Path::new(file)),
        _ => bail!("`bench` takes --json FILE and nothing else"),
    };
    setup::for_site()?;
    setup::for_browser()?;
    let package = npm::build()?;
    let parts = [
        (target().join("bench-parsers.json"), "parsers"),
        (target().join("bench-explorer.json"), "explorer"),
        (target().join("bench-read.json"), "read"),
        (target().join("bench-joule.json"), "joule"),
        (target().join("bench-joule-apart.json"), "joule_apart"),
        (target().join("bench-braincube.json"), "braincube"),
        (target().join("bench-first-sample.json"), "first_sample"),
        (target().join("bench-files.json"), "files"),
    ];
    execute(command("node").arg("web/bench/run.mjs").arg(&package).arg("--json").arg(&parts[0].0))?;
    execute(command("node").arg("web/bench/braincube.mjs").arg(&package).arg("--json").arg(&parts[5].0))?;
    let mut explorer = command("node");
    explorer.arg("web/bench/explorer.mjs").arg("--json").arg(&parts[1].0);
    execute(site::served(&mut explorer, &start::sandbox()?)?)?;
    let mut first_sample = command("node");
    first_sample.arg("web/bench/first_sample.mjs").arg("--json").arg(&parts[6].0);
    execute(site::served(&mut first_sample, &start::sandbox()?)?)?;
    let mut files = command("node");
    files.arg("web/bench/files.mjs").arg(&package).arg("--json").arg(&parts[7].0);
    execute(site::served(&mut files, &start::sandbox()?)?)?;
    fuzz::time_growth()?;
    read(&parts[2].0)?;
    joule(&parts[3].0, &parts[4].0)?;
    match json {
        Some(file) => join(&parts, file),
        None => Ok(()),
    }
}

/// A long read by our client and by the official one, from the same sandbox.
fn read(file: &Path) -> Result<()> {
    let python = setup::python(setup::Environment::Current)?;
    let (sandbox, data) = (start::sandbox()?, start::demo_data());
    let mut read = command("cargo");
    read.args(["run", "--quiet", "--package", "streamscope-tests", "--example", "rune_read", "--", "--json"]);
    read.arg(file).env("STREAMSCOPE_PYTHON", python);
    execute(read.env("STREAMSCOPE_SANDBOX", sandbox).env("STREAMSCOPE_DATA", data))
}

/// A stream of two million rows from a real Joule node, by our client in the browser and by curl: where all share the
/// processors, and where the node has one to itself and its readers another, as with a node on another machine.
fn joule(shared: &Path, apart: &Path) -> Result<()> {
    let module = joule_module()?;
    let node = Node::start()?;
    let mut bench = command("node");
    bench.arg("web/bench/joule.mjs").arg(&module).arg("--json").arg(shared);
    execute(bench.envs(node.variables()))?;
    drop(node);
    let node = Node::start_on(Some("0"))?;
    let mut bench = on_processor(Some("1"), "node");
    bench.arg("web/bench/joule.mjs").arg(&module).arg("--json").arg(apart);
    bench.args(["--smooth", "--setting", "the node has a processor to itself"]);
    execute(bench.envs(node.variables()))
}

/// Builds the client for that, and returns its folder.
fn joule_module() -> Result<PathBuf> {
    let folder = target().join("bench-joule");
    let mut build = command("cargo");
    build.args(["build", "--release", "--package", "streamscope-client", "--example", "joule_read"]);
    step("building the client for the browser", build.args(["--target", "wasm32-unknown-unknown"]))?;
    let wasm = target().join("wasm32-unknown-unknown/release/examples/joule_read.wasm");
    let mut bind = command("wasm-bindgen");
    bind.args(["--target", "web", "--out-dir"]).arg(&folder).arg(wasm);
    step("writing its JavaScript face", &mut bind)?;
    Ok(folder)
}

/// One file of all figures: an object with one member a benchmark.
fn join(parts: &[(PathBuf, &str)], file: &Path) -> Result<()> {
    let members =
        parts.iter().map(|(part, name)| Ok(format!("\"{name}\": {}", std::fs::read_to_string(part)?.trim())));
    let members = members.collect::<Result<Vec<_>>>()?;
    std::fs::write(file, format!("{{\n{}\n}}\n", members.join(",\n")))
        .with_context(|| format!("cannot write {}", file.display()))
}

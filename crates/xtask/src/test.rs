//! `cargo xtask test`: everything that continuous integration runs, cheapest first.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::joule::Node;
use crate::shell::{command, root, run as execute, which};
use crate::{fuzz, lint, npm, setup, site, start};

/// Flows that pass as well where nobody serves the page anything.
const BARE: [&str; 7] = [
    "tests/browser/axes.test.mjs",
    "tests/browser/braincube.test.mjs",
    "tests/browser/events.test.mjs",
    "tests/browser/exports.test.mjs",
    "tests/browser/flows.test.mjs",
    "tests/browser/joule.test.mjs",
    "tests/browser/subjects.test.mjs",
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`test` takes no `{unknown}`: it runs everything (cargo nextest run NAME runs one test)");
    }
    setup::for_test()?;
    let pythons = setup::Environment::ALL.map(|(environment, name)| Ok((name, setup::python(environment)?)));
    let pythons = pythons.into_iter().collect::<Result<Vec<_>>>()?;
    lint::check()?;
    eprintln!("· native tests");
    let mut native = command("cargo");
    native.args(["nextest", "run", "--workspace", "--no-fail-fast"]).envs(pythons.clone());
    let node = Node::start()?;
    execute(native.envs(node.variables()))?;
    eprintln!("· a minute of fuzzing");
    fuzz::for_a_minute()?;
    let driver = which("chromedriver").context("chromedriver is missing")?;
    for package in ["crates/js", "crates/client", "crates/explorer"] {
        eprintln!("· browser tests of {package}");
        let mut browser = command("wasm-pack");
        browser.args(["test", "--headless", "--chrome", "--mode", "no-install", "--release"]);
        // wasm-pack hands all that follows the package to cargo.
        browser.arg("--chromedriver").arg(&driver).args([package, "--test", "web"]);
        execute(&mut browser)?;
    }
    let sandbox = start::tested_sandbox()?;
    npm::build()?;
    eprintln!("· the npm package where it promises to work");
    let mut package = command("node");
    package.args(["--test", "--test-concurrency=1", "tests/npm/"]).envs(pythons.clone());
    package.envs(node.variables());
    execute(site::served(&mut package, &sandbox)?)?;
    eprintln!("· flows through the built site");
    let (alone, others): (Vec<_>, Vec<_>) = flows()?.into_iter().partition(|flow| flow.ends_with(ALONE));
    for (at_once, files) in [("2", others), ("1", alone)] {
        let mut flows = command("node");
        flows.args(["--test", &format!("--test-concurrency={at_once}")]).args(files);
        flows.envs(pythons.clone()).envs(node.variables());
        execute(site::served(&mut flows, &sandbox)?)?;
    }
    eprintln!("· the same flows on a bare file server");
    let mut bare = command("node");
    bare.args(["--test", "--test-concurrency=2"]).args(BARE).envs(pythons).env("STREAMSCOPE_BARE", "yes");
    execute(site::served(&mut bare, &sandbox)?)
}

/// The file whose flows say how quick a page is: it has the machine to itself.
const ALONE: &str = "braincube.test.mjs";

/// The files of flows.
fn flows() -> Result<Vec<PathBuf>> {
    let files = root().join("tests/browser").read_dir()?.map(|file| Ok(file?.path()));
    let files = files.collect::<Result<Vec<_>>>()?.into_iter();
    let mut flows: Vec<_> = files.filter(|file| file.to_string_lossy().ends_with(".test.mjs")).collect();
    flows.sort();
    Ok(flows)
}

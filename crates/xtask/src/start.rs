//! `cargo xtask start`: the explorer on the demo recordings, from one command.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::shell::{command, root, step, which};
use crate::{setup, site};

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Options { port, open, passed } = options(arguments)?;
    setup::for_site()?;
    let sandbox = sandbox()?;
    let site = site::explorer()?;
    let mut serve = command(sandbox);
    serve.args(["--port", &port.to_string()]).arg("--data").arg(demo_data()).arg("--site").arg(site);
    serve.args(passed);
    let mut child = serve.stdout(Stdio::piped()).spawn().context("could not start the sandbox")?;
    let said = child.stdout.take().context("the sandbox has no output")?;
    for line in BufReader::new(said).lines() {
        let line = line?;
        println!("{line}");
        if let (true, Some(address)) = (open, line.strip_prefix("ready ")) {
            open_browser(address);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("the sandbox stopped ({status}); is port {port} taken? Another is chosen with --port N");
    }
    Ok(())
}

/// Builds the sandbox and returns its program.
pub(crate) fn sandbox() -> Result<PathBuf> {
    let mut build = command("cargo");
    build.args(["build", "--package", "streamscope-sandbox", "--bin", "streamscope-sandbox"]);
    step("building the sandbox", &mut build)?;
    Ok(program())
}

/// The sandbox's program as the native tests were just built with it. Built alone it would have half of its dependencies
/// built once more, with other features.
pub(crate) fn tested_sandbox() -> Result<PathBuf> {
    let program = program();
    if !program.is_file() {
        bail!("{} is missing, which the sandbox's own tests need", program.display());
    }
    Ok(program)
}

fn program() -> PathBuf {
    target().join("debug/streamscope-sandbox")
}

/// Where the demo recordings are kept once made.
pub(crate) fn demo_data() -> PathBuf {
    target().join("demo.db")
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

struct Options {
    port: u16,
    open: bool,
    /// Options that are the sandbox's own, with their values.
    passed: Vec<String>,
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options { port: 8787, open: true, passed: Vec::new() };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--no-open" => options.open = false,
            "--port" => {
                let given = words.next().context("--port needs a number")?;
                options.port =
                    given.parse().with_context(|| format!("--port: `{given}` is not a port (0 to 65535)"))?;
            }
            "--relay" | "--relay-origin" | "--allow-host" => {
                let value = words.next().with_context(|| format!("{word} needs a value"))?;
                options.passed.extend([word.clone(), value.clone()]);
            }
            other => bail!(
                "`start` takes no `{other}` (it takes --port N, --no-open, --relay NAME=URL, --relay-origin ORIGIN and \
                 --allow-host NAME)"
            ),
        }
    }
    Ok(options)
}

/// Opens the person's browser where there is a desktop; the printed address serves everyone else.
fn open_browser(address: &str) {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if (desktop || cfg!(target_os = "macos")) && which(opener).is_some() {
        let _ = command(opener).arg(address).stderr(Stdio::null()).spawn();
    }
}

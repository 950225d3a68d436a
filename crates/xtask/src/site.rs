//! `cargo xtask site`: the static site in `dist/site/`, relative paths, to be hosted anywhere.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::shell::{command, output, root, step};
use crate::{setup, start};

/// What the page may weigh on the wire, in kilobytes of brotli over all its files but pictures.
const BUDGET_KB: u64 = 1_190;

/// What the site is made of: when none of it is newer than the site, the site stands.
const INPUTS: [&str; 14] = [
    ".cargo/config.toml",
    "crates/frame/src",
    "crates/signal/src",
    "crates/client/src",
    "crates/selection/src",
    "crates/explorer/src",
    "crates/explorer/Cargo.toml",
    "web/styles",
    "web/assets",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`site` takes no `{unknown}`");
    }
    setup::for_site()?;
    let site = build()?;
    let kilobytes = weigh(&site)?;
    println!("{} ({kilobytes} kB brotli of {BUDGET_KB})", site.display());
    Ok(())
}

/// Builds the site unless it stands already, and returns its folder.
pub(crate) fn build() -> Result<PathBuf> {
    let site = root().join("dist/site");
    let newest = INPUTS.iter().filter_map(|input| newest(&root().join(input))).max();
    let built = site.join("index.html").metadata().and_then(|meta| meta.modified()).ok();
    if built >= newest && built.is_some() {
        return Ok(site);
    }
    let mut build = command("trunk");
    build.args(["build", "--release"]).env("NO_COLOR", "true");
    step("building the explorer for the browser", &mut build)?;
    weigh(&site)?;
    Ok(site)
}

/// Tells a Node program where the built site, the sandbox that serves it and its recordings are.
pub(crate) fn served<'a>(program: &'a mut Command, sandbox: &Path) -> Result<&'a mut Command> {
    let site = build()?;
    let data = start::demo_data();
    Ok(program
        .env("STREAMSCOPE_SANDBOX", sandbox)
        .env("STREAMSCOPE_SITE", site)
        .env("STREAMSCOPE_DATA", data))
}

/// Checks the size budget; kilobytes over all files that a visit loads.
fn weigh(site: &Path) -> Result<u64> {
    let kilobytes = brotli_kilobytes(&[site], &["wasm", "js", "css", "html"])?;
    if kilobytes > BUDGET_KB {
        bail!(
            "the site weighs {kilobytes} kB brotli; its budget is {BUDGET_KB} kB (crates/xtask/src/site.rs)"
        );
    }
    Ok(kilobytes)
}

/// Brotli size of the files among and below `folders` that end so.
pub(crate) fn brotli_kilobytes(folders: &[&Path], endings: &[&str]) -> Result<u64> {
    const SCRIPT: &str = "
        const fs = require('fs'), path = require('path'), zlib = require('zlib');
        const [endings, ...folders] = process.argv.slice(1);
        const ends = new Set(endings.split(','));
        let bytes = 0;
        for (const folder of folders)
            for (const name of fs.statSync(folder).isDirectory() ? fs.readdirSync(folder, { recursive: true }) : [''])
                if (ends.has(path.join(folder, name).split('.').pop()))
                    bytes += zlib.brotliCompressSync(fs.readFileSync(path.join(folder, name))).length;
        console.log(Math.ceil(bytes / 1000));";
    let printed = output(command("node").args(["-e", SCRIPT, &endings.join(",")]).args(folders))?;
    printed.trim().parse().with_context(|| format!("unexpected size `{}`", printed.trim()))
}

fn newest(path: &Path) -> Option<SystemTime> {
    let own = path.metadata().ok()?.modified().ok();
    let below =
        path.read_dir().ok().into_iter().flatten().flatten().filter_map(|entry| newest(&entry.path()));
    own.into_iter().chain(below).max()
}

//! `cargo xtask site`: the static site in `dist/site/`, relative paths, to be hosted anywhere; and the same in one file.

mod demo;
mod single;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::shell::{command, output, root, step};
use crate::{setup, start};
use demo::Demo;

/// What the page may weigh on the wire, in kilobytes of brotli over all its files but pictures.
const BUDGET_KB: u64 = 1_245;

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
    let (site, demo) = build_all()?;
    println!("{} ({} kB brotli of {BUDGET_KB})", site.display(), weigh(&site)?);
    println!("  its demo, loaded when it is asked for ({})", demo.weigh()?);
    println!("{} ({})", single::path().display(), single::write(&site, &demo)?);
    Ok(())
}

/// Builds the site with its demo, and the single file.
fn build_all() -> Result<(PathBuf, Demo)> {
    let site = explorer()?;
    let demo = demo::build()?;
    demo.add_to(&site)?;
    Ok((site, demo))
}

/// Builds the site without its demo, unless it stands already, and returns its folder: what a sandbox serves.
pub(crate) fn explorer() -> Result<PathBuf> {
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
    let (site, demo) = build_all()?;
    demo.weigh()?;
    single::write(&site, &demo)?;
    let data = start::demo_data();
    Ok(program
        .env("STREAMSCOPE_SANDBOX", sandbox)
        .env("STREAMSCOPE_SITE", site)
        .env("STREAMSCOPE_DATA", data))
}

/// Checks the size budget; kilobytes over all files that every visit loads.
fn weigh(site: &Path) -> Result<u64> {
    let files = site.read_dir()?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let demo =
        |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("demo-"));
    let visited: Vec<_> = files.iter().filter(|file| !demo(file)).map(PathBuf::as_path).collect();
    let kilobytes = brotli_kilobytes(&visited, &["wasm", "js", "css", "html"])?;
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

//! Node and the packages of the root package.json.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::debian;
use crate::shell::{command, output, root, step, which};

const OLDEST: u32 = 20;

/// Node itself, and `node_modules` as package-lock.json says.
pub(super) fn packages() -> Result<()> {
    node()?;
    let (lock, installed) =
        (root().join("package-lock.json"), root().join("node_modules/.package-lock.json"));
    let time = |file: &PathBuf| file.metadata().and_then(|meta| meta.modified()).ok();
    if time(&installed).is_some_and(|installed| time(&lock).is_some_and(|lock| lock <= installed)) {
        return Ok(());
    }
    let mut install = command("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    step("installing Node packages", &mut install)
}

fn node() -> Result<()> {
    if which("node").is_none() || which("npm").is_none() {
        debian::install("Node", &["nodejs", "npm"], "Install Node 20 or newer.")?;
    }
    let version = output(command("node").arg("--version"))?;
    let major: u32 =
        version.trim().trim_start_matches('v').split('.').next().unwrap_or("").parse().unwrap_or(0);
    if major < OLDEST {
        bail!("Node {} is too old: version {OLDEST} or newer is needed (see nodejs.org).", version.trim());
    }
    Ok(())
}

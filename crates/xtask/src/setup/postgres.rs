//! PostgreSQL, which Joule nodes keep their data in.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::debian;
use crate::shell::which;

/// Where Debian puts the programs, a folder a version; they are not on its PATH.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder of PostgreSQL's programs.
pub(crate) fn postgres() -> Result<PathBuf> {
    if let Some(folder) = programs() {
        return Ok(folder);
    }
    let elsewhere = "Install PostgreSQL 14 or newer, with `initdb`, `postgres` and `psql` on the PATH.";
    debian::install("PostgreSQL", &["postgresql"], elsewhere)?;
    programs().context("PostgreSQL is installed, but its programs are not where they should be")
}

/// The newest version of Debian's, or what is on the PATH.
fn programs() -> Option<PathBuf> {
    let versions = Path::new(DEBIAN).read_dir().ok().into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder).or_else(|| Some(which("initdb")?.parent()?.to_path_buf()))
}

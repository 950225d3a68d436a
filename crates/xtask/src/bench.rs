//! `cargo xtask bench`: benchmarks with peers side by side in one headless browser; every answer is checked first.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{command, run as execute};
use crate::start::target;
use crate::{npm, setup, site};

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
    ];
    execute(command("node").arg("web/bench/run.mjs").arg(package).arg("--json").arg(&parts[0].0))?;
    let mut explorer = command("node");
    explorer.arg("web/bench/explorer.mjs").arg("--json").arg(&parts[1].0);
    execute(site::served(&mut explorer)?)?;
    match json {
        Some(file) => join(&parts, file),
        None => Ok(()),
    }
}

/// One file of all figures: an object with one member a benchmark.
fn join(parts: &[(PathBuf, &str)], file: &Path) -> Result<()> {
    let members =
        parts.iter().map(|(part, name)| Ok(format!("\"{name}\": {}", std::fs::read_to_string(part)?.trim())));
    let members = members.collect::<Result<Vec<_>>>()?;
    std::fs::write(file, format!("{{\n{}\n}}\n", members.join(",\n")))
        .with_context(|| format!("cannot write {}", file.display()))
}

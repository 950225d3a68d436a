//! Running other programs: found on one PATH, silent until they fail, or shown while they work.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The project's root folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Folder of what outlives a clone: tools, the Python environment. Shared by all clones of one person.
pub(crate) fn cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    base.or(home).unwrap_or_else(std::env::temp_dir).join("streamscope")
}

/// A command that sees our tools first, and nothing of the cargo that runs us: `cargo xtask` may itself run
/// under another toolchain than the one that builds for the browser.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).env("PATH", path()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let ours = ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH", "OUT_DIR"];
        if ours.contains(&text.as_ref())
            || text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
        {
            command.env_remove(&name);
        }
    }
    command
}

/// The same, kept to one processor where one is named (Linux).
pub(crate) fn on_processor(processor: Option<&str>, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let Some(processor) = processor else { return command(program) };
    let mut kept = command("taskset");
    kept.args(["--cpu-list", processor]).arg(program);
    kept
}

/// Where programs are looked for: the wasm toolchain (when set-up had to make one), tools, Node packages, the rest.
fn path() -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let first = [cache().join("toolchain/bin"), root().join("node_modules/.bin"), cache().join("bin")];
    std::env::join_paths(first.into_iter().chain(std::env::split_paths(&rest))).unwrap_or(rest)
}

/// Where a program stands, if anywhere.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&path()).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Runs a command with its output on the terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs a command and returns what it printed; what it said is part of the error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("could not start {}", name(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({})\n{}", name(command), output.status, tail(&said, 40));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a long step: one line at its start, a sign of life every 30 s, one line with its duration at its end;
/// its output goes to a log that is named when it fails.
pub(crate) fn step(what: &str, command: &mut Command) -> Result<()> {
    let log =
        cache().join("logs").join(format!("{}.log", what.replace(|c: char| !c.is_ascii_alphanumeric(), "-")));
    std::fs::create_dir_all(log.parent().unwrap_or(&log))?;
    let file = std::fs::File::create(&log)?;
    eprintln!("· {what} …");
    let begun = Instant::now();
    let mut child = command
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()
        .with_context(|| format!("could not start {}", name(command)))?;
    let mut next_sign = Duration::from_secs(30);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > next_sign {
            eprintln!("  … {} s", next_sign.as_secs());
            next_sign += Duration::from_secs(30);
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    if !status.success() {
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        bail!(
            "{what}: {} failed ({status})\n{}\n(all of it: {})",
            name(command),
            tail(&said, 40),
            log.display()
        );
    }
    eprintln!("  done in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Runs a command for at most `limit`; false when it failed or had to be stopped.
pub(crate) fn within(limit: Duration, command: &mut Command) -> Result<bool> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill()?;
    child.wait()?;
    Ok(false)
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args().take(4));
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

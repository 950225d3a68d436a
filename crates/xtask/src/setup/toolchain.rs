//! A Rust toolchain with the wasm32-unknown-unknown target.
//!
//! Where rustup cannot download the target (machines that reach only package registries), Debian's own toolchain
//! and its standard-library source take its place: the library is built once for wasm, and links to that
//! toolchain stand first on the PATH of everything `xtask` runs, so one compiler builds all.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::debian;
use crate::shell::{cache, command, output, step, which, within};

const TARGET: &str = "wasm32-unknown-unknown";
const RUSTUP_PATIENCE: Duration = Duration::from_secs(15);
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";
const PROGRAMS: [&str; 6] = ["cargo", "rustc", "rustdoc", "cargo-clippy", "clippy-driver", "cargo-fmt"];

/// Makes sure that `cargo build --target wasm32-unknown-unknown` works.
pub(super) fn wasm_target() -> Result<()> {
    if has_target()? {
        return Ok(());
    }
    if !Path::new("/usr/lib/rustlib").exists() || !has_library(Path::new(DEBIAN_LIBRARY)) {
        if which("rustup").is_some() {
            eprintln!("· adding the Rust target {TARGET} (giving rustup {} s) …", RUSTUP_PATIENCE.as_secs());
            if within(RUSTUP_PATIENCE, command("rustup").args(["target", "add", TARGET]))? && has_target()? {
                return Ok(());
            }
            eprintln!(
                "  rustup could not download it in time; using Debian's toolchain and building the target"
            );
        }
        debian::install(
            "a Rust toolchain for the browser",
            &["rustc-web", "cargo-web", "rust-web-src"],
            &format!("Run `rustup target add {TARGET}` and try again."),
        )?;
        build_library()?;
    }
    link_toolchain()?;
    if !has_target()? {
        bail!("the Rust target {TARGET} was built, but the compiler does not find it in {DEBIAN_LIBRARY}");
    }
    Ok(())
}

/// Makes sure that clippy and rustfmt run under the toolchain in use.
pub(super) fn lint_tools() -> Result<()> {
    let linked = linked_bin().join("rustc").exists();
    // Clippy must be of the very compiler in use: rustup's would answer too, and then fail.
    let clippy = !linked || linked_bin().join("cargo-clippy").exists();
    let answers = |tool: &str| output(command("cargo").args([tool, "--version"])).is_ok();
    if clippy && answers("clippy") && answers("fmt") {
        return Ok(());
    }
    if linked {
        debian::install(
            "clippy and rustfmt",
            &["rust-web-clippy", "rustfmt-web"],
            "Install clippy and rustfmt.",
        )?;
        return link_toolchain();
    }
    bail!("clippy or rustfmt is missing. Run `rustup component add clippy rustfmt` and try again.")
}

fn has_target() -> Result<bool> {
    let sysroot =
        output(command("rustc").args(["--print", "sysroot"])).context("Rust is missing: see rustup.rs")?;
    Ok(has_library(&Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib")))
}

fn has_library(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Builds the standard library for wasm from Debian's source, with bitcode so that link-time optimisation works.
fn build_library() -> Result<()> {
    let seed = cache().join("std-for-wasm");
    std::fs::create_dir_all(seed.join("src"))?;
    std::fs::write(
        seed.join("Cargo.toml"),
        "[package]\nname = \"seed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
         [profile.release]\npanic = \"abort\"\n[workspace]\n",
    )?;
    std::fs::write(seed.join("src/lib.rs"), "#![no_std]\n")?;
    let mut build = command("/usr/bin/cargo");
    build
        .current_dir(&seed)
        .args([
            "build",
            "-Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro",
            "--release",
            "--target",
            TARGET,
        ])
        .env("RUSTC", "/usr/bin/rustc")
        // Building std is an unstable feature; Debian's compiler is a stable one that must be told.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", seed.join("target"));
    step("building the Rust standard library for the browser", &mut build)?;
    std::fs::create_dir_all(DEBIAN_LIBRARY).with_context(|| format!("cannot write {DEBIAN_LIBRARY}"))?;
    for entry in seed.join("target").join(TARGET).join("release/deps").read_dir()?.flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libseed") {
            std::fs::copy(entry.path(), Path::new(DEBIAN_LIBRARY).join(&name))?;
        }
    }
    Ok(())
}

fn linked_bin() -> PathBuf {
    cache().join("toolchain/bin")
}

/// Puts Debian's programs, and a linker for wasm, first on the PATH of what `xtask` runs.
fn link_toolchain() -> Result<()> {
    let bin = linked_bin();
    std::fs::create_dir_all(&bin)?;
    for program in PROGRAMS {
        let target = Path::new("/usr/bin").join(program);
        if target.exists() {
            link(&target, &bin.join(program))?;
        }
    }
    link(&wasm_linker()?, &bin.join("rust-lld"))
}

/// `rust-lld` of a rustup toolchain, or Debian's `lld`.
fn wasm_linker() -> Result<PathBuf> {
    let toolchains = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".rustup")))
        .map(|home| home.join("toolchains"));
    let shipped = toolchains.and_then(|folder| {
        let mut found = folder
            .read_dir()
            .ok()?
            .flatten()
            .map(|entry| entry.path().join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld"));
        found.find(|file| file.exists())
    });
    if let Some(linker) = shipped {
        return Ok(linker);
    }
    if which("wasm-ld").is_none() {
        debian::install("a linker for the browser", &["lld"], "Install lld.")?;
    }
    which("lld").context("lld is installed, but no program `lld` is on the PATH")
}

fn link(target: &Path, at: &Path) -> Result<()> {
    if std::fs::read_link(at).is_ok_and(|there| there == target) {
        return Ok(());
    }
    let _ = std::fs::remove_file(at);
    std::os::unix::fs::symlink(target, at).with_context(|| format!("cannot link {}", at.display()))
}

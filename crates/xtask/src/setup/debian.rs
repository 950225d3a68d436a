//! Debian packages: installed as root, named otherwise.

use anyhow::{Result, bail};

use crate::shell::{command, output, step, which};

/// Installs Debian packages for `purpose`; where that cannot be done here, the error says what to do by hand.
pub(super) fn install(purpose: &str, packages: &[&str], elsewhere: &str) -> Result<()> {
    let list = packages.join(" ");
    if which("apt-get").is_none() {
        bail!("{purpose} is missing. {elsewhere}");
    }
    if output(command("id").arg("-u"))?.trim() != "0" {
        bail!("{purpose} is missing. Run `sudo apt-get install {list}` and try again.");
    }
    let mut install = command("apt-get");
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    // Package lists of a fresh machine are empty or old.
    step("refreshing the Debian package lists", command("apt-get").arg("update"))?;
    step(&format!("installing {list} ({purpose})"), &mut install)
}

/// A C and C++ compiler and linker: SQLite and the fuzzer are built from source, and Rust links with it.
pub(super) fn compiler() -> Result<()> {
    if which("cc").is_some() && which("c++").is_some() {
        return Ok(());
    }
    let elsewhere = "Install a C and a C++ compiler (clang or gcc) as `cc` and `c++`.";
    install("a C and C++ compiler", &["build-essential"], elsewhere)
}

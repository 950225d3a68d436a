//! Chromium and its driver, for tests and benchmarks.

use anyhow::Result;

use super::debian;
use crate::shell::which;

pub(super) fn chromium() -> Result<()> {
    if which("chromium").is_some() && which("chromedriver").is_some() {
        return Ok(());
    }
    debian::install(
        "Chromium with its driver",
        &["chromium", "chromium-driver"],
        "Install Chromium and chromedriver of the same version as `chromium` and `chromedriver`.",
    )
}

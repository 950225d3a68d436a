//! A virtual environment with the official Python clients, as tests/conformance/requirements.txt pins them.

use std::path::PathBuf;

use anyhow::Result;

use super::debian;
use crate::shell::{cache, command, output, root, step, which};

/// The environment's Python.
pub(crate) fn python() -> Result<PathBuf> {
    let requirements = root().join("tests/conformance/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements)?;
    let folder = cache().join("python");
    let (python, stamp) = (folder.join("bin/python"), folder.join("requirements.txt"));
    if python.exists() && std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    if which("python3").is_none()
        || output(command("python3").args(["-c", "import venv, ensurepip"])).is_err()
    {
        debian::install("Python with venv", &["python3", "python3-venv"], "Install Python 3.11 or newer.")?;
    }
    step("making a Python environment", command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut install = command(&python);
    install.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements);
    step("installing the official Python clients", &mut install)?;
    std::fs::write(stamp, wanted)?;
    Ok(python)
}

//! Virtual environments with the official Python clients, as the requirement files in tests/ pin them.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::debian;
use crate::shell::{cache, command, output, root, step, which};

/// An environment of its own for each set of clients that do not get along.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Environment {
    /// The current clients.
    Current,
    /// The last Rune client with the V1 Stream API and metrics, which needs an older numpy.
    RuneV1,
    /// Joule: a node and its client in one package.
    Joule,
    /// Braincube's client, which needs an older pandas.
    Braincube,
    /// Readers of recordings, and public recordings, which come in packages.
    Files,
}

impl Environment {
    /// Each, with the variable that names its Python to the tests.
    pub(crate) const ALL: [(Self, &str); 5] = [
        (Self::Current, "STREAMSCOPE_PYTHON"),
        (Self::RuneV1, "STREAMSCOPE_PYTHON_V1"),
        (Self::Joule, "STREAMSCOPE_PYTHON_JOULE"),
        (Self::Braincube, "STREAMSCOPE_PYTHON_BRAINCUBE"),
        (Self::Files, "STREAMSCOPE_PYTHON_FILES"),
    ];

    /// The requirement file in tests/, and the folder in the cache.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Current => ("conformance/requirements.txt", "python"),
            Self::RuneV1 => ("conformance/requirements-v1.txt", "python-v1"),
            Self::Joule => ("joule/requirements.txt", "python-joule"),
            Self::Braincube => ("conformance/requirements-braincube.txt", "python-braincube"),
            Self::Files => ("conformance/requirements-files.txt", "python-files"),
        }
    }

    /// What pip is told beside the requirements.
    fn flags(self) -> &'static [&'static str] {
        match self {
            // A package is wanted for its recordings alone: what its programs need is left out.
            Self::Files => &["--no-deps"],
            _ => &[],
        }
    }
}

/// The environment's Python.
pub(crate) fn python(environment: Environment) -> Result<PathBuf> {
    let (file, folder) = environment.names();
    let requirements = root().join("tests").join(file);
    let wanted = std::fs::read_to_string(&requirements)?;
    let folder = cache().join(folder);
    let (python, stamp) = (folder.join("bin/python"), folder.join("requirements.txt"));
    if python.exists() && std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    if which("python3").is_none()
        || output(command("python3").args(["-c", "import venv, ensurepip"])).is_err()
    {
        debian::install("Python with venv", &["python3", "python3-venv"], "Install Python 3.11 or newer.")?;
    }
    if output(command("python3").args(["-c", "import sys; assert sys.version_info >= (3, 10)"])).is_err() {
        bail!("Python is too old for the official clients: install version 3.11 or newer as `python3`.");
    }
    step("making a Python environment", command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut install = command(&python);
    install.args(["-m", "pip", "install", "--quiet"]).args(environment.flags());
    install.arg("--requirement").arg(&requirements);
    step(&format!("installing the official Python clients ({file})"), &mut install)?;
    std::fs::write(stamp, wanted)?;
    Ok(python)
}

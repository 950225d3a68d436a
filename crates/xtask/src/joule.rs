//! A real Joule node for tests and benchmarks, from tests/joule: on a free port, filled, gone when it is dropped.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup;
use crate::shell::{cache, on_processor, root};

/// A node that runs. It stops when its standard input ends, so that it does not outlive this program, however that ends.
pub(crate) struct Node {
    child: Child,
    input: Option<ChildStdin>,
    url: String,
    key: String,
}

impl Node {
    /// Starts a node and waits until it answers. The first start on a machine fills it, which takes half a minute.
    pub(crate) fn start() -> Result<Self> {
        Self::start_on(None)
    }

    /// The same, on one processor.
    pub(crate) fn start_on(processor: Option<&str>) -> Result<Self> {
        let python = setup::python(setup::Environment::Joule)?;
        let mut node = on_processor(processor, python);
        node.arg(root().join("tests/joule/node.py")).arg("--cache").arg(cache().join("joule"));
        node.arg("--postgres").arg(setup::postgres()?).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.spawn().context("could not start the Joule node")?;
        let input = child.stdin.take();
        let said = child.stdout.take().context("the Joule node has no output")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let (Some("ready"), Some(url), Some(key)) = (words.next(), words.next(), words.next()) else {
            bail!("the Joule node did not start ({})", child.wait()?);
        };
        Ok(Self { url: url.into(), key: key.into(), child, input })
    }

    /// Where it is and its key, in the variables that tests read.
    pub(crate) fn variables(&self) -> [(&'static str, &str); 2] {
        [("STREAMSCOPE_JOULE_URL", &self.url), ("STREAMSCOPE_JOULE_KEY", &self.key)]
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

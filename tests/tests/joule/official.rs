//! The official API as a peer: tests/joule/official.py, one call a line.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The official API on a node.
pub(crate) struct Official {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Official {
    pub(crate) fn start(url: &str, key: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("joule/official.py");
        let mut python = Command::new(super::variable("STREAMSCOPE_PYTHON_JOULE"));
        python.arg(script).args([url, key]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = python.spawn().expect("Python cannot be started");
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, input, output: BufReader::new(output) }
    }

    /// A call's answer, or the words the API raised.
    pub(crate) fn attempt(&mut self, call: &str, arguments: Value) -> Result<Value, String> {
        let request = json!({ "call": call, "arguments": arguments });
        writeln!(self.input.as_mut().unwrap(), "{request}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let mut said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{call} failed: {line}"));
        if let Some(error) = said["error"].as_str() {
            return Err(error.to_string());
        }
        Ok(said["answer"].take())
    }

    /// A call's answer.
    pub(crate) fn call(&mut self, call: &str, arguments: Value) -> Value {
        self.attempt(call, arguments).unwrap_or_else(|error| panic!("the official {call} raised: {error}"))
    }

    /// Every public name of the API.
    pub(crate) fn names(&mut self) -> BTreeSet<String> {
        serde_json::from_value(self.call("names", json!({}))).unwrap()
    }
}

impl Drop for Official {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

//! `cargo xtask`: the tasks that a person types. One file each; what they need is installed by [`setup`].
#![allow(clippy::print_stdout, reason = "a command-line program speaks on standard output")]

mod bench;
mod fuzz;
mod joule;
mod lint;
mod npm;
mod setup;
mod shell;
mod site;
mod start;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <task>

  start [--port 8787] [--no-open] [--relay NAME=URL]
                                   run the explorer on the demo recordings
  test                             everything that continuous integration runs
  site                             build the static site in dist/site/
  npm                              build the npm package in dist/npm/
  bench [--json FILE]              benchmarks with peers side by side in one headless browser
  lint                             formatting and clippy, native and wasm
  fuzz [TARGET] [--seconds 600] [--replay FILE]
                                   look for inputs that break a parser

Each installs what it misses (on Debian), or says what to install.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let done = match task {
        "start" => start::run(rest),
        "test" => test::run(rest),
        "site" => site::run(rest),
        "npm" => npm::run(rest),
        "bench" => bench::run(rest),
        "lint" => lint::run(rest),
        "fuzz" => fuzz::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => Err(anyhow::anyhow!("there is no task `{other}`\n\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

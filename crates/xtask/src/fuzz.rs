//! `cargo xtask fuzz`: looks for inputs that break a promise of a parser, guided by what they reach.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow, bail};

use crate::setup;
use crate::shell::{command, root, run as execute, step};
use crate::start::target;

/// Seconds for each target, where nobody says.
const SECONDS: u64 = 600;
/// The most memory, MiB: what the fuzzer itself holds, and many times what any input may take.
const MEMORY_MIB: u64 = 1024;
/// Seconds after which one input hangs. All take milliseconds.
const HANG_SECONDS: u64 = 20;

/// `fuzz [TARGET] [--seconds N] [--replay FILE]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (mut only, mut seconds, mut replayed) = (None, SECONDS, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("`{argument}` needs a value after it"));
        match argument.as_str() {
            "--seconds" => seconds = value()?.parse().context("--seconds needs a whole number")?,
            "--replay" => replayed = Some(std::fs::canonicalize(value()?).context("the file to replay")?),
            name if !name.starts_with('-') && only.is_none() => only = Some(name.to_string()),
            other => bail!(
                "`fuzz` takes no `{other}`: write cargo xtask fuzz [TARGET] [--seconds N] [--replay FILE]"
            ),
        }
    }
    setup::for_fuzzing()?;
    let programs = Programs::build()?;
    match (only, replayed) {
        (Some(target), Some(file)) => execute(programs.fuzz(&target)?.arg(file)),
        (None, Some(_)) => bail!("--replay needs a target before it: cargo xtask fuzz TARGET --replay FILE"),
        (Some(target), None) => look(&programs, &[target], seconds),
        (None, None) => all(&programs, seconds),
    }
}

/// What every parser takes, and so many seconds in each target.
fn all(programs: &Programs, seconds: u64) -> Result<()> {
    eprintln!("· work and memory of every parser, with little address space");
    execute(&mut programs.growth())?;
    look(programs, &targets()?, seconds)
}

/// A minute for all targets together, as the test command has it.
pub(crate) fn for_a_minute() -> Result<()> {
    setup::for_fuzzing()?;
    all(&Programs::build()?, 3)
}

/// Times how every parser reads twice the input, for the benchmarks: nothing of it is marked.
pub(crate) fn time_growth() -> Result<()> {
    let mut time = command("cargo");
    time.args(["run", "--quiet", "--package", "streamscope-fuzz", "--example", "growth", "--", "--time"]);
    execute(&mut time)
}

/// What was built with its edges marked.
struct Programs {
    folder: PathBuf,
}

impl Programs {
    fn build() -> Result<Self> {
        let mut build = command("cargo");
        // The crates of others are those of the tests: only our own are compiled once more.
        build.args(["build", "--quiet", "--workspace", "--example", "fuzz", "--example", "growth"]);
        build.env("RUSTC_WORKSPACE_WRAPPER", root().join("fuzz/instrument.sh")).env("CARGO_INCREMENTAL", "0");
        step("building the fuzzer", &mut build)?;
        Ok(Self { folder: target().join("debug/examples") })
    }

    /// The fuzzer for a target, under a limit of memory that is no business of its own.
    fn fuzz(&self, target: &str) -> Result<std::process::Command> {
        if !targets()?.iter().any(|known| known == target) {
            bail!("there is no target `{target}`; there are {}", targets()?.join(", "));
        }
        let mut fuzz = command(self.folder.join("fuzz"));
        fuzz.env("STREAMSCOPE_FUZZ", target);
        fuzz.args([format!("-rss_limit_mb={MEMORY_MIB}"), format!("-timeout={HANG_SECONDS}")]);
        Ok(fuzz)
    }

    /// The measure of growth, in less address space than what it reads is long.
    fn growth(&self) -> std::process::Command {
        let mut limited = command("sh");
        limited.args(["-c", "ulimit -v 98304 && exec \"$0\""]).arg(self.folder.join("growth"));
        limited
    }
}

/// Every target has a folder of samples.
fn targets() -> Result<Vec<String>> {
    let folders = corpus().read_dir().context("fuzz/corpus")?.flatten();
    let mut names: Vec<_> = folders.map(|folder| folder.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn corpus() -> PathBuf {
    root().join("fuzz/corpus")
}

/// Looks for so many seconds in each target, in one on each processor. What is found of use is kept in the target folder
/// for the next time.
fn look(programs: &Programs, targets: &[String], seconds: u64) -> Result<()> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut broken = Vec::new();
        while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
            if !is_kept(programs, target, seconds)? {
                broken.push(target.as_str());
            }
        }
        anyhow::Ok(broken)
    };
    let broken: Vec<&str> = std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(targets.len());
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let broken =
            workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a worker is gone"))?);
        broken.collect::<Result<Vec<_>>>()
    })?
    .concat();
    if broken.is_empty() {
        return Ok(());
    }
    bail!("a promise is broken in {}", broken.join(", "))
}

/// Looks in one target, and tells what came of it: whether its promise is kept.
fn is_kept(programs: &Programs, target: &str, seconds: u64) -> Result<bool> {
    let folder = self::found(target);
    let crashes = folder.join("crashes");
    std::fs::create_dir_all(folder.join("corpus")).and_then(|()| std::fs::create_dir_all(&crashes))?;
    let log = folder.join("log");
    let mut fuzz = programs.fuzz(target)?;
    fuzz.args([format!("-max_total_time={seconds}"), "-max_len=8192".into(), "-print_final_stats=1".into()]);
    fuzz.arg(format!("-artifact_prefix={}/", crashes.display()));
    fuzz.arg(folder.join("corpus")).arg(corpus().join(target));
    let status = fuzz.stdout(Stdio::null()).stderr(std::fs::File::create(&log)?).status()?;
    let said = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
    println!("{}", summary(target, &said));
    if !status.success() {
        println!("{}", failure(target, &said, &log));
    }
    Ok(status.success())
}

/// Where the fuzzer keeps what it finds.
fn found(name: &str) -> PathBuf {
    target().join("fuzz").join(name)
}

/// "csv_page: 51670 inputs, 3229 a second; 1461 edges with the samples, 2176 now".
fn summary(target: &str, said: &str) -> String {
    let edges = |line: &str| word_after(line, "cov:").unwrap_or("0").to_string();
    let first = said.lines().find(|line| line.contains("INITED")).map_or_else(|| "0".into(), edges);
    let last = said.lines().rfind(|line| line.contains("cov:")).map_or_else(|| "0".into(), edges);
    let stat = |name: &str| {
        said.lines().find_map(|line| line.strip_prefix("stat::").and_then(|line| word_after(line, name)))
    };
    let (inputs, rate) = (stat("number_of_executed_units:"), stat("average_exec_per_sec:"));
    let (inputs, rate) = (inputs.unwrap_or("?"), rate.unwrap_or("?"));
    format!(
        "{target:20} {inputs:>8} inputs, {rate:>6} a second; edges: {first:>5} at first, {last:>5} at last"
    )
}

fn word_after<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    line.split_once(mark)?.1.split_whitespace().next()
}

/// What broke, and how to see it again.
fn failure(target: &str, said: &str, log: &Path) -> String {
    let mut shown: Vec<&str> =
        said.lines().skip_while(|line| !line.contains("panicked at") && !line.contains("ERROR:")).collect();
    shown.truncate(8);
    let file = said.lines().find_map(|line| word_after(line, "Test unit written to ")).unwrap_or("FILE");
    format!(
        "{}\n  all of it: {}\n  again:     cargo xtask fuzz {target} --replay {file}",
        shown.join("\n"),
        log.display()
    )
}

//! One million rows from a server 50 ms away, in pages of 10,000: our client beside the official one, which must have
//! read the same rows. Run by `cargo xtask bench`, which says in variables where sandbox, recordings and Python are.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Instant;

use arrow_array::Float64Array;
use futures_util::TryStreamExt;
use streamscope_client::rune::{Config, Rune};
use streamscope_client::{Ask, NativeTransport, Policy, Source, StreamInfo, TimeRange};
use streamscope_frame::times;

const ROWS: usize = 1_000_000;
const PAGE_ROWS: &str = "10000";
const LATENCY_MS: &str = "50";
/// Our rows must be there this many times sooner.
const LEAST_RATIO: f64 = 5.0;

type Failure = Box<dyn Error>;
/// Times in ns, and values.
type Rows = (Vec<i64>, Vec<f64>);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let file = match &std::env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => None,
        [flag, file] if flag == "--json" => Some(PathBuf::from(file)),
        _ => return Err("this takes --json FILE and nothing else".into()),
    };
    let server = Server::start()?;
    let rune = connect(&server.url)?;
    let (stream, range) = sample(&rune).await?;

    let folder = std::env::temp_dir().join(format!("streamscope-bench-{}", std::process::id()));
    let theirs = official(&server.url, &stream, range, &folder);
    let expected = rows_in(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    let (theirs, expected) = (theirs?, expected?);
    let (ours, found) = read(&rune, &stream, range).await?;
    let one_chain = rune.with_policy(Policy { concurrency: 1, ..Policy::default() });
    let (chain, found_in_chain) = read(&one_chain, &stream, range).await?;
    if expected.0.len() != ROWS || found != expected || found_in_chain != expected {
        return Err("the clients read different rows".into());
    }

    let ratio = theirs / ours;
    let figures = format!(
        "{{\"rows\": {ROWS}, \"official_s\": {theirs:.3}, \"one_chain_s\": {chain:.3}, \"ours_s\": {ours:.3}, \"ratio\": {ratio:.2}}}\n"
    );
    eprint!("one million rows, {LATENCY_MS} ms away, {PAGE_ROWS} a page: {figures}");
    if let Some(file) = file {
        std::fs::write(file, figures)?;
    }
    if ratio < LEAST_RATIO {
        return Err(format!(
            "ours arrived {ratio:.1} times sooner; it should be {LEAST_RATIO} times or more"
        )
        .into());
    }
    Ok(())
}

/// The sandbox, until it is dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Result<Self, Failure> {
        let mut sandbox = Command::new(variable("STREAMSCOPE_SANDBOX")?);
        sandbox.args(["--port", "0", "--page-rows", PAGE_ROWS, "--latency", LATENCY_MS]);
        let mut child =
            sandbox.arg("--data").arg(variable("STREAMSCOPE_DATA")?).stdout(Stdio::piped()).spawn()?;
        let said = child.stdout.take().ok_or("the sandbox has no output")?;
        let mut server = Self { child, url: String::new() };
        for line in BufReader::new(said).lines() {
            if let Some(url) = line?.strip_prefix("ready ") {
                server.url = url.trim_end_matches('/').into();
                return Ok(server);
            }
        }
        Err("the sandbox did not start".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn variable(name: &str) -> Result<PathBuf, Failure> {
    Ok(std::env::var_os(name).ok_or(format!("{name} is not set: run `cargo xtask bench`"))?.into())
}

fn connect(url: &str) -> Result<Rune, Failure> {
    let config = Config {
        graph_url: url.into(),
        stream_url: url.into(),
        access_token_id: Some("demo".into()),
        access_token_secret: Some("demo-secret".into()),
        ..Config::default()
    };
    Ok(Rune::new(&config, Rc::new(NativeTransport::new()?))?)
}

/// A fast stream, and the range of its first rows.
async fn sample(rune: &Rune) -> Result<(StreamInfo, TimeRange), Failure> {
    for subject in rune.subjects(None).try_concat().await? {
        for stream in rune.streams(&subject.id).try_concat().await? {
            let Some(whole) = stream.span() else { continue };
            let is_float = stream.dimensions.get(1).is_some_and(|dimension| dimension.id == "acceleration");
            if !is_float {
                continue;
            }
            let (mut read, mut times_read) = (rune.read(&Ask::of(&stream, whole))?, Vec::new());
            while let Some(batch) = read.next_batch().await? {
                times_read.extend_from_slice(times(&batch.rows).unwrap_or_default());
                if let Some(end) = times_read.get(ROWS) {
                    return Ok((stream, TimeRange { end: *end, ..whole }));
                }
            }
        }
    }
    Err("no stream of the demo recordings has a million rows".into())
}

/// Seconds until the last row was there, and the rows.
async fn read(rune: &Rune, stream: &StreamInfo, range: TimeRange) -> Result<(f64, Rows), Failure> {
    let begun = Instant::now();
    let (mut read, mut frames) = (rune.read(&Ask::of(stream, range))?, Vec::new());
    while let Some(batch) = read.next_batch().await? {
        frames.push(batch.rows);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let mut rows = Rows::default();
    for frame in frames {
        rows.0.extend_from_slice(times(&frame).ok_or("a frame has no times")?);
        let values = frame.column(1).as_any().downcast_ref::<Float64Array>().ok_or("values are no floats")?;
        rows.1.extend_from_slice(values.values());
    }
    Ok((seconds, rows))
}

/// Seconds the official client took; its rows are written to a folder.
fn official(url: &str, stream: &StreamInfo, range: TimeRange, folder: &Path) -> Result<f64, Failure> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/rune_read.py");
    let mut python = Command::new(variable("STREAMSCOPE_PYTHON")?);
    python.arg(script).args([url, &stream.id, &range.start.to_string(), &range.end.to_string()]).arg(folder);
    let run = python.stderr(Stdio::inherit()).output()?;
    if !run.status.success() {
        return Err("the official client failed".into());
    }
    Ok(String::from_utf8_lossy(&run.stdout).trim().parse()?)
}

fn rows_in(folder: &Path) -> Result<Rows, Failure> {
    let times = std::fs::read(folder.join("times"))?;
    let values = std::fs::read(folder.join("values"))?;
    let times = times.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
    Ok((times, values.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()))
}

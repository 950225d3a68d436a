//! The program under load: many clients, slow ones, silent ones, ones that vanish, and an end without warning in the
//! middle of writes. It goes on, keeps what it has said to have stored, and takes no more memory than it should.
//!
//! Takes seconds; `STREAMSCOPE_LOAD_S` is how long the clients stay and how often it is killed:
//!
//! ```sh
//! STREAMSCOPE_LOAD_S=60 cargo nextest run --workspace -E 'test(load::)'
//! ```

mod clients;
mod http;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clients::{Ledger, Tally};
use http::ask;

/// Clients at a time.
const CLIENTS: usize = 200;
/// Without a variable, s.
const SECONDS: u64 = 3;
/// What the program may take above what it took before anybody came: two pieces of a body and a request for each seat.
const MOST_MORE: u64 = 400 << 20;

fn seconds() -> u64 {
    match std::env::var("STREAMSCOPE_LOAD_S") {
        Ok(text) => text.parse().expect("STREAMSCOPE_LOAD_S is a number of seconds"),
        Err(_) => SECONDS,
    }
}

/// The program, killed when it is dropped.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_streamscope-sandbox"));
        program.args(["--port", "0", "--hexoskin-rate", "0", "--page-rows", "20000", "--data"]).arg(data);
        let mut child =
            program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut ready = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("it says where it is"));
        said.read_line(&mut ready).expect("it says that it is ready");
        let ready = ready.trim();
        let address = ready.trim_start_matches("ready http://").trim_end_matches('/').to_owned();
        Self { child, address }
    }

    /// A figure of its memory (`VmRSS`, `VmHWM`), bytes.
    fn memory(&self, figure: &str) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("this is Linux");
        let line =
            status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':')).expect("a figure");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    }

    /// Ends it without a word to it: SIGKILL.
    fn kill(self) {
        drop(self);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}

/// Removes a file, and what its database keeps beside it.
fn forget(file: &Path) {
    std::fs::remove_file(file).expect("it is closed");
    let _ = std::fs::remove_file(file.with_extension("db-journal"));
}

/// A copy of the demo's file, of its own for a test. The file itself is made by the program, once.
fn data(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let made = folder.join("load-demo.db");
    if !made.exists() {
        let making = folder.join(format!("load-demo-{}.db", std::process::id()));
        let program = Program::start(&making);
        program.kill();
        std::fs::rename(&making, &made).expect("a file");
    }
    let own = folder.join(format!("load-{name}.db"));
    let _ = std::fs::remove_file(own.with_extension("db-journal"));
    std::fs::copy(&made, &own).expect("a copy");
    own
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_clients_leave_it_whole_and_small() {
    let file = data("clients");
    let mut program = Program::start(&file);
    let (tally, ledgers) = (Arc::new(Tally::default()), Ledger::of(&program.address, CLIENTS / 5).await);
    clients::wanted(&program.address, &tally).await;
    let before = program.memory("VmRSS");
    let until = Instant::now() + Duration::from_secs(seconds());
    let all = (0..CLIENTS).map(|number| {
        let (address, tally) = (program.address.clone(), tally.clone());
        let ledger = ledgers[number / 5].clone();
        tokio::spawn(async move {
            match number % 5 {
                0 => clients::reads(&address, number, until, &tally).await,
                1 => clients::reads_slowly(&address, number, until, &tally).await,
                2 => clients::stays_silent(&address, number, until, &tally).await,
                3 => clients::vanishes(&address, number, until, &tally).await,
                _ => clients::writes(&address, &ledger, until, &tally).await,
            }
        })
    });
    for client in all.collect::<Vec<_>>() {
        client.await.expect("no client fails");
    }
    assert!(program.child.try_wait().expect("it can be asked").is_none(), "it has crashed");
    let begun = Instant::now();
    let (status, _) = ask(&program.address, "GET", "/sandbox/info.json", &[]).await.expect("an answer");
    assert_eq!(status, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "it answers after {:?}", begun.elapsed());
    let peak = program.memory("VmHWM");
    eprintln!("{tally}; {} MiB before, {} MiB at most", before >> 20, peak >> 20);
    assert!(peak < before + MOST_MORE, "{} MiB before, {} MiB at most", before >> 20, peak >> 20);
    assert!(tally.read.load(Ordering::Relaxed) > CLIENTS as u64 / 5, "{tally}");
    assert!(tally.written.load(Ordering::Relaxed) > 0, "{tally}");
    for ledger in &ledgers {
        ledger.check(&program.address).await;
    }
    program.kill();
    forget(&file);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_writes_it_has_all_it_said_it_stored() {
    let file = data("killed");
    let mut program = Program::start(&file);
    let (tally, ledgers) = (Arc::new(Tally::default()), Ledger::of(&program.address, 6).await);
    clients::wanted(&program.address, &tally).await;
    for round in 0..seconds() {
        let until = Instant::now() + Duration::from_secs(600);
        let writers: Vec<_> = ledgers
            .iter()
            .map(|ledger| {
                let (address, ledger, tally) = (program.address.clone(), ledger.clone(), tally.clone());
                tokio::spawn(async move { clients::writes(&address, &ledger, until, &tally).await })
            })
            .collect();
        // Another moment each time, after something was stored.
        let written = tally.written.load(Ordering::Relaxed);
        while tally.written.load(Ordering::Relaxed) < written + 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(round * 37 % 211)).await;
        program.kill();
        // Each ends before its ledger is read: one that only begins to count its next block would leave a hole.
        for writer in writers {
            writer.abort();
            let _ = writer.await;
        }
        program = Program::start(&file);
        for ledger in &ledgers {
            ledger.check(&program.address).await;
        }
        clients::wanted(&program.address, &tally).await;
    }
    eprintln!("{tally}");
    program.kill();
    forget(&file);
}

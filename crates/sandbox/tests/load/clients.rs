//! Clients of all manners.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http::{ask, ask_json, send};

/// What is read: of each platform something, short and long.
const TARGETS: [&str; 6] = [
    "/joule/data?path=/site+A/mains/energy",
    "/joule/data?path=/site+A/mains/power&max-rows=2000",
    "/joule/folders.json",
    "/hexoskin/api/data/?record=99999&datatype=19",
    "/hexoskin/api/record/?limit=20",
    "/sandbox/info.json",
];
/// An answer of tens of megabytes.
const LONG: &str = "/joule/data?path=/site+A/mains/power";
/// Rows of a block that is written: more than are stored at once.
const BLOCK: u64 = 12_000;
/// Bytes of a row of `float32_1`.
const WIDTH: usize = 12;

/// What was done.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) read: AtomicU64,
    pub(super) written: AtomicU64,
    broken: AtomicU64,
    /// Answers as they are without load, but for what the clock changes.
    wanted: Mutex<HashMap<&'static str, Vec<u8>>>,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [read, written, broken] =
            [&self.read, &self.written, &self.broken].map(|counter| counter.load(Ordering::Relaxed));
        write!(f, "{read} answers read, {written} blocks written, {broken} connections broken or left")
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Holds the answers to what is read against those of the first time.
pub(super) async fn wanted(address: &str, tally: &Tally) {
    for target in TARGETS {
        let (status, body) = ask(address, "GET", target, &[]).await.expect("an answer");
        assert_eq!(status, 200, "{target}: {}", String::from_utf8_lossy(&body));
        if changes(target) {
            continue;
        }
        let mut wanted = tally.wanted.lock().expect("no client fails");
        let first = wanted.entry(target).or_insert_with(|| body.clone());
        assert!(*first == body, "{target} answers otherwise than before");
    }
}

/// Whether an answer tells of what is written or of the time.
fn changes(target: &str) -> bool {
    ["info.json", "folders.json", "/record/"].iter().any(|part| target.contains(part))
}

/// Asks for one thing after another, and takes each whole.
pub(super) async fn reads(address: &str, number: usize, until: Instant, tally: &Tally) {
    for target in TARGETS.iter().cycle().skip(number / 5) {
        if Instant::now() >= until {
            return;
        }
        match ask(address, "GET", target, &[]).await {
            Ok((status, body)) => {
                assert_eq!(status, 200, "{target}: {}", String::from_utf8_lossy(&body));
                let wanted = tally.wanted.lock().expect("no client fails");
                assert!(
                    wanted.get(target).is_none_or(|wanted| *wanted == body),
                    "{target} answers otherwise under load"
                );
                count(&tally.read);
            }
            // Who is silent the longest makes room for others.
            Err(_) => count(&tally.broken),
        }
    }
}

/// Takes a long answer in small bites.
pub(super) async fn reads_slowly(address: &str, number: usize, until: Instant, tally: &Tally) {
    let mut bite = vec![0; 256 + number];
    while Instant::now() < until {
        let Ok(mut connection) = send(address, "GET", LONG, "", &[]).await else { continue };
        while Instant::now() < until && matches!(connection.read(&mut bite).await, Ok(1..)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        count(&tally.broken);
    }
}

/// Sends half a request, or a whole one and never looks at the answer.
pub(super) async fn stays_silent(address: &str, number: usize, until: Instant, tally: &Tally) {
    while Instant::now() < until {
        let connection = match number % 2 {
            0 => send(address, "GET", LONG, "", &[]).await,
            _ => {
                async {
                    let mut connection = TcpStream::connect(address).await?;
                    connection.write_all(b"GET /joule/data?path=/site+A HTTP/1.1\r\nHos").await?;
                    Ok(connection)
                }
                .await
            }
        };
        let Ok(_open) = connection else { continue };
        let left = until.saturating_duration_since(Instant::now());
        tokio::time::sleep(left.min(Duration::from_secs(1 + number as u64 % 7))).await;
        count(&tally.broken);
    }
}

/// Resets connections in the middle of answers and of requests.
pub(super) async fn vanishes(address: &str, number: usize, until: Instant, tally: &Tally) {
    while Instant::now() < until {
        let Ok(mut connection) = send(address, "GET", LONG, "", &[]).await else { continue };
        let mut some = vec![0; 1 << (6 + number % 10)];
        let _ = connection.read(&mut some).await;
        let _ = connection.set_zero_linger();
        count(&tally.broken);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A stream that one client writes, and what it was told of it.
pub(super) struct Ledger {
    path: String,
    /// Rows that the program said to have stored.
    stored: AtomicU64,
    /// Rows that were sent in all, beginning with the first.
    sent: AtomicU64,
}

impl Ledger {
    /// Makes so many streams.
    pub(super) async fn of(address: &str, streams: usize) -> Vec<Arc<Self>> {
        let mut ledgers = Vec::new();
        for number in 0..streams {
            let element = json!({ "id": null, "name": "v", "units": "", "plottable": true, "display_type": "CONTINUOUS", "offset": 0.0,
                "scale_factor": 1.0, "default_max": null, "default_min": null, "index": 0 });
            let stream = json!({ "id": null, "name": format!("s{number}"), "description": "", "datatype": "float32",
                "keep_us": -1, "decimate": true, "is_configured": false, "is_source": false, "is_destination": false,
                "elements": [element] });
            let body = json!({ "stream": stream, "dest_path": "/load" }).to_string();
            let (status, said) =
                ask_json(address, "POST", "/joule/stream.json", &body).await.expect("an answer");
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&said));
            let path = format!("/load/s{number}");
            ledgers.push(Arc::new(Self { path, stored: AtomicU64::new(0), sent: AtomicU64::new(0) }));
        }
        ledgers
    }

    /// Rows from one number on, a millisecond apart.
    fn rows(first: u64, rows: u64) -> Vec<u8> {
        let row = |row: u64| {
            let time = 1_700_000_000_000_000 + row as i64 * 1000;
            [&time.to_le_bytes()[..], &((row % 65_536) as f32).to_le_bytes()].concat()
        };
        (first..first + rows).flat_map(row).collect()
    }

    /// What is there begins with all that was said to be stored, and is nothing else than what was sent.
    pub(super) async fn check(&self, address: &str) {
        let (stored, sent) = (self.stored.load(Ordering::Relaxed), self.sent.load(Ordering::Relaxed));
        let (status, body) =
            ask(address, "GET", &format!("/joule/data?path={}", self.path), &[]).await.expect("an answer");
        if status == 400 && stored == 0 {
            return;
        }
        assert_eq!(status, 200, "{}: {}", self.path, String::from_utf8_lossy(&body));
        // A row of zeros ends an interval.
        let rows: Vec<u8> =
            body.chunks(WIDTH).filter(|row| row.iter().any(|byte| *byte != 0)).flatten().copied().collect();
        let count = (rows.len() / WIDTH) as u64;
        assert!(
            (stored..=sent).contains(&count),
            "{}: {count} rows, {stored} were stored, {sent} sent",
            self.path
        );
        assert!(rows == Self::rows(0, count), "{}: rows are torn", self.path);
        let target = format!("/joule/data/intervals.json?path={}", self.path);
        let (_, intervals) = ask(address, "GET", &target, &[]).await.expect("an answer");
        let intervals: Vec<(i64, i64)> = serde_json::from_slice(&intervals).expect("intervals");
        let covered: i64 = intervals.iter().map(|(start, end)| (end - 1 - start) / 1000 + 1).sum();
        assert_eq!(covered as u64, count, "{}: intervals are of other rows: {intervals:?}", self.path);
        // The writer goes on after what is there.
        self.stored.store(count, Ordering::Relaxed);
        self.sent.store(count, Ordering::Relaxed);
    }
}

/// Writes block after block; each tells when it is stored.
pub(super) async fn writes(address: &str, ledger: &Ledger, until: Instant, tally: &Tally) {
    while Instant::now() < until {
        let first = ledger.sent.fetch_add(BLOCK, Ordering::Relaxed);
        let target = format!("/joule/data?path={}&merge-gap=2000", ledger.path);
        match ask(address, "POST", &target, &Ledger::rows(first, BLOCK)).await {
            Ok((200, _)) => {
                ledger.stored.store(first + BLOCK, Ordering::Relaxed);
                count(&tally.written);
            }
            Ok((status, said)) => {
                assert_eq!(status, 200, "{}: {}", ledger.path, String::from_utf8_lossy(&said));
            }
            // What of it was stored is not known: nothing is written after it.
            Err(_) => return count(&tally.broken),
        }
    }
}

//! Data: read bit for bit as the official API reads them, written so that it reads them back.

mod broken;
mod live;
mod read;
mod rows;
mod write;

use std::path::PathBuf;

use serde_json::{Value, json};
use streamscope_client::joule::{DataQuery, Joule};
use streamscope_client::{Read, TimeRange};
use streamscope_frame::RecordBatch;

use super::official::Official;
use super::{Compared, connect};
pub(crate) use live::subscription;

/// A time that all tests count from, in nanoseconds: 2023-11-14T22:13:20Z.
const ZERO: i64 = 1_700_000_000_000_000_000;

/// Both clients on one node, and a folder of ours on it.
struct Peers {
    ours: Joule,
    theirs: Official,
    scratch: String,
    file: PathBuf,
    compared: Compared,
}

/// Rows of each interval, as a node packs them.
type Intervals = Vec<Vec<u8>>;

/// All that is asked of data on a node filled by `tests/joule/fill.py`, or of one that holds the same.
pub(crate) async fn suite(url: &str, key: &str) -> Compared {
    let name = format!("data-{}-{}", std::process::id(), url.len());
    let mut peers = Peers {
        ours: connect(url, key),
        theirs: Official::start(url, key),
        scratch: format!("/scratch/{name}"),
        file: std::env::temp_dir().join(format!("streamscope-{name}")),
        compared: Compared::new(),
    };
    read::every_stream(&mut peers).await;
    read::decimated(&mut peers).await;
    read::windows(&peers).await;
    read::endless(&peers).await;
    read::envelope(&peers).await;
    read::emptiness(&peers).await;
    write::every_layout(&mut peers).await;
    write::long(&mut peers).await;
    write::refusals(&peers).await;
    write::managed(&mut peers).await;
    broken::connections(&mut peers, url, key).await;
    broken::long_read(&peers, url, key).await;
    peers.ours.folder_delete(peers.scratch.as_str(), true).await.unwrap();
    let _ = std::fs::remove_file(&peers.file);
    peers.compared
}

impl Peers {
    /// A comparison with this official call took place.
    fn count(&mut self, call: &str) {
        *self.compared.entry(call.into()).or_default() += 1;
    }

    /// What the official API reads.
    fn theirs(&mut self, stream: &str, more: Value) -> (Value, Intervals) {
        let mut arguments = json!({ "stream": stream, "out": self.file });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let said = self.theirs.call("data_dump", arguments);
        let bytes = std::fs::read(&self.file).unwrap();
        let width =
            said["layout"].as_str().unwrap().parse::<streamscope_frame::JouleLayout>().unwrap().row_bytes();
        (said, rows::intervals(&bytes, width))
    }

    /// The intervals that the official API is told, in nanoseconds.
    fn their_intervals(&mut self, stream: &str) -> Vec<TimeRange> {
        let said = self.theirs.call("data_intervals", json!({ "stream": stream }));
        let bound = |value: &Value| value.as_i64().unwrap() * 1000;
        let range = |pair: &Value| TimeRange { start: bound(&pair[0]), end: bound(&pair[1]) };
        said.as_array().unwrap().iter().map(range).collect()
    }
}

/// What we read: frames, each with whether it begins an interval; and how finely.
async fn frames(ours: &Joule, query: &DataQuery) -> (u64, Vec<(bool, RecordBatch)>) {
    let mut read = ours.data_read(query).await.unwrap();
    let mut frames = Vec::new();
    while let Some(batch) = read.next_batch().await.unwrap() {
        frames.push((batch.begins_interval, batch.rows));
    }
    (read.level(), frames)
}

/// What we read, packed again as a node packs it.
async fn ours(ours: &Joule, query: &DataQuery) -> (u64, Intervals) {
    let (level, frames) = frames(ours, query).await;
    let mut intervals: Intervals = Vec::new();
    for (begins, frame) in &frames {
        match intervals.last_mut() {
            Some(interval) if !begins => interval.extend(rows::pack(frame)),
            _ => intervals.push(rows::pack(frame)),
        }
    }
    (level, intervals)
}

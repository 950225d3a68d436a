//! Recordings that nobody here made, read by ours and by pyedflib and scipy: every value, time and event.

mod arrow;
mod filtered;
mod written;

use std::path::Path;
use std::rc::Rc;

use futures_util::TryStreamExt;
use serde_json::Value;
use streamscope_client::file::Files;
use streamscope_client::{Ask, Disk, NativeDisk, Result, Source, StreamInfo, TimeRange};
use streamscope_frame::{Batch, floats, times};

use super::official;

const ALWAYS: TimeRange = TimeRange { start: i64::MIN, end: i64::MAX };
/// What is no PCM of 8 to 32 bits and no float, is written with the high byte first, or ends before its samples.
const REFUSED: [&str; 10] = [
    "-be.",
    "-be-",
    "ulaw",
    "36bit",
    "45bit",
    "53bit",
    "64bit.",
    "no-data",
    "incomplete-chunk",
    "inconsistent",
];

/// A file's connection, and its streams.
async fn open(path: &str) -> Result<(Files, String, Vec<StreamInfo>)> {
    let files = Files::new([Rc::new(NativeDisk::open(path)?) as Rc<dyn Disk>]);
    let name = Path::new(path).file_name().unwrap().to_str().unwrap().to_string();
    let streams = files.streams(&name).try_concat().await?;
    Ok((files, name, streams))
}

async fn read(files: &Files, stream: &StreamInfo) -> Vec<Batch> {
    let mut read = files.read(&Ask::of(stream, ALWAYS)).unwrap();
    let mut batches = Vec::new();
    while let Some(batch) = read.next_batch().await.unwrap() {
        batches.push(batch);
    }
    batches
}

fn all_times(batches: &[Batch]) -> Vec<i64> {
    batches.iter().flat_map(|batch| times(&batch.rows).unwrap().to_vec()).collect()
}

fn all_values(batches: &[Batch], column: usize) -> Vec<f64> {
    batches.iter().flat_map(|batch| floats(batch.rows.column(column)).unwrap().to_vec()).collect()
}

/// Numbers that the script has saved.
fn saved<const N: usize, T>(path: &Value, read: impl Fn([u8; N]) -> T) -> Vec<T> {
    let bytes = std::fs::read(path.as_str().unwrap()).unwrap();
    bytes.as_chunks::<N>().0.iter().map(|bytes| read(*bytes)).collect()
}

fn same(place: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{place}: samples");
    let differs = ours.iter().zip(theirs).position(|(ours, theirs)| ours.to_bits() != theirs.to_bits());
    let values = differs.map(|at| (at, ours[at], theirs[at]));
    assert_eq!(values, None, "{place}: a value differs");
}

/// Holds a signal to what pyedflib reads of it.
async fn signal(place: &str, files: &Files, stream: &StreamInfo, start: i64, theirs: &Value) {
    assert_eq!(stream.name.trim_end(), theirs["label"].as_str().unwrap().trim_end(), "{place}");
    let unit = stream.dimensions.get(1).map(|value| value.unit.as_str());
    assert_eq!(unit, theirs["unit"].as_str().map(str::trim), "{place}");
    let batches = read(files, stream).await;
    same(place, &all_values(&batches, 1), &saved(&theirs["values"], f64::from_le_bytes));
    let times = all_times(&batches);
    let mut begins = Vec::new();
    let mut rows = 0;
    for batch in &batches {
        begins.extend(batch.begins_interval.then_some(rows));
        rows += batch.rows.num_rows();
    }
    if theirs["times"].is_null() {
        let rate = theirs["rate"].as_f64().unwrap();
        for (sample, time) in times.iter().enumerate() {
            // pyedflib tells the start in whole microseconds.
            let off = time - start - (sample as f64 * 1e9 / rate) as i64;
            assert!((-1..=1_000).contains(&off), "{place}: sample {sample} is {off} ns off");
        }
        assert!(begins.is_empty(), "{place}");
    } else {
        let exact = saved(&theirs["times"], i64::from_le_bytes);
        // Halves of a ns may be rounded either way.
        let differs = times.iter().zip(&exact).position(|(ours, theirs)| (ours - theirs).abs() > 1);
        assert_eq!((times.len(), differs), (exact.len(), None), "{place}: a time differs");
        assert_eq!(serde_json::json!(begins), theirs["begins"], "{place}: intervals");
    }
}

async fn edf(call: &Value) {
    let path = call["path"].as_str().unwrap();
    let (files, name, streams) = open(path).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    let theirs = call["signals"].as_array().unwrap();
    assert_eq!(streams.len(), theirs.len(), "{path}: signals");
    let start = call["start"].as_i64().unwrap();
    for (stream, theirs) in streams.iter().zip(theirs) {
        signal(&stream.id, &files, stream, start, theirs).await;
    }
    let events = files.events(&name, ALWAYS).await.unwrap();
    let noted = call["events"].as_array().unwrap();
    assert_eq!(events.len(), noted.len(), "{path}: events");
    for (event, noted) in events.iter().zip(noted) {
        assert_eq!(event.name, noted["text"].as_str().unwrap(), "{path}");
        let off = (event.start - noted["start"].as_i64().unwrap()).abs();
        assert!(off <= 1_000, "{path}: {event:?} is {off} ns off");
        let duration = noted["duration"].as_f64().filter(|duration| *duration >= 0.0);
        let ours = event.end.map(|end| (end - event.start) as f64 / 1e9);
        assert_eq!(ours, duration, "{path}: {event:?}");
    }
}

async fn wav(call: &Value) -> bool {
    let path = call["path"].as_str().unwrap();
    let opened = open(path).await;
    if REFUSED.iter().any(|part| path.contains(part) && !path.contains("float-le")) {
        let error = opened.err().unwrap_or_else(|| panic!("{path} is read"));
        assert!(
            error.message.contains(".wav cannot be read:") || error.message.contains("no file that is read")
        );
        return false;
    }
    let (files, _, streams) = opened.unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(call["refused"].is_null(), "{path}: scipy refuses it: {}", call["refused"]);
    let [stream] = &streams[..] else { panic!("{path}: one stream") };
    let batches = read(&files, stream).await;
    let channels = call["channels"].as_u64().unwrap() as usize;
    let theirs = saved(&call["values"], f64::from_le_bytes);
    assert_eq!(stream.dimensions.len(), channels + 1, "{path}");
    for channel in 0..channels {
        let theirs: Vec<f64> = theirs.iter().skip(channel).step_by(channels).copied().collect();
        same(path, &all_values(&batches, channel + 1), &theirs);
    }
    let rate = call["rate"].as_f64().unwrap();
    for (sample, time) in all_times(&batches).iter().enumerate() {
        assert!((*time as f64 - sample as f64 * 1e9 / rate).abs() < 1.0, "{path}: sample {sample}");
    }
    true
}

#[tokio::test]
async fn public_recordings_are_what_pyedflib_and_scipy_read() {
    let (mut recordings, mut sounds) = (0, 0);
    for call in official("STREAMSCOPE_PYTHON_FILES", "files", "") {
        if call["kind"] == "edf" {
            edf(&call).await;
            recordings += 1;
        } else {
            sounds += usize::from(wav(&call).await);
        }
    }
    assert_eq!((recordings, sounds), (15, 11));
}

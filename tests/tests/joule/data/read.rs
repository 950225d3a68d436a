//! Reading what the official API has written.

use futures_util::TryStreamExt;
use serde_json::json;
use streamscope_client::joule::{DataQuery, Emptiness};
use streamscope_client::{Ask, Read, Source};
use streamscope_frame::{floats, times};

use super::{Peers, ZERO, frames, ours, rows};

pub(super) const POWER: &str = "/site/building A/power";

/// Streams whose official reading never ends, and those that go on while they are read.
fn readable(path: &str) -> bool {
    path != "/awkward/endless" && !path.starts_with("/live") && !path.starts_with("/scratch")
}

pub(super) async fn every_stream(peers: &mut Peers) {
    let root = peers.ours.folder_root().await.unwrap();
    let paths = root.walk().into_iter().flat_map(|folder| &folder.data_streams);
    let paths: Vec<_> =
        paths.filter_map(|stream| stream.path.clone()).filter(|path| readable(path)).collect();
    assert!(paths.len() > 20, "the node is filled: {paths:?}");
    for path in paths {
        let (said, theirs) = peers.theirs(&path, json!({}));
        let (level, ours) = ours(&peers.ours, &DataQuery::new(path.as_str())).await;
        assert_eq!((level, said["decimation"].as_i64()), (1, Some(1)), "{path}");
        assert!(ours == theirs, "{path} is not read bit for bit");
        let known = peers.ours.data_intervals(path.as_str(), None, None).await.unwrap();
        assert_eq!(known, peers.their_intervals(&path), "{path}");
        peers.count("data_read");
        peers.count("data_intervals");
        assert_eq!(known.len(), ours.len(), "{path}: its gaps");
    }
}

pub(super) async fn decimated(peers: &mut Peers) {
    for path in [POWER, "/site/building A/adc", "/site/temp", "/layouts/int64_3"] {
        for most in [10, 100, 3000] {
            let (said, theirs) = peers.theirs(path, json!({ "max_rows": most }));
            let level = said["decimation"].as_u64().unwrap();
            let query = DataQuery { decimation_level: Some(level), ..DataQuery::new(path) };
            let (in_force, ours) = ours(&peers.ours, &query).await;
            assert_eq!(in_force, level);
            assert!(ours == theirs, "{path} at level {level}");
        }
    }
}

pub(super) async fn windows(peers: &Peers) {
    let (_, whole) = frames(&peers.ours, &DataQuery::new("/site/temp")).await;
    let all: Vec<i64> = whole.iter().flat_map(|(_, frame)| times(frame).unwrap().to_vec()).collect();
    for (from, to) in [(0, 1), (17, 4000), (4998, 5003), (5000, 5001), (9000, 10_000)] {
        let end = all.get(to).copied().unwrap_or(i64::MAX - 1000);
        let query =
            DataQuery { start_ns: Some(all[from]), end_ns: Some(end), ..DataQuery::new("/site/temp") };
        let (_, found) = frames(&peers.ours, &query).await;
        let found: Vec<i64> = found.iter().flat_map(|(_, frame)| times(frame).unwrap().to_vec()).collect();
        assert_eq!(found, all[from..to], "{from}..{to}");
    }
}

/// The node never stops answering: the official API cannot read this one.
pub(super) async fn endless(peers: &Peers) {
    let (_, found) = ours(&peers.ours, &DataQuery::new("/awkward/endless")).await;
    let row = |row: i64| {
        let time = ZERO / 1000 + row * 1000 + if row < 49_999 { 0 } else { 1_000_000 };
        [&time.to_le_bytes()[..], &(row as f32).to_le_bytes()].concat()
    };
    let body: Vec<u8> = (0..50_009).flat_map(row).collect();
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [49_999 * 12, 10 * 12]);
    assert!(rows::intervals(&body, 12).concat() == found.concat());
}

/// A quick look covers every sample, whatever the node's bins leave out.
pub(super) async fn envelope(peers: &Peers) {
    for (path, most) in
        [(POWER, 10), (POWER, 500), ("/site/building A/adc", 100), ("/site/counters/nodec", 50)]
    {
        let (_, raw) = frames(&peers.ours, &DataQuery::new(path)).await;
        let query = DataQuery { max_rows: Some(most), ..DataQuery::new(path) };
        let (level, looked) = frames(&peers.ours, &query).await;
        assert!(level > 1, "{path}");
        let elements = raw[0].1.num_columns() - 1;
        for element in 1..=elements {
            let extremes = |frames: &[(bool, _)], low: usize, high: usize| {
                let of = |frame: &streamscope_frame::RecordBatch, column: usize| {
                    floats(frame.column(column)).unwrap().to_vec()
                };
                let all = |column: usize| {
                    frames.iter().flat_map(|(_, frame)| of(frame, column)).collect::<Vec<_>>()
                };
                (
                    all(low).into_iter().fold(f64::INFINITY, f64::min),
                    all(high).into_iter().fold(f64::NEG_INFINITY, f64::max),
                )
            };
            let truth = extremes(&raw, element, element);
            assert_eq!(
                extremes(&looked, elements + element, 2 * elements + element),
                truth,
                "{path} at {level}"
            );
        }
        let covered = looked.iter().flat_map(|(_, frame)| times(frame).unwrap().to_vec()).collect::<Vec<_>>();
        assert!(
            covered.is_sorted() && covered.len() as u64 <= 2 * most + 20,
            "{path}: {} rows",
            covered.len()
        );
        let gaps = |frames: &[(bool, _)]| frames.iter().filter(|(begins, _)| *begins).count();
        assert_eq!(gaps(&looked), gaps(&raw), "{path}: its gaps");
    }
}

pub(super) async fn emptiness(peers: &Peers) {
    let before = DataQuery { start_ns: Some(0), end_ns: Some(1_000_000), ..DataQuery::new(POWER) };
    let level = |path: &str, level| DataQuery { decimation_level: Some(level), ..DataQuery::new(path) };
    for (query, expected) in [
        (DataQuery::new("/site/empty"), Emptiness::NoData),
        (before.clone(), Emptiness::OutsideWindow),
        (DataQuery { max_rows: Some(10), ..before }, Emptiness::OutsideWindow),
        (level("/site/counters/nodec", 16), Emptiness::NotDecimated),
        (level("/site/counters/c32", 64), Emptiness::TooCoarse),
    ] {
        let mut read = peers.ours.data_read(&query).await.unwrap();
        assert!(matches!(read.next_batch().await, Ok(None)), "{query:?}");
        assert_eq!(read.why_empty().await, Ok(expected), "{query:?}");
    }
    // As the explorer asks.
    let streams = peers.ours.streams("/site").try_concat().await.unwrap();
    let c32 = streams.iter().find(|stream| stream.id == "/site/counters/c32").unwrap();
    let ask = Ask { most_rows: Some(1), ..Ask::of(c32, c32.span().unwrap()) };
    let mut look = peers.ours.envelope(&ask).unwrap().unwrap();
    let mut rows = 0;
    while let Some(batch) = look.next_batch().await.unwrap() {
        rows += batch.rows.num_rows();
    }
    assert_eq!(rows, 2, "one row for each of two intervals that are too short for a bin");
}

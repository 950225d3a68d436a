//! Writing, and what is done with data on the node, as the official API sees it.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array, RecordBatch,
    TimestampNanosecondArray,
};
use serde_json::json;
use streamscope_client::ErrorKind;
use streamscope_client::joule::{Element, NewDataStream};

use super::{Peers, ZERO, rows};

/// Rows of `elements` columns, each 1.001 ms after the one before, the extremes of their type first.
pub(super) fn frame(datatype: &str, elements: usize, first: i64, count: i64) -> RecordBatch {
    let range = first..first + count;
    let times: Vec<i64> = range.clone().map(|row| ZERO + row * 1_001_000).collect();
    let times: ArrayRef = Arc::new(TimestampNanosecondArray::from(times).with_timezone("UTC"));
    macro_rules! column {
        ($array:ty, $type:ty, $element:expr) => {{
            let value = |row: i64| match row {
                0 => <$type>::MAX,
                1 => <$type>::MIN,
                row => ((row * 31 + $element as i64) % 30_011) as $type,
            };
            Arc::new(range.clone().map(|row| Some(value(row))).collect::<$array>()) as ArrayRef
        }};
    }
    let column = |element: usize| match datatype {
        "int16" => column!(Int16Array, i16, element),
        "int32" => column!(Int32Array, i32, element),
        "int64" => column!(Int64Array, i64, element),
        "float32" => column!(Float32Array, f32, element),
        _ => column!(Float64Array, f64, element),
    };
    let columns = (0..elements).map(|element| (format!("e{element}"), column(element)));
    RecordBatch::try_from_iter([("time".to_string(), times)].into_iter().chain(columns)).unwrap()
}

pub(super) async fn create(peers: &Peers, name: &str, datatype: &str, elements: usize) -> String {
    let elements = (0..elements).map(|element| Element::new(format!("e{element}"), "")).collect();
    let stream = NewDataStream::new(name, datatype, elements);
    peers.ours.data_stream_create(&stream, peers.scratch.as_str()).await.unwrap();
    format!("{}/{name}", peers.scratch)
}

pub(super) async fn every_layout(peers: &mut Peers) {
    for datatype in ["int16", "int32", "int64", "float32", "float64"] {
        for elements in [1, 3] {
            let path = create(peers, &format!("{datatype}_{elements}"), datatype, elements).await;
            let mut writer = peers.ours.data_write(path.as_str()).await.unwrap();
            let mut expected = Vec::new();
            for (first, count) in [(0, 100), (100, 3), (1000, 1), (2000, 250)] {
                let frame = frame(datatype, elements, first, count);
                // The second frame goes on where the first one ended.
                if first != 100 {
                    writer.close_interval().await.unwrap();
                    expected.push(Vec::new());
                }
                expected.last_mut().unwrap().extend(rows::pack(&frame));
                writer.write(&frame).await.unwrap();
            }
            assert_eq!(writer.finish().await, Ok(354));
            let (_, theirs) = peers.theirs(&path, json!({}));
            assert!(theirs == expected, "{path} is not what was written");
            peers.count("data_write");
        }
    }
}

/// More than a request holds: it stays one interval, and its decimation has no seam.
pub(super) async fn long(peers: &mut Peers) {
    let path = create(peers, "long", "float32", 2).await;
    let mut writer = peers.ours.data_write(path.as_str()).await.unwrap();
    let mut expected = Vec::new();
    for part in 0..4 {
        let frame = frame("float32", 2, part * 100_000, 100_000);
        writer.write(&frame).await.unwrap();
        expected.extend(rows::pack(&frame));
    }
    assert_eq!(writer.finish().await, Ok(400_000));
    let (_, theirs) = peers.theirs(&path, json!({}));
    assert!(theirs.len() == 1 && theirs[0] == expected, "{} intervals", theirs.len());
    let (said, decimated) = peers.theirs(&path, json!({ "max_rows": 2000 }));
    let level = said["decimation"].as_u64().unwrap();
    let width = 8 + 6 * 4;
    assert_eq!(
        decimated.concat().len() / width,
        400_000 / level as usize,
        "no bin is lost at the seams of requests"
    );
}

pub(super) async fn refusals(peers: &Peers) {
    let path = create(peers, "refusals", "int16", 1).await;
    let mut writer = peers.ours.data_write(path.as_str()).await.unwrap();
    writer.write(&frame("int16", 1, 10, 5)).await.unwrap();
    writer.close_interval().await.unwrap();
    assert_eq!(writer.rows(), 5);
    let error = writer.write(&frame("int16", 1, 12, 5)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidInput);
    assert_eq!(writer.finish().await, Ok(5));

    // Another writer does not know what is there; the node does.
    let mut writer = peers.ours.data_write(path.as_str()).await.unwrap();
    writer.write(&frame("int16", 1, 12, 5)).await.unwrap();
    let error = writer.finish().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused, "{error}");
    assert!(error.rows.is_some_and(|rows| rows <= 3), "{error}");
}

pub(super) async fn managed(peers: &mut Peers) {
    let path = create(peers, "managed", "int32", 1).await;
    let mut writer = peers.ours.data_write(path.as_str()).await.unwrap();
    for first in [0, 500, 1000] {
        writer.write(&frame("int32", 1, first, 400)).await.unwrap();
        writer.close_interval().await.unwrap();
    }
    writer.finish().await.unwrap();
    let at = |row: i64| Some(ZERO + row * 1_001_000);
    let ours = peers.ours.clone();
    let stream = path.as_str();
    assert_eq!(peers.their_intervals(stream).len(), 3);

    ours.data_delete(stream, at(100), at(200)).await.unwrap();
    let (_, left) = peers.theirs(stream, json!({}));
    assert_eq!(left.iter().map(|rows| rows.len() / 12).collect::<Vec<_>>(), [100, 200, 400, 400]);
    peers.count("data_delete");

    // Three gaps of a tenth of a second each; then none.
    let joined = ours.data_consolidate(stream, at(0), at(1000), 200_000_000).await.unwrap();
    assert!(joined >= 1, "{joined}");
    assert_eq!(peers.their_intervals(stream), ours.data_intervals(stream, None, None).await.unwrap());
    assert!(peers.their_intervals(stream).len() < 4);
    peers.count("data_consolidate");

    ours.data_drop_decimations(stream).await.unwrap();
    let decimated = json!({ "max_rows": 100 });
    assert!(peers.theirs(stream, decimated.clone()).1.is_empty(), "there are none left");
    peers.count("data_drop_decimations");
    ours.data_decimate(stream).await.unwrap();
    assert!(!peers.theirs(stream, decimated).1.is_empty());
    peers.count("data_decimate");

    ours.data_delete(stream, None, None).await.unwrap();
    assert!(ours.data_intervals(stream, None, None).await.unwrap().is_empty());
}

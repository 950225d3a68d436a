//! A stream that a module produces while it is read.

use streamscope_client::Read;
use streamscope_client::joule::DataQuery;
use streamscope_frame::times;

use super::{Compared, connect, frames};

/// Rows of a stream as they come, from some seconds ago on: each once, and as the node stores them afterwards.
pub(crate) async fn subscription(url: &str, key: &str, path: &str) -> Compared {
    let ours = connect(url, key);
    let start = loop {
        let known = ours.data_intervals(path, None, None).await.unwrap();
        match known.last() {
            Some(interval) => break (interval.end - 5_000_000_000).max(interval.start),
            None => tokio::time::sleep(std::time::Duration::from_millis(500)).await,
        }
    };
    let mut live = ours.data_subscribe(path, Some(start)).await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < 60 {
        let batch = live.next_batch().await.unwrap().unwrap();
        seen.extend_from_slice(times(&batch.rows).unwrap());
    }
    drop(live);
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "each row once and in order");
    let query =
        DataQuery { start_ns: Some(start), end_ns: seen.last().map(|last| last + 1), ..DataQuery::new(path) };
    // The node stores rows some seconds after it has sent them.
    for _ in 0..40 {
        let (_, stored) = frames(&ours, &query).await;
        let stored: Vec<i64> = stored.iter().flat_map(|(_, frame)| times(frame).unwrap().to_vec()).collect();
        if stored.len() >= seen.len() {
            assert_eq!(stored, seen);
            return Compared::from([("data_subscribe".to_string(), 1)]);
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("the node never stored what it sent");
}

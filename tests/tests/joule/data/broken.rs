//! Connections that break half-way, between our client and the node.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use streamscope_client::joule::DataQuery;

use super::{Peers, connect, ours, rows, write};

/// What is to be cut: after so many bytes of one side, in order.
type Cuts = Arc<Mutex<Vec<(Side, usize)>>>;

/// Passes connections on to a node, and cuts the first ones after so many bytes of what the client, or the node, sends.
/// What is not cut yet is left in the list.
fn cutting(url: &str, side: Side, bytes: &[usize]) -> (String, Cuts) {
    let node = url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_string();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let here = url.replacen(&node, &address, 1);
    let cuts: Cuts = Arc::new(Mutex::new(bytes.iter().map(|&bytes| (side, bytes)).collect()));
    let left = cuts.clone();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, node) = (client.unwrap(), TcpStream::connect(&node).unwrap());
            pass(&client, &node, Side::Client, cuts.clone());
            pass(&node, &client, Side::Node, cuts.clone());
        }
    });
    (here, left)
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    Client,
    Node,
}

/// Passes on what one side says, until it ends or is cut. What is small is never cut: only data are.
fn pass(from: &TcpStream, to: &TcpStream, side: Side, cuts: Cuts) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    std::thread::spawn(move || {
        let (mut passed, mut buffer) = (0, vec![0; 1 << 14]);
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let cut = due(&cuts, side, passed + length);
            let length = cut.map_or(length, |at| at.saturating_sub(passed));
            passed += length;
            if to.write_all(&buffer[..length]).is_err() || cut.is_some() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    });
}

/// Takes the next cut off the list when it is one of this side and so many bytes reach it.
fn due(cuts: &Cuts, side: Side, bytes: usize) -> Option<usize> {
    let mut cuts = cuts.lock().unwrap();
    let at = cuts.first().filter(|(of, at)| *of == side && bytes > *at)?.1;
    cuts.remove(0);
    Some(at)
}

/// What is written over connections that break is on the node once, and read back over others that break.
pub(super) async fn connections(peers: &mut Peers, url: &str, key: &str) {
    let path = write::create(peers, "broken", "int32", 3).await;
    let (here, left) = cutting(url, Side::Client, &[1_000_003, 300_000, 77_777]);
    let mut writer = connect(&here, key).data_write(path.as_str()).await.unwrap();
    let mut expected = Vec::new();
    for first in [0, 60_000] {
        for part in 0..3 {
            let frame = write::frame("int32", 3, first + part * 20_000, 20_000);
            writer.write(&frame).await.unwrap();
            expected.push(rows::pack(&frame));
        }
        writer.close_interval().await.unwrap();
    }
    let expected = vec![expected[..3].concat(), expected[3..].concat()];
    assert_eq!(writer.finish().await, Ok(120_000));
    assert!(left.lock().unwrap().is_empty(), "all cuts were made");
    let (_, theirs) = peers.theirs(&path, serde_json::json!({}));
    assert!(
        theirs == expected,
        "the official API reads {:?} bytes",
        theirs.iter().map(Vec::len).collect::<Vec<_>>()
    );

    let (here, left) = cutting(url, Side::Node, &[1_500_001, 300_000, 50_000]);
    let (_, back) = ours(&connect(&here, key), &DataQuery::new(path.as_str())).await;
    assert!(back == expected, "we read {:?} bytes", back.iter().map(Vec::len).collect::<Vec<_>>());
    assert!(left.lock().unwrap().is_empty(), "all cuts were made");
}

/// Both answers that a long read follows at a time may break off, more than once.
pub(super) async fn long_read(peers: &Peers, url: &str, key: &str) {
    let query = DataQuery::new(super::read::POWER);
    let (_, whole) = ours(&peers.ours, &query).await;
    let (here, left) = cutting(url, Side::Node, &[9_000_001, 2_000_000, 5_000_003, 700_000]);
    let (_, back) = ours(&connect(&here, key), &query).await;
    assert!(back == whole, "we read {:?} bytes", back.iter().map(Vec::len).collect::<Vec<_>>());
    assert!(left.lock().unwrap().is_empty(), "all cuts were made");
}

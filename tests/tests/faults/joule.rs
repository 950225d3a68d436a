//! Joule's calls.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use arrow_array::{ArrayRef, Float64Array, TimestampNanosecondArray};
use futures_util::{FutureExt, TryStreamExt};
use streamscope_client::joule::{Config, Element, Joule, NewDataStream};
use streamscope_client::{Ask, Error, Source, StreamInfo, TimeRange, Transport, aggregates};
use streamscope_frame::RecordBatch;
use streamscope_sandbox::testing::{TestOptions, TestServer};
use streamscope_signal::{AggregateFunction, SECOND};

use super::fault::{Begins, Form};
use super::form::{BINARY, parameter};
use super::hurry::{Hurried, policy};
use super::matrix::{Call, Cell, check};
use super::outcome::{Outcome, Rows, one};
use super::proxy::Asked;

/// Rows of a read.
const SHORT: u32 = 3_000;
/// Rows and elements of one in shards: some times the sixteen megabytes that a shard has.
const LONG: (i64, usize) = (400_000, 16);
/// Rows of a live read: five seconds that are there, and three to come.
const LIVE: usize = 80;
/// Intervals that are written, and rows of each.
const WRITTEN: (i64, i64) = (3, 50);
/// 2023-11-14T22:13:20Z.
const ZERO: i64 = 1_700_000_000_000_000_000;

fn connect(url: &str, transport: Rc<dyn Transport>, concurrency: usize) -> Joule {
    let config = Config { url: format!("{url}/joule"), api_key: "demo-joule-key".into() };
    Joule::new(&config, transport).unwrap().with_policy(policy(concurrency))
}

fn is_data(asked: &Asked) -> bool {
    asked.method == "GET" && asked.target.starts_with("/joule/data?") && !is_subscription(asked)
}

/// When the rows of a window begin, ns.
fn begins(asked: &Asked) -> Option<i64> {
    parameter(asked, "start=")?.parse::<i64>().ok()?.checked_mul(1000)
}

fn is_subscription(asked: &Asked) -> bool {
    asked.target.contains("subscribe=1")
}

fn is_write(asked: &Asked) -> bool {
    asked.method == "POST" && asked.target.starts_with("/joule/data?")
}

/// Rows a millisecond apart.
fn frame(first: i64, rows: i64, elements: usize) -> RecordBatch {
    let times =
        TimestampNanosecondArray::from_iter_values((first..first + rows).map(|row| ZERO + row * 1_000_000));
    let times: ArrayRef = Arc::new(times.with_timezone("UTC"));
    let column = |element: usize| {
        let values = (first..first + rows).map(|row| (row * 31 + element as i64) as f64 / 8.0 + 1.0);
        (format!("e{element}"), Arc::new(Float64Array::from_iter_values(values)) as ArrayRef)
    };
    RecordBatch::try_from_iter([("time".to_string(), times)].into_iter().chain((0..elements).map(column)))
        .unwrap()
}

async fn create(joule: &Joule, name: &str, elements: usize) -> String {
    let elements = (0..elements).map(|element| Element::new(format!("e{element}"), "")).collect();
    let stream = NewDataStream { decimate: false, ..NewDataStream::new(name, "float64", elements) };
    joule.data_stream_create(&stream, "/scratch").await.unwrap();
    format!("/scratch/{name}")
}

/// Folders and the streams of one, without those that are written meanwhile.
async fn list(joule: &Joule) -> (Vec<String>, Option<Error>) {
    let listing = async {
        let folders: Vec<_> = joule.subjects(None).try_concat().await?;
        let ids = folders.into_iter().map(|folder| folder.id).filter(|id| !id.starts_with("/scratch"));
        let streams: Vec<_> = joule.streams("/site A/mains").try_concat().await?;
        Ok::<_, Error>(ids.chain(streams.into_iter().map(|stream| format!("{stream:?}"))).collect::<Vec<_>>())
    };
    match listing.await {
        Ok(found) => (found, None),
        Err(error) => (Vec::new(), Some(error)),
    }
}

async fn stream(joule: &Joule, folder: &str, id: &str) -> StreamInfo {
    let streams: Vec<_> = joule.streams(folder).try_concat().await.unwrap();
    streams.into_iter().find(|stream| stream.id == id).unwrap()
}

async fn sums(joule: &Joule, stream: &StreamInfo, range: TimeRange) -> (Vec<String>, Option<Error>) {
    one(aggregates(joule, std::slice::from_ref(stream))
        .aggregate_window(stream, range, 600, AggregateFunction::Sum)
        .await)
}

/// Writes intervals over a proxy, and asks the node itself what it has.
async fn write(cell: &Cell, node: &Joule) -> Outcome {
    let path = create(node, &cell.name, 1).await;
    let (intervals, rows) = WRITTEN;
    let writing = async {
        let joule = connect(&cell.url, cell.transport.clone(), 1);
        let mut writer = joule.data_write(path.as_str()).await?;
        for interval in 0..intervals {
            writer.write(&frame(2 * interval * rows, rows, 1)).await?;
            writer.close_interval().await?;
        }
        writer.finish().await
    };
    let answer = writing.await;
    let written = stream_of(node, &path).await;
    let (held, error) = Rows::of(node.read(&Ask::of(&written, EVER)), None).await;
    assert_eq!(error, None);
    let times = (0..intervals).flat_map(|interval| 2 * interval * rows..(2 * interval + 1) * rows);
    let wanted = times.map(|row| ZERO + row * 1_000_000).collect();
    Outcome::Written { answer, held: held.times, wanted }
}

const EVER: TimeRange = TimeRange { start: 0, end: i64::MAX };

/// A stream that was made after the node's folders were listed.
async fn stream_of(node: &Joule, path: &str) -> StreamInfo {
    let _: Vec<_> = node.subjects(None).try_concat().await.unwrap();
    stream(node, "/scratch", path).await
}

/// Rows of the live stream over a proxy, and as the node gives them afterwards.
async fn live(cell: &Cell, node: &Joule, stream: &StreamInfo) -> Outcome {
    let from = (cell.transport.unix_ms() * 1e6) as i64 - 5 * SECOND;
    let joule = connect(&cell.url, cell.transport.clone(), 2);
    let (got, error) = Rows::of(joule.live(stream, from).unwrap(), Some(LIVE)).await;
    let range = TimeRange { start: from, end: got.times.last().map_or(from, |last| last + 1) };
    // A node stores rows a moment after it has sent them.
    loop {
        let (truth, failed) = Rows::of(node.read(&Ask::of(stream, range)), None).await;
        assert_eq!(failed, None);
        if truth.times.last() >= got.times.last() {
            return Outcome::Rows { got, error, truth: Rc::new(truth) };
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joule_over_every_fault() {
    let server = TestServer::start(TestOptions::default().hosts(super::any_port())).await.unwrap();
    let node = connect(server.url(), Hurried::honest(), 1);
    let path = create(&node, "long", LONG.1).await;
    let mut writer = node.data_write(path.as_str()).await.unwrap();
    for first in (0..LONG.0).step_by(20_000) {
        writer.write(&frame(first, 20_000, LONG.1)).await.unwrap();
    }
    writer.finish().await.unwrap();

    let long = stream_of(&node, &path).await;
    let energy = stream(&node, "/site A/mains", "/site A/mains/energy").await;
    let house = stream(&node, "/live", "/live/house").await;
    let start = energy.span().unwrap().start;
    let ask = Ask { most_rows: Some(SHORT), ..Ask::of(&energy, energy.span().unwrap()) };
    let few = Rows::of(node.read(&ask), None).await.0;
    let short = TimeRange { start, end: few.times.last().unwrap() + 1 };
    let many = Rows::of(node.read(&Ask::of(&long, EVER)), None).await.0;
    let (listed, summed) = (list(&node).await.0, sums(&node, &energy, short).await.0);

    let single = |cell: &Cell| connect(&cell.url, cell.transport.clone(), 1);
    let (of_read, of_sums) = (energy.clone(), energy);
    let (writing, living) = (node.clone(), node.clone());
    let calls = [
        Call::of_items(
            "list",
            |asked| asked.target.contains("/folders.json"),
            Form::DOCUMENT,
            listed,
            async move |cell| list(&single(&cell)).await,
        ),
        Call::of_rows("read", is_data, BINARY, few, async move |cell| {
            Rows::of(single(&cell).read(&Ask::of(&of_read, short)), None).await
        }),
        Call {
            begins: Some(Begins { of: begins, from: ZERO + 1 }),
            ..Call::of_rows("long read", is_data, BINARY, many, async move |cell| {
                let joule = connect(&cell.url, cell.transport.clone(), 4);
                Rows::of(joule.read(&Ask::of(&long, EVER)), None).await
            })
        },
        Call {
            live: Some(80),
            ..Call::new("live", is_subscription, BINARY, move |cell| {
                let (node, house) = (living.clone(), house.clone());
                async move { live(&cell, &node, &house).await }.boxed_local()
            })
        },
        Call {
            from: 2,
            ..Call::new("write", is_write, Form::DOCUMENT, move |cell| {
                let node = writing.clone();
                async move { write(&cell, &node).await }.boxed_local()
            })
        },
        Call::of_items("aggregates", is_data, BINARY, summed, async move |cell| {
            sums(&single(&cell), &of_sums, short).await
        }),
    ];
    check("joule", server.url(), &calls).await;
}

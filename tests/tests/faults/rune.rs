//! Rune's calls.

use std::rc::Rc;

use futures_util::TryStreamExt;
use streamscope_client::rune::{Config, Rune};
use streamscope_client::{Ask, Error, Source, StreamInfo, TimeRange, Transport};
use streamscope_sandbox::testing::{TestOptions, TestServer};
use streamscope_signal::{BatchOperation, DAY};

use super::fault::{Begins, Form};
use super::form::{CSV, GRAPH, parameter};
use super::hurry::{Hurried, policy};
use super::matrix::{Call, Cell, check};
use super::outcome::{Rows, one};
use super::proxy::Asked;

/// Rows a page.
const PAGE: u64 = 1000;
/// Rows of a read, and of one in shards.
const LENGTHS: [u32; 2] = [3_500, 20_000];
/// Windows of availability: some pages.
const WINDOW_S: u32 = 300;

/// A connection whose token is renewed when it is refused.
fn connect(url: &str, transport: Rc<dyn Transport>, concurrency: usize) -> Rune {
    let config = Config {
        graph_url: url.into(),
        stream_url: url.into(),
        cognito_url: Some(format!("{url}/cognito/")),
        cognito_client_id: Some("demo-cognito-client".into()),
        cognito_refresh_token: Some("demo-refresh-token".into()),
        ..Config::default()
    };
    Rune::new(&config, transport).unwrap().with_policy(policy(concurrency))
}

/// Ids of patients, and of the streams of the first.
async fn list(rune: &Rune) -> (Vec<String>, Option<Error>) {
    let mut found = Vec::new();
    let listing = async {
        let patients: Vec<_> = Source::subjects(rune, None).try_concat().await?;
        let first = patients.first().map(|patient| patient.id.clone()).unwrap_or_default();
        found.extend(patients.into_iter().map(|patient| patient.id));
        let streams = Source::streams(rune, &first).try_concat().await?;
        found.extend(streams.into_iter().map(|stream| format!("{stream:?}")));
        Ok::<_, Error>(())
    };
    let error = listing.await.err();
    (found, error)
}

async fn availability(rune: &Rune, stream: &StreamInfo) -> (Vec<String>, Option<Error>) {
    let start = stream.span().unwrap().start;
    let range = TimeRange { start, end: start + 12 * DAY };
    let streams = std::slice::from_ref(stream);
    let asked = rune.aggregates(&[]).unwrap();
    one(asked.availability(streams, range, WINDOW_S, BatchOperation::Any).await)
}

/// The long stream.
async fn stream(rune: &Rune) -> StreamInfo {
    for patient in Source::subjects(rune, None).try_concat().await.unwrap() {
        let streams: Vec<StreamInfo> = Source::streams(rune, &patient.id).try_concat().await.unwrap();
        let long = |stream: &StreamInfo| stream.labels.get("axis").is_some_and(|axis| axis == "x");
        if let Some(found) = streams.into_iter().find(long) {
            return found;
        }
    }
    panic!("the demo has no acceleration");
}

/// A range with so many rows of a stream, and these rows.
async fn sample(rune: &Rune, stream: &StreamInfo, most_rows: u32) -> (TimeRange, Rows) {
    let range = stream.span().unwrap();
    let ask = Ask { most_rows: Some(most_rows), ..Ask::of(stream, range) };
    let (rows, error) = Rows::of(rune.read(&ask), None).await;
    assert_eq!(error, None);
    (TimeRange { end: rows.times.last().unwrap() + 1, ..range }, rows)
}

fn is_page(asked: &Asked) -> bool {
    asked.target.starts_with("/v2/streams/") && asked.target.contains("timestamp=") && !is_availability(asked)
}

/// When the rows of a shard begin, ns.
fn begins(asked: &Asked) -> Option<i64> {
    parameter(asked, "start_time_ns=")?.parse().ok()
}

fn is_availability(asked: &Asked) -> bool {
    asked.target.contains("availability")
}

fn is_graph(asked: &Asked) -> bool {
    asked.target.starts_with("/graphql")
}

/// The rows of a range.
async fn read(
    cell: &Cell,
    concurrency: usize,
    stream: &StreamInfo,
    range: TimeRange,
) -> (Rows, Option<Error>) {
    let rune = connect(&cell.url, cell.transport.clone(), concurrency);
    Rows::of(rune.read(&Ask::of(stream, range)), None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rune_over_every_fault() {
    let hosts = super::any_port();
    let server = TestServer::start(TestOptions::default().page_rows(PAGE).hosts(hosts)).await.unwrap();
    let rune = connect(server.url(), Hurried::honest(), 1);
    let long = stream(&rune).await;
    let (short, few) = sample(&rune, &long, LENGTHS[0]).await;
    let (whole, many) = sample(&rune, &long, LENGTHS[1]).await;
    let org = rune.current_user().await.unwrap().active_org_id.unwrap();
    let (listed, available) = (list(&rune).await.0, availability(&rune, &long).await.0);
    let [of_read, of_long, of_aggregates] = [long.clone(), long.clone(), long];
    let single = |cell: &Cell| connect(&cell.url, cell.transport.clone(), 1);
    let calls = [
        Call {
            from: 2,
            ..Call::of_items("list", is_graph, GRAPH, listed, async move |cell| list(&single(&cell)).await)
        },
        Call {
            from: 2,
            ..Call::of_rows("read", is_page, CSV, few, async move |cell| {
                read(&cell, 1, &of_read, short).await
            })
        },
        Call {
            begins: Some(Begins { of: begins, from: whole.start + 1 }),
            ..Call::of_rows("long read", is_page, CSV, many, async move |cell| {
                read(&cell, 4, &of_long, whole).await
            })
        },
        Call::of_items("write", is_graph, Form::DOCUMENT, vec![format!("{org:?}")], async move |cell| {
            let set = single(&cell).set_active_org(&org).await;
            one(set.map(|_| org.clone()))
        }),
        Call {
            from: 2,
            ..Call::of_items("aggregates", is_availability, CSV, available, async move |cell| {
                availability(&single(&cell), &of_aggregates).await
            })
        },
    ];
    check("rune", server.url(), &calls).await;
}

//! Hexoskin's calls.

use std::rc::Rc;

use futures_util::{FutureExt, TryStreamExt};
use streamscope_client::hexoskin::{Config, Filters, Hexoskin, SampleQuery, Scope, Way};
use streamscope_client::{
    Error, EventContent, EventWriter, Read, Source, StreamInfo, TimeRange, Transport, aggregates,
};
use streamscope_sandbox::testing::{TestOptions, TestServer};
use streamscope_signal::{AggregateFunction, SECOND};

use super::fault::Form;
use super::form::{OBJECTS, PAIRS, WAV};
use super::hurry::{Hurried, policy};
use super::matrix::{Call, Cell, check};
use super::outcome::{Outcome, Rows, one};
use super::proxy::Asked;

const USER: &str = "/api/user/99/";
/// Five minutes: two windows of an electrocardiogram.
const RECORD: &str = "/api/record/37700/";
const ECG: i64 = 4113;
const HEART_RATE: i64 = 19;
/// One that is being recorded.
const REALTIME: &str = "/api/record/100007/";
/// Samples of a live read, of a minute that is there.
const LIVE: usize = 40;
/// 2024-04-01.
const APRIL: i64 = 1_711_929_600;

/// A connection whose token is renewed when it is refused.
async fn connect(url: &str, transport: Rc<dyn Transport>, concurrency: usize) -> Hexoskin {
    let config = Config {
        url: format!("{url}/hexoskin"),
        key: Some("demo-hexo-password".into()),
        secret: Some("demo-hexo-password-secret".into()),
        ..Config::default()
    };
    let api = Hexoskin::new(&config, transport).unwrap().with_policy(policy(concurrency));
    let signing_in =
        api.oauth2_get_access_token_with_password("demo@example.org", "demo-password", Scope::Readwrite);
    signing_in.await.unwrap();
    api
}

async fn of(cell: &Cell) -> Hexoskin {
    connect(&cell.url, cell.transport.clone(), 1).await
}

fn is_data(asked: &Asked) -> bool {
    asked.target.contains("/api/data/?")
}

/// The records of a user, page by page.
async fn list(api: &Hexoskin) -> (Vec<String>, Option<Error>) {
    let filters = Filters::new().with("user", USER).with("order_by", "-start");
    let mut records = api.resource("record").all(&filters);
    let mut found = Vec::new();
    loop {
        match records.next().await {
            Ok(Some(record)) => found.push(record.resource_uri()),
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(error)),
        }
    }
}

async fn samples(api: &Hexoskin, way: Way) -> (Rows, Option<Error>) {
    let query = SampleQuery { datatype: ECG, way: Some(way), ..SampleQuery::default() };
    let read = async {
        let record = api.resource_from_uri(RECORD)?;
        Ok::<Box<dyn Read>, Error>(Box::new(api.samples(&record, &query).await?))
    };
    Rows::of(read.await, None).await
}

/// Samples of a record while it is recorded, and as they are read afterwards.
async fn live(cell: &Cell) -> Outcome {
    let from = (cell.transport.unix_ms() * 1e6) as i64 - 60 * SECOND;
    let api = of(cell).await;
    let read = async {
        let record = api.resource_from_uri(REALTIME)?;
        Ok::<Box<dyn Read>, Error>(Box::new(api.samples_live(&record, HEART_RATE, Some(from)).await?))
    };
    let (got, error) = Rows::of(read.await, Some(LIVE)).await;
    let end_ns = Some(got.times.last().map_or(from, |last| last + 1));
    let query = SampleQuery { datatype: HEART_RATE, start_ns: Some(from), end_ns, ..SampleQuery::default() };
    let honest = connect(&cell.sandbox, Hurried::honest(), 1).await;
    let record = honest.resource_from_uri(REALTIME).unwrap();
    let read = honest.samples(&record, &query).await.map(|read| Box::new(read) as Box<dyn Read>);
    let (truth, failed) = Rows::of(read, None).await;
    assert_eq!(failed, None);
    Outcome::Rows { got, error, truth: Rc::new(truth) }
}

/// Makes a range, and asks the server itself whether it has it.
async fn write(cell: &Cell) -> Outcome {
    let range = TimeRange { start: APRIL * SECOND, end: (APRIL + 60) * SECOND };
    let content =
        EventContent { start: range.start, end: range.end, fields: vec![("name".into(), cell.name.clone())] };
    let answer = of(cell).await.create(USER, &content).await;
    let honest = connect(&cell.sandbox, Hurried::honest(), 1).await;
    let events = honest.events(USER, range).await.unwrap();
    Outcome::Made { answer, held: events.iter().filter(|event| event.name == cell.name).count() }
}

async fn sums(api: &Hexoskin, stream: &StreamInfo) -> (Vec<String>, Option<Error>) {
    let range = stream.span().unwrap();
    one(aggregates(api, std::slice::from_ref(stream))
        .aggregate_window(stream, range, 10, AggregateFunction::Sum)
        .await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hexoskin_over_every_fault() {
    let server = TestServer::start(TestOptions::default().hosts(super::any_port())).await.unwrap();
    let honest = connect(server.url(), Hurried::honest(), 1).await;
    let streams: Vec<_> = honest.streams(RECORD).try_concat().await.unwrap();
    let heart = streams.into_iter().find(|stream| stream.id == format!("{RECORD}{HEART_RATE}")).unwrap();
    let (listed, summed) = (list(&honest).await.0, sums(&honest, &heart).await.0);
    let [windows, whole] = [samples(&honest, Way::Json).await.0, samples(&honest, Way::Binary).await.0];
    let calls = [
        Call {
            from: 2,
            ..Call::of_items(
                "list",
                |asked| asked.target.contains("/api/record/?"),
                OBJECTS,
                listed,
                async |cell| list(&of(&cell).await).await,
            )
        },
        Call {
            from: 2,
            ..Call::of_rows("read", is_data, PAIRS, windows, async |cell| {
                samples(&of(&cell).await, Way::Json).await
            })
        },
        Call::of_rows("long read", is_data, WAV, whole, async |cell| {
            samples(&of(&cell).await, Way::Binary).await
        }),
        Call::new("live", is_data, PAIRS, |cell| async move { live(&cell).await }.boxed_local()),
        Call::new(
            "write",
            |asked| asked.method == "POST" && asked.target.contains("/api/range/"),
            Form::DOCUMENT,
            |cell| async move { write(&cell).await }.boxed_local(),
        ),
        Call::of_items("aggregates", is_data, PAIRS, summed, async move |cell| {
            sums(&of(&cell).await, &heart).await
        }),
    ];
    check("hexoskin", server.url(), &calls).await;
}

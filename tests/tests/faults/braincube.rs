//! Braincube's calls.

use std::rc::Rc;

use futures_util::TryStreamExt;
use streamscope_client::braincube::{BaseId, Braincube, Config};
use streamscope_client::{Ask, Error, Source, StreamInfo, TimeRange, Transport, aggregates};
use streamscope_sandbox::testing::{TestOptions, TestServer};
use streamscope_signal::{AggregateFunction, DAY, SECOND};

use super::fault::{Begins, Form};
use super::form::DATES;
use super::hurry::{Hurried, policy};
use super::matrix::{Call, Cell, check};
use super::outcome::{Rows, one};
use super::proxy::Asked;

/// A memory base with thousands of variables.
const MANY: u32 = 24;
/// The subject of one with a row a minute for thirty days.
const MACHINE: &str = "Paper%20mill/20";

/// A connection whose session is renewed when it is refused.
fn connect(url: &str, transport: Rc<dyn Transport>, concurrency: usize) -> Braincube {
    let base = format!("{url}/braincube");
    let config = Config {
        sso_base_url: Some(base.clone()),
        braincube_base_url: Some(base),
        oauth2_token: Some("demo-braincube-oauth2".into()),
        ..Config::default()
    };
    Braincube::new(&config, transport).unwrap().with_policy(policy(concurrency))
}

fn is_list(asked: &Asked) -> bool {
    asked.target.contains("/variables/summary")
}

fn is_data(asked: &Asked) -> bool {
    asked.method == "POST" && asked.target.ends_with("/LF")
}

/// When the rows of a span begin at the earliest: its first date is that of some clock.
fn begins(asked: &Asked) -> Option<i64> {
    let text = String::from_utf8_lossy(&asked.body);
    let date =
        text.split_once("GREAT_EQUALS")?.1.split('"').find(|part| part.as_bytes().get(8) == Some(&b'_'))?;
    let number = |at: std::ops::Range<usize>| date.get(at)?.parse::<i64>().ok();
    let days =
        streamscope_frame::civil::days_from_civil(number(0..4)?, number(4..6)? as u32, number(6..8)? as u32);
    let clock = number(9..11)? * 3600 + number(11..13)? * 60 + number(13..15)?;
    Some((days * 86_400 + clock - 12 * 3600) * SECOND)
}

/// The variables of a memory base, page by page.
async fn list(braincube: &Braincube) -> (Vec<String>, Option<Error>) {
    let mut found = Vec::new();
    let listing = async {
        let mut pages = braincube.variables(&BaseId::new("Paper mill", MANY))?.with_page_size(1000);
        while let Some(page) = pages.next_page().await? {
            found.extend(page.into_iter().map(|variable| variable.long_id));
        }
        Ok::<_, Error>(())
    };
    let error = listing.await.err();
    (found, error)
}

async fn read(
    cell: &Cell,
    concurrency: usize,
    stream: &StreamInfo,
    range: TimeRange,
) -> (Rows, Option<Error>) {
    let braincube = connect(&cell.url, cell.transport.clone(), concurrency);
    Rows::of(braincube.read(&Ask::of(stream, range)), None).await
}

async fn sums(braincube: &Braincube, stream: &StreamInfo, range: TimeRange) -> (Vec<String>, Option<Error>) {
    one(aggregates(braincube, std::slice::from_ref(stream))
        .aggregate_window(stream, range, 3600, AggregateFunction::Sum)
        .await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn braincube_over_every_fault() {
    let server = TestServer::start(TestOptions::default().hosts(super::any_port())).await.unwrap();
    let honest = connect(server.url(), Hurried::honest(), 1);
    let streams: Vec<_> = honest.streams(MACHINE).try_concat().await.unwrap();
    let stream = streams.into_iter().find(|stream| stream.stream_type.starts_with("NUMERIC")).unwrap();
    let whole = stream.span().unwrap();
    let short = TimeRange { start: whole.start, end: whole.start + 3 * DAY };
    let direct = Cell::direct(server.url());
    let [few, many] = [read(&direct, 1, &stream, short).await.0, read(&direct, 1, &stream, whole).await.0];
    let (listed, summed) = (list(&honest).await.0, sums(&honest, &stream, short).await.0);
    let single = |cell: &Cell| connect(&cell.url, cell.transport.clone(), 1);
    let [of_read, of_long, of_sums] = [stream.clone(), stream.clone(), stream];
    let calls = [
        Call {
            from: 2,
            ..Call::of_items("list", is_list, Form::DOCUMENT, listed, async move |cell| {
                list(&single(&cell)).await
            })
        },
        Call::of_rows("read", is_data, DATES, few, async move |cell| read(&cell, 1, &of_read, short).await),
        Call {
            begins: Some(Begins { of: begins, from: whole.start }),
            ..Call::of_rows("long read", is_data, DATES, many, async move |cell| {
                read(&cell, 4, &of_long, whole).await
            })
        },
        Call::of_items("aggregates", is_data, DATES, summed, async move |cell| {
            sums(&single(&cell), &of_sums, short).await
        }),
    ];
    check("braincube", server.url(), &calls).await;
}

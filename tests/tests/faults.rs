//! What goes wrong between client and server, over real sockets: the table is complete and exact, or the error says
//! how far it came. Every fault meets every call of each platform in a [matrix].

mod braincube;
mod fault;
mod files;
mod form;
mod hexoskin;
mod hurry;
mod joule;
mod kinds;
mod matrix;
mod outcome;
mod proxy;
mod rune;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use streamscope_client::rune::{DataQuery, Rune};
use streamscope_client::{
    Ask, CancelToken, Error, ErrorKind, Policy, Source, StreamInfo, TimeRange, Transport,
};
use streamscope_frame::{CsvWriter, RecordBatch, TimeFormat};
use streamscope_sandbox::server::AllowedHost;
use streamscope_sandbox::testing::{Attempt, Fault, TestOptions, TestServer};
use streamscope_signal::DAY;

use crate::{connect, drain};

/// This machine at any port, so that a sandbox answers behind a proxy.
fn any_port() -> Vec<AllowedHost> {
    vec![AllowedHost::parse("127.0.0.1").unwrap()]
}

/// Rows a page: small, so that a read takes several.
const PAGE: u64 = 100;

/// Quick where a test has to wait.
fn hurried(rune: Rune) -> Rune {
    let first_wait = Duration::from_millis(20);
    rune.with_policy(Policy { first_wait, patience: Duration::from_millis(700), ..Policy::default() })
}

/// A stream and a range with a few pages of rows.
struct Sample {
    stream: StreamInfo,
    range: TimeRange,
    rows: String,
}

fn text(frames: &[RecordBatch]) -> String {
    let mut text = Vec::new();
    let mut writer = CsvWriter::new(TimeFormat::UnixNs);
    frames.iter().for_each(|frame| writer.write(frame, &mut text).unwrap());
    String::from_utf8(text).unwrap()
}

/// Found with a server without faults, on one page.
async fn sample() -> Sample {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let rune = connect(server.url());
    for subject in Source::subjects(&rune, None).try_concat().await.unwrap() {
        for stream in Source::streams(&rune, &subject.id).try_concat().await.unwrap() {
            let Some(start) = stream.span().map(|span| span.start) else { continue };
            let range = TimeRange { start, end: start + DAY };
            let (frames, error) = drain(rune.read(&Ask::of(&stream, range)).unwrap()).await;
            assert_eq!(error, None);
            let count: usize = frames.iter().map(RecordBatch::num_rows).sum();
            if (350..2000).contains(&count) {
                return Sample { stream, range, rows: text(&frames) };
            }
        }
    }
    panic!("the demo has no stream with some hundreds of rows a day");
}

fn is_page(attempt: &Attempt) -> bool {
    attempt.path.starts_with("/v2/streams/") && attempt.query.contains("timestamp=")
}

async fn start(faults: impl Fn(Attempt) -> Fault + Send + Sync + 'static) -> TestServer {
    TestServer::start(TestOptions::default().page_rows(PAGE).faults(faults)).await.unwrap()
}

/// The sample's rows through a server with faults.
async fn read(
    sample: &Sample,
    faults: impl Fn(Attempt) -> Fault + Send + Sync + 'static,
) -> (String, Option<Error>) {
    let server = start(move |attempt| if is_page(&attempt) { faults(attempt) } else { Fault::None }).await;
    let rune = hurried(connect(server.url()));
    let (frames, error) = drain(rune.read(&Ask::of(&sample.stream, sample.range)).unwrap()).await;
    (text(&frames), error)
}

#[tokio::test]
async fn every_passing_fault_leaves_the_table_complete_and_exact() {
    let sample = sample().await;
    let faults = [
        Fault::None,
        Fault::Cut(0),
        Fault::Cut(17),
        Fault::Cut(1000),
        Fault::Cut(1013),
        Fault::Truncate(17),
        Fault::Status(500, None),
        Fault::Status(502, None),
        Fault::Status(503, None),
        Fault::Status(429, Some(0)),
        Fault::Hang,
        Fault::Stall(0),
        Fault::Stall(1500),
    ];
    for fault in faults {
        let name = format!("{fault:?}");
        // On the first attempt at each page; silence, which takes its time to notice, at the first page only.
        let slow = matches!(fault, Fault::Hang | Fault::Stall(_));
        let (rows, error) = read(&sample, move |attempt| {
            let here = attempt.number == 1 && !(slow && attempt.query.contains("page_token"));
            if here { fault.clone() } else { Fault::None }
        })
        .await;
        assert_eq!(error, None, "{name}");
        assert!(rows == sample.rows, "{name} changed the rows");
    }
}

#[tokio::test]
async fn a_cut_anywhere_in_a_page_changes_nothing() {
    let sample = sample().await;
    for at in (0..400).step_by(23) {
        let (rows, error) = read(&sample, move |attempt| {
            let second_page = attempt.query.contains("page_token");
            if attempt.number == 1 && second_page { Fault::Cut(at) } else { Fault::None }
        })
        .await;
        assert_eq!(error, None, "cut at {at}");
        assert!(rows == sample.rows, "a cut at {at} changed the rows");
    }
}

#[tokio::test]
async fn a_short_body_in_good_form_is_noticed_inside_a_line() {
    let sample = sample().await;
    let header = sample.stream.dimensions.iter().map(|dimension| dimension.id.len() + 1).sum::<usize>();
    let header = header + "measurement_duration_ns\n".len();
    // The first cell of the first rows: a time of 19 digits, never cut at a newline.
    for at in (1..header + 19).step_by(5).filter(|at| *at != header) {
        let (rows, error) =
            read(&sample, move |attempt| if attempt.number == 1 { Fault::Truncate(at) } else { Fault::None })
                .await;
        assert_eq!(error, None, "short after {at}");
        assert!(rows == sample.rows, "a body of {at} bytes changed the rows");
    }
}

#[tokio::test]
async fn expired_tokens_are_got_round() {
    let sample = sample().await;
    let chains = Arc::new(AtomicUsize::new(0));
    let begun = chains.clone();
    let (rows, error) = read(&sample, move |attempt| {
        begun.fetch_add(!attempt.query.contains("page_token") as usize, Ordering::Relaxed);
        let expired = attempt.query.contains("page_token") && attempt.number == 1;
        if expired { Fault::ExpireToken } else { Fault::None }
    })
    .await;
    assert_eq!(error, None);
    assert!(rows == sample.rows, "an expired token changed the rows");
    let chains = chains.load(Ordering::Relaxed);
    assert!(chains >= 4, "the read began {chains} times: no token expired");
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let sample = sample().await;
    let begun = std::time::Instant::now();
    let (rows, error) = read(&sample, |attempt| {
        let first = !attempt.query.contains("page_token") && attempt.number == 1;
        if first { Fault::Status(429, Some(1)) } else { Fault::None }
    })
    .await;
    assert_eq!(error, None);
    assert!(rows == sample.rows);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_fault_that_stays_ends_with_how_far_it_came() {
    let sample = sample().await;
    for (fault, kind) in [
        (Fault::Status(500, None), ErrorKind::Server),
        (Fault::Status(429, Some(3600)), ErrorKind::RateLimited),
        (Fault::Cut(0), ErrorKind::Body),
    ] {
        let (rows, error) =
            read(
                &sample,
                move |attempt| {
                    if attempt.query.contains("page_token") { fault.clone() } else { Fault::None }
                },
            )
            .await;
        let error = error.unwrap();
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(error.rows, Some(PAGE), "{error}");
        assert!(sample.rows.starts_with(&rows));
        let last = rows.lines().last().unwrap().split(',').next().unwrap().parse().unwrap();
        assert_eq!(error.covered_to, Some(last));
    }
}

#[tokio::test]
async fn metadata_and_aggregates_are_retried_too() {
    let sample = sample().await;
    let server = start(|attempt| match attempt.number {
        1 => Fault::Status(503, Some(0)),
        2 => Fault::Cut(40),
        _ => Fault::None,
    })
    .await;
    let rune = hurried(connect(server.url()));
    assert!(!Source::subjects(&rune, None).try_concat().await.unwrap().is_empty());
    let found = rune.streams_by_ids(&[&sample.stream.id]).await.unwrap();
    assert_eq!(found.len(), 1);
    let streams = [sample.stream.clone()];
    let any = streamscope_signal::BatchOperation::Any;
    let availability =
        rune.aggregates(&[]).unwrap().availability(&streams, sample.range, 3600, any).await.unwrap();
    assert!(availability.available.contains(&true));
}

#[tokio::test]
async fn refusals_say_what_is_wrong() {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let config = streamscope_client::rune::Config {
        graph_url: server.url().into(),
        stream_url: server.url().into(),
        jwt: Some("not-the-demo-token".into()),
        ..Default::default()
    };
    let transport = std::rc::Rc::new(streamscope_client::NativeTransport::new().unwrap());
    let stranger = Rune::new(&config, transport).unwrap();
    let query = DataQuery { stream_id: "0".repeat(64), ..DataQuery::default() };
    let layout = streamscope_client::rune::layout(&[], true);
    let (_, error) = drain(stranger.data(&query, layout.clone()).unwrap()).await;
    let error = error.unwrap();
    assert_eq!((error.kind, error.status), (ErrorKind::Unauthorized, Some(401)), "{error}");
    assert!(!format!("{error:?}").contains("not-the-demo-token"));
    let error = stranger.current_user().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized, "{error}");

    let rune = connect(server.url());
    let (_, error) = drain(rune.data(&query, layout).unwrap()).await;
    assert_eq!(error.unwrap().kind, ErrorKind::NotFound);
    let unknown = rune.streams_by_ids(&["nowhere"]).await.unwrap_err();
    assert!(unknown.message.contains("nowhere"), "{unknown}");
    drop(server);
    let gone = hurried(connect("http://127.0.0.1:9")).current_user().await.unwrap_err();
    assert_eq!(gone.kind, ErrorKind::Network, "{gone}");
    assert!(gone.message.contains("refused"), "{gone}");
}

#[tokio::test]
async fn an_access_token_that_expires_on_the_way_is_renewed() {
    let sample = sample().await;
    let exchanges = Arc::new(AtomicUsize::new(0));
    let counted = exchanges.clone();
    let expired = AtomicBool::new(false);
    let server = start(move |attempt| {
        counted.fetch_add((attempt.path == "/cognito/") as usize, Ordering::Relaxed);
        let on_the_way = is_page(&attempt) && attempt.query.contains("page_token");
        let first = on_the_way && !expired.swap(true, Ordering::Relaxed);
        if first { Fault::ExpireAccess } else { Fault::None }
    })
    .await;
    let config = streamscope_client::rune::Config {
        graph_url: server.url().into(),
        stream_url: server.url().into(),
        cognito_url: Some(format!("{}/cognito/", server.url())),
        cognito_client_id: Some("demo-cognito-client".into()),
        cognito_refresh_token: Some("demo-refresh-token".into()),
        ..Default::default()
    };
    let transport = std::rc::Rc::new(streamscope_client::NativeTransport::new().unwrap());
    let rune = Rune::new(&config, transport.clone()).unwrap();
    assert!(!Source::subjects(&rune, None).try_concat().await.unwrap().is_empty());
    let (frames, error) = drain(rune.read(&Ask::of(&sample.stream, sample.range)).unwrap()).await;
    assert_eq!(error, None);
    assert!(text(&frames) == sample.rows, "an expired access token changed the rows");
    // However many requests were under way, the token was renewed once for all.
    assert_eq!(exchanges.load(Ordering::Relaxed), 2);
    let stranger = streamscope_client::rune::Config { cognito_refresh_token: Some("other".into()), ..config };
    let error = Rune::new(&stranger, transport).unwrap().current_user().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized, "{error}");
    assert!(error.message.contains("Invalid Refresh Token"), "{error}");
}

#[tokio::test]
async fn a_hanging_server_can_be_cancelled() {
    let server = start(|_| Fault::Hang).await;
    let rune = connect(server.url());
    let token = CancelToken::new();
    let clock = streamscope_client::NativeTransport::new().unwrap();
    let later = async {
        clock.sleep(Duration::from_millis(50)).await;
        token.cancel();
    };
    let (outcome, ()) = tokio::join!(token.run(rune.current_user()), later);
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Cancelled);
}

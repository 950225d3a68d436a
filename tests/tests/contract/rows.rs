//! Rows: each once and in order, however the range is cut, the read left or the connection broken.

use std::time::Duration;

use streamscope_client::{Ask, CancelToken, ErrorKind, Extent, Read, Source, StreamInfo, TimeRange};
use streamscope_frame::{CsvWriter, RecordBatch, TimeFormat, times};
use streamscope_sandbox::testing::{Fault, TestOptions, TestServer};

use super::{Party, streams};

/// Rows of a sample at most: some pages.
const ROWS: u32 = 2_500;
/// From 1970 to 2033.
const EVER: TimeRange = TimeRange { start: 0, end: 2_000_000_000_000_000_000 };
/// Streams that are sampled.
const STREAMS: usize = 8;

/// A stream, a range with some rows of it, and those rows.
pub(super) struct Sample {
    pub(super) stream: StreamInfo,
    pub(super) range: TimeRange,
    pub(super) times: Vec<i64>,
    /// The rows as lines of CSV, which holds every value exactly.
    text: String,
}

/// What a read gave: the rows as CSV, and their times.
struct Got {
    text: String,
    times: Vec<i64>,
}

async fn drain(mut read: Box<dyn Read>) -> Got {
    let mut frames: Vec<RecordBatch> = Vec::new();
    while let Some(batch) = read.next_batch().await.unwrap() {
        assert!(batch.rows.num_rows() > 0, "a batch has rows");
        assert_eq!(batch.rows.num_columns(), read.layout().columns.len());
        frames.push(batch.rows);
    }
    let mut writer = CsvWriter::new(TimeFormat::UnixNs);
    let mut text = Vec::new();
    frames.iter().for_each(|frame| writer.write(frame, &mut text).unwrap());
    let times: Vec<i64> = frames.iter().flat_map(|frame| times(frame).unwrap_or_default().to_vec()).collect();
    assert_eq!(read.progress().rows as usize, frames.iter().map(RecordBatch::num_rows).sum::<usize>());
    Got { text: String::from_utf8(text).unwrap(), times }
}

async fn read(source: &dyn Source, ask: &Ask<'_>) -> Got {
    drain(source.read(ask).unwrap()).await
}

/// Some streams with rows, spread over all of them, and the beginning of each.
pub(super) async fn samples(party: &Party, source: &dyn Source, streams: &[StreamInfo]) -> Vec<Sample> {
    // Where nobody says when a stream has samples, all of time is asked for.
    let whole = |stream: &StreamInfo| match stream.extent {
        Extent::Known(range) => Some(range),
        Extent::Empty => None,
        Extent::Unknown => Some(EVER),
    };
    let with_data: Vec<_> = streams.iter().filter_map(|stream| Some((stream, whole(stream)?))).collect();
    let mut samples = Vec::new();
    for (stream, whole) in with_data.iter().step_by(with_data.len().div_ceil(STREAMS).max(1)) {
        let first = read(source, &Ask { most_rows: Some(ROWS), ..Ask::of(stream, *whole) }).await;
        assert!(first.times.len() <= ROWS as usize, "{}: no more rows than asked for", stream.id);
        let Some(last) = first.times.last() else { continue };
        assert!(first.times.iter().all(|time| (whole.start..whole.end).contains(time)), "{}", stream.id);
        // Rows that share the last time are all in the range.
        let range = TimeRange { start: whole.start, end: last + 1 };
        let all = read(source, &Ask::of(stream, range)).await;
        assert!(all.text.starts_with(&first.text), "{}: the first rows are the first of all", stream.id);
        samples.push(Sample { stream: (*stream).clone(), range, times: all.times, text: all.text });
    }
    assert!(samples.len() > 1, "{}: two streams have rows", party.name());
    samples
}

pub(super) async fn each_once_and_in_order_over_any_split(
    party: &Party,
    source: &dyn Source,
    samples: &[Sample],
) {
    for (number, Sample { stream, range, times, text }) in samples.iter().enumerate() {
        let place = format!("{}, {}", party.name(), stream.id);
        assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "{place}: rows are in order");
        // Cuts at a row, just after one, and anywhere; another set for each stream.
        let at = |share: usize| times[(share * 7919 + number * 104_729) % times.len()];
        let mut cuts = vec![range.start, at(1), at(2) + 1, at(3), (at(4) / 2 + at(5) / 2), range.end];
        cuts.sort_unstable();
        let mut joined = String::new();
        for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
            let part = TimeRange { start: pair[0], end: pair[1] };
            joined.push_str(&read(source, &Ask::of(stream, part)).await.text);
        }
        let differs = joined.lines().zip(text.lines()).find(|(one, other)| one != other);
        assert!(joined == *text, "{place}: other rows when cut at {cuts:?}: {differs:?}");
    }
}

pub(super) async fn a_read_can_be_left(party: &Party, source: &dyn Source, samples: &[Sample]) {
    for Sample { stream, range, text, .. } in samples.iter().take(2) {
        let mut left = source.read(&Ask::of(stream, *range)).unwrap();
        left.next_batch().await.unwrap();
        drop(left);
        let token = CancelToken::new();
        let mut cancelled = source.read(&Ask::of(stream, *range)).unwrap();
        token.cancel();
        let error = token.run(cancelled.next_batch()).await.expect_err("it was cancelled");
        assert_eq!(error.kind, ErrorKind::Cancelled);
        assert!(
            read(source, &Ask::of(stream, *range)).await.text == *text,
            "{}: {}",
            party.name(),
            stream.id
        );
    }
}

pub(super) async fn nothing_comes_from_where_nothing_is(
    party: &Party,
    source: &dyn Source,
    streams: &[StreamInfo],
    samples: &[Sample],
) {
    const YEAR: i64 = 365 * 86_400 * 1_000_000_000;
    for Sample { stream, .. } in samples.iter().take(3) {
        let whole = stream.span().unwrap_or(EVER);
        for start in [whole.start - YEAR, whole.end + YEAR] {
            let outside = TimeRange { start, end: start + YEAR / 2 };
            let got = read(source, &Ask::of(stream, outside)).await;
            assert_eq!(got.times.len(), 0, "{}: {} has rows in {outside:?}", party.name(), stream.id);
        }
    }
    for stream in streams.iter().filter(|stream| stream.extent == Extent::Empty).take(2) {
        assert_eq!(read(source, &Ask::of(stream, EVER)).await.times.len(), 0, "{} is empty", stream.id);
    }
}

/// A server whose every answer breaks off the first time, at one place or another.
pub(super) async fn breaking_server() -> TestServer {
    let breaks = |attempt: streamscope_sandbox::testing::Attempt| match attempt.number {
        1 if attempt.path == "/sandbox/info.json" => Fault::None,
        1 => Fault::Cut(200 + attempt.query.len() % 700),
        2 if attempt.query.len().is_multiple_of(3) => Fault::Status(503, Some(0)),
        _ => Fault::None,
    };
    TestServer::start(TestOptions::default().page_rows(700).faults(breaks)).await.unwrap()
}

pub(super) async fn same_over_breaks(party: &Party, broken: &Party) {
    let source = party.connect();
    let streams = streams(party, source.as_ref()).await;
    let samples = samples(party, source.as_ref(), &streams).await;
    let broken = broken.connect();
    for Sample { stream, range, text, .. } in samples.iter().take(4) {
        let ask = Ask::of(stream, *range);
        let reading = read(broken.as_ref(), &ask);
        let got = tokio::time::timeout(Duration::from_secs(60), reading).await.expect("it ends");
        assert!(got.text == *text, "{}: {} over breaks", party.name(), stream.id);
    }
}

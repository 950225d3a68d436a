//! Whatever a server answers, everything that the explorer asks of a platform comes to an end, and no error holds a
//! secret.

use futures_util::StreamExt;
use streamscope_client::{Ask, Error, Read, Source, StreamInfo, Subject, TimeRange, aggregates};
use streamscope_frame::times;
use streamscope_signal::{BatchOperation, SECOND};

use crate::input::Input;
use crate::script::{assert_clean, connect, connector, server};

/// Pages of a listing, and batches of a read, that are asked for.
const MOST_PAGES: usize = 20;
/// Subjects that lie in one another.
const DEEPEST: usize = 4;

/// What is asked for where nothing says when a stream has data.
const RANGE: TimeRange =
    TimeRange { start: 1_709_200_000 * SECOND, end: 1_709_200_000 * SECOND + 3600 * SECOND };

pub(super) fn rune(data: &[u8]) {
    run("rune", data);
}

pub(super) fn joule(data: &[u8]) {
    run("joule", data);
}

pub(super) fn braincube(data: &[u8]) {
    run("braincube", data);
}

pub(super) fn hexoskin(data: &[u8]) {
    run("hexoskin", data);
}

fn run(platform: &str, data: &[u8]) {
    let input = Input::of(data);
    let transport = server(&input);
    let source = connect(&*connector(platform), &transport).source;
    let asked = transport.run(everything(&*source, |part| !input.bit(part)));
    asked.expect("every question comes to an end");
}

/// Asks for one thing after the other, those parts that are wanted; each time the first that was found.
pub async fn everything(source: &dyn Source, wanted: impl Fn(u8) -> bool) {
    let mut subject = "s1".to_string();
    if wanted(0) {
        // The first of all, then the first of those that lie in it.
        let mut within = None;
        for _ in 0..DEEPEST {
            let Some(first) = first_subject(source, within.as_deref()).await else { break };
            subject.clone_from(&first.id);
            within = first.has_inner.then_some(first.id);
            if within.is_none() {
                break;
            }
        }
    }
    if wanted(1) {
        told(source.events(&subject, RANGE).await);
    }
    if wanted(2)
        && let Some(filters) = source.stored_filters(&subject)
    {
        for stored in told(filters.await).unwrap_or_default() {
            told(source.check_filter(&subject, &stored.filter));
        }
    }
    let mut streams = Vec::new();
    let mut pages = source.streams(&subject).take(MOST_PAGES);
    while let Some(page) = pages.next().await {
        streams.extend(told(page).unwrap_or_default());
    }
    if let Some(stream) = streams.first() {
        rows(source, stream, &wanted).await;
    }
}

async fn first_subject(source: &dyn Source, within: Option<&str>) -> Option<Subject> {
    let mut pages = source.subjects(within).take(MOST_PAGES);
    while let Some(page) = pages.next().await {
        if let Some(first) = told(page).and_then(|found| found.into_iter().next()) {
            return Some(first);
        }
    }
    None
}

async fn rows(source: &dyn Source, stream: &StreamInfo, wanted: &impl Fn(u8) -> bool) {
    let start = stream.span().map_or(RANGE.start, |span| span.start);
    let range = TimeRange { start, end: start.saturating_add(3600 * SECOND) };
    let ask = Ask { most_rows: Some(500), ..Ask::of(stream, range) };
    if wanted(3) {
        drain(source.read(&ask)).await;
    }
    if wanted(4)
        && let Some(read) = source.envelope(&ask)
    {
        drain(read).await;
    }
    if wanted(5)
        && let Some(intervals) = source.intervals(stream, range)
    {
        told(intervals.await);
    }
    let streams = std::slice::from_ref(stream);
    let aggregates = aggregates(source, streams);
    if wanted(6) {
        told(aggregates.availability(streams, range, 300, BatchOperation::Any).await);
    }
    if wanted(7) {
        told(aggregates.daily_aggregate(stream, range.start, 300, 1).await);
    }
}

async fn drain(read: Result<Box<dyn Read>, Error>) {
    let Some(mut read) = told(read) else { return };
    let mut last = i64::MIN;
    for _ in 0..MOST_PAGES {
        let Some(Some(batch)) = told(read.next_batch().await) else { return };
        for time in times(&batch.rows).unwrap_or_default() {
            assert!(*time >= last, "rows come in time order");
            last = *time;
        }
    }
}

/// What came of a question; an error is looked at, and is nothing.
fn told<T>(outcome: Result<T, Error>) -> Option<T> {
    outcome.inspect_err(assert_clean).ok()
}

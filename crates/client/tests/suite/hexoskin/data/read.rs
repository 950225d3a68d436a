//! Reads that return every sample, whichever way and whatever breaks.

use std::cell::Cell;

use arrow_array::{Float64Array, Int64Array};
use streamscope_client::hexoskin::{Hexoskin, SampleQuery, SampleRead, Way};
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Request, Step};
use streamscope_frame::{RecordBatch, times};

use super::super::*;
use super::server::*;

/// Nanoseconds of a tick.
pub(in crate::suite) const TICK: i64 = 3_906_250;

/// Times (ticks after the record's start) and values.
pub(in crate::suite) type Samples = (Vec<i64>, Vec<f64>);

fn read(transport: &MemoryTransport, query: &SampleQuery) -> (Samples, Result<(), Error>) {
    let api: Hexoskin = api(transport);
    run(transport, async {
        let record = api.resource("record").get(7).await.unwrap();
        gather(&mut api.samples(&record, query).await.unwrap()).await
    })
}

/// All that a read gives, and how it ends.
pub(in crate::suite) async fn gather(read: &mut SampleRead) -> (Samples, Result<(), Error>) {
    let mut samples = Samples::default();
    let outcome = loop {
        match read.next().await {
            Ok(Some(frame)) => add(&mut samples, &frame),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    assert_eq!(read.progress().rows, samples.0.len() as u64);
    (samples, outcome)
}

fn add(samples: &mut Samples, frame: &RecordBatch) {
    samples.0.extend(times(frame).unwrap().iter().map(|time| time / TICK - START));
    let column = frame.column(1).as_any();
    match column.downcast_ref::<Float64Array>() {
        Some(values) => samples.1.extend(values.iter().map(|value| value.unwrap_or(f64::NAN))),
        None => samples
            .1
            .extend(column.downcast_ref::<Int64Array>().unwrap().values().iter().map(|count| *count as f64)),
    }
}

fn all(id: i64) -> SampleQuery {
    SampleQuery { datatype: id, ..SampleQuery::default() }
}

/// What the record holds, on the physical scale.
pub(in crate::suite) fn expected(id: i64, range: std::ops::Range<i64>) -> Samples {
    let (_, _, step) = signal(id).unwrap();
    let ticks: Vec<i64> = range.filter(|tick| tick % step == 0).collect();
    let value = |tick: &i64| match id {
        4113 => (ecg(*tick) - 1360) as f64 * 64.0 / 10_000.0,
        _ => text(id, *tick).as_f64().unwrap(),
    };
    let values = ticks.iter().map(value).collect();
    (ticks, values)
}

pub(in crate::suite) fn is_binary(request: &Request) -> bool {
    header(request, "Accept").as_deref() == Some("application/octet-stream")
}

/// A record whose fast signals come as bare WAVs.
fn record() -> MemoryTransport {
    signals(|_, request| {
        Some(if is_binary(request) { Canned::new(200, wav_of(request)) } else { json_of(request) })
    })
}

fn binary_requests(transport: &MemoryTransport) -> usize {
    transport.requests().iter().filter(|request| is_binary(request)).count()
}

#[test]
fn every_sample_of_an_ecg_comes_by_binary_and_by_windows() {
    let whole = expected(4113, 0..SECONDS * 256);
    assert!(whole.0.len() > 300_000, "the server would thin it");
    let transport = record();
    assert_eq!(read(&transport, &all(4113)), (whole.clone(), Ok(())));
    assert_eq!(binary_requests(&transport), 1);
    let transport = record();
    let windows = SampleQuery { way: Some(Way::Json), ..all(4113) };
    assert_eq!(read(&transport, &windows), (whole, Ok(())));
    assert_eq!(binary_requests(&transport), 0);
}

#[test]
fn a_window_is_half_open_and_on_the_records_grid() {
    // From between two samples of respiration (every second tick) up to one of them.
    let (start_ns, end_ns) = ((START + 1001) * TICK + 1, (START + 5000) * TICK);
    for way in [Way::Binary, Way::Json] {
        let query =
            SampleQuery { start_ns: Some(start_ns), end_ns: Some(end_ns), way: Some(way), ..all(4129) };
        let (ticks, _) = read(&record(), &query).0;
        assert_eq!((ticks.first(), ticks.last(), ticks.len()), (Some(&1002), Some(&4998), 1999), "{way:?}");
    }
    let empty = SampleQuery { start_ns: Some(0), end_ns: Some(1), ..all(4113) };
    let transport = record();
    assert_eq!(read(&transport, &empty).0, Samples::default());
    assert_eq!(transport.requests().iter().filter(|request| request.url.contains("/data/?")).count(), 0);
}

#[test]
fn a_server_that_sends_the_whole_record_is_cut_to_the_window() {
    let transport = signals(|_, request| {
        let mut whole = request.clone();
        whole.url = format!("{BASE}/api/data/?datatype=4113");
        Some(Canned::new(200, wav_of(&whole)))
    });
    let query =
        SampleQuery { start_ns: Some((START + 70) * TICK), end_ns: Some((START + 90) * TICK), ..all(4113) };
    assert_eq!(read(&transport, &query), (expected(4113, 70..90), Ok(())));
}

#[test]
fn slow_and_irregular_signals_come_by_windows() {
    for id in [36, 18, 19] {
        let transport = record();
        assert_eq!(read(&transport, &all(id)), (expected(id, 0..SECONDS * 256), Ok(())), "{id}");
        assert_eq!(binary_requests(&transport), 0);
    }
    // 331 × 13.28 is 4395.68, not a double beside it.
    assert!(read(&record(), &all(36)).0.1.contains(&4395.68));
}

#[test]
fn raw_counts_on_request() {
    let raw = |id| SampleQuery { raw: true, ..all(id) };
    let counts = read(&record(), &raw(4113)).0.1;
    assert_eq!(&counts[..3], &[ecg(0) as f64, ecg(1) as f64, ecg(2) as f64]);
    assert_eq!(read(&record(), &raw(36)).0.1[31], 331.0);
    let windows = SampleQuery { way: Some(Way::Json), ..raw(4113) };
    assert_eq!(read(&record(), &windows).0.1, counts);
}

#[test]
fn where_there_is_no_binary_the_windows_serve() {
    let answers = [Canned::new(406, ""), Canned::new(200, "[]"), Canned::new(200, "")];
    for answer in answers {
        let transport = signals(move |_, request| {
            Some(if is_binary(request) { answer.clone() } else { json_of(request) })
        });
        assert_eq!(read(&transport, &all(4129)).0.0.len() as i64, SECONDS * 128);
    }
}

#[test]
fn a_download_that_breaks_goes_on_at_the_next_sample() {
    let broken = Cell::new(0);
    let transport = signals(move |_, request| {
        let body = wav_of(request);
        let cut = 44 + 100_001;
        if body.len() <= cut {
            return Some(Canned::new(200, body));
        }
        broken.set(broken.get() + 1);
        // Once the connection breaks, once the body ends early.
        let head = Step::Bytes(body[..cut].to_vec());
        let steps = if broken.get() % 2 == 1 { vec![head, Step::Break("gone".into())] } else { vec![head] };
        Some(Canned::new(200, "").steps(steps))
    });
    assert_eq!(read(&transport, &all(4113)), (expected(4113, 0..SECONDS * 256), Ok(())));
    assert_eq!(binary_requests(&transport), 7);
}

#[test]
fn a_download_that_never_gets_further_ends_in_an_error() {
    let transport = signals(|_, request| {
        let body = wav_of(request);
        let from = super::super::super::parameter(request, "start").unwrap().parse::<i64>().unwrap() - START;
        let kept = if from == 0 { 44 + 200 } else { 44 };
        Some(Canned::new(200, "").steps(vec![Step::Bytes(body[..kept].to_vec()), Step::Break("gone".into())]))
    });
    let (samples, end) = read(&transport, &all(4113));
    let error = end.unwrap_err();
    assert_eq!((error.kind, error.rows, samples.0.len()), (ErrorKind::Body, Some(100), 100));
    assert_eq!(error.covered_to, Some((START + 99) * TICK));
}

#[test]
fn files_that_lie_are_refused() {
    let refused = |body: fn(&Request) -> Vec<u8>, kind: ErrorKind, words: &str| {
        let transport = signals(move |_, request| Some(Canned::new(200, body(request))));
        let error = read(&transport, &all(4113)).1.expect_err(words);
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(words), "{error}");
    };
    refused(|_| wav(7, &[1, 2]), ErrorKind::Protocol, "absurd rate of 7");
    refused(|_| wav(128, &[1, 2]), ErrorKind::Protocol, "absurd rate of 128");
    refused(|_| wav(256, &vec![0; 400_000]), ErrorKind::Protocol, "more than the window has");
    refused(
        |_| stored(&[("a.wav", &wav(256, &[1])), ("b.wav", &wav(256, &[1]))]),
        ErrorKind::Protocol,
        "several files",
    );
    refused(|_| b"PK??".to_vec(), ErrorKind::Body, "it is damaged");
    refused(|_| b"RIFFxxxxAVI ".to_vec(), ErrorKind::Body, "no WAV file");
    let crc = |request: &Request| {
        let mut zip = stored(&[("a.wav", &wav_of(request))]);
        // A byte of a sample.
        zip[120] ^= 1;
        zip
    };
    refused(crc, ErrorKind::Body, "checksum differs");
}

#[test]
fn samples_before_what_is_refused_are_handed_out() {
    let several = |request: &Request| stored(&[("a.wav", &wav_of(request)), ("b.wav", &wav(256, &[1]))]);
    let longer = |request: &Request| [wav_of(request), vec![0; 100_000]].concat();
    for body in [several as fn(&Request) -> Vec<u8>, longer] {
        let transport = signals(move |_, request| Some(Canned::new(200, body(request))));
        let (samples, end) = read(&transport, &all(4113));
        let error = end.unwrap_err();
        assert!(samples == expected(4113, 0..SECONDS * 256), "{} samples before {error}", samples.0.len());
        assert_eq!(error.rows, Some(samples.0.len() as u64));
    }
}

#[test]
fn a_web_page_is_no_file_of_samples() {
    let page = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>";
    let transport = signals(move |_, _| Some(Canned::new(200, page)));
    for id in [4113, 4129] {
        let error = read(&transport, &all(id)).1.unwrap_err();
        assert_eq!((error.kind, error.rows), (ErrorKind::Protocol, Some(0)), "{error}");
        assert!(error.message.contains("web page (\"Sign in\")"), "{error}");
    }
}

#[test]
fn windows_that_are_thinned_all_the_same_are_halved_or_refused() {
    // A server with a ceiling of its own.
    let transport = signals(|_, request| {
        let (from, to) = (bound(request, "start"), bound(request, "end").min(SECONDS * 256 - 1));
        let one_in = if to - from > 10_000 { 5 } else { 1 };
        let points: Vec<_> = (from..=to)
            .filter(|tick| (tick - from) % one_in == 0)
            .map(|tick| json!([START + tick, ecg(tick)]))
            .collect();
        Some(ok(json!([{ "user": "/api/user/1/", "data": { "4113": points } }])))
    });
    let query = SampleQuery { way: Some(Way::Json), end_ns: Some((START + 30_000) * TICK), ..all(4113) };
    assert_eq!(read(&transport, &query), (expected(4113, 0..30_000), Ok(())));

    let transport = signals(|_, request| {
        let (from, to) = (bound(request, "start"), bound(request, "end"));
        let points: Vec<_> = (0..16).map(|n| json!([START + from + n * (to - from) / 16, 1])).collect();
        Some(ok(json!([{ "user": "/api/user/1/", "data": { "4113": points } }])))
    });
    let error = read(&transport, &query).1.unwrap_err();
    assert!(error.kind == ErrorKind::Protocol && error.message.contains("however few"), "{error}");
}

fn bound(request: &Request, name: &str) -> i64 {
    super::super::super::parameter(request, name).unwrap().parse::<i64>().unwrap() - START
}

#[test]
fn times_that_go_back_are_refused() {
    let transport =
        signals(|_, _| Some(ok(json!([{ "user": null, "data": { "19": [[START + 512, 1], [START, 2]] } }]))));
    let error = read(&transport, &all(19)).1.unwrap_err();
    assert!(error.kind == ErrorKind::Protocol && error.message.contains("times go back"), "{error}");
}

#[cfg(feature = "native")]
#[test]
fn packed_files_are_unpacked_as_they_come() {
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let transport = signals(move |_, request| {
        let file = wav_of(request);
        let body = deflated("record_7/ECG_I.wav", &pack(&file), &file);
        Some(Canned::new(200, "").steps(body.chunks(1000).map(|piece| Step::Bytes(piece.to_vec())).collect()))
    });
    assert_eq!(read(&transport, &all(4113)), (expected(4113, 0..SECONDS * 256), Ok(())));
    // One that unpacks to more than it said: a gigabyte of nothing, left at once.
    let transport = signals(move |_, _| {
        let packed = pack(&vec![0; 50 << 20]);
        let mut body = deflated("a.wav", &packed, b"");
        let small = 1000_u32.to_le_bytes();
        body[22..26].copy_from_slice(&small);
        Some(Canned::new(200, body))
    });
    let error = read(&transport, &all(4113)).1.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Body, "{error}");
}

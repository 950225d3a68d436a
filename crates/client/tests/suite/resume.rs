//! Nothing lost, nothing twice: every way a read can be disturbed gives the same rows as an undisturbed one, or an
//! error that says how far it came.

use std::cell::Cell;
use std::rc::Rc;

use streamscope_client::rune::{DataQuery, Format, Times, layout};
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Step};
use streamscope_frame::TimeFormat;

use super::server::{Fault, Rows, Server, dimensions, read, whole};
use super::{drain, parameter, rows};

/// Times repeat, also over the ends of pages.
fn awkward() -> Rows {
    let times = [10, 20, 20, 30, 30, 30, 30, 30, 30, 40, 50, 50];
    times.into_iter().enumerate().map(|(place, time)| (time, place as i64)).collect()
}

/// Time and value of every row that was read.
type Found = Vec<(i64, Option<i64>)>;

fn values(rows: &Rows) -> Found {
    rows.iter().map(|(time, value)| (*time, Some(*value))).collect()
}

fn disturbed(server: &Server, query: &DataQuery, fault: Fault) -> (Found, Option<Error>, MemoryTransport) {
    let transport = server.with_fault(fault);
    let (frames, error) = drain(&transport, read(&transport, query).as_mut());
    (rows(&frames), error, transport)
}

fn cut(text: &str, at: usize) -> Vec<Step> {
    vec![Step::Bytes(text[..at].into()), Step::Break("connection reset".into())]
}

#[test]
fn a_connection_cut_at_any_byte_of_any_page_changes_nothing() {
    let server = Server::new(awkward(), 5);
    let length = 200;
    for page in 0..3 {
        for at in 0..length {
            let (found, error, _) =
                disturbed(
                    &server,
                    &whole(),
                    Box::new(move |_, number, text, honest| {
                        if number == page { honest.steps(cut(text, at.min(text.len()))) } else { honest }
                    }),
                );
            assert_eq!(error, None, "page {page}, byte {at}");
            assert_eq!(found, values(&server.rows), "page {page}, byte {at}");
        }
    }
}

#[test]
fn a_body_that_ends_short_but_in_good_form_is_noticed_inside_a_line() {
    let server = Server::new(awkward(), 5);
    for page in 0..3 {
        for at in 0..200 {
            let (found, error, _) = disturbed(
                &server,
                &whole(),
                Box::new(move |_, number, text, honest| match text.get(..at) {
                    // A cut after a newline looks like an end: nothing in CSV can tell.
                    Some(head) if number == page && !head.is_empty() && !head.ends_with('\n') => {
                        honest.steps(vec![Step::Bytes(head.into())])
                    }
                    _ => honest,
                }),
            );
            assert_eq!(error, None, "page {page}, byte {at}");
            assert_eq!(found, values(&server.rows), "page {page}, byte {at}");
        }
    }
}

#[test]
fn a_server_without_a_last_newline_is_believed() {
    let server = Server::new(awkward(), 5);
    let (found, error, transport) = disturbed(
        &server,
        &whole(),
        Box::new(|_, _, text, honest| honest.steps(vec![Step::Bytes(text.trim_end().into())])),
    );
    assert_eq!(error, None);
    assert_eq!(found, values(&server.rows));
    // The first page is asked for twice (and so is the one ahead of it), the others once.
    let tokens =
        transport.requests().iter().map(|request| parameter(request, "page_token")).collect::<Vec<_>>();
    assert_eq!(tokens.iter().filter(|token| token.is_none()).count(), 2, "{tokens:?}");
    assert!(tokens.len() <= 5, "{tokens:?}");
}

#[test]
fn failures_in_the_middle_are_retried() {
    let server = Server::new(awkward(), 3);
    for status in [500, 503, 429] {
        let (found, error, _) = disturbed(
            &server,
            &whole(),
            Box::new(
                move |_, number, _, honest| {
                    if number % 2 == 1 { Canned::new(status, "busy") } else { honest }
                },
            ),
        );
        assert_eq!(error, None);
        assert_eq!(found, values(&server.rows), "{status}");
    }
}

/// Refuses all tokens given out so far, whenever the countdown of requests ends.
fn expiring(server: &Server, every: usize) -> Fault {
    let (epoch, left) = (server.epoch.clone(), Cell::new(every));
    Box::new(move |_, _, _, honest| {
        left.set(left.get() - 1);
        if left.get() == 0 {
            *epoch.borrow_mut() += 1;
            left.set(every);
        }
        honest
    })
}

#[test]
fn an_expired_token_begins_again_at_the_last_row() {
    let mut restarts = 0;
    for page_rows in 1..=12 {
        for every in 2..6 {
            let server = Server::new(awkward(), page_rows);
            let (found, error, transport) = disturbed(&server, &whole(), expiring(&server, every));
            if let Some(error) = error {
                // With pages smaller than a run of equal times there may be no way forward; then it says so.
                assert_eq!(error.kind, ErrorKind::Refused, "{error}");
                assert_eq!(found, values(&server.rows)[..found.len()]);
                assert!(page_rows * every < 12, "gave up with pages of {page_rows}, tokens good for {every}");
            } else {
                assert_eq!(found, values(&server.rows), "pages of {page_rows}, tokens good for {every}");
            }
            let requests = transport.requests();
            restarts +=
                requests.iter().filter(|request| parameter(request, "start_time_ns").is_some()).count();
        }
    }
    assert!(restarts > 50, "only {restarts} requests began again");
}

#[test]
fn a_limit_is_lessened_when_a_read_begins_again() {
    for limit in 1..=12 {
        let server = Server::new(awkward(), 4);
        let query = DataQuery { limit: Some(limit), ..whole() };
        let (found, error, _) = disturbed(&server, &query, expiring(&server, 3));
        assert_eq!(error, None);
        assert_eq!(found, values(&server.rows)[..limit as usize], "limit {limit}");
    }
}

#[test]
fn without_exact_times_a_read_begins_again_at_its_start() {
    let server = Server::new((0..20).map(|place| (place, place)).collect(), 4);
    let epoch = server.epoch.clone();
    // Once, behind the third page: the rows of three pages are passed over.
    let transport = server.with_fault(Box::new(move |_, number, _, honest| {
        *epoch.borrow_mut() += usize::from(number == 2);
        honest
    }));
    let query = DataQuery {
        times: Times { timestamp: TimeFormat::Unix, ..Times::default() },
        limit: Some(19),
        ..whole()
    };
    let (frames, error) = drain(&transport, read(&transport, &query).as_mut());
    assert_eq!(error, None);
    let found: Vec<_> = rows(&frames).into_iter().filter_map(|(_, value)| value).collect();
    assert_eq!(found, (0..19).collect::<Vec<_>>());
    assert_eq!(transport.requests().len(), 3 + 1 + 5, "three pages, a refusal, and all five");
    assert!(transport.requests().iter().all(|request| parameter(request, "start_time_ns").is_none()));
}

#[test]
fn ranges_may_reach_to_the_ends_of_time() {
    let server = Server::new((0..12).map(|place| (place, place)).collect(), 4);
    for timestamp in [TimeFormat::Unix, TimeFormat::UnixNs] {
        let transport = server.transport();
        let query = DataQuery {
            start_time_ns: Some(i64::MIN),
            end_time_ns: Some(i64::MAX),
            times: Times { timestamp, ..Times::default() },
            ..whole()
        };
        let (frames, error) = drain(&transport, read(&transport, &query).as_mut());
        assert_eq!((rows(&frames).len(), error), (12, None), "{timestamp:?}");
    }
}

#[test]
fn every_disturbance_at_once() {
    let server = Server::new(awkward(), 4);
    for seed in 0..300_u64 {
        let mut state = seed * 2 + 1;
        let mut random = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let epoch = server.epoch.clone();
        let (found, error, _) = disturbed(
            &server,
            &whole(),
            Box::new(move |_, _, text, honest| match random(8) {
                0 => Canned::new(503, "busy"),
                1 => Canned::failure("refused"),
                2 => honest.steps(cut(text, random(text.len() as u64 + 1) as usize)),
                3 => {
                    *epoch.borrow_mut() += 1;
                    honest
                }
                _ => honest,
            }),
        );
        assert_eq!(found, values(&server.rows)[..found.len()], "seed {seed}");
        match error {
            None => assert_eq!(found.len(), server.rows.len(), "seed {seed}"),
            Some(error) => assert_eq!(error.rows, Some(found.len() as u64), "seed {seed}: {error}"),
        }
    }
}

#[test]
fn resumes_without_progress_are_bounded() {
    let server = Server::new(awkward(), 5);
    let line = "time,value,measurement_duration_ns\n10,0,20000000\n20,";
    let (found, error, transport) =
        disturbed(&server, &whole(), Box::new(move |_, _, text, honest| honest.steps(cut(text, line.len()))));
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::Body);
    assert_eq!(found, [(10, Some(0))]);
    assert_eq!((error.rows, error.covered_to), (Some(1), Some(10)));
    assert!(
        error.message.contains("connection reset") && error.message.contains("1 rows were read"),
        "{error}"
    );
    let first =
        transport.requests().iter().filter(|request| parameter(request, "page_token").is_none()).count();
    assert_eq!(first, 6, "the first attempt, and five more");
}

#[test]
fn a_page_that_is_always_short_is_named_by_its_request() {
    let server = Server::new(awkward(), 5);
    let line = "time,value,measurement_duration_ns\n10,0,20000000\n20,";
    let (found, error, _) = disturbed(
        &server,
        &whole(),
        Box::new(move |_, _, text, honest| honest.steps(vec![Step::Bytes(text[..line.len()].into())])),
    );
    let error = error.unwrap();
    assert_eq!((error.kind, found.len(), error.rows), (ErrorKind::Body, 1, Some(1)));
    assert!(error.request.is_some() && error.platform.is_some(), "{error:?}");
}

#[test]
fn a_server_that_changes_its_answer_is_not_believed() {
    // The page breaks after two rows; asked for again, it begins elsewhere. Asked for again by time, it still does.
    let server = Server::new(awkward(), 12);
    let (found, error, transport) = disturbed(
        &server,
        &whole(),
        Box::new(move |_, number, text, honest| match number {
            0 => honest.steps(cut(text, 70)),
            _ => super::csv("time,value,measurement_duration_ns\n1,1,1\n2,2,2\n3,3,3\n"),
        }),
    );
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    assert!(error.message.contains("differently"), "{error}");
    assert_eq!(error.rows, Some(found.len() as u64));
    assert_eq!(found, values(&server.rows)[..found.len()]);
    assert!(transport.requests().len() <= 3);
}

#[test]
fn a_page_that_moved_is_found_again_by_time() {
    // Asked for again, the page holds rows that arrived meanwhile; by time, everything is in its place.
    let server = Server::new(awkward(), 12);
    let early = "time,value,measurement_duration_ns\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n";
    let (found, error, _) = disturbed(
        &server,
        &whole(),
        Box::new(move |_, number, text, honest| match number {
            0 => honest.steps(cut(text, 70)),
            1 => super::csv(early),
            _ => honest,
        }),
    );
    assert_eq!(error, None);
    assert_eq!(found, values(&server.rows));
}

#[test]
fn a_page_that_shrank_is_found_again_by_time() {
    let server = Server::new(awkward(), 12);
    let (found, error, _) = disturbed(
        &server,
        &whole(),
        Box::new(move |_, number, text, honest| match number {
            0 => honest.steps(cut(text, 120)),
            1 => super::csv("time,value,measurement_duration_ns\n"),
            _ => honest,
        }),
    );
    assert_eq!(error, None);
    assert_eq!(found, values(&server.rows));
}

#[test]
fn fewer_rows_than_before_is_an_error() {
    let server = Server::new(awkward(), 12);
    let (_, error, _) = disturbed(
        &server,
        &whole(),
        Box::new(move |_, number, text, honest| match number {
            0 => honest.steps(cut(text, 120)),
            _ => super::csv("time,value,measurement_duration_ns\n"),
        }),
    );
    assert_eq!(error.unwrap().kind, ErrorKind::Protocol);
}

#[test]
fn json_pages_are_resumed_at_any_cut() {
    let whole_page =
        r#"{"cardinality":2,"data":{"time":[10,20],"value":[0,1],"measurement_duration_ns":[5,5]}}"#;
    let last_page = r#"{"data":{"measurement_duration_ns":[5],"value":[2],"time":[20]},"cardinality":1}"#;
    for broken in [true, false] {
        for at in 0..whole_page.len() {
            let asked = Rc::new(Cell::new(0));
            let transport = MemoryTransport::new(move |request| {
                if parameter(request, "page_token").is_some() {
                    return Canned::new(200, last_page);
                }
                asked.set(asked.get() + 1);
                let page = Canned::new(200, whole_page).header("X-Rune-Next-Page-Token", "next");
                let mut head = cut(whole_page, at);
                head.truncate(if broken { 2 } else { 1 });
                if asked.get() == 1 { page.steps(head) } else { page }
            });
            let query = DataQuery { format: Format::JSON, ..whole() };
            let mut reading = super::rune(&transport).data(&query, layout(&dimensions(), true)).unwrap();
            let (frames, error) = drain(&transport, reading.as_mut());
            assert_eq!(error, None, "byte {at}");
            assert_eq!(rows(&frames), [(10, Some(0)), (20, Some(1)), (20, Some(2))], "byte {at}");
        }
    }
}

//! Servers on another origin that do not expose the header with the next page's token.

use streamscope_client::rune::{AvailabilityQuery, DataQuery, Format, Times, layout};
use streamscope_client::{ErrorKind, MemoryTransport};
use streamscope_frame::TimeFormat;
use streamscope_signal::SECOND;

use super::server::{Rows, Server, dimensions, is_availability, read, whole};
use super::{drain, rows, rune};

const TOKEN: &str = "X-Rune-Next-Page-Token";

fn values(rows: &Rows) -> Vec<(i64, Option<i64>)> {
    rows.iter().map(|(time, value)| (*time, Some(*value))).collect()
}

fn seconds(count: i64) -> Rows {
    (0..count).map(|place| (place * SECOND, place)).collect()
}

/// The server's answers, read from another origin that exposes these headers.
fn elsewhere(server: &Server, exposed: &'static [&'static str]) -> MemoryTransport {
    server.with_fault(Box::new(move |_, _, _, honest| honest.exposing(exposed)))
}

#[test]
fn all_rows_come_though_no_page_names_the_next() {
    // Several rows of one time lie on both sides of pages.
    let crowded = (0..120).map(|place| (place / 3 * SECOND, place)).collect();
    for rows_there in [seconds(120), seconds(121), crowded] {
        for page_rows in [7, 40, 119, 120] {
            let server = Server::new(rows_there.clone(), page_rows);
            let query = DataQuery { start_time_ns: Some(0), end_time_ns: Some(1000 * SECOND), ..whole() };
            for query in [whole(), query] {
                let transport = elsewhere(&server, &[]);
                let (frames, error) = drain(&transport, read(&transport, &query).as_mut());
                assert_eq!((rows(&frames), error), (values(&rows_there), None), "{page_rows} rows a page");
            }
        }
    }
    let limited = DataQuery { limit: Some(70), ..whole() };
    let transport = elsewhere(&Server::new(seconds(120), 40), &[]);
    let (frames, error) = drain(&transport, read(&transport, &limited).as_mut());
    assert_eq!((rows(&frames), error), (values(&seconds(70)), None));
}

#[test]
fn a_page_of_one_time_that_leads_nowhere_names_the_header() {
    let rows_of = |count: i64| (0..count).map(|place| (0, place)).collect::<Rows>();
    let with_later: Rows = rows_of(60).into_iter().chain([(SECOND, 60)]).collect();
    for (rows_there, page_rows) in [(with_later, 40), (rows_of(60), 40), (seconds(2), 1)] {
        let transport = elsewhere(&Server::new(rows_there, page_rows), &[]);
        let (frames, error) = drain(&transport, read(&transport, &whole()).as_mut());
        let error = error.unwrap();
        let delivered = rows(&frames).len();
        assert_eq!(
            (error.kind, error.rows, delivered),
            (ErrorKind::Protocol, Some(page_rows as u64), page_rows)
        );
        assert!(error.message.contains("Access-Control-Expose-Headers: X-Rune-Next-Page-Token"), "{error}");
    }
    let transport = elsewhere(&Server::new(seconds(1), 40), &[]);
    let (frames, error) = drain(&transport, read(&transport, &whole()).as_mut());
    assert_eq!((rows(&frames).len(), error), (1, None));
}

#[test]
fn a_server_that_shows_the_header_is_asked_nothing_more() {
    let server = Server::new(seconds(120), 40);
    let transport = elsewhere(&server, &[TOKEN]);
    let rune = rune(&transport);
    let all = |query: &DataQuery| {
        let mut reading = rune.data(query, layout(&dimensions(), true)).unwrap();
        let (frames, error) = drain(&transport, reading.as_mut());
        assert_eq!(error, None);
        rows(&frames).len()
    };
    let page = DataQuery { start_time_ns: Some(0), end_time_ns: Some(40 * SECOND), ..whole() };
    // A single page leaves it open, which costs one question; a page that names the next settles it.
    assert_eq!((all(&page), transport.requests().len()), (40, 2));
    assert_eq!((all(&whole()), transport.requests().len()), (120, 5));
    assert_eq!((all(&page), transport.requests().len()), (40, 6));
    // From the same origin nothing is hidden.
    let transport = server.transport();
    drain(&transport, read(&transport, &page).as_mut());
    assert_eq!(transport.requests().len(), 1);
}

#[test]
fn an_availability_that_ends_early_names_the_header() {
    let query = AvailabilityQuery {
        stream_ids: vec!["s1".into()],
        batch_operation: None,
        start_time: 0.0,
        end_time: 3000.0,
        resolution: 300,
        limit: None,
        format: Format::CSV,
        times: Times { timestamp: TimeFormat::UnixNs, ..Times::default() },
    };
    for (count, is_whole) in [(10, true), (4, false)] {
        let lines = (0..count).map(|window| format!("{},1\n", window * 300 * SECOND)).collect::<String>();
        let transport = MemoryTransport::new(move |request| {
            assert!(is_availability(request));
            super::csv(&format!("time,availability\n{lines}")).exposing(&[])
        });
        match transport.run(rune(&transport).availability(&query)).unwrap() {
            Ok(found) => assert!(is_whole && found.available == [true; 10]),
            Err(error) => assert!(!is_whole && error.message.contains(TOKEN), "{error}"),
        }
    }
}

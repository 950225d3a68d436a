use std::time::Duration;

use streamscope_client::rune::DataQuery;
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Step};

use super::server::{Server, read, whole};
use super::{csv, drain, parameter, rows};

fn numbered(count: i64) -> Vec<(i64, i64)> {
    (0..count).map(|place| (place * 1000, place)).collect()
}

fn expected(rows: &[(i64, i64)]) -> Vec<(i64, Option<i64>)> {
    rows.iter().map(|(time, value)| (*time, Some(*value))).collect()
}

#[test]
fn pages_join_without_a_seam() {
    for page_rows in [1, 2, 3, 7, 50, 100] {
        let server = Server::new(numbered(50), page_rows);
        let transport = server.transport();
        let mut reading = read(&transport, &whole());
        let (frames, error) = drain(&transport, reading.as_mut());
        assert_eq!(error, None);
        assert_eq!(rows(&frames), expected(&server.rows));
        let pages = 50_usize.div_ceil(page_rows);
        assert_eq!(transport.requests().len(), pages);
        let progress = reading.progress();
        assert_eq!((progress.rows, progress.pages, progress.covered_to), (50, pages as u64, Some(49_000)));
        assert!(progress.bytes > 50 * 10);
    }
}

#[test]
fn the_next_page_is_asked_for_before_this_one_is_read_and_only_one_is_ahead() {
    let server = Server::new(numbered(40), 10);
    let transport = server.with_fault(Box::new(|_, _, text, honest| {
        let (head, tail) = text.split_at(text.len() / 2);
        honest.steps(vec![
            Step::Wait(Duration::from_secs(1)),
            Step::Bytes(head.into()),
            Step::Bytes(tail.into()),
        ])
    }));
    let mut reading = read(&transport, &whole());
    drain(&transport, reading.as_mut());
    let log = transport.log();
    let place = |event: &str| {
        log.iter().position(|known| known == event).unwrap_or_else(|| panic!("{event}: {log:?}"))
    };
    for page in 0..3 {
        assert!(place(&format!("sent {}", page + 1)) < place(&format!("read {page}")), "{log:?}");
        assert!(place(&format!("ended {page}")) < place(&format!("read {}", page + 1)), "{log:?}");
    }
    for page in 0..2 {
        assert!(place(&format!("ended {page}")) < place(&format!("sent {}", page + 2)), "{log:?}");
    }
}

#[test]
fn the_page_ahead_arrives_while_this_one_is_read() {
    // Heads take a second, bodies take a second: one after the other would be eight.
    let server = Server::new(numbered(40), 10);
    let slow = Duration::from_secs(1);
    let transport = server.with_fault(Box::new(move |_, _, text, honest| {
        honest.after(slow).steps(vec![Step::Wait(slow), Step::Bytes(text.into())])
    }));
    let mut reading = read(&transport, &whole());
    let (frames, _) = drain(&transport, reading.as_mut());
    assert_eq!(rows(&frames).len(), 40);
    assert_eq!(streamscope_client::Transport::now_ms(&transport), 5000.0);
}

#[test]
fn others_get_a_turn_while_a_long_body_is_parsed() {
    let mut text = String::from("time,value,measurement_duration_ns\n");
    (0..200_000).for_each(|place| text.push_str(&format!("{place},{place},0\n")));
    let transport = MemoryTransport::queue([csv(&text)]);
    // Each look at the clock finds it 3 ms later: a turn is due every third look.
    transport.set_tick(Duration::from_millis(3));
    let mut reading = read(&transport, &whole());
    let (frames, error) = drain(&transport, reading.as_mut());
    assert_eq!(error, None);
    assert_eq!(frames.iter().map(|frame| frame.num_rows()).sum::<usize>(), 200_000);
    let looks = text.len() / (64 << 10);
    assert!(transport.turns() >= looks / 4, "{} turns in {looks} looks", transport.turns());
    // Frames come as rows do, not all at the end.
    assert!(frames.len() >= 3, "{} frames", frames.len());
    assert!(frames.iter().all(|frame| frame.num_rows() < 80_000));
}

#[test]
fn the_first_rows_come_before_the_second_page() {
    let server = Server::new(numbered(40), 10);
    let transport = server.with_fault(Box::new(|_, number, _, honest| {
        if number == 0 { honest } else { honest.after(Duration::from_secs(3600 * number as u64)) }
    }));
    let mut reading = read(&transport, &whole());
    let first = transport.run(reading.next_batch()).unwrap().unwrap().unwrap();
    assert_eq!(first.rows.num_rows(), 10);
    assert_eq!(streamscope_client::Transport::now_ms(&transport), 0.0);
}

#[test]
fn empty_answers_are_empty_reads() {
    for body in ["time,value,measurement_duration_ns\n", ""] {
        let transport = MemoryTransport::queue([csv(body)]);
        let (frames, error) = drain(&transport, read(&transport, &whole()).as_mut());
        assert_eq!((frames.len(), error), (0, None), "{body}");
    }
    // A token on a page without rows is followed.
    let empty = csv("time,value,measurement_duration_ns\n").header("X-Rune-Next-Page-Token", "a");
    let transport = MemoryTransport::queue([empty, csv("time,value,measurement_duration_ns\n1,2,3\n")]);
    let (frames, error) = drain(&transport, read(&transport, &whole()).as_mut());
    assert_eq!((rows(&frames), error), (vec![(1, Some(2))], None));
}

#[test]
fn a_repeated_token_is_stopped() {
    let page = |from: i64, token: &str| {
        csv(&format!("time,value,measurement_duration_ns\n{from},0,0\n"))
            .header("X-Rune-Next-Page-Token", token)
    };
    for tokens in [vec!["a", "a", "a"], vec!["a", "b", "c", "a"], vec!["a", "b", "b"]] {
        let pages = tokens.iter().enumerate().map(|(place, token)| page(place as i64, token));
        let transport = MemoryTransport::queue(pages.chain(vec![page(99, "z"); 9]));
        let (frames, error) = drain(&transport, read(&transport, &whole()).as_mut());
        let error = error.unwrap();
        assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
        assert!(error.message.contains("token"), "{error}");
        assert_eq!(error.rows, Some(rows(&frames).len() as u64));
        assert!(transport.requests().len() <= tokens.len(), "{tokens:?}");
    }
}

#[test]
fn pages_without_rows_end_some_time() {
    let mut number = 0;
    let transport = MemoryTransport::new(move |_| {
        number += 1;
        csv("time,value,measurement_duration_ns\n").header("X-Rune-Next-Page-Token", &number.to_string())
    });
    let (_, error) = drain(&transport, read(&transport, &whole()).as_mut());
    assert_eq!(error.unwrap().kind, ErrorKind::Protocol);
}

#[test]
fn rows_out_of_order_or_out_of_range_are_stopped() {
    let head = "time,value,measurement_duration_ns\n";
    let in_range = || DataQuery { start_time_ns: Some(10), end_time_ns: Some(20), ..whole() };
    let table = [
        (vec![format!("{head}12,0,0\n11,0,0\n")], whole(), 1),
        (vec![format!("{head}12,0,0\n13,0,0\n"), format!("{head}12,0,0\n")], whole(), 2),
        (vec![format!("{head}9,0,0\n")], in_range(), 0),
        (vec![format!("{head}10,0,0\n20,0,0\n")], in_range(), 1),
        (vec![format!("{head},0,0\n")], whole(), 0),
    ];
    for (pages, query, read_before) in table {
        let count = pages.len();
        let pages = pages.iter().enumerate().map(|(place, page)| {
            let page = csv(page);
            if place + 1 < count { page.header("X-Rune-Next-Page-Token", &place.to_string()) } else { page }
        });
        let transport = MemoryTransport::queue(pages);
        let (frames, error) = drain(&transport, read(&transport, &query).as_mut());
        let error = error.unwrap();
        assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
        assert_eq!((rows(&frames).len(), error.rows), (read_before, Some(read_before as u64)), "{error}");
    }
    // Both ends of the range are where they should be.
    let transport = MemoryTransport::queue([csv(&format!("{head}10,0,0\n19,0,0\n"))]);
    let (frames, error) = drain(&transport, read(&transport, &in_range()).as_mut());
    assert_eq!((rows(&frames).len(), error), (2, None));
}

#[test]
fn a_web_page_in_place_of_a_page_is_named() {
    for end in ["", "\n"] {
        let page = format!("<!DOCTYPE html><html><head><title>Sign in</title></head></html>{end}");
        let transport = MemoryTransport::queue(vec![csv(&page); 3]);
        let error = drain(&transport, read(&transport, &whole()).as_mut()).1.unwrap();
        assert_eq!((error.kind, error.rows), (ErrorKind::Protocol, Some(0)), "{error}");
        assert!(error.message.contains("web page (\"Sign in\")"), "{error}");
    }
}

#[test]
fn a_malformed_body_ends_with_its_place_and_the_rows_before_it() {
    let body = "time,value,measurement_duration_ns\n1,1,0\n2,two,0\n3,3,0\n";
    let transport = MemoryTransport::queue(vec![csv(body); 3]);
    let mut reading = read(&transport, &whole());
    let (frames, error) = drain(&transport, reading.as_mut());
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::Body);
    assert_eq!(rows(&frames), [(1, Some(1))]);
    let parse = error.parse.as_ref().unwrap();
    assert_eq!((parse.column.as_deref(), parse.line), (Some("value"), 3));
    assert_eq!((error.rows, error.covered_to), (Some(1), Some(1)));
    assert_eq!(transport.requests().len(), 1, "the same bytes would fail again");
    // The error stays.
    assert_eq!(transport.run(reading.next_batch()).unwrap().unwrap_err(), error);
}

#[test]
fn the_limit_and_the_range_are_asked_for_on_every_page() {
    let server = Server::new(numbered(50), 7);
    let transport = server.transport();
    let query =
        DataQuery { start_time_ns: Some(3000), end_time_ns: Some(45_000), limit: Some(20), ..whole() };
    let (frames, error) = drain(&transport, read(&transport, &query).as_mut());
    assert_eq!(error, None);
    assert_eq!(rows(&frames), expected(&server.rows[3..23]));
    for request in transport.requests() {
        assert_eq!(parameter(&request, "limit").as_deref(), Some("20"));
        assert_eq!(parameter(&request, "start_time_ns").as_deref(), Some("3000"));
    }
}

#[test]
fn tokens_are_encoded() {
    let token = "a+b/c==&limit=1";
    let page = "time,value,measurement_duration_ns\n";
    let transport = MemoryTransport::queue([csv(page).header("X-RUNE-NEXT-PAGE-TOKEN", token), csv(page)]);
    drain(&transport, read(&transport, &whole()).as_mut());
    assert_eq!(parameter(&transport.requests()[1], "page_token").as_deref(), Some(token));
    assert_eq!(parameter(&transport.requests()[1], "limit"), None);
}

#[test]
fn a_stream_without_time_is_read_all_the_same() {
    use streamscope_client::rune::layout;
    let dimensions =
        [super::server::dimension("offset", "uint"), super::server::dimension("byte", "mystery")];
    let body = "offset,byte,measurement_duration_ns\n5,a,0\n4,b,0\n";
    let transport = MemoryTransport::queue([Canned::new(200, body)]);
    let mut reading = super::rune(&transport).data(&whole(), layout(&dimensions, true)).unwrap();
    let (frames, error) = drain(&transport, reading.as_mut());
    assert_eq!((frames[0].num_rows(), error), (2, None));
    assert_eq!(reading.progress().covered_to, None);
}

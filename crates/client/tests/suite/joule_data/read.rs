//! Windows, layouts, and the answers in which nothing is.

use streamscope_client::joule::{DataQuery, Emptiness};
use streamscope_client::{Canned, ErrorKind, Read};
use streamscope_frame::ColumnType;

use super::node::{Node, pieces};
use super::{drain, got, open};

fn query() -> DataQuery {
    DataQuery::new("/s")
}

#[test]
fn every_row_of_every_interval_with_names_and_units() {
    let node = Node::of_lengths(&[2500, 10, 1, 100_000]);
    let transport = node.transport();
    let mut read = open(&transport, &query()).unwrap();
    assert_eq!(read.level(), 1);
    let columns = read.layout().columns.clone();
    let seen: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(seen, [("time", ColumnType::Time), ("V", ColumnType::Float32)]);
    assert_eq!(columns[1].unit.as_deref(), Some("volt"));
    let got = drain(&transport, &mut read);
    assert_eq!(&got.intervals, node.intervals.as_ref());
    assert!(got.error.is_none());
    let progress = read.progress();
    assert_eq!((progress.rows, progress.pages), (102_511, 1));
    assert_eq!(progress.covered_to, node.intervals[3].last().map(|(time, _)| time * 1000));
}

#[test]
fn a_window_is_half_open_to_the_nanosecond() {
    let node = Node::of_lengths(&[10]);
    let at = |row: usize| node.intervals[0][row].0 * 1000;
    let cases = [
        (at(2), at(5), 2..5),
        (at(2) + 1, at(5) + 1, 3..6),
        (at(2) - 999, at(5) - 999, 2..5),
        (at(0) - 1, at(9) + 1, 0..10),
    ];
    for (start, end, rows) in cases {
        let query = DataQuery { start_ns: Some(start), end_ns: Some(end), ..query() };
        assert_eq!(got(&node.transport(), &query).intervals, [node.intervals[0][rows].to_vec()]);
    }
    let transport = node.transport();
    let nothing = DataQuery { start_ns: Some(at(2) + 1), end_ns: Some(at(2) + 2), ..query() };
    assert!(got(&transport, &nothing).intervals.is_empty());
    assert!(transport.requests().iter().all(|request| !request.url.contains("/data?")), "nothing to ask for");
}

#[test]
fn a_body_that_arrives_byte_by_byte_is_the_same() {
    let node = Node::of_lengths(&[30, 7]);
    let transport = node.with_fault(Box::new(|_, body| Canned::new(200, "").steps(pieces(&body, 1))));
    assert_eq!(&got(&transport, &query()).intervals, node.intervals.as_ref());
}

#[test]
fn answers_without_rows_are_told_apart() {
    let node = Node::of_lengths(&[10, 10]);
    let between = node.intervals[0][9].0 * 1000 + 5_000_000_000;
    let outside = DataQuery { start_ns: Some(between), end_ns: Some(between + 1000), ..query() };
    let undecimated = Node { decimate: false, ..node.clone() };
    let level = |level| DataQuery { decimation_level: Some(level), ..query() };
    let cases = [
        (Node::new(Vec::new()), query(), Emptiness::NoData),
        (Node::new(Vec::new()), DataQuery { max_rows: Some(5), ..query() }, Emptiness::NoData),
        (node.clone(), outside.clone(), Emptiness::OutsideWindow),
        (node.clone(), DataQuery { max_rows: Some(5), ..outside }, Emptiness::OutsideWindow),
        (undecimated, level(4), Emptiness::NotDecimated),
        (node.clone(), level(64), Emptiness::TooCoarse),
        (node, level(3), Emptiness::TooCoarse),
    ];
    for (node, query, expected) in cases {
        let transport = node.transport();
        let mut read = open(&transport, &query).unwrap();
        let got = drain(&transport, &mut read);
        assert!(got.frames.is_empty() && got.error.is_none(), "{query:?}: {:?}", got.error);
        assert_eq!(transport.run(read.why_empty()).unwrap(), Ok(expected), "{query:?}");
    }
}

#[test]
fn questions_that_contradict_themselves_are_not_sent() {
    let transport = Node::of_lengths(&[1]).transport();
    let wrong = [
        (DataQuery { max_rows: Some(0), ..query() }, "max_rows is 0"),
        (DataQuery { decimation_level: Some(0), ..query() }, "decimation_level is 0"),
        (DataQuery { max_rows: Some(1), decimation_level: Some(4), ..query() }, "one decides the other"),
        (DataQuery { start_ns: Some(2), end_ns: Some(1), ..query() }, "is after end_ns"),
        (DataQuery::new("s/"), "path is \"s/\""),
    ];
    for (query, words) in wrong {
        let error = open(&transport, &query).err().unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidInput);
        assert!(error.message.contains(words), "{error}");
    }
    assert!(transport.requests().is_empty());
}

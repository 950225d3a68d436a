//! A long read follows two answers at a time, and gives the rows and gaps of one.

use std::time::Duration;

use streamscope_client::joule::DataQuery;
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Step};

use super::node::{Node, pieces};
use super::{drain, got, open};
use crate::suite::{Random, parameter};

/// Elements of a row, for reads that are long in bytes and short in rows: 4 kB each.
const WIDE: usize = 1000;
const ROW: usize = 8 + 4 * WIDE;

/// About 60 MB, with gaps anywhere.
fn long(random: &mut Random) -> Node {
    let length = |random: &mut Random| match random.below(3) {
        0 => 1 + random.below(3) as usize,
        1 => 1 + random.below(300) as usize,
        _ => 1 + random.below(8000) as usize,
    };
    let mut lengths = Vec::new();
    while lengths.iter().sum::<usize>() < 15_000 {
        lengths.push(length(random));
    }
    Node { elements: WIDE, ..Node::of_lengths(&lengths) }
}

fn query() -> DataQuery {
    DataQuery::new("/s")
}

/// The windows that were asked for, in order: start and end, µs.
fn windows(transport: &MemoryTransport) -> Vec<(Option<i64>, Option<i64>)> {
    let requests = transport.requests();
    let data = requests.iter().filter(|request| request.url.contains("/data?"));
    let bound = |request, name| parameter(request, name).map(|value| value.parse().unwrap());
    data.map(|request| (bound(request, "start"), bound(request, "end"))).collect()
}

#[test]
fn shards_give_the_rows_and_the_gaps_of_one_answer() {
    for seed in 0..8 {
        let mut random = Random(seed);
        let node = long(&mut random);
        let (length, wait) = (ROW / 2 + random.below(900_000) as usize, random.below(50));
        let transport = node.with_fault(Box::new(move |number, body| {
            let wait = Duration::from_millis(wait * (number as u64 % 3));
            Canned::new(200, "").steps(pieces(&body, length)).after(wait)
        }));
        let mut read = open(&transport, &query()).unwrap();
        let got = drain(&transport, &mut read);
        assert_eq!(got.error, None, "seed {seed}");
        assert!(&got.intervals == node.intervals.as_ref(), "seed {seed}: other rows or gaps");
        let windows = windows(&transport);
        assert!(windows.len() > 2, "seed {seed}: {windows:?}");
        assert_eq!(windows[0], (None, None));
        for pair in windows[1..].windows(2) {
            assert_eq!(pair[0].1, pair[1].0, "seed {seed}: shards adjoin");
        }
        for cut in windows.iter().filter_map(|(start, _)| *start) {
            let inside = |rows: &Vec<(i64, f32)>| rows[0].0 < cut && cut <= rows[rows.len() - 1].0;
            assert!(node.intervals.iter().any(inside), "seed {seed}: a gap falls on the seam at {cut}");
        }
    }
}

#[test]
fn a_window_stays_a_window() {
    let node = Node { elements: WIDE, ..Node::of_lengths(&[9000, 6000]) };
    let (first, second) = (&node.intervals[0], &node.intervals[1]);
    let query =
        DataQuery { start_ns: Some(first[10].0 * 1000), end_ns: Some(second[5990].0 * 1000), ..query() };
    let transport = node.transport();
    let got = got(&transport, &query);
    assert!(got.intervals == [first[10..].to_vec(), second[..5990].to_vec()]);
    let windows = windows(&transport);
    assert!(windows.len() > 1, "{windows:?}");
    assert_eq!((windows[0].0, windows[windows.len() - 1].1), (Some(first[10].0), Some(second[5990].0)));
}

#[test]
fn answers_may_break_off_anywhere() {
    for seed in 0..6 {
        let mut random = Random(seed);
        let node = long(&mut random);
        let transport = node.with_fault(Box::new(move |number, body| {
            if number > 8 || random.below(3) == 0 {
                return Canned::new(200, "").steps(pieces(&body, 700_001));
            }
            let part = &body[..random.below(body.len() as u64) as usize];
            let mut steps = pieces(part, 300_007);
            steps.push(Step::Break("connection reset".into()));
            Canned::new(200, "").steps(steps)
        }));
        let got = got(&transport, &query());
        assert_eq!(got.error, None, "seed {seed}");
        assert!(&got.intervals == node.intervals.as_ref(), "seed {seed}: other rows or gaps");
    }
}

#[test]
fn without_intervals_it_stays_one_answer() {
    let node = Node { elements: WIDE, ..Node::of_lengths(&[15_000]) };
    for withheld in [(404, "no such thing"), (200, "[[1, 2")] {
        let transport = Node { withheld: Some(withheld), ..node.clone() }.transport();
        let got = got(&transport, &query());
        assert!(&got.intervals == node.intervals.as_ref());
        assert_eq!(windows(&transport), [(None, None)]);
    }
}

#[test]
fn what_a_later_shard_meets_is_told_after_all_rows_before_it() {
    let node = Node { elements: WIDE, ..Node::of_lengths(&[15_000]) };
    let transport = node.with_fault(Box::new(|number, mut body| {
        if number == 1 {
            body.copy_within(0..ROW, 100 * ROW);
        }
        Canned::new(200, "").steps(pieces(&body, 500_000))
    }));
    let got = got(&transport, &query());
    let cut = windows(&transport)[1].0.unwrap();
    let before = node.intervals[0].iter().position(|(time, _)| *time >= cut).unwrap();
    let error = got.error.unwrap();
    assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    let rows = before + 100;
    assert_eq!(
        (error.rows, error.covered_to),
        (Some(rows as u64), Some(node.intervals[0][rows - 1].0 * 1000))
    );
    assert!(got.intervals == [node.intervals[0][..rows].to_vec()]);
}

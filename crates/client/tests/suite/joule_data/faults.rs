//! Bodies that break off, never end, or are not what was asked for.

use proptest::prelude::*;
use streamscope_client::joule::DataQuery;
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Read, Step};

use super::node::{Node, pieces};
use super::{KEY, drain, got, open};

fn query() -> DataQuery {
    DataQuery::new("/s")
}

/// Cuts each answer after so many bytes, the last ones being whole.
fn cut(node: &Node, cuts: Vec<(usize, bool)>) -> MemoryTransport {
    node.with_fault(Box::new(move |number, body| match cuts.get(number) {
        Some(&(length, announced)) => {
            let part = body[..length.min(body.len())].to_vec();
            let broken = vec![Step::Bytes(part.clone()), Step::Break("connection reset".into())];
            // Without an announcement a cut inside a row shows all the same.
            let silent = !announced && part.len() % 12 != 0;
            Canned::new(200, "").steps(if silent { vec![Step::Bytes(part)] } else { broken })
        }
        None => Canned::new(200, body),
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_come_exactly_once_and_gaps_stay_wherever_bodies_break(
        lengths in prop::collection::vec(1_usize..40, 1..5),
        cuts in prop::collection::vec((0_usize..900, any::<bool>()), 0..3),
    ) {
        let node = Node::of_lengths(&lengths);
        let got = got(&cut(&node, cuts), &query());
        prop_assert!(got.error.is_none(), "{:?}", got.error);
        prop_assert_eq!(&got.intervals, node.intervals.as_ref());
    }
}

#[test]
fn a_break_just_before_a_token_does_not_swallow_it() {
    let node = Node::of_lengths(&[5, 5]);
    let got = got(&cut(&node, vec![(5 * 12, true)]), &query());
    assert_eq!(&got.intervals, node.intervals.as_ref());
}

#[test]
fn an_interval_that_the_node_repeats_without_end_is_read_once() {
    for lengths in [&[9, 12][..], &[19, 3, 9, 5], &[4, 9, 9, 9, 2]] {
        let node = Node { block: 10, ..Node::of_lengths(lengths) };
        let transport = node.with_fault(Box::new(|_, body| Canned::new(200, "").steps(pieces(&body, 17))));
        let got = got(&transport, &query());
        assert!(got.error.is_none(), "{:?}", got.error);
        assert_eq!(&got.intervals, node.intervals.as_ref(), "{lengths:?}");
    }
}

#[test]
fn a_read_that_never_gets_on_ends_and_says_how_far_it_came() {
    let node = Node::of_lengths(&[100]);
    let last = node.intervals[0][9].0 * 1000;
    let transport = node.with_fault(Box::new(|number, body| {
        let rows = if number == 0 { 10 } else { 1 };
        Canned::new(200, "").steps(vec![Step::Bytes(body[..rows * 12].to_vec()), Step::Break("reset".into())])
    }));
    let got = got(&transport, &query());
    let error = got.error.unwrap();
    assert_eq!((error.kind, error.rows, error.covered_to), (ErrorKind::Body, Some(10), Some(last)));
    assert_eq!(got.intervals, [node.intervals[0][..10].to_vec()], "what came is kept");
    assert!(!format!("{error:?}").contains(KEY));
}

#[test]
fn a_body_that_is_always_short_is_named_by_its_request() {
    let node = Node::of_lengths(&[5]);
    let short = |_, body: Vec<u8>| Canned::new(200, body[..17.min(body.len())].to_vec());
    let error = got(&node.with_fault(Box::new(short)), &query()).error.unwrap();
    assert_eq!((error.kind, error.rows), (ErrorKind::Body, Some(1)), "{error:?}");
    assert!(error.request.is_some() && error.platform.is_some(), "{error:?}");
}

#[test]
fn a_node_that_goes_back_in_time_is_stopped() {
    let node = Node::of_lengths(&[4]);
    let transport = node.with_fault(Box::new(|_, mut body| {
        body.copy_within(0..12, 24);
        Canned::new(200, body)
    }));
    let error = got(&transport, &query()).error.unwrap();
    assert_eq!((error.kind, error.parse.unwrap().record), (ErrorKind::Protocol, 2));
}

#[test]
fn tokens_without_end_are_stopped() {
    let node = Node::of_lengths(&[4]);
    let flood: Vec<Step> = (0..40).map(|_| Step::Bytes(vec![0; 12 << 16])).collect();
    let transport = node.with_fault(Box::new(move |_, _| Canned::new(200, "").steps(flood.clone())));
    let error = got(&transport, &query()).error.unwrap();
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(error.message.contains("16 MiB without a row"), "{error}");
}

#[test]
fn rows_outside_the_window_are_refused() {
    let node = Node::of_lengths(&[8]);
    let all: Vec<u8> = node.intervals[0]
        .iter()
        .flat_map(|(time, value)| [&time.to_le_bytes()[..], &value.to_le_bytes()].concat())
        .collect();
    let transport = node.with_fault(Box::new(move |_, _| Canned::new(200, all.clone())));
    let query = DataQuery { start_ns: Some(node.intervals[0][2].0 * 1000), ..query() };
    assert!(got(&transport, &query).error.unwrap().message.contains("outside the window"));
}

#[test]
fn hidden_headers_are_explained() {
    let transport = MemoryTransport::new(|request| match request.url.contains("/data?") {
        true => Canned::new(200, vec![0; 12]),
        false => Canned::new(200, r#"{"id": 7, "name": "s", "datatype": "float32", "layout": "float32_1"}"#),
    });
    let error = got(&transport, &query()).error.unwrap();
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(error.message.contains("joule-layout") && error.message.contains("relay"), "{error}");
}

#[test]
fn others_get_their_turns_while_rows_are_taken_apart() {
    let node = Node::of_lengths(&[200_000]);
    let transport = node.transport();
    let mut read = open(&transport, &query()).unwrap();
    transport.set_tick(std::time::Duration::from_millis(2));
    let before = transport.turns();
    assert_eq!(drain(&transport, &mut read).intervals.len(), 1);
    assert_eq!(read.progress().rows, 200_000);
    assert!(transport.turns() - before > 5, "{} turns", transport.turns() - before);
}

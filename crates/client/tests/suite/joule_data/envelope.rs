//! Decimated reads: the envelope leaves out no sample, whatever the node leaves out.

use proptest::prelude::*;
use streamscope_client::Read;
use streamscope_client::joule::DataQuery;
use streamscope_frame::{floats, times};

use super::node::{Node, decimated};
use super::{Got, drain, got, open};

fn about(rows: u64) -> DataQuery {
    DataQuery { max_rows: Some(rows), ..DataQuery::new("/s") }
}

/// Least and greatest value of each interval of an envelope.
fn extremes(got: &Got, of: &[Vec<(i64, f32)>]) -> Vec<(f64, f64)> {
    of.iter()
        .map(|interval| {
            let range = interval[0].0 * 1000..=interval[interval.len() - 1].0 * 1000;
            let mut found = (f64::INFINITY, f64::NEG_INFINITY);
            for frame in &got.frames {
                let (min, max) = (floats(frame.column(2)).unwrap(), floats(frame.column(3)).unwrap());
                for (row, time) in times(frame).unwrap().iter().enumerate() {
                    if range.contains(time) {
                        found = (found.0.min(min[row]), found.1.max(max[row]));
                    }
                }
            }
            found
        })
        .collect()
}

fn true_extremes(intervals: &[Vec<(i64, f32)>]) -> Vec<(f64, f64)> {
    let of = |rows: &Vec<(i64, f32)>| {
        let values = rows.iter().map(|(_, value)| f64::from(*value));
        (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
    };
    intervals.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_sample_lies_outside_the_envelope(
        mut lengths in prop::collection::vec(prop_oneof![1_usize..30, 30_usize..3000], 1..5),
        most in 1_u64..400,
        decimate in prop::bool::weighted(0.8),
        spike: prop::sample::Index,
        window in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        // An interval of one lone row at the end of everything is the hardest to see.
        lengths.push(1);
        let mut node = Node { decimate, ..Node::of_lengths(&lengths) };
        let mut intervals = node.intervals.as_ref().clone();
        let all: Vec<_> = intervals.iter().enumerate().flat_map(|(i, rows)| (0..rows.len()).map(move |r| (i, r))).collect();
        let (at, row) = all[spike.index(all.len())];
        intervals[at][row].1 = 1e6;
        node.intervals = std::rc::Rc::new(intervals.clone());
        let mut query = about(most);
        if let Some((from, to)) = window {
            let time = |index: prop::sample::Index| {
                let (at, row) = all[index.index(all.len())];
                intervals[at][row].0
            };
            let (start, end) = (time(from).min(time(to)), time(from).max(time(to)) + 1);
            query = DataQuery { start_ns: Some(start * 1000), end_ns: Some(end * 1000), ..query };
            intervals.iter_mut().for_each(|rows| rows.retain(|(time, _)| (start..end).contains(time)));
            intervals.retain(|rows| !rows.is_empty());
        }
        let transport = node.transport();
        let mut read = open(&transport, &query).unwrap();
        let got = drain(&transport, &mut read);
        prop_assert!(got.error.is_none(), "{:?}", got.error);
        if read.level() == 1 {
            prop_assert_eq!(&got.intervals, &intervals);
        } else {
            prop_assert_eq!(got.intervals.len(), intervals.len(), "gaps stay");
            let found = extremes(&got, &intervals);
            for (found, truth) in found.iter().zip(true_extremes(&intervals)) {
                prop_assert!(found.0 <= truth.0 && found.1 >= truth.1, "{:?} does not cover {:?}", found, truth);
            }
            let ordered = got.intervals.concat();
            prop_assert!(ordered.windows(2).all(|pair| pair[0].0 < pair[1].0), "times ascend");
        }
    }
}

#[test]
fn columns_are_named_after_what_they_hold() {
    let transport = Node::of_lengths(&[5000]).transport();
    let read = open(&transport, &about(100)).unwrap();
    let names: Vec<_> = read.layout().columns.iter().map(|column| column.name.clone()).collect();
    assert_eq!((names.join(","), read.level()), ("time,V_mean,V_min,V_max".into(), 64));
    assert_eq!(read.layout().columns[3].unit.as_deref(), Some("volt"));
}

#[test]
fn a_level_asked_for_comes_as_the_node_keeps_it() {
    let node = Node::of_lengths(&[1000, 70]);
    let query = DataQuery { decimation_level: Some(64), ..DataQuery::new("/s") };
    let got = got(&node.transport(), &query);
    let expected: Vec<Vec<(i64, f32)>> = node
        .intervals
        .iter()
        .map(|rows| decimated(rows, 64).into_iter().map(|(time, figures)| (time, figures[0])).collect())
        .collect();
    assert_eq!(got.intervals, expected);
}

#[test]
fn bins_made_here_are_those_the_node_would_make() {
    let node = Node::of_lengths(&[1024, 256]);
    let bare = Node { decimate: false, ..node.clone() };
    let (theirs, ours) = (got(&node.transport(), &about(100)), got(&bare.transport(), &about(100)));
    // Theirs has a row more per interval: half a bin that has been covered already.
    for (theirs, ours) in theirs.intervals.iter().zip(&ours.intervals) {
        assert_eq!(theirs.len(), ours.len() + 1);
        for (their, our) in theirs.iter().zip(ours) {
            assert!((their.0 - our.0).abs() <= 5 && (their.1 - our.1).abs() < 1e-3, "{their:?} {our:?}");
        }
    }
}

#[test]
fn what_is_missing_inside_an_interval_is_found() {
    for left_over in [1, 5, 63] {
        // The first piece has samples left over that make no bin; a spike is among them.
        let first = 64 * 20 + left_over;
        let node = Node::of_lengths(&[first, 64 * 20 + 5]);
        let mut pieces = node.intervals.as_ref().clone();
        pieces[0][first - 1].1 = 1e6;
        // The second piece goes on where the first one ended.
        let shift = pieces[1][0].0 - pieces[0][first - 1].0 - 1000;
        pieces[1].iter_mut().for_each(|(time, _)| *time -= shift);
        let node = Node { joined: true, intervals: std::rc::Rc::new(pieces.clone()), ..node };
        let transport = node.transport();
        let mut read = open(&transport, &about(60)).unwrap();
        let got = drain(&transport, &mut read);
        assert_eq!((read.level(), got.intervals.len()), (64, 1));
        assert_eq!(extremes(&got, &[pieces.concat()]), true_extremes(&[pieces.concat()]));
        let rows = got.intervals[0].len();
        assert!(got.intervals[0].is_sorted_by_key(|(time, _)| *time));
        assert_eq!(rows, 42, "a row for the hole and one for the end");
    }
}

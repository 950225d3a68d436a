//! Joule: binary rows with their gaps, answers that repeat themselves, and now and then one that is long enough for shards.

use streamscope_client::joule::{DataQuery, DataRead};
use streamscope_client::{Canned, MemoryTransport};

use super::{Weather, hold, policy};
use crate::suite::Random;
use crate::suite::joule_data::{Got, drain, joule, node::Node};

/// One of so many plans is long: rows of so many elements make shards of thousands of them.
const LONG_ONE_IN: u64 = 250;
const LONG_ELEMENTS: usize = 4_000;

/// Intervals of rows.
fn recording(random: &mut Random, long: bool) -> Node {
    let mut time = 1_700_000_000_000_000 + random.below(1 << 30) as i64;
    let count = random.below(6);
    let most = if long { 900 } else { 200 };
    let mut interval = |random: &mut Random| {
        time += 2 + random.below(1 << 24) as i64;
        let step = 1 + random.below(5000);
        let rows = 1 + random.below(most);
        let row = |place: u64| {
            time += 1 + random.below(step) as i64;
            (time, (place * 7 % 1013) as f32 - 500.0)
        };
        (0..rows).map(row).collect::<Vec<_>>()
    };
    let mut node = Node::new((0..count).map(|_| interval(random)).collect());
    node.block = 2 + random.below(100) as usize;
    if long {
        (node.elements, node.block) = (LONG_ELEMENTS, 50_000);
    }
    node
}

/// A window in µs; either end may be open.
fn window(random: &mut Random, node: &Node) -> (Option<i64>, Option<i64>) {
    let all: Vec<i64> = node.intervals.iter().flatten().map(|(time, _)| *time).collect();
    let at = |random: &mut Random| {
        let place = random.below(all.len().max(1) as u64) as usize;
        all.get(place).copied().unwrap_or(1) + random.below(3) as i64 - 1
    };
    let (one, other) = (at(random), at(random));
    match random.below(3) {
        0 => (None, None),
        1 => (Some(one), None),
        _ => (Some(one.min(other)), Some(one.max(other) + 1)),
    }
}

fn open(transport: &MemoryTransport, query: &DataQuery, random: &mut Random) -> DataRead {
    let policy = policy(random);
    transport
        .run(joule(transport).with_policy(policy).data_read(query))
        .expect("the call waits for nothing")
        .unwrap()
}

#[test]
fn joule_loses_and_doubles_no_row() {
    super::run("joule", |random| {
        let long = random.below(LONG_ONE_IN) == 0;
        let node = recording(random, long);
        let (start, end) = if long { (None, None) } else { window(random, &node) };
        let mut weather = Weather::new(random);
        let width = 8 + 4 * node.elements;
        let transport = node.with_fault(Box::new(move |_, body| {
            weather.meet(Canned::new(200, body), |_, at| at % width != 0)
        }));
        let ns = |us: i64| us * 1000;
        let query = DataQuery { start_ns: start.map(ns), end_ns: end.map(ns), ..DataQuery::new("/s") };
        let Got { intervals, error, .. } = drain(&transport, &mut open(&transport, &query, random));
        let inside = |(time, _): &&(i64, f32)| {
            start.is_none_or(|start| *time >= start) && end.is_none_or(|end| *time < end)
        };
        let cut = node.intervals.iter().map(|rows| rows.iter().filter(inside).copied().collect::<Vec<_>>());
        let expected: Vec<Vec<(i64, f32)>> = cut.filter(|rows| !rows.is_empty()).collect();
        let whole = hold(&expected.concat(), &intervals.concat(), error.as_ref(), 1000);
        assert!(!whole || intervals == expected, "gaps are where they were");
        whole
    });
}

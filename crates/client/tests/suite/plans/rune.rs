//! Rune: pages of CSV, tokens that expire, shards by availability.

use std::rc::Rc;

use streamscope_client::rune::{DataQuery, Rune, layout};
use streamscope_signal::SECOND;

use super::{Weather, hold, policy};
use crate::suite::server::{Rows, Server, dimensions, whole};
use crate::suite::{Random, config, drain, rows};

/// Rows at times that are sometimes equal, mostly near each other, and now and then hours apart.
fn recording(random: &mut Random) -> Rows {
    let mut time = random.below(1 << 40) as i64;
    let count = random.below(400) as i64;
    let step = |random: &mut Random| match random.below(50) {
        0..5 => 0,
        5 => random.below(20_000) as i64 * SECOND,
        _ => 1 + random.below(20) as i64 * SECOND,
    };
    let mut row = |place: i64| {
        time += step(random);
        (time, place)
    };
    (0..count).map(&mut row).collect()
}

/// A range with both ends, or one that is open.
fn query(random: &mut Random, rows: &Rows) -> DataQuery {
    let at = |random: &mut Random| {
        let place = random.below(rows.len() as u64 + 1) as usize;
        rows.get(place).map_or(1 << 62, |(time, _)| *time) + random.below(3) as i64 - 1
    };
    let (one, other) = (at(random), at(random));
    let (start, end) = match random.below(3) {
        0 => (None, None),
        1 => (Some(0), rows.last().map(|(time, _)| time + 1)),
        _ => (Some(one.min(other)), Some(one.max(other))),
    };
    let limit = (random.below(8) == 0).then(|| 1 + random.below(200));
    DataQuery { start_time_ns: start, end_time_ns: end.filter(|end| Some(*end) > start), limit, ..whole() }
}

#[test]
fn rune_loses_and_doubles_no_row() {
    super::run("rune", |random| {
        let server = Server::new(recording(random), 1 + random.below(60) as usize);
        let query = query(random, &server.rows);
        let mut weather = Weather::new(random);
        let epoch = server.epoch.clone();
        let transport = server.with_fault(Box::new(move |request, _, _, honest| {
            // Every token so far has expired.
            if request.url.contains("page_token") && weather.is_bad() && weather.random.below(4) == 0 {
                *epoch.borrow_mut() += 1;
            }
            weather.meet(honest, |body, at| at > 0 && body[at - 1] != b'\n')
        }));
        let rune = Rune::new(&config(), Rc::new(transport.clone())).unwrap().with_policy(policy(random));
        let mut read = rune.data(&query, layout(&dimensions(), true)).unwrap();
        let (frames, error) = drain(&transport, read.as_mut());
        let (start, end) = (query.start_time_ns.unwrap_or(i64::MIN), query.end_time_ns.unwrap_or(i64::MAX));
        let inside = server.rows.iter().filter(|(time, _)| (start..end).contains(time));
        let most = query.limit.map_or(usize::MAX, |limit| limit as usize);
        let expected: Vec<_> = inside.take(most).map(|(time, value)| (*time, Some(*value))).collect();
        hold(&expected, &rows(&frames), error.as_ref(), 1)
    });
}

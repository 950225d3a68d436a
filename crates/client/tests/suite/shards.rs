//! A long read in shards gives the same rows, in the same order, as one chain of pages: whatever the cuts, the pages,
//! the order of answers, and what goes wrong.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::time::Duration;

use streamscope_client::rune::{DataQuery, Rune, layout};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Policy, Read, Request, Step, Transport};
use streamscope_frame::Batch;
use streamscope_signal::SECOND;

use super::server::{Fault, Rows, Server, dimension, dimensions, is_availability, whole};
use super::{Random, csv, drain, parameter, rows, rune};

const ROUND_TRIP: Duration = Duration::from_millis(50);

/// Rows every ten seconds or so, often several at one time, with gaps of minutes to days.
fn awkward(count: i64, random: &mut Random) -> Rows {
    let mut time = 1_700_000_000 * SECOND;
    let row = |value| {
        time += match random.below(200) {
            0 => random.below(100_000) as i64 * SECOND,
            1..90 => 0,
            _ => random.below(20 * SECOND as u64) as i64,
        };
        (time, value)
    };
    (0..count).map(row).collect()
}

/// The whole range of the rows, and a little more.
fn closed(rows: &Rows) -> DataQuery {
    let (first, last) = (rows.first().unwrap().0, rows.last().unwrap().0);
    DataQuery { start_time_ns: Some(first - 1), end_time_ns: Some(last + 1), ..whole() }
}

fn with_chains(transport: &MemoryTransport, chains: usize) -> Rune {
    let concurrency = if chains == 1 { 1 } else { chains + 1 };
    rune(transport).with_policy(Policy { concurrency, ..Policy::default() })
}

/// A read that follows so many chains at a time.
fn read(transport: &MemoryTransport, query: &DataQuery, chains: usize) -> Box<dyn Read> {
    with_chains(transport, chains).data(query, layout(&dimensions(), true)).unwrap()
}

fn values(rows: &[(i64, i64)]) -> Vec<(i64, Option<i64>)> {
    rows.iter().map(|(time, value)| (*time, Some(*value))).collect()
}

/// Where chains of pages began, in order of time.
fn beginnings(transport: &MemoryTransport) -> Vec<i64> {
    let requests = transport.requests();
    let first_pages = requests
        .iter()
        .filter(|request| !is_availability(request) && parameter(request, "page_token").is_none());
    let starts = first_pages.map(|request| parameter(request, "start_time_ns").unwrap().parse().unwrap());
    let mut starts: Vec<i64> = starts.collect();
    starts.sort();
    starts
}

fn late() -> Fault {
    Box::new(|_, _, _, honest| honest.after(ROUND_TRIP))
}

#[test]
fn shards_give_the_rows_of_one_chain() {
    let mut sharded = 0;
    for seed in 0..60 {
        let mut random = Random(seed);
        let server = Server::new(awkward(1200, &mut random), 1 + random.below(60) as usize);
        let transport = server.transport();
        let (frames, error) =
            drain(&transport, read(&transport, &closed(&server.rows), 1 + seed as usize % 9).as_mut());
        assert_eq!(error, None, "seed {seed}");
        assert_eq!(rows(&frames), values(&server.rows), "seed {seed}");
        sharded += (beginnings(&transport).len() > 3) as u32;
    }
    assert!(sharded > 40, "only {sharded} reads were cut into shards");
}

#[test]
fn shards_are_read_side_by_side_and_the_first_rows_wait_for_nothing() {
    let server = Server::new((0..10_000).map(|place| (place * SECOND, place)).collect(), 100);
    let time = |concurrency| {
        let transport = server.with_fault(late());
        let mut reading = read(&transport, &closed(&server.rows), concurrency);
        let first = transport.run(reading.next_batch()).unwrap().unwrap().unwrap();
        assert_eq!((first.rows.num_rows(), transport.now_ms()), (100, 50.0));
        // Shards are under way now.
        let early = reading.progress();
        let (frames, error) = drain(&transport, reading.as_mut());
        assert_eq!((rows(&frames), error), (values(&server.rows[100..]), None));
        let progress = reading.progress();
        assert!(early.bytes < progress.bytes && early.pages < progress.pages, "{early:?} {progress:?}");
        assert_eq!((progress.rows, progress.covered_to), (10_000, Some(9999 * SECOND)));
        assert!(progress.bytes > 150_000 && progress.pages >= 100, "{progress:?}");
        (transport.now_ms(), transport.requests().len())
    };
    let (one, pages) = time(1);
    assert_eq!((one, pages), (5000.0, 100));
    let (six, requests) = time(6);
    assert!(six * 4.5 < one, "{six} ms in shards, {one} ms as one chain");
    assert!(requests < 130, "{requests} requests");
}

#[test]
fn no_more_requests_are_under_way_than_chains_and_their_next_pages() {
    let server = Server::new((0..10_000).map(|place| (place * SECOND, place)).collect(), 100);
    let transport = server.with_fault(late());
    drain(&transport, read(&transport, &closed(&server.rows), 3).as_mut());
    let mut under_way = 0;
    for event in transport.log() {
        under_way += event.starts_with("sent") as i32;
        under_way -= event.starts_with("dropped") as i32;
        assert!(under_way <= 2 * 3 + 1, "{under_way} requests under way");
    }
}

#[test]
fn what_cannot_be_cut_is_one_chain() {
    let server = Server::new((0..2000).map(|place| (place * SECOND, place)).collect(), 20);
    let queries = [
        whole(),
        DataQuery { end_time_ns: Some(2000 * SECOND), ..whole() },
        DataQuery { start_time_ns: Some(0), ..whole() },
        DataQuery { limit: Some(1900), ..closed(&server.rows) },
    ];
    for query in queries {
        let transport = server.transport();
        drain(&transport, read(&transport, &query, 6).as_mut());
        assert!(!transport.requests().iter().any(is_availability), "{query:?}");
    }
    // A single page is not asked further questions.
    let short = DataQuery { end_time_ns: Some(20 * SECOND), ..closed(&server.rows) };
    let transport = server.transport();
    drain(&transport, read(&transport, &short, 6).as_mut());
    assert_eq!(transport.requests().len(), 1);
}

#[test]
fn availability_that_fails_or_lies_costs_no_row() {
    let server = Server::new(awkward(3000, &mut Random(5)), 25);
    let lies: [fn(&Request, &str, Canned) -> Canned; 7] = [
        |_, _, _| Canned::new(404, ""),
        |_, _, _| Canned::new(500, ""),
        |_, _, _| Canned::new(200, "").steps(vec![Step::Hang]),
        |_, _, _| csv("what,ever\n1,2\n"),
        |_, text, _| csv(&text.replace(",1\n", ",0\n")),
        |_, text, _| csv(&text.replace(",0\n", ",1\n")),
        |_, text, _| {
            let swap = |line: &str| match line.strip_suffix(",1") {
                Some(time) => format!("{time},0\n"),
                None => line.replace(",0", ",1") + "\n",
            };
            csv(&text.lines().map(swap).collect::<String>())
        },
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let transport = server.with_fault(Box::new(move |request, _, text, honest| {
            let answer = if is_availability(request) { lie(request, text, honest) } else { honest };
            answer.after(ROUND_TRIP)
        }));
        let (frames, error) = drain(&transport, read(&transport, &closed(&server.rows), 6).as_mut());
        assert_eq!((rows(&frames), error), (values(&server.rows), None), "lie {number}");
    }
}

#[test]
fn every_disturbance_at_once_changes_nothing() {
    let mut complete = 0;
    for seed in 0..400_u64 {
        let mut random = Random(seed);
        let server = Server::new(awkward(600, &mut random), 10 + random.below(40) as usize);
        let epoch = server.epoch.clone();
        let transport = server.with_fault(Box::new(move |_, _, text, honest| {
            let answer = match random.below(24) {
                0 => Canned::new(503, "busy"),
                1 => Canned::failure("refused"),
                2 | 3 => honest.steps(vec![
                    Step::Bytes(text.as_bytes()[..random.below(text.len() as u64 + 1) as usize].into()),
                    Step::Break("connection reset".into()),
                ]),
                4 => {
                    *epoch.borrow_mut() += 1;
                    honest
                }
                5 => Canned::new(429, "").header("Retry-After", &random.below(4).to_string()),
                _ => honest,
            };
            answer.after(Duration::from_millis(random.below(400)))
        }));
        let mut reading = read(&transport, &closed(&server.rows), 6);
        let (frames, error) = drain(&transport, reading.as_mut());
        let found = rows(&frames);
        assert_eq!(found, values(&server.rows)[..found.len()], "seed {seed}");
        assert_eq!(reading.progress().rows, found.len() as u64);
        match error {
            None => {
                assert_eq!(found.len(), server.rows.len(), "seed {seed}");
                complete += 1;
            }
            Some(error) => {
                assert_eq!(error.rows, Some(found.len() as u64), "seed {seed}: {error}");
                assert_eq!(error.covered_to, found.last().map(|row| row.0));
            }
        }
    }
    assert!(complete > 300, "only {complete} of 400 reads came to their end");
}

#[test]
fn a_failing_shard_ends_the_read_after_everything_before_it() {
    let server = Server::new((0..5000).map(|place| (place * SECOND, place)).collect(), 50);
    // Later requests for a time after 3000 s fail, and fail early: the shards before are not read yet.
    let transport = server.with_fault(Box::new(|request, _, _, honest| {
        let start = parameter(request, "start_time_ns").map_or(0, |start| start.parse::<i64>().unwrap());
        if start > 3000 * SECOND { Canned::new(400, "no such time") } else { honest.after(ROUND_TRIP) }
    }));
    let mut reading = read(&transport, &closed(&server.rows), 6);
    let (frames, error) = drain(&transport, reading.as_mut());
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::Refused);
    let found = rows(&frames);
    assert!((3000..4000).contains(&found.len()), "{} rows", found.len());
    assert_eq!(found, values(&server.rows)[..found.len()]);
    assert_eq!((error.rows, error.covered_to), (Some(found.len() as u64), found.last().map(|row| row.0)));
    assert_eq!(error.message.matches("rows were read before").count(), 1, "{error}");
    // The error stays, and nothing more is asked for.
    let requests = transport.requests().len();
    assert_eq!(transport.run(reading.next_batch()).unwrap().unwrap_err(), error);
    assert_eq!(transport.requests().len(), requests);
}

#[test]
fn a_call_for_patience_holds_every_shard_and_halves_them() {
    let server = Server::new((0..10_000).map(|place| (place * SECOND, place)).collect(), 100);
    let clock: Rc<OnceCell<MemoryTransport>> = Rc::default();
    let (seen, held, most) = (clock.clone(), Rc::new(Cell::new(f64::INFINITY)), Rc::new(Cell::new(0)));
    let (until, after) = (held.clone(), most.clone());
    let transport = server.with_fault(Box::new(move |_, number, _, honest| {
        let now = seen.get().unwrap().now_ms();
        if number == 30 {
            until.set(now + 7000.0);
            return Canned::new(429, "").header("Retry-After", "7");
        }
        let held = until.get() < f64::INFINITY;
        assert!(!held || now >= until.get(), "request {number} was sent at {now} ms");
        if held && now < until.get() + 100.0 {
            after.set(after.get() + 1);
        }
        honest.after(ROUND_TRIP)
    }));
    clock.set(transport.clone()).ok().unwrap();
    let (frames, error) = drain(&transport, read(&transport, &closed(&server.rows), 6).as_mut());
    assert_eq!((rows(&frames).len(), error), (10_000, None));
    assert!(held.get() < f64::INFINITY);
    // Two round trips of three chains, and of the page ahead of each that had been asked for already.
    assert!(most.get() <= 15, "{} requests in the 100 ms after the pause", most.get());
}

#[test]
fn others_get_turns_however_many_shards_are_parsed() {
    let server = Server::new((0..200_000).map(|place| (place * SECOND / 10, place)).collect(), 5000);
    let transport = server.transport();
    // Each look at the clock finds it 3 ms later: a turn is due every third look, or about every third slice.
    transport.set_tick(Duration::from_millis(3));
    let mut reading = read(&transport, &closed(&server.rows), 6);
    let (frames, error) = drain(&transport, reading.as_mut());
    assert_eq!((rows(&frames).len(), error), (200_000, None));
    let slices = reading.progress().bytes as usize / (64 << 10);
    assert!(transport.turns() >= slices / 4, "{} turns in {slices} slices", transport.turns());
}

#[test]
fn dropping_a_read_drops_all_of_its_shards() {
    let server = Server::new((0..10_000).map(|place| (place * SECOND, place)).collect(), 100);
    let transport = server.with_fault(late());
    let mut reading = read(&transport, &closed(&server.rows), 6);
    transport
        .run(async { while reading.next_batch().await.unwrap().is_some() && transport.now_ms() < 300.0 {} })
        .unwrap();
    assert!(beginnings(&transport).len() >= 6);
    drop(reading);
    let (sent, log) = (transport.requests().len(), transport.log());
    let dropped = log.iter().filter(|event| event.starts_with("dropped")).count();
    // Those whose heads had not arrived have no body to drop.
    assert!(sent - dropped <= 12, "{sent} sent, {dropped} dropped");
    assert!(transport.run(transport.sleep(Duration::from_secs(10))).is_some());
    assert_eq!(transport.requests().len(), sent);
}

/// A server of texts, whose length follows from their time; one page of the first chain takes a minute.
fn with_texts(server: &Server, length: fn(i64) -> usize, slow_page: &'static str) -> MemoryTransport {
    server.with_fault(Box::new(move |request, _, text, honest| {
        let cell = |line: &str| match line.split_once(',') {
            Some((time, "value,measurement_duration_ns")) => format!("{time},text,measurement_duration_ns\n"),
            Some((time, _)) => format!("{time},{},0\n", "x".repeat(length(time.parse().unwrap()))),
            None => String::new(),
        };
        if is_availability(request) {
            return honest;
        }
        let page = honest.steps(vec![Step::Bytes(text.lines().map(cell).collect::<String>().into())]);
        let is_slow = parameter(request, "page_token").is_some_and(|token| token.ends_with(slow_page));
        let of_first = parameter(request, "start_time_ns").as_deref() == Some("-1");
        page.after(if is_slow && of_first { Duration::from_secs(60) } else { ROUND_TRIP })
    }))
}

fn read_texts(transport: &MemoryTransport, query: &DataQuery, chains: usize) -> Box<dyn Read> {
    let dimensions = [dimension("time", "timestamp"), dimension("text", "dict")];
    with_chains(transport, chains).data(query, layout(&dimensions, true)).unwrap()
}

/// How many rows the next batch has; `None` at the end.
fn next_rows(transport: &MemoryTransport, reading: &mut dyn Read) -> Option<usize> {
    let batch: Option<Batch> = transport.run(reading.next_batch()).unwrap().unwrap();
    batch.map(|batch| batch.rows.num_rows())
}

#[test]
fn what_waits_for_its_turn_is_bounded() {
    for chains in [2, 6] {
        read_past_a_slow_page(chains);
    }
}

/// The other chains read on while the first one waits, one shard after the other, up to a bound.
fn read_past_a_slow_page(chains: usize) {
    // Six megabytes a page, and a second page that takes a minute.
    let server = Server::new((0..4000).map(|place| (place * 10 * SECOND, place)).collect(), 40);
    let transport = with_texts(&server, |_| 150_000, "/40");
    let mut reading = read_texts(&transport, &closed(&server.rows), chains);
    let mut count = next_rows(&transport, reading.as_mut()).unwrap();
    assert_eq!(count, 40);
    count += next_rows(&transport, reading.as_mut()).unwrap();
    assert_eq!(transport.now_ms(), 60_050.0);
    let ahead =
        |reading: &dyn Read, count: usize| (reading.progress().bytes as usize - count * 150_000) >> 20;
    let before = ahead(reading.as_ref(), count);
    assert!((30..120).contains(&before), "{before} MiB were read ahead in {chains} chains");
    // Whoever takes batches slowly meets the same bound to the end.
    let mut most = before;
    while let Some(rows) = next_rows(&transport, reading.as_mut()) {
        count += rows;
        most = most.max(ahead(reading.as_ref(), count));
        transport.run(transport.sleep(ROUND_TRIP)).unwrap();
    }
    assert_eq!(count, 4000);
    assert!(most < before + 10, "{most} MiB were read ahead in {chains} chains, after {before}");
}

#[test]
fn what_was_handed_out_makes_room() {
    // The first shard alone is more than what is kept of others; the rest is short.
    let server = Server::new((0..4000).map(|place| (place * 10 * SECOND, place)).collect(), 10);
    for chains in [2, 6] {
        let transport = with_texts(&server, |time| if time < 900 * SECOND { 800_000 } else { 1 }, "/60");
        let mut reading = read_texts(&transport, &closed(&server.rows), chains);
        let mut count = 0;
        while count < 70 {
            count += next_rows(&transport, reading.as_mut()).unwrap();
        }
        let arrived = transport.now_ms();
        assert!((60_000.0..61_000.0).contains(&arrived), "the slow page came at {arrived} ms");
        while let Some(rows) = next_rows(&transport, reading.as_mut()) {
            count += rows;
        }
        assert_eq!(count, 4000);
        // One chain reads 330 more pages, 50 ms each. All other shards were read in that minute.
        let after = transport.now_ms() - arrived;
        assert!(after < 1000.0, "{after} ms after the slow page in {chains} chains");
    }
}

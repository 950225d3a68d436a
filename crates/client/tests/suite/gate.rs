//! What the requests of a connection have in common: how many at a time and in a second, and a 429 that holds them all.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use futures_util::future::{Either, join, join_all, select};
use streamscope_client::rune::{Rune, layout};
use streamscope_client::{Canned, MemoryTransport, Policy, Read, Transport};
use streamscope_signal::SECOND;

use super::server::{Server, dimensions, is_availability, whole};
use super::{drain, parameter, rune};

const ROUND_TRIP: Duration = Duration::from_millis(50);
const USER: &str = r#"{"data":{"user":{"id":"user-1,user","displayName":"Ada"}}}"#;

/// When requests were sent, ms.
type Sent = Rc<RefCell<Vec<f64>>>;

/// A server of long streams and of a user, every answer a round trip away; `disturb` may answer instead, by the number
/// of the request.
fn server(disturb: impl Fn(usize) -> Option<Canned> + 'static) -> (MemoryTransport, Sent) {
    let server = Server::new((0..4000).map(|place| (place * SECOND, place)).collect(), 100);
    let (sent, clock) = (Sent::default(), Rc::new(RefCell::new(None::<MemoryTransport>)));
    let (noted, at) = (sent.clone(), clock.clone());
    let transport = MemoryTransport::new(move |request| {
        let number = noted.borrow().len();
        noted.borrow_mut().push(at.borrow().as_ref().unwrap().now_ms());
        let honest = match request.url.contains("/graphql") {
            true => Canned::new(200, USER),
            false => server.answer(request).1,
        };
        disturb(number).unwrap_or(honest).after(ROUND_TRIP)
    });
    *clock.borrow_mut() = Some(transport.clone());
    (transport, sent)
}

fn with(transport: &MemoryTransport, concurrency: usize, requests_a_second: Option<u32>) -> Rune {
    rune(transport).with_policy(Policy { concurrency, requests_a_second, ..Policy::default() })
}

fn long_read(rune: &Rune) -> Box<dyn Read> {
    let query = streamscope_client::rune::DataQuery {
        start_time_ns: Some(0),
        end_time_ns: Some(4000 * SECOND),
        ..whole()
    };
    rune.data(&query, layout(&dimensions(), true)).unwrap()
}

async fn count(mut read: Box<dyn Read>) -> usize {
    let mut rows = 0;
    while let Some(batch) = read.next_batch().await.unwrap() {
        rows += batch.rows.num_rows();
    }
    rows
}

/// The most that were sent within a stretch of this length, ms.
fn most_within(sent: &Sent, length: f64) -> usize {
    let sent = sent.borrow();
    let after = |first: &f64| sent.iter().filter(|at| (*first..first + length).contains(*at)).count();
    sent.iter().map(after).max().unwrap_or_default()
}

#[test]
fn reads_and_calls_of_a_connection_share_one_limit() {
    for concurrency in [1, 2, 5] {
        let (transport, sent) = server(|_| None);
        let rune = with(&transport, concurrency, None);
        // Open ranges are one chain of pages each. (Shards give up the page ahead of their end, which makes room.)
        let open = || rune.data(&whole(), layout(&dimensions(), true)).unwrap();
        let reads = join_all([0, 1, 2].map(|_| count(open())));
        let calls = join_all((0..20).map(|_| rune.current_user()));
        let (rows, users) = transport.run(join(reads, calls)).unwrap();
        assert_eq!(rows, [4000; 3]);
        assert!(users.iter().all(Result::is_ok));
        // Every head takes a round trip, so that those sent within one wait at the same time.
        assert_eq!(most_within(&sent, 50.0), concurrency);
    }
}

#[test]
fn no_second_has_more_requests_than_the_policy_allows() {
    let (transport, sent) = server(|_| None);
    let rune = with(&transport, 7, Some(5));
    let calls = join_all((0..12).map(|_| rune.current_user()));
    let (rows, users) = transport.run(join(count(long_read(&rune)), calls)).unwrap();
    assert_eq!(rows, 4000);
    assert!(users.iter().all(Result::is_ok));
    assert_eq!(most_within(&sent, 1000.0), 5);
    // Those of the first second need not wait for each other.
    assert_eq!(sent.borrow()[..5], [0.0; 5]);
}

#[test]
fn first_rows_wait_for_no_read_ahead() {
    let (transport, sent) = server(|_| None);
    let rune = with(&transport, 4, None);
    let mut long = long_read(&rune);
    let others = async {
        transport.sleep(Duration::from_millis(330)).await;
        let begun = sent.borrow().len();
        let mut other = long_read(&rune);
        let first = other.next_batch().await.unwrap().unwrap();
        (first.rows.num_rows(), transport.now_ms(), begun)
    };
    let both = join(others, async { while long.next_batch().await.unwrap().is_some() {} });
    let ((rows, now, begun), ()) = transport.run(both).unwrap();
    assert_eq!((rows, now), (100, 380.0));
    assert!(begun > 10, "the long read was under way: {begun} requests");
}

#[test]
fn a_call_for_patience_to_one_holds_all() {
    let limited = |number| (number == 0).then(|| Canned::new(429, "").header("Retry-After", "7"));
    let (transport, sent) = server(limited);
    let rune = with(&transport, 4, None);
    let later = async {
        transport.sleep(Duration::from_secs(1)).await;
        join(count(long_read(&rune)), rune.current_user()).await
    };
    let (user, (rows, other)) = transport.run(join(rune.current_user(), later)).unwrap();
    assert!(user.is_ok() && other.is_ok() && rows == 4000);
    assert_eq!(sent.borrow()[..2], [0.0, 7050.0]);
    // Half of four, until answers show that the server bears more.
    assert_eq!(most_within(&Rc::new(RefCell::new(sent.borrow()[1..6].to_vec())), 50.0), 2);
    // Another connection knows nothing of it.
    let (transport, sent) = server(limited);
    let (one, other) = (with(&transport, 4, None), with(&transport, 4, None));
    let (held, free) = transport.run(join(one.current_user(), other.current_user())).unwrap();
    assert!(held.is_ok() && free.is_ok());
    assert_eq!(sent.borrow()[..2], [0.0, 0.0]);
}

#[test]
fn a_read_that_nobody_goes_on_with_keeps_no_other_waiting() {
    let (transport, _) = server(|_| None);
    let rune = with(&transport, 1, None);
    let mut left = long_read(&rune);
    // The page ahead is asked for while this one is read, and its answer is looked at by nobody.
    transport.run(left.next_batch()).unwrap().unwrap().unwrap();
    assert_eq!(transport.requests().len(), 2);
    assert!(transport.run(rune.current_user()).unwrap().is_ok());
    let (frames, error) = drain(&transport, left.as_mut());
    assert_eq!((frames.iter().map(|frame| frame.num_rows()).sum::<usize>(), error), (3900, None));
}

#[test]
fn what_a_server_bears_grows_again_with_its_answers() {
    let limited = |number| (number == 0).then(|| Canned::new(429, "").header("Retry-After", "7"));
    let (transport, sent) = server(limited);
    let rune = with(&transport, 4, None);
    let calls = async {
        rune.current_user().await?;
        join_all((0..60).map(|_| rune.current_user())).await.into_iter().collect::<Result<Vec<_>, _>>()
    };
    assert_eq!(transport.run(calls).unwrap().unwrap().len(), 60);
    let of = |part: &[f64]| most_within(&Rc::new(RefCell::new(part.to_vec())), 50.0);
    // Half of four, and one more for each ten answers.
    assert_eq!((of(&sent.borrow()[2..8]), of(&sent.borrow()[40..])), (2, 4));
}

/// Counts how often its task was woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn whoever_waits_for_room_is_woken() {
    let (transport, _) = server(|_| None);
    let rune = with(&transport, 1, None);
    let (mut first, mut second) = (Box::pin(rune.current_user()), Box::pin(rune.current_user()));
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert!(second.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    drop(first);
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
}

#[test]
fn a_request_that_is_given_up_makes_room_at_once() {
    let slow = |number| (number == 0).then(|| Canned::new(200, USER));
    let (transport, sent) = server(slow);
    let rune = with(&transport, 1, None);
    let given_up = async {
        let patience = transport.sleep(Duration::from_millis(20));
        assert!(matches!(select(Box::pin(rune.current_user()), patience).await, Either::Right(_)));
    };
    let ((), other) = transport.run(join(given_up, rune.current_user())).unwrap();
    assert!(other.is_ok());
    assert_eq!(sent.borrow()[..], [0.0, 20.0]);
}

#[test]
fn chains_of_a_read_are_one_fewer_than_requests() {
    for (concurrency, chains) in [(1, 1), (2, 1), (4, 3)] {
        let (transport, _) = server(|_| None);
        assert_eq!(transport.run(count(long_read(&with(&transport, concurrency, None)))), Some(4000));
        let pages = transport.requests();
        let begun =
            pages.iter().filter(|page| !is_availability(page) && parameter(page, "page_token").is_none());
        assert!(if chains == 1 { begun.count() == 1 } else { begun.count() > chains }, "{concurrency}");
    }
}

use std::future::{Future, pending, poll_fn};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::future::join;
use streamscope_client::{CancelToken, Canned, Error, ErrorKind, MemoryTransport, Step, Transport};

use super::server::{Server, read, whole};
use super::{drain, rune};

#[test]
fn a_token_cancels_a_call_under_way() {
    let transport = MemoryTransport::queue([Canned::new(200, "").after(Duration::from_secs(60))]);
    let token = CancelToken::new();
    let later = async {
        transport.sleep(Duration::from_secs(2)).await;
        token.cancel();
    };
    let rune = rune(&transport);
    let (outcome, ()) = transport.run(join(token.run(rune.current_user()), later)).unwrap();
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Cancelled);
    assert_eq!(transport.now_ms(), 2000.0);
    // It stays cancelled: nothing more is sent.
    let again = transport.run(token.run(rune.current_user())).unwrap();
    assert_eq!(again.unwrap_err().kind, ErrorKind::Cancelled);
    assert_eq!(transport.requests().len(), 1);
}

#[test]
fn dropping_a_read_drops_its_bodies() {
    let rows = (0..40).map(|place| (place, place)).collect();
    let server = Server::new(rows, 10);
    let transport = server.with_fault(Box::new(|_, _, text, honest| {
        honest.steps(vec![Step::Bytes(text[..60].into()), Step::Wait(Duration::from_secs(1)), Step::Hang])
    }));
    let mut reading = read(&transport, &whole());
    let token = CancelToken::new();
    let later = async {
        transport.sleep(Duration::from_secs(5)).await;
        token.cancel();
    };
    let (outcome, ()) = transport.run(join(token.run(reading.next_batch()), later)).unwrap();
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Cancelled);
    drop(reading);
    let dropped = transport.log().iter().filter(|event| event.starts_with("dropped")).count();
    assert_eq!(dropped, transport.requests().len());
    assert_eq!(dropped, 2, "the page in hand and the one ahead");
}

#[test]
fn a_read_goes_on_after_a_dropped_future() {
    let rows: Vec<_> = (0..40).map(|place| (place, place)).collect();
    let server = Server::new(rows.clone(), 10);
    let transport = server.with_fault(Box::new(|_, number, text, honest| {
        let slow = vec![
            Step::Bytes(text[..60].into()),
            Step::Wait(Duration::from_secs(30)),
            Step::Bytes(text[60..].into()),
        ];
        if number == 0 { honest.steps(slow) } else { honest }
    }));
    let mut reading = read(&transport, &whole());
    let token = CancelToken::new();
    let later = async {
        transport.sleep(Duration::from_secs(5)).await;
        token.cancel();
    };
    transport.run(join(token.run(reading.next_batch()), later)).unwrap().0.unwrap_err();
    let (frames, error) = drain(&transport, reading.as_mut());
    assert_eq!(error, None);
    assert_eq!(
        super::rows(&frames),
        rows.iter().map(|(time, value)| (*time, Some(*value))).collect::<Vec<_>>()
    );
}

#[test]
fn a_token_keeps_nothing_of_calls_that_have_ended() {
    struct Task;
    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }
    let (token, task) = (CancelToken::new(), Arc::new(Task));
    // Every turn of a loop in JavaScript is a task of its own.
    for _ in 0..100 {
        let waker = Waker::from(task.clone());
        let mut waits = true;
        let call = poll_fn(|_| match std::mem::take(&mut waits) {
            true => Poll::Pending,
            false => Poll::Ready(Ok(())),
        });
        let mut run = Box::pin(token.run(call));
        assert!(run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(Arc::strong_count(&task), 3, "whom to wake is known");
        assert!(run.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
    }
    let waker = Waker::from(task.clone());
    let mut given_up = Box::pin(token.run(pending::<Result<(), Error>>()));
    assert!(given_up.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop((given_up, waker));
    assert_eq!(Arc::strong_count(&task), 1);
}

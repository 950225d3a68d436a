//! A transport without a network: canned raw answers and a clock of its own. For tests.
//!
//! Time stands still while there is something to do; when everything waits, [`MemoryTransport::run`] moves the clock
//! to the next moment anyone waits for. A test of minutes takes no time, and its outcome never varies.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
use super::Inflate;
use super::{Body, Header, Request, Response, Transport, TransportError};

/// Where the wall clock stands when a test begins: 2024-03-01T08:00:00Z.
const START_UNIX_MS: f64 = 1_709_280_000_000.0;

/// One piece of a canned answer's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These bytes arrive.
    Bytes(Vec<u8>),
    /// Nothing arrives for a while.
    Wait(Duration),
    /// The connection breaks, with this cause.
    Break(String),
    /// Nothing ever arrives.
    Hang,
}

/// A canned answer, or a failure to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canned {
    /// Time until the head arrives.
    pub delay: Duration,
    /// Status and headers, or why there is no answer.
    pub head: Result<(u16, Vec<Header>), TransportError>,
    /// The body; it ends as it should after the last step.
    pub body: Vec<Step>,
    /// Whether it comes from another origin, which may hide headers.
    pub hides_headers: bool,
}

impl Canned {
    /// An answer whose body arrives in one piece.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let (delay, head, body) = (Duration::ZERO, Ok((status, Vec::new())), vec![Step::Bytes(body.into())]);
        Self { delay, head, body, hides_headers: false }
    }

    /// No answer.
    pub fn failure(message: &str) -> Self {
        let head = Err(TransportError::new(message));
        Self { delay: Duration::ZERO, head, body: Vec::new(), hides_headers: false }
    }

    /// The same answer with one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok((_, headers)) = &mut self.head {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// The same answer from another origin, whose server exposes these headers and no others.
    pub fn exposing(mut self, names: &[&str]) -> Self {
        self.hides_headers = true;
        if let Ok((_, headers)) = &mut self.head {
            headers.retain(|(name, _)| names.iter().any(|exposed| exposed.eq_ignore_ascii_case(name)));
        }
        self
    }

    /// The same answer, its head arriving later.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same answer with a body that arrives like this.
    pub fn steps(mut self, body: Vec<Step>) -> Self {
        self.body = body;
        self
    }
}

type Answerer = Box<dyn FnMut(&Request) -> Canned>;

/// Answers requests from a closure. Clones share everything.
#[derive(Clone)]
pub struct MemoryTransport(Rc<Shared>);

struct Shared {
    answer: RefCell<Answerer>,
    now_ms: Cell<f64>,
    tick_ms: Cell<f64>,
    turns: Cell<usize>,
    /// When sleepers wake, and who.
    deadlines: RefCell<Vec<(f64, Waker)>>,
    requests: RefCell<Vec<Request>>,
    log: RefCell<Vec<String>>,
}

impl MemoryTransport {
    /// Answers every request with what the closure makes of it.
    pub fn new(answer: impl FnMut(&Request) -> Canned + 'static) -> Self {
        Self(Rc::new(Shared {
            answer: RefCell::new(Box::new(answer)),
            now_ms: Cell::new(0.0),
            tick_ms: Cell::new(0.0),
            turns: Cell::new(0),
            deadlines: RefCell::default(),
            requests: RefCell::default(),
            log: RefCell::default(),
        }))
    }

    /// Answers requests from a list, in order; those beyond its end get no answer.
    pub fn queue(answers: impl IntoIterator<Item = Canned>) -> Self {
        let mut answers: VecDeque<Canned> = answers.into_iter().collect();
        Self::new(move |_| answers.pop_front().unwrap_or_else(|| Canned::failure("no canned answer is left")))
    }

    /// Makes the clock move this far each time it is read, as if the work in between had taken so long.
    pub fn set_tick(&self, tick: Duration) {
        self.0.tick_ms.set(tick.as_secs_f64() * 1e3);
    }

    /// How often someone gave other work a turn.
    pub fn turns(&self) -> usize {
        self.0.turns.get()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.0.requests.borrow().clone()
    }

    /// What happened, in order: `sent 0`, `read 0` (a piece of body 0 was taken), `ended 0`, `dropped 0`.
    pub fn log(&self) -> Vec<String> {
        self.0.log.borrow().clone()
    }

    fn note(&self, event: &str, number: usize) {
        self.0.log.borrow_mut().push(format!("{event} {number}"));
    }

    /// Drives a future to its end, moving the clock whenever all of it waits. `None` when it waits for what never
    /// comes.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(woken.clone());
        let mut future = pin!(future);
        loop {
            while woken.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Some(output);
                }
            }
            let mut deadlines = self.0.deadlines.borrow_mut();
            let next = deadlines.iter().map(|(deadline, _)| *deadline).fold(f64::INFINITY, f64::min);
            if next.is_infinite() {
                return None;
            }
            self.0.now_ms.set(self.0.now_ms.get().max(next));
            let now = self.0.now_ms.get();
            let due: Vec<_> = deadlines.extract_if(.., |(deadline, _)| *deadline <= now).collect();
            drop(deadlines);
            due.into_iter().for_each(|(_, waker)| waker.wake());
            woken.0.store(true, Ordering::Relaxed);
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Transport for MemoryTransport {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, TransportError>> {
        let transport = self.clone();
        async move {
            let number = transport.0.requests.borrow().len();
            transport.note("sent", number);
            let canned = (transport.0.answer.borrow_mut())(&request);
            transport.0.requests.borrow_mut().push(request);
            if !canned.delay.is_zero() {
                transport.sleep(canned.delay).await;
            }
            let (status, headers) = canned.head?;
            let body = CannedBody { transport, number, steps: canned.body.into(), stopped: false };
            Ok(Response { status, headers, hides_headers: canned.hides_headers, body: Box::new(body) })
        }
        .boxed_local()
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        if duration.is_zero() {
            self.0.turns.set(self.0.turns.get() + 1);
        }
        let transport = self.clone();
        let deadline = self.0.now_ms.get() + duration.as_secs_f64() * 1e3;
        let mut first = true;
        poll_fn(move |context| {
            if !std::mem::take(&mut first) && transport.0.now_ms.get() >= deadline {
                return Poll::Ready(());
            }
            transport.0.deadlines.borrow_mut().push((deadline, context.waker().clone()));
            Poll::Pending
        })
        .boxed_local()
    }

    fn now_ms(&self) -> f64 {
        self.0.now_ms.set(self.0.now_ms.get() + self.0.tick_ms.get());
        self.0.now_ms.get()
    }

    fn unix_ms(&self) -> f64 {
        START_UNIX_MS + self.0.now_ms.get()
    }

    #[cfg(all(feature = "native", not(target_arch = "wasm32")))]
    fn inflate(&self) -> Result<Box<dyn Inflate>, TransportError> {
        Ok(Box::new(super::inflate::NativeInflate::new()))
    }
}

struct CannedBody {
    transport: MemoryTransport,
    number: usize,
    steps: VecDeque<Step>,
    /// A read was dropped half-way, which stops a download for good.
    stopped: bool,
}

impl CannedBody {
    async fn next(&mut self, into: &mut Vec<u8>) -> Result<usize, TransportError> {
        if std::mem::replace(&mut self.stopped, true) {
            return Err(TransportError::new("the download was stopped"));
        }
        let outcome = loop {
            match self.steps.pop_front() {
                Some(Step::Bytes(bytes)) if bytes.is_empty() => {}
                Some(Step::Bytes(bytes)) => {
                    self.transport.note("read", self.number);
                    into.extend_from_slice(&bytes);
                    break Ok(bytes.len());
                }
                Some(Step::Wait(time)) => self.transport.sleep(time).await,
                Some(Step::Break(cause)) => break Err(TransportError::new(cause)),
                Some(Step::Hang) => pending().await,
                None => {
                    self.transport.note("ended", self.number);
                    break Ok(0);
                }
            }
        };
        self.stopped = false;
        outcome
    }
}

impl Body for CannedBody {
    fn read<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<usize, TransportError>> {
        self.next(into).boxed_local()
    }
}

impl Drop for CannedBody {
    fn drop(&mut self) {
        self.transport.note("dropped", self.number);
    }
}

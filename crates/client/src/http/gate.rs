//! What all requests of a connection have in common: how many the server is asked to bear, at a time and in a second,
//! and that a server that asks one of them for patience asks them all.
//!
//! A request counts from when it is sent until its answer begins. Once something has come for it, it is for its task to
//! look: a task that does not (a read that nobody goes on with) keeps no other waiting. Read-ahead leaves one place
//! free, so that what somebody waits for need not wait for what nobody waits for yet.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::Policy;
use crate::transport::Transport;

/// By how much the load may grow with each answer, after a 429 had it halved.
const RECOVERY: f64 = 0.1;
/// The stretch in which requests are counted, ms.
const SECOND_MS: f64 = 1000.0;

/// Lets requests through: at most so many at a time, so many a second, and none while the server asks for patience.
pub(super) struct Gate {
    most: f64,
    bearable: Cell<f64>,
    /// Nothing is sent before this moment, ms on the transport's clock.
    held_until: Cell<f64>,
    most_a_second: Option<usize>,
    /// When the last so many requests were sent, ms.
    sent: RefCell<VecDeque<f64>>,
    under_way: Arc<UnderWay>,
}

impl Gate {
    pub(super) fn new(policy: &Policy) -> Self {
        let most = policy.concurrency.max(1) as f64;
        Self {
            most,
            bearable: Cell::new(most),
            held_until: Cell::new(f64::NEG_INFINITY),
            most_a_second: policy.requests_a_second.map(|most| most.max(1) as usize),
            sent: RefCell::default(),
            under_way: Arc::default(),
        }
    }

    /// How many requests may be under way; of read-ahead, one less.
    pub(super) fn bearable(&self, ahead: bool) -> usize {
        (self.bearable.get() as usize - usize::from(ahead)).max(1)
    }

    /// Waits until a request may be sent.
    pub(super) async fn pass(&self, transport: &dyn Transport, ahead: bool) -> Permit {
        loop {
            let now = transport.now_ms();
            let left = self.held_until.get().max(self.second_is_over()) - now;
            if left > 0.0 {
                transport.sleep(Duration::from_millis(left.ceil() as u64)).await;
            } else if self.has_room(ahead) {
                self.note_sent(now);
                return Permit::new(self.under_way.clone());
            } else {
                poll_fn(|context| match self.has_room(ahead) {
                    true => Poll::Ready(()),
                    false => self.under_way.wait(context.waker()),
                })
                .await;
            }
        }
    }

    fn has_room(&self, ahead: bool) -> bool {
        self.under_way.count.load(Ordering::Relaxed) < self.bearable(ahead)
    }

    /// When the next request falls into no second with too many others.
    fn second_is_over(&self) -> f64 {
        let sent = self.sent.borrow();
        let full = self.most_a_second.is_some_and(|most| sent.len() >= most);
        sent.front().filter(|_| full).map_or(f64::NEG_INFINITY, |first| first + SECOND_MS)
    }

    fn note_sent(&self, now: f64) {
        let Some(most) = self.most_a_second else { return };
        let mut sent = self.sent.borrow_mut();
        sent.push_back(now);
        if sent.len() > most {
            sent.pop_front();
        }
    }

    /// An answer came.
    pub(super) fn answered(&self) {
        self.bearable.set((self.bearable.get() + RECOVERY).min(self.most));
    }

    /// A 429 came: nothing more for this long, and then half as much. Further ones meanwhile are of the same burst.
    pub(super) fn limited(&self, now_ms: f64, wait: Duration) {
        if now_ms >= self.held_until.get() {
            self.bearable.set((self.bearable.get() / 2.0).floor().max(1.0));
        }
        self.held_until.set(self.held_until.get().max(now_ms + wait.as_secs_f64() * 1e3));
    }
}

/// Requests whose answers have not begun, and who waits for there to be fewer.
#[derive(Default)]
struct UnderWay {
    count: AtomicUsize,
    waiting: Mutex<Vec<Waker>>,
}

impl UnderWay {
    fn wait(&self, waker: &Waker) -> Poll<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
        }
        Poll::Pending
    }
}

/// A request's place among those under way, given back when dropped.
pub(super) struct Permit(Arc<Place>);

struct Place {
    counts: AtomicBool,
    under_way: Arc<UnderWay>,
}

impl Permit {
    fn new(under_way: Arc<UnderWay>) -> Self {
        let place = Place { counts: AtomicBool::new(false), under_way };
        place.take();
        Self(Arc::new(place))
    }

    /// Waits for what the permit is for, which counts while nothing has come.
    pub(super) async fn hold<T>(self, request: impl Future<Output = T>) -> T {
        let mut request = pin!(request);
        poll_fn(|context| {
            self.0.take();
            let news = Arc::new(News { place: self.0.clone(), task: context.waker().clone() });
            request.as_mut().poll(&mut Context::from_waker(&Waker::from(news)))
        })
        .await
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

impl Place {
    fn take(&self) {
        if !self.counts.swap(true, Ordering::Relaxed) {
            self.under_way.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn give_back(&self) {
        if self.counts.swap(false, Ordering::Relaxed) {
            self.under_way.count.fetch_sub(1, Ordering::Relaxed);
            let mut waiting = self.under_way.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = std::mem::take(&mut *waiting);
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

/// Something came for a request: its place is free, and its task is told.
struct News {
    place: Arc<Place>,
    task: Waker,
}

impl Wake for News {
    fn wake(self: Arc<Self>) {
        // The task first: where it does look and finds nothing, the place is its own again.
        self.task.wake_by_ref();
        self.place.give_back();
    }
}

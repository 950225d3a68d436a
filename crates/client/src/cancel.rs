//! Cancelling from outside.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use crate::{Error, ErrorKind, Result};

/// Cancels calls. Clones share one state; once cancelled, it stays so.
///
/// Dropping a call's future cancels it as well; the token is for those who do not hold the future.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    /// Calls under way, few at a time: their numbers, and whom to wake.
    calls: Vec<(u64, Option<Waker>)>,
    next_call: u64,
}

/// A call's place among those under way. It leaves with the call, however many calls a token sees.
struct Call<'a> {
    token: &'a CancelToken,
    number: u64,
}

impl Call<'_> {
    /// Leaves word whom to wake.
    fn wait(&self, waker: &Waker) {
        let mut state = self.token.0.borrow_mut();
        if let Some((_, waiting)) = state.calls.iter_mut().find(|(number, _)| *number == self.number) {
            *waiting = Some(waker.clone());
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.token.0.borrow_mut().calls.retain(|(number, _)| *number != self.number);
    }
}

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels every call that [runs](Self::run) under this token, now and later.
    pub fn cancel(&self) {
        let calls = {
            let mut state = self.0.borrow_mut();
            state.cancelled = true;
            std::mem::take(&mut state.calls)
        };
        calls.into_iter().filter_map(|(_, waker)| waker).for_each(Waker::wake);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.borrow().cancelled
    }

    /// Runs a call until it ends or the token is cancelled; then the call is dropped, which stops its requests, and
    /// the result is [`ErrorKind::Cancelled`].
    pub async fn run<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        let place = self.begin();
        let mut call = pin!(call);
        poll_fn(|context| {
            if self.is_cancelled() {
                return Poll::Ready(Err(Error::new(ErrorKind::Cancelled, "Cancelled.")));
            }
            let polled = call.as_mut().poll(context);
            if polled.is_pending() {
                place.wait(context.waker());
            }
            polled
        })
        .await
    }

    fn begin(&self) -> Call<'_> {
        let mut state = self.0.borrow_mut();
        state.next_call += 1;
        let number = state.next_call;
        state.calls.push((number, None));
        Call { token: self, number }
    }
}

//! A token that a longer-lived secret is exchanged for: before the first request, and again when it is no longer accepted.

use std::cell::RefCell;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};

use super::Auth;
use crate::Result;
use crate::transport::{Header, Request};

type Exchange = Shared<LocalBoxFuture<'static, Result<String>>>;

/// Signs with a token that is renewed. The secret itself never changes; both stay in memory.
pub(crate) struct Exchanged {
    /// The header that carries the token.
    header: &'static str,
    secret: String,
    /// Begins an exchange.
    begin: Box<dyn Fn() -> LocalBoxFuture<'static, Result<String>>>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    token: Option<String>,
    /// The token before: an answer that is still on its way may hold it.
    former: Option<String>,
    /// All that need a token at one time wait for the same exchange.
    under_way: Option<Exchange>,
}

impl Exchanged {
    /// `secret` is what `begin` exchanges for a token; `token` is one that is there already.
    pub(crate) fn new(
        header: &'static str,
        secret: String,
        token: Option<String>,
        begin: impl Fn() -> LocalBoxFuture<'static, Result<String>> + 'static,
    ) -> Self {
        let state = RefCell::new(State { token, ..State::default() });
        Self { header, secret, begin: Box::new(begin), state }
    }

    fn signature(&self) -> Vec<Header> {
        let token = self.state.borrow().token.clone();
        token.map(|token| (self.header.to_string(), token)).into_iter().collect()
    }

    async fn exchange(&self) -> Result<()> {
        let exchange =
            self.state.borrow_mut().under_way.get_or_insert_with(|| (self.begin)().shared()).clone();
        let token = exchange.clone().await;
        let mut state = self.state.borrow_mut();
        // Whoever comes first takes the outcome; for the others it is in place already.
        if state.under_way.as_ref().is_some_and(|current| current.ptr_eq(&exchange)) {
            state.under_way = None;
            if let Ok(token) = &token {
                state.former = state.token.replace(token.clone());
            }
        }
        token.map(drop)
    }
}

impl Auth for Exchanged {
    fn sign(&self, _request: &Request, _unix_ms: f64) -> Vec<Header> {
        self.signature()
    }

    fn secrets(&self) -> Vec<String> {
        let state = self.state.borrow();
        let tokens = [&state.token, &state.former].into_iter().flatten();
        tokens.chain([&self.secret]).cloned().collect()
    }

    fn prepare(&self) -> LocalBoxFuture<'_, Result<()>> {
        async {
            let ready = self.state.borrow().token.is_some();
            if ready { Ok(()) } else { self.exchange().await }
        }
        .boxed_local()
    }

    fn refresh<'a>(&'a self, refused: &'a [Header]) -> LocalBoxFuture<'a, Result<bool>> {
        async move {
            // Of several requests that were refused together, the first renews the token for all.
            if self.signature() == refused {
                self.exchange().await?;
            }
            Ok(true)
        }
        .boxed_local()
    }
}

//! One chain of pages: the requests, and the page ahead.
//!
//! A page's head names the next page, which is asked for at once, while the body of this one is read: at most one page
//! is ahead, and nobody reads its body before its turn. Nothing is spawned: the page ahead moves whenever the reader
//! of this one is polled.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::params::Pairs;
use crate::http::Http;
use crate::transport::{Request, Response};
use crate::{Error, Result, url};

pub(super) const NEXT_PAGE: &str = "x-rune-next-page-token";

/// What every page of a chain asks for.
#[derive(Debug, Clone)]
pub(super) struct Query {
    /// The URL without its query.
    pub(super) url: String,
    /// Parameters that never change.
    pub(super) pairs: Pairs,
    /// Where the read begins.
    pub(super) start: Option<(&'static str, String)>,
    /// Rows over all pages.
    pub(super) limit: Option<u64>,
    /// Whether an answer of the connection has shown [`NEXT_PAGE`].
    pub(super) shows_paging: Rc<Cell<bool>>,
}

impl Query {
    pub(super) fn request(&self, token: Option<&str>) -> Request {
        let limit = self.limit.map(|limit| limit.to_string());
        let pairs = self.pairs.iter().chain(&self.start).map(|(name, value)| (*name, value.as_str()));
        let pairs = pairs.chain(limit.as_deref().map(|limit| ("limit", limit)));
        Request::get(url::with_query(&self.url, pairs.chain(token.map(|token| ("page_token", token)))))
    }
}

/// A page: its head, and its body to be read.
pub(super) struct Page {
    pub(super) request: Request,
    pub(super) response: Response,
    /// The token it was asked for with; `None` for the first page.
    pub(super) token: Option<String>,
    /// The next page's token; `None` at the end.
    pub(super) next: Option<String>,
    /// Whether there may be a next page though none is named: the server of another origin has never exposed the name.
    pub(super) may_hide_next: bool,
}

enum Ahead {
    Nothing,
    Asked(LocalBoxFuture<'static, Result<Page>>),
    Arrived(Result<Page>),
}

/// The pages of a query, one after the other.
pub(super) struct Pages {
    http: Http,
    pub(super) query: Query,
    ahead: Ahead,
    /// Tokens of pages begun.
    begun: BTreeSet<String>,
}

impl Pages {
    pub(super) fn new(http: Http, query: Query) -> Self {
        Self { http, query, ahead: Ahead::Nothing, begun: BTreeSet::new() }
    }

    /// Gives up the page ahead, and with `all` what is known of tokens: the chain begins anew.
    pub(super) fn forget(&mut self, all: bool) {
        self.ahead = Ahead::Nothing;
        if all {
            self.begun.clear();
        }
    }

    /// The page with this token. Its successor is asked for with the next poll of [`Self::alongside`].
    pub(super) async fn open(&mut self, token: &Option<String>) -> Result<Page> {
        if matches!(self.ahead, Ahead::Nothing) {
            self.ahead = Ahead::Asked(self.ask(token.clone()));
        }
        poll_fn(|context| {
            self.poll_ahead(context);
            if matches!(self.ahead, Ahead::Arrived(_)) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let Ahead::Arrived(page) = std::mem::replace(&mut self.ahead, Ahead::Nothing) else {
            return Err(Error::protocol("A page was lost."));
        };
        let page = page?;
        self.begun.extend(page.token.clone());
        if let Some(next) = &page.next {
            self.ahead = if self.begun.contains(next) {
                let words = "The server repeats itself: a page's token came a second time.";
                Ahead::Arrived(Err(self.http.about(Error::protocol(words), &page.request)))
            } else {
                Ahead::Asked(self.ask(Some(next.clone())))
            };
        }
        Ok(page)
    }

    /// Waits for something, and lets the page ahead move meanwhile.
    pub(super) async fn alongside<T>(&mut self, wanted: impl Future<Output = T>) -> T {
        let mut wanted = pin!(wanted);
        poll_fn(|context| {
            self.poll_ahead(context);
            wanted.as_mut().poll(context)
        })
        .await
    }

    fn poll_ahead(&mut self, context: &mut std::task::Context<'_>) {
        if let Ahead::Asked(asked) = &mut self.ahead
            && let Poll::Ready(page) = asked.as_mut().poll(context)
        {
            self.ahead = Ahead::Arrived(page);
        }
    }

    fn ask(&self, token: Option<String>) -> LocalBoxFuture<'static, Result<Page>> {
        let (http, request) = (self.http.clone(), self.query.request(token.as_deref()));
        let shows_paging = self.query.shows_paging.clone();
        async move {
            let response = http.open(&request).await?;
            let next = response.header(NEXT_PAGE).filter(|next| !next.is_empty()).map(str::to_string);
            shows_paging.set(shows_paging.get() || next.is_some());
            let may_hide_next = response.hides_headers && !shows_paging.get();
            Ok(Page { request, response, token, next, may_hide_next })
        }
        .boxed_local()
    }
}

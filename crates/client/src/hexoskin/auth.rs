//! How requests are signed, and how people sign in.

mod key;
mod oauth1;
mod oauth2;
mod pkce;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};

use super::address::Base;
use super::config::{Config, Credentials, refuse, set};
use crate::http::{Auth, Http};
use crate::transport::{Header, Request, Transport};
use crate::{Error, ErrorKind, Result};

pub use oauth2::{Grant, Pending, Scope, SignIn, Tokens};
pub use pkce::code_challenge;

type Renewal = Shared<LocalBoxFuture<'static, Result<Tokens>>>;

/// Signs the requests of one connection. Whoever signs in changes the credentials of all that share it.
pub(super) struct Signer {
    base: Base,
    key: Option<String>,
    secret: Option<String>,
    api_version: Option<String>,
    credentials: RefCell<Option<Credentials>>,
    /// Sends requests for tokens, which are signed by what they carry themselves.
    unsigned: Http,
    nonces: Cell<u64>,
    /// All that need fresh tokens at one time wait for the same answer.
    renewal: RefCell<Option<Renewal>>,
}

/// The way of requests that bring their own signature.
struct Unsigned(Vec<String>);

impl Auth for Unsigned {
    fn sign(&self, _: &Request, _: f64) -> Vec<Header> {
        Vec::new()
    }

    fn secrets(&self) -> Vec<String> {
        self.0.clone()
    }
}

impl Signer {
    pub(super) fn new(config: &Config, base: &Base, transport: Rc<dyn Transport>) -> Result<Self> {
        config.key_pair()?;
        let (key, secret) = (set(&config.key).map(str::to_string), set(&config.secret).map(str::to_string));
        let secrets = secret.iter().chain(&key).cloned().collect();
        Ok(Self {
            base: base.clone(),
            unsigned: Http::new(transport, super::PLATFORM, Rc::new(Unsigned(secrets))),
            key,
            secret,
            api_version: set(&config.api_version).map(str::to_string),
            credentials: RefCell::new(config.credentials.clone()),
            nonces: Cell::default(),
            renewal: RefCell::default(),
        })
    }

    /// The same key for other credentials.
    pub(super) fn with(&self, credentials: Option<Credentials>) -> Self {
        Self {
            base: self.base.clone(),
            key: self.key.clone(),
            secret: self.secret.clone(),
            api_version: self.api_version.clone(),
            credentials: RefCell::new(credentials),
            unsigned: self.unsigned.clone(),
            nonces: Cell::default(),
            renewal: RefCell::default(),
        }
    }

    pub(super) fn credentials(&self) -> Option<Credentials> {
        self.credentials.borrow().clone()
    }

    pub(super) fn set(&self, credentials: Option<Credentials>) {
        *self.renewal.borrow_mut() = None;
        *self.credentials.borrow_mut() = credentials;
    }

    fn now_ms(&self) -> f64 {
        self.unsigned.transport.unix_ms()
    }

    /// Whether requests of a user are signed with a key.
    pub(super) fn has_key_pair(&self) -> bool {
        self.key.is_some() && self.secret.is_some()
    }

    /// The id of the client that people sign in to.
    fn client_id(&self) -> Result<&str> {
        self.key
            .as_deref()
            .ok_or_else(|| refuse("key is missing: signing in needs the id of an OAuth client."))
    }

    fn nonce(&self, unix_ms: f64) -> String {
        self.nonces.set(self.nonces.get() + 1);
        oauth1::nonce(self.secret.as_deref().unwrap_or_default(), unix_ms, self.nonces.get())
    }

    /// Fresh tokens in place of these, asked for once for all that wait.
    async fn renew(&self, stale: &Tokens) -> Result<bool> {
        let Some(request) = oauth2::refresh(self, stale)? else { return Ok(false) };
        let begin = || {
            let (http, stale) = (self.unsigned.clone(), stale.clone());
            async move { oauth2::exchange(&http, &request).await.map(|tokens| tokens.after(&stale)) }
                .boxed_local()
                .shared()
        };
        let renewal = self.renewal.borrow_mut().get_or_insert_with(begin).clone();
        let outcome = renewal.clone().await;
        let mut current = self.renewal.borrow_mut();
        // Whoever comes first takes the outcome; for the others it is in place already.
        if current.as_ref().is_some_and(|current| current.ptr_eq(&renewal)) {
            *current = None;
            if let Ok(tokens) = &outcome {
                *self.credentials.borrow_mut() = Some(Credentials::OAuth2(tokens.clone()));
            }
        }
        outcome.map(|_| true)
    }
}

impl Auth for Signer {
    fn sign(&self, request: &Request, unix_ms: f64) -> Vec<Header> {
        let mut headers: Vec<Header> = Vec::new();
        if let Some(version) = &self.api_version {
            headers.push(("X-HexoAPIVersion".into(), version.clone()));
        }
        let url = self.base.seen_by_server(&request.url);
        match (&*self.credentials.borrow(), &self.key, &self.secret) {
            (Some(Credentials::User { user, password }), key, secret) => {
                headers.push(key::basic(user, password));
                if let Some((key, secret)) = key.as_ref().zip(secret.as_ref()) {
                    headers.extend(key::signature(key, secret, &url, unix_ms));
                }
            }
            (Some(Credentials::OAuth2(tokens)), ..) => headers.push(tokens.header()),
            (Some(Credentials::OAuth1 { token, token_secret }), Some(key), Some(secret)) => {
                let signing = oauth1::Signing { key, secret, token, token_secret };
                let nonce = self.nonce(unix_ms);
                headers.push(signing.header(request.method, &url, unix_ms, &nonce, &[]));
            }
            _ => {}
        }
        headers
    }

    fn secrets(&self) -> Vec<String> {
        let given = self.credentials.borrow();
        let given = given.iter().flat_map(Credentials::secrets);
        given.chain(self.secret.clone()).chain(self.key.clone()).collect()
    }

    fn prepare(&self) -> LocalBoxFuture<'_, Result<()>> {
        async {
            match self.credentials() {
                None => Err(refuse("Nobody is signed in: give a user and password, or sign in with OAuth.")),
                Some(Credentials::OAuth1 { .. }) if self.key.is_none() || self.secret.is_none() => {
                    Err(refuse("OAuth1 signs with key and secret of the client: give both."))
                }
                Some(Credentials::OAuth2(tokens)) if tokens.expire_before(self.now_ms()) => {
                    self.renew(&tokens).await.map(drop)
                }
                Some(_) => Ok(()),
            }
        }
        .boxed_local()
    }

    fn refresh<'a>(&'a self, refused: &'a [Header]) -> LocalBoxFuture<'a, Result<bool>> {
        async move {
            let Some(Credentials::OAuth2(tokens)) = self.credentials() else { return Ok(false) };
            // Of several requests that were refused together, the first renews the tokens for all.
            if refused.contains(&tokens.header()) { self.renew(&tokens).await } else { Ok(true) }
        }
        .boxed_local()
    }
}

/// What a refusal of credentials means to the person who signs in.
fn unaccepted(message: impl Into<String>) -> Error {
    Error { platform: Some(super::PLATFORM), ..Error::new(ErrorKind::Unauthorized, message) }
}

/// Names and values of a query, a fragment or a form, decoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    };
    text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

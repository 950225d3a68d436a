//! Requests that end in an answer worth having, or in an [`Error`]: retry, auth refresh and error decoding, once for
//! all platforms and transports.
//!
//! What is retried, up to [`Policy::attempts`] in all: no answer, 429, and 5xx (not 501); all requests made here may be
//! repeated without harm. The wait doubles from [`Policy::first_wait`], with up to half of it taken off at random, or
//! is what `Retry-After` says; a server that asks for more than [`Policy::longest_wait`] is not waited for. A 401 or
//! 403 is repeated once, if the credentials could be refreshed. Requests that share a [`Gate`] wait for each other's 429.

mod answer;
mod auth;
mod backoff;
mod gate;
mod patience;

use std::rc::Rc;
use std::time::Duration;

use streamscope_frame::ParseErrorKind;

use crate::transport::{Request, Response, Transport, TransportError};
use crate::{Error, ErrorKind, Platform, Result, redact};

pub(crate) use answer::from_json as words_of;
pub use auth::Auth;
pub(crate) use gate::Gate;
use patience::PatientBody;

/// Whole answers (metadata, aggregates) longer than this are refused.
const LONGEST_ANSWER: usize = 64 << 20;

/// How patient requests are.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Attempts in all.
    pub attempts: u32,
    /// The wait before the second attempt; doubles for each further one.
    pub first_wait: Duration,
    /// The longest wait, `Retry-After` included.
    pub longest_wait: Duration,
    /// How long to wait for the head of an answer, and for the next piece of a body.
    pub patience: Duration,
    /// Chains of requests that one read follows at a time, where its range can be cut into shards; 1 reads one after
    /// the other. A 429 halves it for a while. A Joule node is asked for two answers at a time at most.
    pub concurrency: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(400),
            longest_wait: Duration::from_secs(60),
            patience: Duration::from_secs(90),
            concurrency: 6,
        }
    }
}

/// Sends requests to one platform with one set of credentials.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) transport: Rc<dyn Transport>,
    pub(crate) policy: Policy,
    platform: Platform,
    auth: Rc<dyn Auth>,
    gate: Option<Rc<Gate>>,
}

/// Why an attempt did not do, and how long the server wants us to wait.
struct Failure {
    error: Error,
    retry: bool,
    wait: Option<Duration>,
}

impl Http {
    pub(crate) fn new(transport: Rc<dyn Transport>, platform: Platform, auth: Rc<dyn Auth>) -> Self {
        Self { transport, policy: Policy::default(), platform, auth, gate: None }
    }

    /// The same, its requests held back together by `gate`.
    pub(crate) fn behind(&self, gate: Rc<Gate>) -> Self {
        Self { gate: Some(gate), ..self.clone() }
    }

    /// Sends until there is a 2xx answer, and hands out its head with the body unread.
    pub(crate) async fn open(&self, request: &Request) -> Result<Response> {
        self.retry(request, async |http, request| http.head(request).await).await
    }

    /// Sends until there is a 2xx answer with a complete body.
    pub(crate) async fn fetch(&self, request: &Request) -> Result<Vec<u8>> {
        self.fetch_whole(request).await.map(|(_, body)| body)
    }

    /// The same, with the head of the answer.
    pub(crate) async fn fetch_whole(&self, request: &Request) -> Result<(Response, Vec<u8>)> {
        self.retry(request, async |http, request| {
            let mut response = http.head(request).await?;
            let mut body = Vec::new();
            loop {
                match response.body.read(&mut body).await {
                    Ok(0) => return Ok((response, body)),
                    Ok(_) if body.len() > LONGEST_ANSWER => {
                        let message = format!("The answer is longer than {} MiB.", LONGEST_ANSWER >> 20);
                        return Err(self.last(self.about(Error::protocol(message), request)));
                    }
                    Ok(_) => {}
                    Err(error) => return Err(self.broken(request, ErrorKind::Body, &error)),
                }
            }
        })
        .await
    }

    async fn retry<T>(
        &self,
        request: &Request,
        attempt: impl AsyncFn(&Self, &Request) -> Result<T, Failure>,
    ) -> Result<T> {
        let mut refreshed = false;
        let mut tried = 0;
        loop {
            if let Some(gate) = &self.gate {
                gate.pass(self.transport.as_ref()).await;
            }
            self.auth.prepare().await.map_err(|error| self.about_auth(error, request))?;
            let signature = self.auth.headers();
            let failure = match attempt(self, request).await {
                Ok(answer) => {
                    self.gate.iter().for_each(|gate| gate.answered());
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            tried += 1;
            if failure.error.kind == ErrorKind::Unauthorized && !refreshed {
                refreshed = true;
                let fresh = self.auth.refresh(&signature).await;
                if fresh.map_err(|error| self.about_auth(error, request))? {
                    continue;
                }
            }
            let wait = failure.wait.unwrap_or_else(|| self.backoff(tried));
            if !failure.retry || tried >= self.policy.attempts || wait > self.policy.longest_wait {
                return Err(failure.error);
            }
            if let Some(gate) = self.gate.as_ref().filter(|_| failure.error.kind == ErrorKind::RateLimited) {
                gate.limited(self.transport.now_ms(), wait);
            }
            self.transport.sleep(wait).await;
        }
    }

    /// The wait after this many attempts.
    pub(crate) fn backoff(&self, tried: u32) -> Duration {
        backoff::wait(tried, self.policy.first_wait, self.transport.now_ms())
    }

    /// One attempt: the head of a 2xx answer, or why not.
    async fn head(&self, request: &Request) -> Result<Response, Failure> {
        let mut signed = request.clone();
        signed.headers.extend(self.auth.headers());
        let Policy { patience, .. } = self.policy;
        let sent = patience::sent(self.transport.as_ref(), self.transport.send(signed), patience).await;
        let Response { status, headers, body } =
            sent.map_err(|error| self.broken(request, ErrorKind::Network, &error))?;
        let body = Box::new(PatientBody::new(body, self.transport.clone(), patience));
        let mut response = Response { status, headers, body };
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let wait = response
            .header("retry-after")
            .and_then(|text| backoff::retry_after(text, self.transport.unix_ms()));
        let location = response.header("location").map(str::to_string);
        let words = answer::words(self, &mut response).await;
        let status = response.status;
        let kind = answer::kind(status);
        let retry = matches!(kind, ErrorKind::RateLimited | ErrorKind::Server) && status != 501;
        let mut message = format!("{} answered {status} to {}", self.platform.name(), request.describe());
        if let Some(words) = &words {
            message.push_str(&format!(": {}", words.trim_end_matches('.')));
        }
        message.push('.');
        if let Some(advice) =
            answer::advice(kind, status, wait, location.as_deref().map(redact::url).as_deref())
        {
            message.push(' ');
            message.push_str(&advice);
        }
        let mut error = self.about(Error::new(kind, message), request);
        error.status = Some(status);
        error.server_message = words;
        Err(Failure { error, retry, wait })
    }

    fn broken(&self, request: &Request, kind: ErrorKind, cause: &TransportError) -> Failure {
        Failure { error: self.unanswered(request, kind, cause), retry: !cause.permanent, wait: None }
    }

    /// The error for a request that got no complete answer.
    pub(crate) fn unanswered(&self, request: &Request, kind: ErrorKind, cause: &TransportError) -> Error {
        let what = if kind == ErrorKind::Body { "The answer broke off" } else { "No answer" };
        let message = format!("{what}: {} ({}).", cause.message, request.describe());
        self.about(Error::new(kind, message), request)
    }

    fn last(&self, error: Error) -> Failure {
        Failure { error, retry: false, wait: None }
    }

    /// An error with where it happened, and without secrets.
    pub(crate) fn about(&self, mut error: Error, request: &Request) -> Error {
        error.message = self.clean(&error.message);
        error.platform = Some(self.platform);
        error.request = Some(self.clean(&request.describe()));
        match error.parse.as_mut().map(|parse| &mut parse.kind) {
            Some(ParseErrorKind::Value { found: text, .. })
            | Some(ParseErrorKind::Header(text) | ParseErrorKind::Malformed(text)) => {
                *text = self.clean(text)
            }
            _ => {}
        }
        error
    }

    /// An error on the way to credentials; it names the request that failed, which may have been one of its own.
    fn about_auth(&self, error: Error, request: &Request) -> Error {
        if error.request.is_some() { error } else { self.about(error, request) }
    }

    /// A text without the credentials' secrets.
    pub(crate) fn clean(&self, text: &str) -> String {
        redact::text(text, &self.auth.secrets())
    }
}

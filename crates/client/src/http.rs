//! Requests that end in an answer worth having, or in an [`Error`]: retry, auth refresh and error decoding, once for
//! all platforms and transports.
//!
//! What is retried, up to [`Policy::attempts`] in all: no answer, 429, and 5xx (not 501). A request that is not
//! [repeatable](Request::repeatable) is only sent again after a 429, which says that nothing was done. The wait doubles
//! from [`Policy::first_wait`], with up to half of it taken off at random, or is what `Retry-After` says; a server that
//! asks for more than [`Policy::longest_wait`] is not waited for. A 401 or 403 is repeated once, if the credentials
//! could be refreshed. All requests of a connection pass one [`Gate`].

mod answer;
mod auth;
mod backoff;
mod exchanged;
mod gate;
mod patience;

use std::rc::Rc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use streamscope_frame::ParseErrorKind;

use crate::transport::{Header, Request, Response, Transport, TransportError};
use crate::{Error, ErrorKind, Platform, Result, redact};

pub(crate) use answer::from_json as words_of;
pub use auth::Auth;
pub(crate) use exchanged::Exchanged;
use gate::{Gate, Permit};
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
    /// Requests of the connection that wait for their answers at a time, whatever they are for. A 429 halves it for a
    /// while. A long read follows one chain of requests less than this, and 1 reads one after the other; a Joule node
    /// is read in two at most.
    pub concurrency: usize,
    /// Requests of the connection in any one second; `None` where the server names no limit.
    pub requests_a_second: Option<u32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(400),
            longest_wait: Duration::from_secs(60),
            patience: Duration::from_secs(90),
            concurrency: 7,
            requests_a_second: None,
        }
    }
}

/// Sends requests to one platform with one set of credentials. Clones share the gate.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) transport: Rc<dyn Transport>,
    pub(crate) policy: Policy,
    platform: Platform,
    auth: Rc<dyn Auth>,
    gate: Rc<Gate>,
    /// Whether its requests are for rows that nobody waits for yet.
    ahead: bool,
}

/// Why an attempt did not do, and how long the server wants us to wait.
struct Failure {
    error: Error,
    retry: bool,
    wait: Option<Duration>,
}

impl Http {
    pub(crate) fn new(transport: Rc<dyn Transport>, platform: Platform, auth: Rc<dyn Auth>) -> Self {
        let policy = Policy::default();
        let gate = Rc::new(Gate::new(&policy));
        Self { transport, policy, platform, auth, gate, ahead: false }
    }

    /// The same credentials with another patience, behind a gate of their own.
    pub(crate) fn with_policy(self, policy: Policy) -> Self {
        Self { gate: Rc::new(Gate::new(&policy)), policy, ..self }
    }

    /// The same connection for someone else: behind the same gate, for the server bears no more.
    pub(crate) fn signed_by(&self, auth: Rc<dyn Auth>) -> Self {
        Self { auth, ..self.clone() }
    }

    /// The same connection, for rows that nobody waits for yet.
    pub(crate) fn reading_ahead(&self) -> Self {
        Self { ahead: true, ..self.clone() }
    }

    /// How many chains of requests a read may follow now.
    pub(crate) fn bearable_chains(&self) -> usize {
        self.gate.bearable(true)
    }

    /// Sends until there is a 2xx answer, and hands out its head with the body unread.
    pub(crate) async fn open(&self, request: &Request) -> Result<Response> {
        self.retry(request, async |response| Ok(response)).await
    }

    /// Sends until there is a 2xx answer with a complete body.
    pub(crate) async fn fetch(&self, request: &Request) -> Result<Vec<u8>> {
        self.fetch_whole(request).await.map(|(_, body)| body)
    }

    /// The same, with the head of the answer: its status, and headers such as the `Location` of what was made.
    pub(crate) async fn fetch_whole(&self, request: &Request) -> Result<(Response, Vec<u8>)> {
        self.fetch_checked(request, false).await
    }

    /// The body of an answer in JSON, which shows where it was cut even when HTTP does not.
    pub(crate) async fn fetch_document(&self, request: &Request) -> Result<Vec<u8>> {
        self.fetch_checked(request, true).await.map(|(_, body)| body)
    }

    async fn fetch_checked(&self, request: &Request, is_json: bool) -> Result<(Response, Vec<u8>)> {
        self.retry(request, async |mut response: Response| {
            let mut body = Vec::new();
            loop {
                match response.body.read(&mut body).await {
                    Ok(0) if is_json && answer::is_cut(&body) => {
                        let cause = TransportError::new("it ends in the middle of its JSON");
                        return Err(self.broken(request, ErrorKind::Body, &cause));
                    }
                    Ok(0) => return Ok((response, body)),
                    Ok(_) if body.len() > LONGEST_ANSWER => {
                        let message = format!("The answer is longer than {} MiB.", LONGEST_ANSWER >> 20);
                        let error = self.about(Error::protocol(message), request);
                        return Err(Failure { error, retry: false, wait: None });
                    }
                    Ok(_) => {}
                    Err(error) => return Err(self.broken(request, ErrorKind::Body, &error)),
                }
            }
        })
        .await
    }

    /// What an answer in JSON holds.
    pub(crate) async fn fetch_json<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        let body = self.fetch_document(request).await?;
        serde_json::from_slice(&body).map_err(|error| self.about(answer::unexpected(&body, &error), request))
    }

    /// Fails where an answer is a web page: something stands between here and the server.
    pub(crate) fn refuse_page(&self, request: &Request, body: &[u8]) -> Result<()> {
        answer::web_page(body).map_or(Ok(()), |error| Err(self.about(error, request)))
    }

    /// Sends until there is a 2xx answer that `read` can make something of.
    async fn retry<T>(
        &self,
        request: &Request,
        read: impl AsyncFn(Response) -> Result<T, Failure>,
    ) -> Result<T> {
        let mut refreshed = false;
        let mut tried = 0;
        loop {
            self.auth.prepare().await.map_err(|error| self.about_auth(error, request))?;
            let permit = self.gate.pass(self.transport.as_ref(), self.ahead).await;
            let signature = self.auth.sign(request, self.transport.unix_ms());
            let outcome = match self.head(request, &signature, permit).await {
                Ok(response) => read(response).await,
                Err(failure) => Err(failure),
            };
            let failure = match outcome {
                Ok(answer) => {
                    self.gate.answered();
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
            let limited = failure.error.kind == ErrorKind::RateLimited;
            let harmless = request.repeatable || limited;
            let again = failure.retry && harmless && tried < self.policy.attempts;
            if !again || wait > self.policy.longest_wait {
                return Err(failure.error);
            }
            if limited {
                self.gate.limited(self.transport.now_ms(), wait);
            }
            self.transport.sleep(wait).await;
        }
    }

    /// The wait after this many attempts.
    pub(crate) fn backoff(&self, tried: u32) -> Duration {
        backoff::wait(tried, self.policy.first_wait, self.transport.now_ms())
    }

    /// One attempt: the head of a 2xx answer, or why not.
    async fn head(
        &self,
        request: &Request,
        signature: &[Header],
        permit: Permit,
    ) -> Result<Response, Failure> {
        let mut signed = request.clone();
        signed.headers.extend_from_slice(signature);
        let Policy { patience, .. } = self.policy;
        let sending = patience::sent(self.transport.as_ref(), self.transport.send(signed), patience);
        let sent = permit.hold(sending).await;
        let mut response = sent.map_err(|error| self.broken(request, ErrorKind::Network, &error))?;
        response.body = Box::new(PatientBody::new(response.body, self.transport.clone(), patience));
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let wait = response
            .header("retry-after")
            .and_then(|text| backoff::retry_after(text, self.transport.unix_ms()));
        // Cleaned before it is cut: half a secret is one, too.
        let location =
            response.header("location").map(|location| answer::shorten(&self.clean(&redact::url(location))));
        let words = answer::words(self, &mut response).await;
        let status = response.status;
        let kind = answer::kind(status);
        let retry = matches!(kind, ErrorKind::RateLimited | ErrorKind::Server) && status != 501;
        let mut message = format!("{} answered {status} to {}", self.platform.name, request.describe());
        if let Some(words) = &words {
            message.push_str(&format!(": {}", words.trim_end_matches('.')));
        }
        message.push('.');
        if let Some(advice) = answer::advice(kind, status, wait, location.as_deref()) {
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

    /// An error with where it happened, and without secrets.
    pub(crate) fn about(&self, mut error: Error, request: &Request) -> Error {
        error.message = self.clean(&error.message);
        error.platform = Some(self.platform);
        error.request = Some(self.clean(&request.describe()));
        error.server_message = error.server_message.map(|words| self.clean(&words));
        if let Some(parse) = &mut error.parse {
            parse.column = parse.column.as_deref().map(|column| self.clean(column));
        }
        match error.parse.as_mut().map(|parse| &mut parse.kind) {
            Some(ParseErrorKind::Value { found: text, .. })
            | Some(
                ParseErrorKind::Header(text)
                | ParseErrorKind::Malformed(text)
                | ParseErrorKind::Unclear(text),
            ) => *text = self.clean(text),
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

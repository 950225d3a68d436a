//! One error type at the border.

use crate::Platform;

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in a call, with what a person needs to understand it. Holds no secret.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What went wrong; decides whether the call is retried.
    pub kind: ErrorKind,
    /// One or two sentences for the person: what happened, where, and what to do.
    pub message: String,
    /// The platform that was called.
    pub platform: Option<Platform>,
    /// Method and URL, with credentials redacted.
    pub request: Option<String>,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The server's own words, cut to a readable length.
    pub server_message: Option<String>,
    /// Where in the body a parser stopped.
    pub parse: Option<Box<streamscope_frame::ParseError>>,
    /// Rows delivered before the error, for reads.
    pub rows: Option<u64>,
    /// Time of the last row delivered, ns, for reads: all before it was delivered.
    pub covered_to: Option<i64>,
}

impl Error {
    /// An error of a kind, in words.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            platform: None,
            request: None,
            status: None,
            server_message: None,
            parse: None,
            rows: None,
            covered_to: None,
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    pub(crate) fn protocol(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Protocol, message)
    }

    /// The error of a read that had handed out so many rows, up to this time. What was refused before anything was sent
    /// counts none.
    pub(crate) fn after_rows(self, rows: u64, covered_to: Option<i64>) -> Self {
        let counted = self.kind != ErrorKind::InvalidInput;
        Self { rows: counted.then_some(rows), covered_to, ..self }
    }
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was refused before it left: a parameter is missing, out of range or contradictory. Not retried.
    InvalidInput,
    /// Credentials are missing, ambiguous or incomplete. Not retried.
    Configuration,
    /// The server does not accept the credentials (401, 403). Retried once, after a refresh, where one is possible.
    Unauthorized,
    /// The server knows no such thing (404). Not retried.
    NotFound,
    /// The server refused the request (other 4xx, GraphQL errors). Not retried.
    Refused,
    /// Too many requests (429), after the retries. Retried with backoff and `Retry-After`.
    RateLimited,
    /// The server failed (5xx), after the retries. Retried with backoff.
    Server,
    /// No answer: connection, DNS, CORS or mixed content. Retried with backoff.
    Network,
    /// The body broke off or could not be parsed. A broken body is resumed; a malformed one is not retried.
    Body,
    /// The server broke its own protocol: repeated itself, never ended, sent what it did not declare. Not retried.
    Protocol,
    /// The person cancelled. Not retried.
    Cancelled,
}

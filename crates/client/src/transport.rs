//! The seam to the network. Adapters: browser fetch, a message port to a worker, native HTTP, memory.
//!
//! A non-2xx status is an answer, not a transport error: what it means is decided in one layer above.

#[cfg(target_arch = "wasm32")]
mod fetch;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
mod inflate;
#[cfg(target_arch = "wasm32")]
mod inflate_web;
mod memory;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
mod native;
#[cfg(target_arch = "wasm32")]
mod port;

use std::fmt;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use crate::redact;

#[cfg(target_arch = "wasm32")]
pub use fetch::FetchTransport;
pub use memory::{Canned, MemoryTransport, Step};
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub use native::NativeTransport;
#[cfg(target_arch = "wasm32")]
pub use port::PortTransport;

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As it stands in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A header: name and value. Names are compared without regard to case.
pub type Header = (String, String);

/// A request, complete. `Debug` prints no header values, no body, and no secret query values.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute URL. Never holds a secret.
    pub url: String,
    /// Headers, credentials among them.
    pub headers: Vec<Header>,
    /// Body, when there is one.
    pub body: Option<Vec<u8>>,
    /// Whether it may be sent again while it is not known whether the server has done what it asks: it only asks for
    /// something, or done twice it is as done once.
    pub repeatable: bool,
}

impl Request {
    /// A request without headers and body. It is repeatable as HTTP defines its method: POST and PATCH are not.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        let repeatable = !matches!(method, Method::Post | Method::Patch);
        Self { method, url: url.into(), headers: Vec::new(), body: None, repeatable }
    }

    /// A GET without headers.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// A request with a JSON body.
    pub fn json(method: Method, url: impl Into<String>, body: Vec<u8>) -> Self {
        let headers = vec![("Content-Type".into(), "application/json".into())];
        Self { headers, body: Some(body), ..Self::new(method, url) }
    }

    /// Method and URL, fit for people and logs.
    pub fn describe(&self) -> String {
        format!("{} {}", self.method.as_str(), redact::url(&self.url))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let body = self.body.as_ref().map(Vec::len);
        let mut debug = f.debug_struct("Request");
        debug.field("request", &self.describe()).field("headers", &names).field("body_bytes", &body).finish()
    }
}

/// The head of an answer, and its body to be read.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers the transport lets us see.
    pub headers: Vec<Header>,
    /// Whether there may be others: the answer comes from another origin, and a page sees what its server exposes
    /// (`Access-Control-Expose-Headers`).
    pub hides_headers: bool,
    /// The body, not read yet.
    pub body: Box<dyn Body>,
}

impl Response {
    /// The value of a header, if the transport lets us see it.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// A body that arrives in pieces.
pub trait Body {
    /// Appends the next piece to `into` and returns its length; 0 means the body ended as it should.
    /// Dropping the future or the body stops the download.
    fn read<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<usize, TransportError>>;
}

/// Why no (complete) answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// The cause in words, without secrets.
    pub message: String,
    /// Whether the same request can only fail again, so that it is not retried.
    pub permanent: bool,
}

impl TransportError {
    /// A failure that may pass.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), permanent: false }
    }

    /// A failure that will not pass by itself.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { message: message.into(), permanent: true }
    }
}

/// Unpacks one file of raw DEFLATE, in pieces.
pub trait Inflate {
    /// Unpacks the next bytes, and appends what comes out; some may wait for the next call.
    fn push<'a>(
        &'a mut self,
        bytes: &'a [u8],
        into: &'a mut Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<(), TransportError>>;

    /// Appends the rest. Fails when the packed bytes were cut.
    fn finish<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<(), TransportError>>;
}

/// Sends requests, and waits. Everything is single-threaded (`!Send`), as in a browser.
pub trait Transport {
    /// Sends a request; resolves when the head of the answer is there. Redirects are not followed: credentials would
    /// travel with them. Dropping the future gives the request up.
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, TransportError>>;

    /// Waits. A duration of zero gives other work (the browser's next frame) a turn.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()>;

    /// Milliseconds on a clock that never goes back.
    fn now_ms(&self) -> f64;

    /// Milliseconds since the Unix epoch on the machine's clock. Only good for reading dates in headers.
    fn unix_ms(&self) -> f64;

    /// The means of this transport to unpack a file.
    fn inflate(&self) -> Result<Box<dyn Inflate>, TransportError> {
        Err(TransportError::permanent("this transport unpacks nothing"))
    }
}

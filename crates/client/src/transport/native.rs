//! HTTP for Rust programs: reqwest, polled inside a tokio runtime (a current-thread one is enough).

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::{Body, Inflate, Method, Request, Response, Transport, TransportError};

/// Sends requests through reqwest. Its futures must run inside a tokio runtime with time and I/O enabled.
#[derive(Debug, Clone)]
pub struct NativeTransport {
    client: reqwest::Client,
    begun: Instant,
}

impl NativeTransport {
    /// A transport with a connection pool of its own. Fails where the system offers no usable TLS.
    pub fn new() -> Result<Self, TransportError> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Ok(Self { client: client.map_err(explain)?, begun: Instant::now() })
    }
}

/// The chain of causes, without the URL, which the error above shows redacted.
fn explain(error: reqwest::Error) -> TransportError {
    let permanent = error.is_builder();
    let error = error.without_url();
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        message.push_str(": ");
        message.push_str(&inner.to_string());
        cause = inner.source();
    }
    TransportError { message, permanent }
}

impl Transport for NativeTransport {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, TransportError>> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.client.request(method, request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        async move {
            let answer = builder.send().await.map_err(explain)?;
            if let Some(packed) = answer.headers().get("content-encoding").filter(|way| *way != "identity") {
                let words = format!("the answer is packed ({packed:?}), which nobody asked for");
                return Err(TransportError::permanent(words));
            }
            let header = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            };
            let headers = answer.headers().iter().map(header).collect();
            let status = answer.status().as_u16();
            let body = Box::new(NativeBody { answer: Some(answer) });
            Ok(Response { status, headers, hides_headers: false, body })
        }
        .boxed_local()
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        if duration.is_zero() {
            return tokio::task::yield_now().boxed_local();
        }
        async move { tokio::time::sleep(duration).await }.boxed_local()
    }

    fn now_ms(&self) -> f64 {
        self.begun.elapsed().as_secs_f64() * 1e3
    }

    fn unix_ms(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
    }

    fn inflate(&self) -> Result<Box<dyn Inflate>, TransportError> {
        Ok(Box::new(super::inflate::NativeInflate::new()))
    }
}

struct NativeBody {
    /// Gone once a read failed or was dropped half-way: the download is stopped then.
    answer: Option<reqwest::Response>,
}

impl NativeBody {
    async fn next(&mut self, into: &mut Vec<u8>) -> Result<usize, TransportError> {
        let Some(mut answer) = self.answer.take() else {
            return Err(TransportError::new("the download was stopped"));
        };
        loop {
            match answer.chunk().await.map_err(explain)? {
                Some(bytes) if bytes.is_empty() => {}
                Some(bytes) => {
                    into.extend_from_slice(&bytes);
                    self.answer = Some(answer);
                    return Ok(bytes.len());
                }
                None => {
                    self.answer = Some(answer);
                    return Ok(0);
                }
            }
        }
    }
}

impl Body for NativeBody {
    fn read<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<usize, TransportError>> {
        self.next(into).boxed_local()
    }
}

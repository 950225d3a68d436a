//! A sandbox on a free port for tests, and the faults it can have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::body::Body as HttpBody;
use axum::response::Response as HttpResponse;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::demo::{self, Size};
use crate::server::{AllowedHost, Server, flow, http};
use crate::{Body, MemoryStore, Options, Request, Response, Sandbox, Store, StoreError};

/// What goes wrong with one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The connection breaks after so many bytes of the body.
    Cut(usize),
    /// The body is whole to HTTP, with a matching length, but ends after so many bytes.
    Truncate(usize),
    /// Another status, with the documented error body and maybe a `Retry-After` in seconds.
    Status(u16, Option<u32>),
    /// More than five minutes have passed: a page token in the request has expired.
    ExpireToken,
    /// Hours have passed: the access tokens that Cognito issued have expired, this request's among them.
    ExpireAccess,
    /// No answer ever comes.
    Hang,
    /// The body stops after so many bytes, and the connection stays open.
    Stall(usize),
}

/// A request whose answer may go wrong.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The path.
    pub path: &'a str,
    /// What follows `?`.
    pub query: &'a str,
    /// 1 for the first request of this method, path and query, 2 for its first repetition, …
    pub number: u32,
}

type FaultPlan = Box<dyn Fn(Attempt) -> Fault + Send + Sync>;

/// Decides on faults and counts attempts.
pub(crate) struct Faults {
    plan: FaultPlan,
    seen: Mutex<HashMap<[String; 3], u32>>,
}

impl Faults {
    pub(crate) fn next(&self, request: &Request) -> Fault {
        let key = [&request.method, &request.path, &request.query].map(String::clone);
        let number = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let number = seen.entry(key).or_default();
            *number += 1;
            *number
        };
        (self.plan)(Attempt { path: &request.path, query: &request.query, number })
    }
}

impl Fault {
    /// The answer with this fault.
    pub(crate) async fn spoil(self, response: Response) -> HttpResponse {
        match self {
            Self::None | Self::ExpireToken | Self::ExpireAccess => http(response),
            Self::Hang => std::future::pending().await,
            Self::Status(status, retry_after) => http(refused(response, status, retry_after)),
            Self::Truncate(bytes) => {
                let mut response = response;
                let mut body = response.body.bytes().unwrap_or_default();
                body.truncate(bytes);
                response.body = Body::Whole(body);
                http(response)
            }
            Self::Cut(bytes) => {
                let broken = stream::once(async {
                    // The pause lets what was sent reach the reader: an error at once would take it back.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Err(StoreError::Damaged("cut on purpose".into()))
                });
                beginning(response, bytes, broken)
            }
            Self::Stall(bytes) => beginning(response, bytes, stream::pending()),
        }
    }
}

/// The same headers that let a page read the answer, another status and body.
fn refused(mut response: Response, status: u16, retry_after: Option<u32>) -> Response {
    let error = json!({ "message": "a fault on purpose", "type": "Fault" });
    let body = Response::json(status, &json!({ "success": false, "error": error }));
    response.headers.retain(|(name, _)| name.starts_with("access-control"));
    response.headers.extend(body.headers);
    response.headers.extend(retry_after.map(|seconds| ("Retry-After", seconds.to_string())));
    Response { headers: response.headers, ..body }
}

/// The first bytes of a response, and then what `after` does.
fn beginning(
    response: Response,
    bytes: usize,
    after: impl stream::Stream<Item = Result<Bytes, StoreError>> + Send + 'static,
) -> HttpResponse {
    let Response { status, headers, body } = response;
    let cut = flow(body).scan(bytes, |left, piece| {
        let piece = piece.map(|bytes| bytes.slice(..bytes.len().min(*left)));
        *left -= piece.as_ref().map_or(0, Bytes::len);
        let more = !piece.as_ref().is_ok_and(Bytes::is_empty);
        std::future::ready(more.then_some(piece))
    });
    let mut http = http(Response { status, headers, body: Body::Whole(Vec::new()) });
    *http.body_mut() = HttpBody::from_stream(cut.chain(after));
    http
}

/// How a [`TestServer`] serves.
#[derive(Default)]
pub struct TestOptions {
    page_rows: Option<u64>,
    hexoskin_rate: Option<u32>,
    latency: Duration,
    faults: Option<FaultPlan>,
    hosts: Vec<AllowedHost>,
}

impl TestOptions {
    /// Pages of so many rows, instead of the default of [`Options`].
    pub fn page_rows(mut self, rows: u64) -> Self {
        self.page_rows = Some(rows);
        self
    }

    /// Lets Hexoskin serve at most so many requests a second; without this, any number.
    pub fn hexoskin_rate(mut self, requests: u32) -> Self {
        self.hexoskin_rate = Some(requests);
        self
    }

    /// Lets the server answer to these names too, for a test whose proxy stands before it.
    pub fn hosts(mut self, hosts: Vec<AllowedHost>) -> Self {
        self.hosts = hosts;
        self
    }

    /// Waits before every answer.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Lets answers go wrong as the plan says, request by request.
    pub fn faults(mut self, plan: impl Fn(Attempt) -> Fault + Send + Sync + 'static) -> Self {
        self.faults = Some(Box::new(plan));
        self
    }
}

/// A sandbox with the [small](Size::Small) demo recordings on a free port, until it is dropped.
pub struct TestServer {
    base: String,
    task: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    /// Starts one in the current tokio runtime.
    pub async fn start(options: TestOptions) -> std::io::Result<Self> {
        let defaults = Options::default();
        let page_rows = options.page_rows.unwrap_or(defaults.page_rows);
        let serves = Options { page_rows, hexoskin_rate: options.hexoskin_rate };
        let sandbox = Sandbox::open(small_demo()?, &serves).map_err(std::io::Error::other)?;
        let mut server =
            Server::new(Arc::new(sandbox)).with_latency(options.latency).with_hosts(options.hosts);
        if let Some(plan) = options.faults {
            server = server.with_faults(Faults { plan, seen: Mutex::default() });
        }
        let listener = Server::bind(0).await?;
        let base = format!("http://{}", listener.local_addr()?);
        Ok(Self { base, task: tokio::spawn(server.run(listener, std::future::pending())) })
    }

    /// Where it serves: `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.base
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The small demo recordings in memory: made once per program, a copy for every call, so that nobody meets what
/// another has written.
pub fn small_demo() -> std::io::Result<Arc<dyn Store>> {
    static DEMO: OnceLock<MemoryStore> = OnceLock::new();
    if let Some(store) = DEMO.get() {
        return Ok(Arc::new(store.copy()));
    }
    let store = MemoryStore::default();
    demo::ensure(&store, Size::Small, &mut |_| {}).map_err(std::io::Error::other)?;
    Ok(Arc::new(DEMO.get_or_init(|| store).copy()))
}

//! HTTP in front of a [`Sandbox`].

mod connections;
mod gate;
mod relay;
mod upload;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body as HttpBody;
use axum::extract::{Request as HttpRequest, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::{Extension, Router};
use bytes::Bytes;
use futures_util::stream;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tower_http::services::ServeDir;

pub use gate::{AllowedHost, GateError, RelayOrigin};
pub use relay::{Relay, RelayError};

use gate::{Gate, Visitor};

use crate::sandbox::allow_any_origin;
use crate::testing::{Fault, Faults};
use crate::{Body, Request, Response, Sandbox, StoreError};

/// The largest request body that is read.
const MAX_BODY: usize = 4 << 20;
/// Pieces of a body that wait for a slow reader.
const WAITING_PIECES: usize = 1;

/// A sandbox that is served.
pub struct Server {
    sandbox: Arc<Sandbox>,
    latency: Duration,
    site: Option<PathBuf>,
    relays: Vec<Relay>,
    hosts: Vec<AllowedHost>,
    origins: Vec<RelayOrigin>,
    faults: Option<Faults>,
}

impl Server {
    /// Serves a sandbox.
    pub fn new(sandbox: Arc<Sandbox>) -> Self {
        Self {
            sandbox,
            latency: Duration::ZERO,
            site: None,
            relays: Vec::new(),
            hosts: Vec::new(),
            origins: Vec::new(),
            faults: None,
        }
    }

    /// Waits before every answer of the sandbox.
    pub fn with_latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Serves the files of a directory at `/` as well.
    pub fn with_site(mut self, directory: PathBuf) -> Self {
        self.site = Some(directory);
        self
    }

    /// Forwards what is asked below [`Sandbox::RELAY`] and a relay's name.
    pub fn with_relays(mut self, relays: Vec<Relay>) -> Self {
        self.relays = relays;
        self
    }

    /// Answers under other names than those of the loopback.
    pub fn with_hosts(mut self, hosts: Vec<AllowedHost>) -> Self {
        self.hosts = hosts;
        self
    }

    /// Lets pages of other origins use relays and change the demo.
    pub fn with_relay_origins(mut self, origins: Vec<RelayOrigin>) -> Self {
        self.origins = origins;
        self
    }

    pub(crate) fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = Some(faults);
        self
    }

    /// Opens a port on this machine's own address; 0 takes a free one.
    pub async fn bind(port: u16) -> std::io::Result<TcpListener> {
        TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await
    }

    /// Serves until `stop` is ready, then ends the answers under way.
    pub async fn run(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let site = self.site.clone();
        let gate = Gate {
            port: listener.local_addr()?.port(),
            hosts: self.hosts.clone(),
            origins: self.origins.clone(),
        };
        let relays = relay::Relays::new(self.relays.clone()).map_err(std::io::Error::other)?;
        let server = Arc::new(self);
        let mut router = Router::new();
        for root in Sandbox::ROOTS {
            router = router.route(root, axum::routing::any(answer));
            if root.ends_with('/') {
                router = router.route(&format!("{root}{{*rest}}"), axum::routing::any(answer));
            }
        }
        let relay = axum::routing::any(relay::answer).with_state(Arc::new(relays));
        let router = router.with_state(server).route(&format!("{}{{*rest}}", Sandbox::RELAY), relay);
        let router = match site {
            Some(directory) => router.fallback_service(ServeDir::new(directory)),
            None => router,
        };
        let router = router.layer(axum::middleware::from_fn_with_state(Arc::new(gate), gate::pass));
        axum::serve(connections::Listener::new(listener), router).with_graceful_shutdown(stop).await
    }
}

async fn answer(
    State(server): State<Arc<Server>>,
    Extension(visitor): Extension<Visitor>,
    request: HttpRequest,
) -> HttpResponse {
    let (head, body) = request.into_parts();
    let mut request = without_body(&head);
    let is_barred = |request: &Request| matches!(visitor, Visitor::Stranger) && Sandbox::changes(request);
    if is_barred(&request) {
        return barred();
    }
    if !server.latency.is_zero() {
        tokio::time::sleep(server.latency).await;
    }
    let fault = server.faults.as_ref().map_or(Fault::None, |faults| faults.next(&request));
    let now = now() / 1_000_000 + if matches!(fault, Fault::ExpireToken) { 301 } else { 0 };
    let sandbox = server.sandbox.clone();
    if fault == Fault::ExpireAccess {
        sandbox.expire_access();
    }
    let answered = match sandbox.upload(&request) {
        Some(Ok(upload)) => upload::receive(upload, body).await,
        Some(Err(refused)) => Some(refused),
        None => {
            let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
                return StatusCode::PAYLOAD_TOO_LARGE.into_response();
            };
            request.body = body.into();
            if is_barred(&request) {
                return barred();
            }
            work(move || sandbox.handle(&request, now)).await
        }
    };
    match answered {
        Some(response) => fault.spoil(response).await,
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn without_body(head: &Parts) -> Request {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Request {
        method: head.method.as_str().into(),
        path: head.uri.path().into(),
        query: head.uri.query().unwrap_or_default().into(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: Vec::new(),
    }
}

/// The answer to a page of another origin that would change the demo. It may read why.
fn barred() -> HttpResponse {
    const TEXT: &str = "403: a page of another origin may read the demo, not change it; start the sandbox with \
                        --relay-origin ORIGIN to let the pages of one change it";
    let mut response = Response::new(403, TEXT_PLAIN, Body::Whole(TEXT.into()));
    allow_any_origin(&mut response);
    http(response)
}

const TEXT_PLAIN: &str = "text/plain; charset=utf-8";

/// An answer of the server's own.
fn sentence(status: StatusCode, text: String) -> HttpResponse {
    let mut response = HttpResponse::new(HttpBody::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TEXT_PLAIN));
    response
}

/// A response whose body flows as it is made.
pub(crate) fn http(response: Response) -> HttpResponse {
    let body = match response.body {
        Body::Whole(bytes) => HttpBody::from(bytes),
        body => HttpBody::from_stream(flow(body)),
    };
    let mut http = HttpResponse::new(body);
    *http.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value))
        {
            http.headers_mut().insert(name, value);
        }
    }
    http
}

/// How often a live body is asked for what is due.
const LIVE_PERIOD: Duration = Duration::from_millis(100);

/// A body as a stream of bytes.
pub(crate) fn flow(body: Body) -> stream::BoxStream<'static, Result<Bytes, StoreError>> {
    match body {
        Body::Whole(bytes) => Box::pin(stream::iter([Ok(Bytes::from(bytes))])),
        Body::Pieces(pieces) => Box::pin(made_ahead(pieces)),
        Body::Live(due) => Box::pin(stream::unfold(due, async |mut due| {
            loop {
                tokio::time::sleep(LIVE_PERIOD).await;
                let bytes = due(now());
                if !bytes.is_empty() {
                    return Some((Ok(Bytes::from(bytes)), due));
                }
            }
        })),
    }
}

type Pieces = Box<dyn Iterator<Item = Result<Vec<u8>, StoreError>> + Send>;

/// Does what takes a thread, a few at a time, however many ask; `None` when it failed.
async fn work<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    static THREADS: Semaphore = Semaphore::const_new(16);
    let _one = THREADS.acquire().await.ok()?;
    tokio::task::spawn_blocking(job).await.ok()
}

/// Makes pieces a little ahead of the reader. A thread is taken for as long as a piece takes to be made, and none while
/// the reader is silent: threads are few.
fn made_ahead(mut pieces: Pieces) -> impl stream::Stream<Item = Result<Bytes, StoreError>> {
    let (sender, receiver) = mpsc::channel(WAITING_PIECES);
    tokio::spawn(async move {
        // Without a place the reader has gone, and nobody needs the rest.
        while let Ok(place) = sender.reserve().await {
            match work(move || (pieces.next(), pieces)).await {
                Some((Some(piece), rest)) => {
                    place.send(piece.map(Bytes::from));
                    pieces = rest;
                }
                Some((None, _)) => return,
                // An end without an error would look like the end of the body.
                None => return place.send(Err(StoreError::Damaged("a piece could not be made".into()))),
            }
        }
    });
    stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)))
}

/// The Unix time, µs.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_micros() as i64)
}

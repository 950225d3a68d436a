//! HTTP in front of a [`Sandbox`].

mod relay;
mod upload;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::serve::ListenerExt;
use bytes::Bytes;
use futures_util::stream;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tower_http::services::ServeDir;

pub use relay::{Relay, RelayError};

use crate::testing::{Fault, Faults};
use crate::{Body, Request, Response, Sandbox, StoreError};

/// The largest request body that is read.
const MAX_BODY: usize = 4 << 20;
/// Pieces of a body that wait for a slow reader.
const WAITING_PIECES: usize = 2;

/// A sandbox that is served.
pub struct Server {
    sandbox: Arc<Sandbox>,
    latency: Duration,
    site: Option<PathBuf>,
    relays: Vec<Relay>,
    faults: Option<Faults>,
}

impl Server {
    /// Serves a sandbox.
    pub fn new(sandbox: Arc<Sandbox>) -> Self {
        Self { sandbox, latency: Duration::ZERO, site: None, relays: Vec::new(), faults: None }
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
        // Without this, the last small piece of a body waits for the acknowledgement of the one before.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        axum::serve(listener, router).with_graceful_shutdown(stop).await
    }
}

async fn answer(State(server): State<Arc<Server>>, request: HttpRequest) -> HttpResponse {
    let (parts, body) = request.into_parts();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut request = Request {
        method: parts.method.as_str().into(),
        path: parts.uri.path().into(),
        query: parts.uri.query().unwrap_or_default().into(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: Vec::new(),
    };
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
            tokio::task::spawn_blocking(move || sandbox.handle(&request, now)).await.ok()
        }
    };
    match answered {
        Some(response) => fault.spoil(response).await,
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
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

/// Makes pieces on a thread of their own, a few ahead of the reader.
fn made_ahead(
    pieces: Box<dyn Iterator<Item = Result<Vec<u8>, StoreError>> + Send>,
) -> impl stream::Stream<Item = Result<Bytes, StoreError>> {
    let (sender, receiver) = mpsc::channel(WAITING_PIECES);
    tokio::task::spawn_blocking(move || {
        for piece in pieces {
            // The reader has gone: nobody needs the rest.
            if sender.blocking_send(piece.map(Bytes::from)).is_err() {
                return;
            }
        }
    });
    stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)))
}

/// The Unix time, µs.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_micros() as i64)
}

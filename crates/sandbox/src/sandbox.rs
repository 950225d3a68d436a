//! From a request to a response.

use std::sync::Arc;

use serde_json::json;

use crate::joule::Joule;
use crate::rune::Rune;
use crate::{Body, Request, Response, Store, StoreError, Upload};

/// How the sandbox serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The most rows in one page of a Rune response.
    pub page_rows: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { page_rows: 100_000 }
    }
}

/// The platforms over a store.
pub struct Sandbox {
    rune: Rune,
    joule: Joule,
    relays: Vec<String>,
}

impl Sandbox {
    /// Reads the catalogues of a store; see [`demo::generate`](crate::demo::generate) for one to start with.
    pub fn open(store: Arc<dyn Store>, options: &Options) -> Result<Self, StoreError> {
        let joule = Joule::open(store.clone())?;
        Ok(Self { rune: Rune::open(store, options)?, joule, relays: Vec::new() })
    }

    /// Lists relays by name in `info.json`. Whoever serves the sandbox runs them, below [`RELAY`](Self::RELAY).
    pub fn with_relays(mut self, names: Vec<String>) -> Self {
        self.relays = names;
        self
    }

    /// Where the paths of relays start: a name and the rest of the path follow.
    pub const RELAY: &str = "/relay/";

    /// Where the paths that the sandbox answers start; a file that is served beside it lies elsewhere.
    pub const ROOTS: [&str; 7] = ["/graphql", "/v1/", "/v2/", "/api/", "/cognito/", "/joule/", "/sandbox/"];

    /// Makes all access tokens expire that were issued for a refresh token.
    #[cfg(feature = "server")]
    pub(crate) fn expire_access(&self) {
        self.rune.expire_access();
    }

    /// Begins to take a request's body piece by piece, for what may be longer than fits in memory: rows that are
    /// written to a Joule stream. `None` for all other requests, which [`handle`](Self::handle) takes whole. The error
    /// is the answer to a request that is refused. The request's own body is not looked at.
    pub fn upload(&self, request: &Request) -> Option<Result<Upload, Response>> {
        let upload = self.joule.upload(request)?;
        Some(upload.map_err(|mut response| {
            allow_any_origin(&mut response);
            response
        }))
    }

    /// Answers a request. `now` is the Unix time in seconds: page tokens expire by it, live rows follow from it.
    pub fn handle(&self, request: &Request, now: i64) -> Response {
        let mut response = if request.method == "OPTIONS" {
            Response { status: 204, headers: Vec::new(), body: Body::Whole(Vec::new()) }
        } else if request.path == "/sandbox/info.json" {
            let base = request.header("Host").map(|host| format!("http://{host}")).unwrap_or_default();
            let relay =
                |name: &String| json!({ "name": name, "url": format!("{base}{}{name}", Self::RELAY) });
            let platforms = json!({ "rune": self.rune.info(&base), "joule": self.joule.info(&base, now) });
            let relays: Vec<_> = self.relays.iter().map(relay).collect();
            Response::json(200, &json!({ "platforms": platforms, "relays": relays }))
        } else {
            let answer = self.joule.handle(request, now).or_else(|| self.rune.handle(request, now));
            answer.unwrap_or_else(|| {
                let error = json!({ "message": "no such path", "type": "NotFound" });
                Response::json(404, &json!({ "success": false, "error": error }))
            })
        };
        allow_any_origin(&mut response);
        response
    }
}

/// What a browser needs to let a page of any origin send these requests and read these answers.
pub(crate) fn allow_any_origin(response: &mut Response) {
    const HEADERS: [(&str, &str); 5] = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS"),
        (
            "Access-Control-Allow-Headers",
            "Content-Type, X-Rune-User-Access-Token, X-Rune-User-Access-Token-Id, \
             X-Rune-User-Access-Token-Secret, X-Rune-Client-Key-Id, X-Rune-Client-Access-Key, \
             X-Amz-Target, X-API-KEY",
        ),
        (
            "Access-Control-Expose-Headers",
            "X-Rune-Next-Page-Token, Retry-After, joule-layout, joule-decimation",
        ),
        ("Access-Control-Max-Age", "600"),
    ];
    response.headers.extend(HEADERS.map(|(name, value)| (name, value.to_string())));
}

//! From a request to a response.

use std::sync::Arc;

use serde_json::json;

use crate::rune::Rune;
use crate::{Body, Request, Response, Store, StoreError};

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
}

impl Sandbox {
    /// Reads the catalogues of a store; see [`demo::generate`](crate::demo::generate) for one to start with.
    pub fn open(store: Arc<dyn Store>, options: &Options) -> Result<Self, StoreError> {
        Ok(Self { rune: Rune::open(store, options)? })
    }

    /// Where the paths that the sandbox answers start; a file that is served beside it lies elsewhere.
    pub const ROOTS: [&str; 6] = ["/graphql", "/v1/", "/v2/", "/api/", "/cognito/", "/sandbox/"];

    /// Makes all access tokens expire that were issued for a refresh token.
    #[cfg(feature = "server")]
    pub(crate) fn expire_access(&self) {
        self.rune.expire_access();
    }

    /// Answers a request. `now` is the Unix time in seconds: page tokens expire by it.
    pub fn handle(&self, request: &Request, now: i64) -> Response {
        let mut response = if request.method == "OPTIONS" {
            Response { status: 204, headers: Vec::new(), body: Body::Whole(Vec::new()) }
        } else if request.path == "/sandbox/info.json" {
            let base = request.header("Host").map(|host| format!("http://{host}")).unwrap_or_default();
            Response::json(200, &json!({ "platforms": { "rune": self.rune.info(&base) } }))
        } else {
            self.rune.handle(request, now).unwrap_or_else(|| {
                let error = json!({ "message": "no such path", "type": "NotFound" });
                Response::json(404, &json!({ "success": false, "error": error }))
            })
        };
        allow_any_origin(&mut response);
        response
    }
}

/// What a browser needs to let a page of any origin send these requests and read these answers.
fn allow_any_origin(response: &mut Response) {
    const HEADERS: [(&str, &str); 5] = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
        (
            "Access-Control-Allow-Headers",
            "Content-Type, X-Rune-User-Access-Token, X-Rune-User-Access-Token-Id, \
             X-Rune-User-Access-Token-Secret, X-Rune-Client-Key-Id, X-Rune-Client-Access-Key, \
             X-Amz-Target",
        ),
        ("Access-Control-Expose-Headers", "X-Rune-Next-Page-Token, Retry-After"),
        ("Access-Control-Max-Age", "600"),
    ];
    response.headers.extend(HEADERS.map(|(name, value)| (name, value.to_string())));
}

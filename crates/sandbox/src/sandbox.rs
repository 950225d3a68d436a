//! From a request to a response.

use std::sync::Arc;

use serde_json::json;

use crate::braincube::Platform as Braincube;
use crate::hexoskin::Hexoskin;
use crate::joule::Joule;
use crate::rune::Rune;
use crate::{Body, Request, Response, Store, StoreError, Upload, demo};

/// How the sandbox serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The most rows in one page of a Rune response.
    pub page_rows: u64,
    /// How many requests a second Hexoskin serves for each credentials; `None` for any number.
    pub hexoskin_rate: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { page_rows: 100_000, hexoskin_rate: Some(5) }
    }
}

/// The platforms over a store.
pub struct Sandbox {
    rune: Rune,
    joule: Joule,
    braincube: Braincube,
    hexoskin: Hexoskin,
    relays: Vec<String>,
}

impl Sandbox {
    /// Reads the catalogues of a store; see [`demo::generate`](crate::demo::generate) for one to start with.
    pub fn open(store: Arc<dyn Store>, options: &Options) -> Result<Self, StoreError> {
        let joule = Joule::open(store.clone())?;
        let braincube = Braincube::new(demo::paper_mill());
        let hexoskin = Hexoskin::open(store.clone(), options)?;
        Ok(Self { rune: Rune::open(store, options)?, joule, braincube, hexoskin, relays: Vec::new() })
    }

    /// Lists relays by name in `info.json`. Whoever serves the sandbox runs them, below [`RELAY`](Self::RELAY).
    pub fn with_relays(mut self, names: Vec<String>) -> Self {
        self.relays = names;
        self
    }

    /// Where the paths of relays start: a name and the rest of the path follow.
    pub const RELAY: &str = "/relay/";

    /// Where the paths that the sandbox answers start; a file that is served beside it lies elsewhere.
    pub const ROOTS: [&str; 9] = [
        "/graphql",
        "/v1/",
        "/v2/",
        "/api/",
        "/cognito/",
        "/joule/",
        "/braincube/",
        "/hexoskin/",
        "/sandbox/",
    ];

    /// Whether a request changes what others see, or would if it were valid. Its body is looked at where the path does not
    /// tell.
    #[cfg(feature = "server")]
    pub(crate) fn changes(request: &Request) -> bool {
        if ["GET", "HEAD", "OPTIONS"].contains(&request.method.as_str()) {
            return false;
        }
        // Signing in changes nothing for others, and Braincube's questions for rows are POSTs.
        const READS: [&str; 5] = [
            "/cognito/",
            "/braincube/",
            "/hexoskin/api/connect/oauth2/token/",
            "/hexoskin/oauth/request_token",
            "/hexoskin/oauth/access_token",
        ];
        match request.path.as_str() {
            "/graphql" => crate::rune::changes(request),
            path => !READS.iter().any(|root| path.starts_with(root)),
        }
    }

    /// Makes all access tokens expire that were issued for a refresh token.
    #[cfg(feature = "server")]
    pub(crate) fn expire_access(&self) {
        self.rune.expire_access();
        self.hexoskin.expire_access();
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
            let platforms = json!({
                "rune": self.rune.info(&base),
                "joule": self.joule.info(&base, now),
                "braincube": self.braincube.info(&base),
                "hexoskin": self.hexoskin.info(&base, now),
            });
            let relays: Vec<_> = self.relays.iter().map(relay).collect();
            Response::json(200, &json!({ "platforms": platforms, "relays": relays }))
        } else {
            let answer = self.joule.handle(request, now).or_else(|| self.braincube.handle(request));
            let answer = answer.or_else(|| self.rune.handle(request, now));
            let answer = answer.or_else(|| self.hexoskin.handle(request, now));
            answer.unwrap_or_else(|| {
                let error = json!({ "message": "no such path", "type": "NotFound" });
                Response::json(404, &json!({ "success": false, "error": error }))
            })
        };
        allow_any_origin(&mut response);
        response
    }
}

/// What a browser needs to let a page of any origin send the platforms' requests and read their answers.
pub(crate) const ANY_ORIGIN: [(&str, &str); 5] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
    (
        "access-control-allow-headers",
        "Authorization, Content-Type, X-Rune-User-Access-Token, X-Rune-User-Access-Token-Id, \
         X-Rune-User-Access-Token-Secret, X-Rune-Client-Key-Id, X-Rune-Client-Access-Key, X-Amz-Target, X-API-KEY, \
         IPLSSOTOKEN, X-HEXOTIMESTAMP, X-HEXOAPIKEY, X-HEXOAPISIGNATURE, X-HexoAPIVersion",
    ),
    (
        "access-control-expose-headers",
        "X-Rune-Next-Page-Token, Retry-After, joule-layout, joule-decimation, Location, Allow, Content-Disposition",
    ),
    ("access-control-max-age", "600"),
];

/// Puts them into a response.
pub(crate) fn allow_any_origin(response: &mut Response) {
    response.headers.extend(ANY_ORIGIN.map(|(name, value)| (name, value.to_string())));
}

//! `/relay/<name>/…`: a way for pages to a server that does not let them in.
//!
//! A relay forwards to the one server that it was configured with, body by body while they flow. It serves programs, pages
//! of the sandbox's own origin and those of invited origins, whose browsers it answers itself when they ask beforehand. It
//! promises:
//!
//! - It reaches no other server and nothing beside the configured path: unknown names and paths that climb are 404,
//!   redirects are not followed and not handed on.
//! - Pages of other origins get nothing through it, neither an answer nor a request.
//! - What it forwards it neither keeps nor logs; cookies of the page stay with the page.
//! - What the server sends is data and no page of the sandbox's origin: a browser runs nothing of it, and does nothing to
//!   that origin for its sake.

use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN, REFERER,
    SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::TryStreamExt;
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use std::time::Duration;

use super::gate::Visitor;
use super::sentence;
use crate::Sandbox;
use crate::sandbox::ANY_ORIGIN;

/// How long a server may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A name and the server behind it.
#[derive(Debug, Clone)]
pub struct Relay {
    name: String,
    base: reqwest::Url,
}

/// Why a text is no relay.
#[derive(Debug, thiserror::Error)]
#[error("a relay is given as NAME=http://HOST:PORT, maybe with a path, not as `{given}`: {problem}")]
pub struct RelayError {
    given: String,
    problem: &'static str,
}

impl Relay {
    /// Reads `name=http://host:port[/path]`.
    pub fn parse(text: &str) -> Result<Self, RelayError> {
        let error = |problem| RelayError { given: text.into(), problem };
        let (name, url) = text.split_once('=').ok_or_else(|| error("there is no `=`"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(error("a name has letters, digits, - and _"));
        }
        let base = reqwest::Url::parse(url).map_err(|_| error("the address is no URL"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(error("the address does not begin with http:// or https:// and a host"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            // Not repeated: it holds a secret.
            let given = format!("{name}=…");
            return Err(RelayError { given, problem: "credentials travel in headers, never in an address" });
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(error("the address has a query or a fragment"));
        }
        Ok(Self { name: name.into(), base })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where a path (percent-encoded, maybe empty) and a query lead; `None` when that is not below the server's path.
    fn target(&self, path: &str, query: Option<&str>) -> Option<reqwest::Url> {
        if path.split('/').any(climbs) {
            return None;
        }
        let base = self.base.as_str().trim_end_matches('/');
        let mut url = reqwest::Url::parse(&format!("{base}{path}")).ok()?;
        url.set_query(query);
        let same = url.origin() == self.base.origin() && url.as_str().starts_with(base);
        same.then_some(url)
    }
}

/// Whether a server may take a part of a path for another place. Some undo escapes twice, to some what follows a `;` is
/// none of a name, and to some odd bytes are dots.
fn climbs(part: &str) -> bool {
    let mut part = part.to_string();
    loop {
        let name = part.split(';').next().unwrap_or_default();
        if matches!(name, "." | "..") || part.contains(['/', '\\']) || part.chars().any(char::is_control) {
            return true;
        }
        match percent_decode_str(&part).decode_utf8() {
            Ok(decoded) if decoded == part => return false,
            Ok(decoded) => part = decoded.into_owned(),
            Err(_) => return true,
        }
    }
}

/// All relays of a server.
pub(super) struct Relays {
    relays: Vec<Relay>,
    client: reqwest::Client,
}

impl Relays {
    pub(super) fn new(relays: Vec<Relay>) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(PATIENCE)
            .build()?;
        Ok(Self { relays, client })
    }
}

/// Answers a request below [`Sandbox::RELAY`].
pub(super) async fn answer(
    State(relays): State<Arc<Relays>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let origin = match visitor {
        Visitor::Own => return forward(&relays, request).await,
        Visitor::Invited(origin) => origin,
        Visitor::Stranger => {
            let text = "403: a relay serves pages of the sandbox's own origin; start the sandbox with --relay-origin \
                        ORIGIN to let the pages of another use it";
            return sentence(StatusCode::FORBIDDEN, text.into());
        }
    };
    let mut response = forward(&relays, request).await;
    for (name, value) in ANY_ORIGIN {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    response
}

async fn forward(relays: &Relays, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix(Sandbox::RELAY).unwrap_or_default();
    let (name, path) = path.split_at(path.find('/').unwrap_or(path.len()));
    let relay = relays.relays.iter().find(|relay| relay.name == name);
    let target = relay.and_then(|relay| relay.target(path, parts.uri.query()));
    let Some(target) = target else {
        return sentence(StatusCode::NOT_FOUND, "404: no relay forwards this path".into());
    };
    if parts.method == Method::OPTIONS {
        let mut response = Response::new(HttpBody::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    let mut request = relays.client.request(parts.method, target).headers(kept(&parts.headers));
    if !axum::body::HttpBody::is_end_stream(&body) {
        request = request.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(_) => {
            let text = format!(
                "502: relay {name} does not reach its server: it is not running, or not at the address that the \
                 sandbox was started with (--relay)"
            );
            return sentence(StatusCode::BAD_GATEWAY, text);
        }
    };
    if answer.status().is_informational() {
        let text =
            format!("502: the server behind relay {name} changes the protocol, which is not forwarded");
        return sentence(StatusCode::BAD_GATEWAY, text);
    }
    if answer.status().is_redirection() && answer.status() != StatusCode::NOT_MODIFIED {
        let text = format!(
            "502: the server behind relay {name} answers with a redirect, which is not followed: start the sandbox \
             with the address that it leads to (--relay)"
        );
        return sentence(StatusCode::BAD_GATEWAY, text);
    }
    let (status, mut headers) = (answer.status(), kept(answer.headers()));
    // Opened in a tab, it is a page without scripts and of no origin.
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; frame-ancestors 'none'"));
    let mut response =
        Response::new(HttpBody::from_stream(answer.bytes_stream().map_err(reqwest::Error::without_url)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The headers that are meant for the other end: not those of one connection, of the page or of its origin, nor those by
/// which a server rules over its own origin, which is not the sandbox's.
fn kept(headers: &HeaderMap) -> HeaderMap {
    const NAMES: [HeaderName; 9] =
        [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, HOST, COOKIE, SET_COOKIE, ORIGIN];
    const OTHERS: [&str; 15] = [
        "alt-svc",
        "clear-site-data",
        "expect",
        "keep-alive",
        "link",
        "nel",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "refresh",
        "report-to",
        "reporting-endpoints",
        "service-worker-allowed",
        "sourcemap",
        "strict-transport-security",
    ];
    let listed = headers.get_all(CONNECTION).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let listed: Vec<String> = listed
        .flat_map(|value| value.split(',').map(|name| name.trim().to_ascii_lowercase()).collect::<Vec<_>>())
        .collect();
    let dropped = |name: &HeaderName| {
        NAMES.contains(name)
            || *name == REFERER
            || OTHERS.contains(&name.as_str())
            || listed.iter().any(|listed| listed == name.as_str())
            || name.as_str().starts_with("access-control-")
            || name.as_str().starts_with("sec-")
    };
    headers
        .iter()
        .filter(|(name, _)| !dropped(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

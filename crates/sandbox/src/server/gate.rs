//! Who may ask for what, since every page that a person has open reaches a server on their machine.
//!
//! - A request names this server by a loopback address or name and its port, or by a name that was allowed: a page whose
//!   own name leads here (DNS rebinding) would otherwise count as the same origin.
//! - Pages of other origins may read the demo, which is public. They neither change it nor use a relay, unless their
//!   origin was invited.
//! - Programs send no `Origin` and no `Sec-Fetch-Site`, and may do everything.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::sentence;

/// Why an option is not understood.
#[derive(Debug, thiserror::Error)]
#[error("`{given}` is {problem}")]
pub struct GateError {
    given: String,
    problem: &'static str,
}

/// A name under which this machine may be asked, `NAME` or `NAME:PORT`; without a port at any.
#[derive(Debug, Clone)]
pub struct AllowedHost(String);

impl AllowedHost {
    /// Reads `NAME` or `NAME:PORT`.
    pub fn parse(text: &str) -> Result<Self, GateError> {
        let named =
            !text.is_empty() && text.parse::<axum::http::uri::Authority>().is_ok() && !text.contains('@');
        let problem = "no host: one is given as NAME or NAME:PORT";
        named
            .then(|| Self(text.to_ascii_lowercase()))
            .ok_or_else(|| GateError { given: text.into(), problem })
    }
}

/// An origin whose pages may use relays and change the demo: `https://page.example`.
#[derive(Debug, Clone)]
pub struct RelayOrigin(String);

impl RelayOrigin {
    /// Reads `SCHEME://HOST` or `SCHEME://HOST:PORT`.
    pub fn parse(text: &str) -> Result<Self, GateError> {
        let url = reqwest::Url::parse(text).ok();
        let origin = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let origin = origin.map(|url| url.origin().ascii_serialization());
        let problem = "no origin: one is given as https://HOST or http://HOST:PORT, without a path";
        origin
            .filter(|origin| text.trim_end_matches('/').eq_ignore_ascii_case(origin))
            .map(Self)
            .ok_or_else(|| GateError { given: text.into(), problem })
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub(super) enum Visitor {
    /// A program, or a page of this server's own origin.
    Own,
    /// A page of an origin that was invited, which is this.
    Invited(HeaderValue),
    /// Any other page.
    Stranger,
}

/// What a gate lets through.
pub(super) struct Gate {
    pub(super) port: u16,
    pub(super) hosts: Vec<AllowedHost>,
    pub(super) origins: Vec<RelayOrigin>,
}

/// Refuses what nobody may ask for, and tells those who answer the rest who asks: a [`Visitor`] among the extensions.
pub(super) async fn pass(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    const METHODS: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if !METHODS.contains(request.method()) {
        let text = format!("405: {} is not answered", request.method());
        return sentence(StatusCode::METHOD_NOT_ALLOWED, text);
    }
    if !gate.is_named(&request) {
        let text = format!(
            "403: this sandbox answers to 127.0.0.1:{port} and localhost:{port}; start it with --allow-host NAME to let \
             it answer to another name",
            port = gate.port
        );
        return sentence(StatusCode::FORBIDDEN, text);
    }
    let visitor = gate.visitor(request.headers());
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // No other page wraps one of this server, and nothing is run that does not say what it is.
    let alone = HeaderValue::from_static("frame-ancestors 'none'");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(alone);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

impl Gate {
    /// Whether a request names a host, and no other than this server.
    fn is_named(&self, request: &Request) -> bool {
        let target = request.uri().authority().map(|authority| authority.as_str());
        let headers = request.headers().get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
        let hosts: Vec<&str> = headers.chain(target).collect();
        !hosts.is_empty() && hosts.iter().all(|host| self.knows(host))
    }

    /// Whether a `Host` is this server.
    fn knows(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let (name, port) = split_port(&host);
        let loopback = port.unwrap_or("80") == self.port.to_string() && is_loopback(name);
        loopback || self.hosts.iter().any(|AllowedHost(allowed)| *allowed == host || allowed == name)
    }

    fn visitor(&self, headers: &HeaderMap) -> Visitor {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
        let origin = headers.get(ORIGIN);
        if let Some(origin) = origin
            && self.origins.iter().any(|RelayOrigin(invited)| origin == invited.as_str())
        {
            return Visitor::Invited(origin.clone());
        }
        // The scheme is left out: a proxy in front of an allowed host may speak https.
        let host = text("host").unwrap_or_default();
        let own =
            |origin: &str| origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host));
        let same_origin = text("origin").is_none_or(own);
        let same_site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
        if same_origin && same_site { Visitor::Own } else { Visitor::Stranger }
    }
}

/// A host's name and port; the brackets of an IPv6 address stay.
fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    }
}

fn is_loopback(name: &str) -> bool {
    let six = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    match six {
        Some(address) => address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        // Browsers lead `localhost` and what ends so to this machine without asking a name server.
        None => {
            name == "localhost"
                || name.strip_suffix(".localhost").is_some_and(|rest| {
                    rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
                })
                || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
        }
    }
}

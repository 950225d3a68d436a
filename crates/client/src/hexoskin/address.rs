//! URIs of the server and URLs of requests.
//!
//! The server names its objects by paths from its own root (`/api/range/7/`; older ones begin with `/api/v1/`). A
//! connection's base URL may have a path of its own, a relay's; URIs are joined to it. Absolute URLs that a server sends
//! are taken by their path alone, so that credentials go nowhere else.

use super::config::{Config, refuse, set};
use crate::{Error, Result, url};

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    /// Without a slash at its end.
    url: String,
    /// The same as the server sees it.
    server: String,
    /// Where the API begins: `/api/` or `/api/v1/`.
    pub(super) root: &'static str,
}

impl Base {
    pub(super) fn new(config: &Config) -> Result<Self> {
        let given = checked("url", &config.url)?;
        let (url, root) = match (given.strip_suffix("/api/v1"), given.strip_suffix("/api")) {
            (Some(url), _) => (url, "/api/v1/"),
            (_, Some(url)) => (url, "/api/"),
            _ => (given.as_str(), "/api/"),
        };
        let server = set(&config.server_url).map(|server| checked("server_url", server)).transpose()?;
        Ok(Self { url: url.into(), server: server.unwrap_or_else(|| url.into()), root })
    }

    /// The URL of a URI.
    pub(super) fn url(&self, uri: &str) -> String {
        let path = path(uri);
        let own = self.path();
        match path.strip_prefix(own) {
            Some(rest) if !own.is_empty() && rest.starts_with('/') => format!("{}{rest}", self.url),
            _ => format!("{}{path}", self.url),
        }
    }

    /// The URL of a URI on the server itself, where people go.
    pub(super) fn server_url(&self, uri: &str) -> String {
        format!("{}{}", self.server, path(uri))
    }

    /// A request's URL as the server sees it.
    pub(super) fn seen_by_server(&self, url: &str) -> String {
        url.strip_prefix(&self.url).map_or_else(|| url.into(), |rest| format!("{}{rest}", self.server))
    }

    /// The base URL as a configuration has it and, behind a relay, the server's own.
    pub(super) fn configured(&self) -> (String, Option<String>) {
        let older = if self.root == "/api/v1/" { "/api/v1" } else { "" };
        (format!("{}{older}", self.url), (self.server != self.url).then(|| self.server.clone()))
    }

    /// The base URL's own path.
    fn path(&self) -> &str {
        path(&self.url)
    }
}

/// The path (and query) of a URL, or of what is one already.
fn path(uri: &str) -> &str {
    match uri.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => uri,
    }
}

/// A base URL as browsers would write it: what is signed must be what is sent.
fn checked(name: &str, given: &str) -> Result<String> {
    let given = given.trim().trim_end_matches('/');
    let Some((scheme, rest)) = given.split_once("://") else {
        return Err(refuse(format!("{name} must begin with https:// or http:// and name a host.")));
    };
    let scheme = scheme.to_ascii_lowercase();
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.to_ascii_lowercase();
    let problem = if host.is_empty() || !matches!(scheme.as_str(), "https" | "http") {
        "must begin with https:// or http:// and name a host"
    } else if host.contains('@') {
        "must not hold a user name or password: give credentials in their own fields"
    } else if path.contains(['?', '#']) || host.contains(['?', '#']) {
        "must not hold a query or a fragment"
    } else if given.contains(|c: char| c.is_whitespace() || c.is_control()) {
        "must not hold spaces"
    } else {
        let usual = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(usual).unwrap_or(&host);
        return Ok(format!("{scheme}://{host}{path}"));
    };
    Err(refuse(format!("{name} {problem}.")))
}

/// What a URI names: the resource and the id in it. Both URL styles of one object are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) resource: String,
    pub(super) id: String,
}

impl Place {
    /// Fails when it is no URI of an object.
    pub(super) fn of(uri: &str) -> Result<Self> {
        Self::find(uri).ok_or_else(|| {
            Error::invalid(format!("\"{uri}\" is no URI of an object: give one such as /api/user/99/."))
        })
    }

    pub(super) fn find(uri: &str) -> Option<Self> {
        let path = path(uri);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let (_, rest) = path.split_once("/api/")?;
        let rest = rest.strip_prefix("v1/").unwrap_or(rest).trim_end_matches('/');
        let (resource, id) = rest.split_once('/')?;
        (!resource.is_empty() && !id.is_empty() && !id.contains('/'))
            .then(|| Self { resource: resource.into(), id: id.into() })
    }
}

/// An object's id or its URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Id {
    /// The id, of digits or any other text ("HXSKIN12345").
    Id(String),
    /// The URI ("/api/user/99/").
    Uri(String),
}

impl From<i64> for Id {
    fn from(id: i64) -> Self {
        Self::Id(id.to_string())
    }
}

impl From<&str> for Id {
    /// What holds a slash is a URI.
    fn from(text: &str) -> Self {
        if text.contains('/') { Self::Uri(text.into()) } else { Self::Id(text.trim().into()) }
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Id {
    /// The URI, below this list.
    pub(super) fn uri(&self, list_endpoint: &str) -> Result<String> {
        match self {
            Self::Uri(uri) => Place::of(uri).map(|_| uri.clone()),
            Self::Id(id) if id.is_empty() => Err(Error::invalid("id is empty.")),
            Self::Id(id) => Ok(format!("{}/{}/", list_endpoint.trim_end_matches('/'), url::encode(id))),
        }
    }
}

//! Requests of one's own, signed like all others: for what has no call here.

use super::Braincube;
use crate::transport::{Header, Method, Request};
use crate::{Error, Result};

/// A request to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRequest {
    /// Path behind the base URL, with its query: `braincube/demo/braindata/mb20/simple`.
    pub path: String,
    /// Method.
    pub method: Method,
    /// Headers beside the credentials, which are always added.
    pub headers: Vec<Header>,
    /// Body, sent as it is.
    pub body: Option<Vec<u8>>,
    /// Whether it goes to the sign-on service instead of metadata and data.
    pub sso: bool,
    /// Name of the braincube, where the base URL or the path holds `{braincube-name}`.
    pub braincube: Option<String>,
}

impl RawRequest {
    /// A GET of a path of metadata and data.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            method: Method::Get,
            headers: Vec::new(),
            body: None,
            sso: false,
            braincube: None,
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAnswer {
    /// HTTP status, 200 to 299: any other is an error.
    pub status: u16,
    /// Headers that the transport lets us see.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

impl RawAnswer {
    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::protocol(format!("The answer is not JSON: {error}.")))
    }
}

impl Braincube {
    /// Sends a request of one's own. Repeated after a failure is only what HTTP calls repeatable: no POST and
    /// no PATCH.
    pub async fn request(&self, raw: &RawRequest) -> Result<RawAnswer> {
        let url = if raw.sso {
            self.address.sso(&raw.path)
        } else {
            self.address.any(&raw.path, raw.braincube.as_deref())?
        };
        let defaults = [("Accept", "application/json"), ("Content-Type", "application/json")];
        let given = |name: &str| raw.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let mut headers = raw.headers.clone();
        for (name, value) in defaults {
            if !given(name) && (name != "Content-Type" || raw.body.is_some()) {
                headers.push((name.into(), value.into()));
            }
        }
        let request = Request { headers, body: raw.body.clone(), ..Request::new(raw.method, url) };
        let (head, body) = self.http.fetch_whole(&request).await?;
        Ok(RawAnswer { status: head.status, headers: head.headers, body })
    }
}

//! Requests to a node: addresses into queries, answers out of JSON.

use serde::de::DeserializeOwned;

use super::{Address, Joule};
use crate::transport::{Method, Request};
use crate::{Error, Result, url};

/// Names and values of a query.
pub(super) type Pairs = Vec<(&'static str, String)>;

impl Address {
    /// The query that names it: `id=` or `path=`. A path that the node would misread is refused.
    pub(super) fn pair(&self) -> Result<(&'static str, String)> {
        match self {
            Self::Id(id) => Ok(("id", id.to_string())),
            Self::Path(path) => Ok(("path", checked(path)?.into())),
        }
    }
}

/// A path as nodes take it. Others are answered with an unrelated failure.
pub(super) fn checked(path: &str) -> Result<&str> {
    let whole = path
        .strip_prefix('/')
        .is_some_and(|rest| rest.is_empty() || rest.split('/').all(|name| !name.is_empty()));
    if whole {
        return Ok(path);
    }
    Err(Error::invalid(format!(
        "path is \"{path}\": give the path from the root, such as /site/power, without a slash at the end."
    )))
}

impl Joule {
    /// A request without body for a path of the node ("/stream.json").
    pub(super) fn request(&self, method: Method, path: &str, pairs: &Pairs) -> Request {
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        Request { method, ..Request::get(url::with_query(&format!("{}{path}", self.url), pairs)) }
    }

    /// Sends a request and reads its JSON answer.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        let body = self.http.fetch(request).await?;
        serde_json::from_slice(&body).map_err(|error| {
            let words = format!("The answer is not what was asked for: {error}.");
            self.http.about(Error::protocol(words), request)
        })
    }

    /// The answer to a GET.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, pairs: &Pairs) -> Result<T> {
        self.json(&self.request(Method::Get, path, pairs)).await
    }
}

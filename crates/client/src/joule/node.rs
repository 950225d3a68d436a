//! Requests to a node: addresses into queries, answers out of JSON.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use super::{Address, Joule};
use crate::transport::{Method, Request};
use crate::{Error, Result, url};

/// Names and values of a query.
pub(super) type Pairs = Vec<(&'static str, String)>;

impl Address {
    /// The query that names it: `id=` or `path=`. A path that the node would misread is refused.
    pub(super) fn pair(&self) -> Result<(&'static str, String)> {
        self.named("id", "path")
    }

    /// The same under other names.
    pub(super) fn named(&self, id: &'static str, path: &'static str) -> Result<(&'static str, String)> {
        match self {
            Self::Id(number) => Ok((id, number.to_string())),
            Self::Path(text) => Ok((path, checked(text)?.into())),
        }
    }

    /// The same in a JSON object.
    pub(super) fn entry(&self, id: &str, path: &str) -> Result<(String, Value)> {
        match self {
            Self::Id(number) => Ok((id.into(), Value::from(*number))),
            Self::Path(text) => Ok((path.into(), Value::from(checked(text)?))),
        }
    }

    /// The path, if that is how it is named.
    pub(super) fn path(&self) -> Option<String> {
        match self {
            Self::Id(_) => None,
            Self::Path(path) => Some(path.clone()),
        }
    }

    /// The path of what lies in it under a name, if its own is known.
    pub(super) fn child(&self, name: &str) -> Option<String> {
        self.path().map(|path| format!("{}/{name}", path.trim_end_matches('/')))
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
        Request::new(method, url::with_query(&format!("{}{path}", self.url), pairs))
    }

    /// Sends a request and reads its JSON answer.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.http.fetch_json(request).await
    }

    /// Sends a JSON body and reads the JSON answer.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Map<String, Value>,
    ) -> Result<T> {
        self.json(&self.with_body(method, path, body)).await
    }

    fn with_body(&self, method: Method, path: &str, body: Map<String, Value>) -> Request {
        Request::json(method, format!("{}{path}", self.url), Value::from(body).to_string().into())
    }

    /// Puts something into another folder. Not repeated: where it was, it would not be found any more.
    pub(super) async fn relocate(&self, path: &str, source: &Address, destination: &Address) -> Result<()> {
        let places = [source.entry("src_id", "src_path")?, destination.entry("dest_id", "dest_path")?];
        let request = self.with_body(Method::Put, path, Map::from_iter(places));
        self.json::<IgnoredAny>(&Request { repeatable: false, ..request }).await.map(drop)
    }

    /// A DELETE that is not repeated: it would not find what it has deleted.
    pub(super) async fn remove(&self, path: &str, pairs: &Pairs) -> Result<()> {
        let request = Request { repeatable: false, ..self.request(Method::Delete, path, pairs) };
        let body = self.http.fetch(&request).await?;
        if body.eq_ignore_ascii_case(b"ok") {
            return Ok(());
        }
        Err(self.http.about(Error::protocol("The node did not confirm with \"ok\"."), &request))
    }

    /// The answer to a GET.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, pairs: &Pairs) -> Result<T> {
        self.json(&self.request(Method::Get, path, pairs)).await
    }
}

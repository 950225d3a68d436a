//! Requests, and what answers say of objects.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Hexoskin;
use super::address::Place;
use super::cache::{self, Parted};
use super::object::Object;
use crate::transport::{Method, Request};
use crate::{Error, Result, url};

/// An answer to something that was written.
pub(super) struct Written {
    /// The object, where the server sends it back.
    pub(super) object: Option<Map<String, Value>>,
    /// Where the object is, where the server says so.
    pub(super) location: Option<String>,
}

impl Hexoskin {
    pub(super) fn request(&self, uri: &str) -> Request {
        let mut request = Request::get(self.base.url(uri));
        request.headers.push(("Accept".into(), "application/json".into()));
        request
    }

    /// A request for a list with parameters.
    pub(super) fn list_request<'a>(
        &self,
        uri: &str,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Request {
        let mut request = self.request(uri);
        request.url = url::with_query(&request.url, pairs);
        request
    }

    /// Sends a request and reads its JSON answer.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.http.fetch_json(request).await
    }

    pub(super) async fn get_json<T: DeserializeOwned>(&self, uri: &str) -> Result<T> {
        self.json(&self.request(uri)).await
    }

    fn unexpected(&self, request: &Request, error: &serde_json::Error) -> Error {
        let words = format!("The answer is not what was asked for: {error}.");
        self.http.about(Error::protocol(words), request)
    }

    pub(super) async fn fetch_object(&self, uri: &str) -> Result<Map<String, Value>> {
        self.get_json(uri).await
    }

    /// Sends a JSON body. The answer may be empty, or the object.
    pub(super) async fn send(&self, method: Method, uri: &str, body: &Map<String, Value>) -> Result<Written> {
        let body = Value::from(body.clone()).to_string().into_bytes();
        let mut request = Request::json(method, self.base.url(uri), body);
        request.headers.push(("Accept".into(), "application/json".into()));
        let (response, body) = self.http.fetch_whole(&request).await?;
        let location = response.header("location").filter(|text| !text.is_empty()).map(str::to_string);
        if body.trim_ascii().is_empty() {
            return Ok(Written { object: None, location });
        }
        let object: Value =
            serde_json::from_slice(&body).map_err(|error| self.unexpected(&request, &error))?;
        let object = match object {
            Value::Object(fields) => Some(fields),
            _ => None,
        };
        Ok(Written { object, location })
    }

    pub(super) async fn send_delete(&self, uri: &str) -> Result<()> {
        // Not repeated: it would not find what it has deleted.
        let request = Request { method: Method::Delete, repeatable: false, ..self.request(uri) };
        self.http.fetch(&request).await.map(drop)
    }

    /// The object of a URI, known or not; `None` when the text is no URI of an object.
    pub(super) fn object_of(&self, uri: &str) -> Option<Object> {
        let place = Place::find(uri)?;
        let state = self.cache.object(&place, uri);
        Some(Object::new(self, place, state))
    }

    /// The object that an answer describes: the one that is known already, with what is new.
    pub(super) async fn absorb(&self, fields: Map<String, Value>, whole: bool) -> Result<Object> {
        let object = Object::uri_of(&fields).and_then(|uri| self.object_of(uri)).ok_or_else(|| {
            Error::protocol("An object came without resource_uri, so that nothing can be done with it.")
        })?;
        self.absorb_fields(&object, fields, whole).await?;
        Ok(object)
    }

    /// The same for an object that was asked for by its URI.
    pub(super) async fn absorb_into(&self, object: &Object, fields: Map<String, Value>) -> Result<()> {
        self.absorb_fields(object, fields, true).await
    }

    async fn absorb_fields(&self, object: &Object, fields: Map<String, Value>, whole: bool) -> Result<()> {
        let now = self.http.transport.now_ms();
        let schema = self.schema(object.resource()).await?;
        let Parted { fields, embedded } = cache::part(fields, |field| schema.links(field));
        // Of what embedded objects embed themselves, the schema is not asked for.
        for inner in embedded {
            if let Some(held) = Object::uri_of(&inner).and_then(|uri| self.object_of(uri)) {
                held.learn(inner, false);
                self.cache.arrived(held.place(), now);
            }
        }
        object.learn(fields, whole);
        self.cache.arrived(object.place(), now);
        Ok(())
    }
}

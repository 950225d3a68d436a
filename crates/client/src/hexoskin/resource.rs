//! What can be done with a resource: list, get, create, change many at once.

use std::fmt;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::Hexoskin;
use super::address::{Id, Place};
use super::filters::Filters;
use super::list::ObjectList;
use super::object::Object;
use super::pages::Pages;
use super::schema::{On, Schema};
use crate::transport::Method;
use crate::{Error, Result};

/// One resource of the server, such as `range`.
#[derive(Clone)]
pub struct Resource {
    pub(super) api: Hexoskin,
    pub(super) name: String,
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resource").field(&self.name).finish()
    }
}

impl Resource {
    pub(super) fn new(api: &Hexoskin, name: &str) -> Self {
        Self { api: api.clone(), name: name.into() }
    }

    /// Its name ("range").
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its schema: fields, filters, methods.
    pub async fn schema(&self) -> Result<Rc<Schema>> {
        self.api.schema(&self.name).await
    }

    /// The first page of its objects. Filters that the schema does not allow are refused before anything is sent.
    pub async fn list(&self, filters: &Filters) -> Result<ObjectList> {
        let uri = self.list_uri(filters).await?;
        ObjectList::first(self, self.api.list_request(&uri, filters.pairs())).await
    }

    /// All its objects, page by page, each once, whatever comes and goes meanwhile.
    pub fn all(&self, filters: &Filters) -> Pages {
        Pages::new(self, filters)
    }

    /// The URI of its list, when it can be listed so.
    pub(super) async fn list_uri(&self, filters: &Filters) -> Result<String> {
        let schema = self.schema().await?;
        schema.check_method(&self.name, Method::Get, On::List)?;
        filters.check(&self.name, &schema)?;
        Ok(self.api.endpoint(&self.name).await?.list_endpoint)
    }

    /// An object by id or URI (which may be another resource's). One that came within the last hour is not asked for
    /// again.
    pub async fn get(&self, id: impl Into<Id>) -> Result<Object> {
        self.object(id.into(), false).await
    }

    /// The same, asked for in any case.
    pub async fn get_fresh(&self, id: impl Into<Id>) -> Result<Object> {
        self.object(id.into(), true).await
    }

    async fn object(&self, id: Id, force_refresh: bool) -> Result<Object> {
        let endpoint = self.api.endpoint(&self.name).await?;
        let uri = id.uri(&endpoint.list_endpoint)?;
        let place = Place::of(&uri)?;
        let known = self.api.cache.is_fresh(&place, self.api.http.transport.now_ms());
        let object = Object::new(&self.api, place.clone(), self.api.cache.object(&place, &uri));
        if force_refresh || !known {
            object.reload().await?;
        }
        Ok(object)
    }

    /// Creates an object (POST). Sent once: repeated, it could be there twice. Where the server sends only the new
    /// object's address, its fields are loaded when first asked for.
    pub async fn create(&self, fields: Map<String, Value>) -> Result<Object> {
        let schema = self.schema().await?;
        schema.check_method(&self.name, Method::Post, On::List)?;
        let uri = self.api.endpoint(&self.name).await?.list_endpoint;
        let written = self.api.send(Method::Post, &uri, &fields).await?;
        if let Some(fields) = written.object.filter(|fields| Object::uri_of(fields).is_some()) {
            return self.api.absorb(fields, false).await;
        }
        written.location.and_then(|uri| self.api.object_of(&uri)).ok_or_else(|| {
            Error::protocol(format!("The server made a new {} and did not say where it is.", self.name))
        })
    }

    /// Creates and changes many objects in one request (PATCH on the list). Those with a `resource_uri` are changed.
    pub async fn patch(&self, objects: Vec<Map<String, Value>>) -> Result<()> {
        let schema = self.schema().await?;
        schema.check_method(&self.name, Method::Patch, On::List)?;
        let uri = self.api.endpoint(&self.name).await?.list_endpoint;
        let body = Map::from_iter([("objects".to_string(), json!(objects))]);
        self.api.send(Method::Patch, &uri, &body).await?;
        for fields in objects {
            if let Some(object) = Object::uri_of(&fields).and_then(|uri| self.api.object_of(uri)) {
                object.learn(fields, false);
            }
        }
        Ok(())
    }
}

impl Hexoskin {
    /// The object of a URI. Nothing is sent until one of its fields is asked for.
    pub fn resource_from_uri(&self, uri: &str) -> Result<Object> {
        let place = Place::of(uri)?;
        let state = self.cache.object(&place, uri);
        Ok(Object::new(self, place, state))
    }
}

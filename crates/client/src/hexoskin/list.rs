//! A list of objects, page after page, forward and back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::object::Object;
use super::resource::Resource;
use crate::transport::Request;
use crate::{Error, Result};

/// What a page says of its list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Meta {
    /// Objects of a page at most.
    #[serde(default)]
    pub limit: u64,
    /// Objects before this page.
    #[serde(default)]
    pub offset: u64,
    /// Objects in all, at the time.
    #[serde(default)]
    pub total_count: Option<u64>,
    /// URI of the next page.
    #[serde(default)]
    pub next: Option<String>,
    /// URI of the page before.
    #[serde(default)]
    pub previous: Option<String>,
    /// What else the server says of the list (of track points, `distance`).
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    meta: Meta,
    objects: Vec<Map<String, Value>>,
}

/// One page.
pub(super) struct Page {
    pub(super) meta: Meta,
    pub(super) objects: Vec<Object>,
}

impl Resource {
    pub(super) async fn page(&self, request: &Request) -> Result<Page> {
        let Answer { meta, objects } = self.api.json(request).await?;
        let mut held = Vec::with_capacity(objects.len());
        for fields in objects {
            let object = self.api.absorb(fields, false).await;
            held.push(object.map_err(|error| self.api.http.about(error, request))?);
        }
        Ok(Page { meta, objects: held })
    }
}

/// Objects of a list, as far as it was loaded.
#[derive(Debug, Clone)]
pub struct ObjectList {
    resource: Resource,
    objects: Vec<Object>,
    meta: Meta,
    next: Option<String>,
    previous: Option<String>,
}

impl ObjectList {
    pub(super) async fn first(resource: &Resource, request: Request) -> Result<Self> {
        let Page { meta, objects } = resource.page(&request).await?;
        let (next, previous) = (meta.next.clone(), meta.previous.clone());
        Ok(Self { resource: resource.clone(), objects, meta, next, previous })
    }

    /// The objects so far, in the list's order.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// What the page that came last said of the list.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// URI of the page after these objects.
    pub fn next_url(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// URI of the page before these objects.
    pub fn previous_url(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    /// Loads the next page and appends it; `false` when there is none.
    pub async fn load_next(&mut self) -> Result<bool> {
        let Some(uri) = self.next.clone() else { return Ok(false) };
        let page = self.load(&uri).await?;
        self.next = page.meta.next.clone();
        self.objects.extend(page.objects);
        self.meta = page.meta;
        Ok(true)
    }

    /// Loads the page before and puts it in front, in its own order; `false` when there is none.
    pub async fn load_previous(&mut self) -> Result<bool> {
        let Some(uri) = self.previous.clone() else { return Ok(false) };
        let page = self.load(&uri).await?;
        self.previous = page.meta.previous.clone();
        self.objects.splice(0..0, page.objects);
        self.meta = page.meta;
        Ok(true)
    }

    async fn load(&self, uri: &str) -> Result<Page> {
        self.resource.page(&self.resource.api.request(uri)).await
    }

    /// Deletes an object of the list, on the server as well.
    pub async fn delete(&mut self, index: usize) -> Result<()> {
        let Some(object) = self.objects.get(index) else {
            let words = format!("There is no object {index} in a list of {}.", self.objects.len());
            return Err(Error::invalid(words));
        };
        object.delete().await?;
        self.objects.remove(index);
        Ok(())
    }
}

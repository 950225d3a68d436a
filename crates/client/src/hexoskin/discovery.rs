//! Which resources the server has, and their schemas: asked for when first needed, kept for an hour.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::Hexoskin;
use super::cache::LIFE_MS;
use super::schema::{Endpoint, Schema};
use crate::{Error, ErrorKind, Result};

/// Entries of the list that name no resource of their own.
const SKIPPED: [&str; 2] = ["import", "studymember"];

/// The server's resources by name.
pub(super) type Endpoints = BTreeMap<String, Endpoint>;

#[derive(Default)]
pub(super) struct Discovery {
    endpoints: RefCell<Option<(Rc<Endpoints>, f64)>>,
    schemas: RefCell<BTreeMap<String, (Rc<Schema>, f64)>>,
}

impl Discovery {
    pub(super) fn clear(&self) {
        *self.endpoints.borrow_mut() = None;
        self.schemas.borrow_mut().clear();
    }
}

impl Hexoskin {
    fn fresh<T: Clone>(&self, kept: Option<&(T, f64)>) -> Option<T> {
        let now = self.http.transport.now_ms();
        kept.filter(|(_, since)| now - since < LIFE_MS).map(|(value, _)| value.clone())
    }

    /// The list of resources (`GET /api/`).
    pub(super) async fn endpoints(&self) -> Result<Rc<Endpoints>> {
        if let Some(known) = self.fresh(self.discovery.endpoints.borrow().as_ref()) {
            return Ok(known);
        }
        let mut endpoints: Endpoints = self.get_json(self.base.root).await?;
        endpoints.retain(|name, _| !SKIPPED.contains(&name.as_str()) && !name.contains('/'));
        let endpoints = Rc::new(endpoints);
        *self.discovery.endpoints.borrow_mut() = Some((endpoints.clone(), self.http.transport.now_ms()));
        Ok(endpoints)
    }

    /// Where a resource is.
    pub(super) async fn endpoint(&self, name: &str) -> Result<Endpoint> {
        let endpoints = self.endpoints().await?;
        endpoints.get(name).cloned().ok_or_else(|| {
            let names: Vec<_> = endpoints.keys().map(String::as_str).collect();
            Error::invalid(format!("The server has no resource {name}; it has {}.", names.join(", ")))
        })
    }

    /// A resource's schema.
    pub(super) async fn schema(&self, name: &str) -> Result<Rc<Schema>> {
        if let Some(known) = self.fresh(self.discovery.schemas.borrow().get(name)) {
            return Ok(known);
        }
        let endpoint = self.endpoint(name).await?;
        let schema: Rc<Schema> = Rc::new(self.get_json(&endpoint.schema).await?);
        let now = self.http.transport.now_ms();
        self.discovery.schemas.borrow_mut().insert(name.into(), (schema.clone(), now));
        Ok(schema)
    }

    /// All resources with their schemas. Those whose schema the server does not show (401, 404) are left out.
    pub async fn resource_conf(&self) -> Result<BTreeMap<String, Rc<Schema>>> {
        let mut all = BTreeMap::new();
        for name in self.endpoints().await?.keys() {
            match self.schema(name).await {
                Ok(schema) => drop(all.insert(name.clone(), schema)),
                Err(error) if hidden(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }
}

fn hidden(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::NotFound | ErrorKind::Unauthorized)
        && matches!(error.status, Some(401 | 404))
}

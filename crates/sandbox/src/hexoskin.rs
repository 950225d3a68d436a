//! Hexoskin: the REST API, under `/hexoskin`.
//!
//! Paths in answers begin with `/api/`, as on the server. They are answered below the base URL, and at the root too,
//! where a program looks that takes them as paths of the host.

mod auth;
mod catalogue;
mod data;
mod datatypes;
mod limit;
mod list;
mod reply;
mod schema;
mod write;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde_json::{Map, Value, json};

pub(crate) use catalogue::{Catalogue, Object};
pub(crate) use data::sample;
pub(crate) use datatypes::objects;

use auth::{Auth, Caller};
use reply::{Refusal, Result};
use schema::Resource;

use crate::query::Query;
use crate::{Options, Request, Response, Store, StoreError};

/// Key of the catalogue's document.
pub(crate) const CATALOGUE: &str = "hexoskin";
/// Where the platform's paths begin.
pub(crate) const BASE: &str = "/hexoskin";

/// The platform over a store.
pub(crate) struct Hexoskin {
    store: Arc<dyn Store>,
    catalogue: RwLock<Catalogue>,
    signals: data::Recordings,
    auth: Auth,
    limit: limit::Limit,
}

impl Hexoskin {
    /// Reads the catalogue; a store without one is an empty platform.
    pub(crate) fn open(store: Arc<dyn Store>, options: &Options) -> std::result::Result<Self, StoreError> {
        let catalogue = match store.document(CATALOGUE)? {
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| StoreError::Damaged(format!("the Hexoskin catalogue: {error}")))?,
            None => Catalogue::default(),
        };
        let limit = limit::Limit::new(options.hexoskin_rate);
        let (signals, auth) = (data::Recordings::default(), Auth::default());
        Ok(Self { store, catalogue: RwLock::new(catalogue), signals, auth, limit })
    }

    /// Answers a request for one of the platform's paths, at a Unix time in s; `None` for any other path.
    pub(crate) fn handle(&self, request: &Request, now: i64) -> Option<Response> {
        let path = match request.path.strip_prefix(BASE) {
            Some(path) if path.starts_with('/') => path,
            _ => request
                .path
                .strip_prefix("/api/")
                .filter(|rest| rest.split('/').any(is_known))
                .map(|_| &*request.path)?,
        };
        let path = plain(path);
        Some(match self.auth.door(&path, request, now) {
            Some(response) => response,
            None => self.answer(&path, request, now).unwrap_or_else(Response::from),
        })
    }

    fn answer(&self, path: &str, request: &Request, now: i64) -> Result<Response> {
        let rest = path.strip_prefix("/api/").ok_or_else(Refusal::missing)?;
        let caller = self.auth.caller(request, now)?;
        if !self.limit.admits(&caller.credentials, now) {
            return Err(Refusal::too_many());
        }
        // Older paths have a version; their answers have it too.
        let (rest, versioned) = rest.strip_prefix("v1/").map_or((rest, false), |rest| (rest, true));
        let response = self.resource(rest, request, &caller, now)?;
        Ok(if versioned { with_version(response) } else { response })
    }

    fn resource(&self, rest: &str, request: &Request, caller: &Caller, now: i64) -> Result<Response> {
        // A server answers HEAD wherever it answers GET.
        let method = if request.method == "HEAD" { "get" } else { &*request.method.to_lowercase() };
        if rest.is_empty() {
            return if method == "get" {
                Ok(reply::json(&api_list()))
            } else {
                Err(Refusal::method(&["get"]))
            };
        }
        let mut parts = rest.strip_suffix('/').ok_or_else(Refusal::missing)?.split('/');
        let resource = parts.next().and_then(schema::resource).ok_or_else(Refusal::missing)?;
        let id = parts.next();
        if parts.next().is_some() {
            return Err(Refusal::missing());
        }
        if id == Some("schema") {
            return if method == "get" {
                Ok(reply::json(&resource.to_json()))
            } else {
                Err(Refusal::method(&["get"]))
            };
        }
        if !resource.allows(id.is_some(), method) {
            return Err(Refusal::method(resource.methods(id.is_some())));
        }
        if method != "get" && !caller.writes {
            return Err(Refusal::forbidden("the scope of the token is readonly"));
        }
        let change = write::Change { platform: self, resource, caller, now };
        match (method, id) {
            ("get", None) if resource.name == "data" => data::read(self, request, caller, now),
            ("get", None) => self.list(resource, request, caller, now),
            ("get", Some(id)) => self.detail(resource, request, caller, id, now),
            ("post", None) => change.create(request),
            ("patch", None) => change.update_many(request),
            ("put" | "patch", Some(id)) => change.update(request, id, method == "put"),
            ("delete", Some(id)) => change.delete(id),
            _ => Err(Refusal::not_implemented("this method is not offered by the sandbox")),
        }
    }

    fn list(&self, resource: &Resource, request: &Request, caller: &Caller, now: i64) -> Result<Response> {
        let query = Query::parse(&request.query);
        let path = format!("/api/{}/", resource.name);
        let catalogue = self.read();
        let objects = if resource.name == "account" {
            let own = catalogue.get("user", &caller.user.to_string()).cloned();
            own.into_iter().map(account).collect()
        } else {
            list::visible(&catalogue, resource.name, caller.sees, now)
        };
        drop(catalogue);
        Ok(reply::json(&list::page(resource, &path, &query, objects)?))
    }

    fn detail(
        &self,
        resource: &Resource,
        request: &Request,
        caller: &Caller,
        id: &str,
        now: i64,
    ) -> Result<Response> {
        let activity = ["application/vnd.ant.fit", "application/vnd.garmin.tcx+xml"];
        if request.header("Accept").is_some_and(|accept| activity.contains(&accept)) {
            return Err(Refusal::not_implemented("FIT and TCX files are not offered by the sandbox"));
        }
        let catalogue = self.read();
        let object = catalogue
            .get(resource.name, id)
            .filter(|object| list::owner_in(resource.name, object, caller.sees));
        let object = object.ok_or_else(Refusal::missing)?;
        Ok(reply::json(&Value::Object(catalogue.view(resource.name, object, now))))
    }

    fn read(&self) -> RwLockReadGuard<'_, Catalogue> {
        // A panic elsewhere leaves the catalogue whole: it is swapped, never changed in place.
        self.catalogue.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the catalogue, here and in the store; all of it or nothing.
    fn edit<T>(&self, change: impl FnOnce(&mut Catalogue) -> Result<T>) -> Result<T> {
        let mut current = self.catalogue.write().unwrap_or_else(PoisonError::into_inner);
        let mut catalogue = current.clone();
        let result = change(&mut catalogue)?;
        let bytes = serde_json::to_vec(&catalogue).map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.store.edit(&mut |writer| writer.document(CATALOGUE, bytes.clone()))?;
        *current = catalogue;
        Ok(result)
    }

    /// Makes all access tokens of OAuth2 expire.
    #[cfg(feature = "server")]
    pub(crate) fn expire_access(&self) {
        self.auth.expire_access();
    }

    /// The platform's part of `info.json`. Ids are those of the API; a stream is a record's datatype.
    pub(crate) fn info(&self, base: &str, now: i64) -> Value {
        let catalogue = self.read();
        let users = catalogue
            .list("user")
            .iter()
            .map(|user| json!({ "id": user.get("resource_uri"), "name": user.get("username") }));
        let records = catalogue.list("record").iter().map(|record| {
            let user = record.get("user");
            json!({ "id": record.get("resource_uri"), "name": format!("record {}", catalogue::id(record)), "user": user })
        });
        let streams = catalogue.tapes.iter().flat_map(|tape| data::outline(&self.signals.open(tape.at(now))));
        json!({
            "url": format!("{base}{BASE}"),
            "credentials": auth::credentials(),
            "subjects": users.chain(records).collect::<Vec<_>>(),
            "streams": streams.collect::<Vec<_>>(),
        })
    }
}

/// Whether a part of a path is the API's, in case it was asked for at the root.
fn is_known(part: &str) -> bool {
    schema::resource(part).is_some()
}

/// A path as it is meant: programs write doubled slashes, a second `/api/` after a base URL that ends in it, and the
/// server's name in front, which one of them takes the length of a tick from.
fn plain(path: &str) -> String {
    let path = path.strip_prefix("/api.hexoskin.com").unwrap_or(path);
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let doubled = parts.iter().take_while(|part| **part == "api").count();
    let end = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}", parts.get(doubled.saturating_sub(1)..).unwrap_or_default().join("/"))
}

/// The map of all resources.
fn api_list() -> Value {
    let entry = |resource: &Resource| {
        let list = format!("/api/{}/", resource.name);
        (resource.name.to_owned(), json!({ "schema": format!("{list}schema/"), "list_endpoint": list }))
    };
    Value::Object(schema::resources().iter().map(entry).collect())
}

/// A user as `account` shows it.
fn account(mut user: Object) -> Object {
    user.retain(|name, _| !matches!(name.as_str(), "devices" | "stats"));
    let id = catalogue::id(&user);
    user.extend(Map::from_iter([
        ("is_staff".into(), false.into()),
        ("resource_uri".into(), format!("/api/account/{id}/").into()),
    ]));
    user
}

/// The same answer with the older paths in it.
fn with_version(mut response: Response) -> Response {
    let json = response.header("Content-Type").is_some_and(|kind| kind == "application/json");
    if let (true, crate::Body::Whole(bytes)) = (json, &response.body) {
        let text = String::from_utf8_lossy(bytes).replace("\"/api/", "\"/api/v1/");
        response.body = crate::Body::Whole(text.into_bytes());
    }
    response
}

//! POST, PUT, PATCH and DELETE.
//!
//! As on the server, some resources answer with the object and some with nothing but a status and a `Location`.

use serde_json::{Value, json};

use super::Hexoskin;
use super::auth::Caller;
use super::catalogue::{Catalogue, Object, id, id_in, linked_id, number, uri};
use super::list::owner_in;
use super::reply::{self, Refusal, Result};
use super::schema::Resource;
use crate::{Request, Response};

/// Resources that answer a change with the object.
const SHOWN: [&str; 4] = ["range", "record", "trainingroutine", "user"];

/// What a change is made to.
pub(super) struct Change<'a> {
    pub(super) platform: &'a Hexoskin,
    pub(super) resource: &'static Resource,
    pub(super) caller: &'a Caller,
    pub(super) now: i64,
}

impl Change<'_> {
    /// POST to the list.
    pub(super) fn create(&self, request: &Request) -> Result<Response> {
        let body = object(request)?;
        let made = self.platform.edit(|catalogue| self.add(catalogue, &body))?;
        let location = uri(self.resource.name, &id(&made));
        let (mut response, location) = if self.shown() {
            // Absolute here, relative below: servers do both.
            let host = request.header("Host").unwrap_or_default();
            let base = request.path.split_once("/api/").map_or("", |(base, _)| base);
            (Response::json(201, &Value::Object(made)), format!("http://{host}{base}{location}"))
        } else {
            (reply::empty(201), location)
        };
        response.headers.push(("Location", location));
        Ok(response)
    }

    /// PUT or PATCH to an object.
    pub(super) fn update(&self, request: &Request, id: &str, whole: bool) -> Result<Response> {
        let body = object(request)?;
        let changed = self.platform.edit(|catalogue| self.set(catalogue, id, &body, whole))?;
        Ok(if self.shown() { Response::json(202, &Value::Object(changed)) } else { reply::empty(204) })
    }

    /// PATCH to the list: objects with a `resource_uri` are changed, the others made.
    pub(super) fn update_many(&self, request: &Request) -> Result<Response> {
        let body = object(request)?;
        let wanted = body.get("objects").and_then(Value::as_array);
        let wanted = wanted.ok_or_else(|| Refusal::bad("the body has no list `objects`"))?;
        let objects = self.platform.edit(|catalogue| {
            let change = |object: &Value| {
                let object =
                    object.as_object().ok_or_else(|| Refusal::bad("an element of `objects` is no object"))?;
                match object.get("resource_uri").and_then(Value::as_str) {
                    Some(uri) => self.set(catalogue, id_in(uri), object, false),
                    None => self.add(catalogue, object),
                }
            };
            wanted.iter().map(change).collect::<Result<Vec<_>>>()
        })?;
        Ok(if self.shown() { Response::json(202, &json!({ "objects": objects })) } else { reply::empty(202) })
    }

    /// DELETE of an object.
    pub(super) fn delete(&self, id: &str) -> Result<Response> {
        self.platform.edit(|catalogue| {
            self.own(catalogue, id)?;
            catalogue.remove(self.resource.name, id);
            Ok(())
        })?;
        Ok(reply::empty(204))
    }

    fn shown(&self) -> bool {
        SHOWN.contains(&self.resource.name)
    }

    fn add(&self, catalogue: &mut Catalogue, body: &Object) -> Result<Object> {
        let mut made = Object::new();
        for field in
            self.resource.fields().iter().filter(|field| !matches!(field.name, "id" | "resource_uri"))
        {
            let given = body.get(field.name).filter(|_| !field.readonly());
            // The older reference makes objects of the caller's own when no user is named.
            let own = (field.name == "user").then(|| Value::from(uri("user", &self.caller.user.to_string())));
            match given.cloned().or(own).or_else(|| field.default().filter(|value| !value.is_boolean())) {
                Some(value) => drop(made.insert(field.name.into(), value)),
                None if field.required() => {
                    return Err(Refusal::bad(format!("the field {} is missing", field.name)));
                }
                None => drop(made.insert(field.name.into(), Value::Null)),
            }
        }
        self.check(&mut made)?;
        let id = catalogue.new_id();
        made.insert("id".into(), id.into());
        for stamp in ["created", "last_modified"].iter().filter(|name| self.resource.field(name).is_some()) {
            made.insert((*stamp).into(), self.stamp());
        }
        if self.resource.name == "record" {
            made.insert("status".into(), "incomplete".into());
        }
        catalogue.add(self.resource.name, made);
        self.view(catalogue, &id.to_string())
    }

    fn set(&self, catalogue: &mut Catalogue, id: &str, body: &Object, whole: bool) -> Result<Object> {
        let mut object = self.own(catalogue, id)?.clone();
        for field in self.resource.fields().iter().filter(|field| !field.readonly() && field.name != "id") {
            match body.get(field.name) {
                Some(value) => drop(object.insert(field.name.into(), value.clone())),
                None if whole && field.required() => {
                    return Err(Refusal::bad(format!("the field {} is missing", field.name)));
                }
                None => {}
            }
        }
        self.check(&mut object)?;
        if self.resource.field("last_modified").is_some() {
            object.insert("last_modified".into(), self.stamp());
        }
        if let Some(place) = catalogue.get_mut(self.resource.name, id) {
            *place = object;
        }
        self.view(catalogue, id)
    }

    fn view(&self, catalogue: &Catalogue, id: &str) -> Result<Object> {
        let object = catalogue.get(self.resource.name, id).ok_or_else(Refusal::missing)?;
        Ok(catalogue.view(self.resource.name, object, self.now))
    }

    /// An object that the caller may change.
    fn own<'a>(&self, catalogue: &'a Catalogue, id: &str) -> Result<&'a Object> {
        let name = self.resource.name;
        let object = catalogue.get(name, id).filter(|object| owner_in(name, object, self.caller.sees));
        let object = object.ok_or_else(Refusal::missing)?;
        let shared = name != "user" && object.get("user").is_none();
        if !shared && owner_in(name, object, &[self.caller.user]) {
            Ok(object)
        } else {
            Err(Refusal::forbidden("this object belongs to another user"))
        }
    }

    /// Refuses what cannot be; writes links as URIs and whole numbers as such.
    fn check(&self, object: &mut Object) -> Result<()> {
        for field in self.resource.fields() {
            let Some(value) = object.get_mut(field.name).filter(|value| !value.is_null()) else { continue };
            if field.is_link() {
                let wrong = || Refusal::bad(format!("{} is no link", field.name));
                let id = linked_id(value).ok_or_else(wrong)?;
                // A user may be named by the URI of the account.
                let own = field.name == "user" || !value.as_str().is_some_and(|text| text.contains('/'));
                let link =
                    if own { uri(field.name, &id) } else { value.as_str().unwrap_or_default().to_owned() };
                *value = Value::from(link.replacen("/api/v1/", "/api/", 1));
            } else if field.is_integer() && !field.readonly() {
                let whole =
                    value.as_f64().ok_or_else(|| Refusal::bad(format!("{} is no number", field.name)))?;
                *value = Value::from(whole as i64);
            }
        }
        let user = object.get("user").and_then(linked_id);
        if user.is_some_and(|user| user != self.caller.user.to_string()) {
            return Err(Refusal::forbidden("objects can be made for oneself only"));
        }
        match (number(object, "start"), number(object, "end")) {
            (Some(start), Some(end)) if end < start => Err(Refusal::bad("the end lies before the start")),
            _ => Ok(()),
        }
    }

    fn stamp(&self) -> Value {
        let time = jiff::Timestamp::from_second(self.now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string().into()
    }
}

fn object(request: &Request) -> Result<Object> {
    let body: Value =
        serde_json::from_slice(&request.body).map_err(|_| Refusal::bad("the body is not JSON"))?;
    body.as_object().cloned().ok_or_else(|| Refusal::bad("the body is no object"))
}

//! One object of the server, shared by all who hold it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::Hexoskin;
use super::address::Place;
use super::schema::On;
use crate::transport::Method;
use crate::{Error, Result};

/// What is known of an object.
pub(super) struct State {
    uri: String,
    fields: Map<String, Value>,
    /// Fields set here and not sent yet.
    changed: BTreeSet<String>,
    /// Whether all of it came.
    whole: bool,
}

impl State {
    pub(super) fn unknown(uri: &str) -> Self {
        Self { uri: uri.into(), fields: Map::new(), changed: BTreeSet::new(), whole: false }
    }
}

/// An object of the server, such as a range. Clones, and all objects with the same URI, are one: what one learns or sets,
/// all see.
#[derive(Clone)]
pub struct Object {
    api: Hexoskin,
    place: Place,
    state: Rc<RefCell<State>>,
}

/// The value of an object's field.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "fields are handed out one by one, and never kept in numbers")]
pub enum Field {
    /// A plain value.
    Value(Value),
    /// Another object, loaded when one of its fields is first asked for.
    Object(Object),
}

impl Field {
    /// The value of a field that is no link; null for a link.
    pub fn value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Object(_) => Value::Null,
        }
    }

    /// The object that a field links to.
    pub fn object(self) -> Option<Object> {
        match self {
            Self::Value(_) => None,
            Self::Object(object) => Some(object),
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Object").field(&self.resource_uri()).finish()
    }
}

impl PartialEq for Object {
    /// Whether they are the same object.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
    }
}

impl Object {
    pub(super) fn new(api: &Hexoskin, place: Place, state: Rc<RefCell<State>>) -> Self {
        Self { api: api.clone(), place, state }
    }

    /// The URI that an object came with.
    pub(super) fn uri_of(fields: &Map<String, Value>) -> Option<&str> {
        fields.get("resource_uri").and_then(Value::as_str).filter(|uri| !uri.is_empty())
    }

    /// Its URI, by which it is known.
    pub fn resource_uri(&self) -> String {
        self.state.borrow().uri.clone()
    }

    /// Its id: digits mostly, any text for some (devices).
    pub fn id(&self) -> &str {
        &self.place.id
    }

    /// The resource it belongs to ("range").
    pub fn resource(&self) -> &str {
        &self.place.resource
    }

    /// What is known of it, links as URIs; asks the server for nothing.
    pub fn fields(&self) -> Map<String, Value> {
        self.state.borrow().fields.clone()
    }

    /// A field. Loads the object when it is not known yet; a field that the object does not have is an error.
    pub async fn get(&self, field: &str) -> Result<Field> {
        let known = self.state.borrow().fields.get(field).cloned();
        let value = match known {
            Some(value) => value,
            None => {
                let whole = self.state.borrow().whole;
                if !whole {
                    self.reload().await?;
                }
                let known = self.state.borrow().fields.get(field).cloned();
                known.ok_or_else(|| self.lacks(field))?
            }
        };
        let schema = self.api.schema(&self.place.resource).await?;
        let linked = value.as_str().filter(|_| schema.links(field)).and_then(|uri| self.api.object_of(uri));
        Ok(linked.map_or(Field::Value(value), Field::Object))
    }

    fn lacks(&self, field: &str) -> Error {
        let state = self.state.borrow();
        let names: Vec<_> = state.fields.keys().map(String::as_str).collect();
        Error::invalid(format!("{} has no field {field}; it has {}.", state.uri, names.join(", ")))
    }

    /// Asks the server for it anew. Fields that were set and not sent are lost.
    pub async fn reload(&self) -> Result<()> {
        let schema = self.api.schema(&self.place.resource).await?;
        schema.check_method(&self.place.resource, Method::Get, On::Detail)?;
        let fields = self.api.fetch_object(&self.resource_uri()).await?;
        self.api.absorb_into(self, fields).await
    }

    /// Sets a field here, for all who hold the object. [`update`](Self::update) sends it.
    pub fn set(&self, field: impl Into<String>, value: impl Into<Value>) {
        let mut state = self.state.borrow_mut();
        let field = field.into();
        state.changed.insert(field.clone());
        state.fields.insert(field, value.into());
    }

    /// Sends what was [set](Self::set), and these changes (PATCH). Where the resource allows no PATCH, the whole object is
    /// sent (PUT).
    pub async fn update(&self, changes: Map<String, Value>) -> Result<()> {
        let schema = self.api.schema(&self.place.resource).await?;
        if !schema.allows(Method::Patch, On::Detail) {
            schema.check_method(&self.place.resource, Method::Put, On::Detail)?;
            changes.into_iter().for_each(|(field, value)| self.set(field, value));
            return self.put().await;
        }
        let mut body: Map<String, Value> = {
            let state = self.state.borrow();
            let set =
                state.changed.iter().filter_map(|name| Some((name.clone(), state.fields.get(name)?.clone())));
            set.collect()
        };
        body.extend(changes);
        if body.is_empty() {
            return Ok(());
        }
        self.send(Method::Patch, body).await
    }

    /// Sends the whole object (PUT). Loads it before when only a part is known, which would delete the rest.
    pub async fn put(&self) -> Result<()> {
        let schema = self.api.schema(&self.place.resource).await?;
        schema.check_method(&self.place.resource, Method::Put, On::Detail)?;
        let (whole, set) = {
            let state = self.state.borrow();
            let value = |name: &String| Some((name.clone(), state.fields.get(name)?.clone()));
            (state.whole, state.changed.iter().filter_map(value).collect::<Vec<_>>())
        };
        if !whole {
            self.reload().await?;
            set.into_iter().for_each(|(field, value)| self.set(field, value));
        }
        self.send(Method::Put, self.fields()).await
    }

    async fn send(&self, method: Method, body: Map<String, Value>) -> Result<()> {
        let answer = self.api.send(method, &self.resource_uri(), &body).await?;
        {
            let mut state = self.state.borrow_mut();
            for (field, value) in body {
                state.changed.remove(&field);
                state.fields.insert(field, value);
            }
        }
        match answer.object {
            Some(fields) => self.api.absorb_into(self, fields).await,
            None => Ok(()),
        }
    }

    /// Deletes it on the server.
    pub async fn delete(&self) -> Result<()> {
        let schema = self.api.schema(&self.place.resource).await?;
        schema.check_method(&self.place.resource, Method::Delete, On::Detail)?;
        self.api.send_delete(&self.resource_uri()).await?;
        self.api.cache.remove(&self.place);
        Ok(())
    }

    /// Takes what the server says of it. `whole` is whether all of it came.
    pub(super) fn learn(&self, fields: Map<String, Value>, whole: bool) {
        let mut state = self.state.borrow_mut();
        if let Some(uri) = Self::uri_of(&fields) {
            state.uri = uri.into();
        }
        state.changed.retain(|name| !fields.contains_key(name));
        state.fields.extend(fields);
        state.whole |= whole;
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

impl From<&Object> for Value {
    /// Objects stand for their URIs in what is sent.
    fn from(object: &Object) -> Self {
        Self::String(object.resource_uri())
    }
}

impl From<&Object> for super::Id {
    fn from(object: &Object) -> Self {
        Self::Uri(object.resource_uri())
    }
}

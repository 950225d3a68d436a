//! Objects by what they name: each once, whoever holds it.
//!
//! An object is fresh for an hour from when it first came, as the platform's own client has it. After that a request for
//! it is sent again; the answer goes into the same object, so that all who hold it see it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::address::Place;
use super::object::{Object, State};

/// How long an object is fresh, ms.
pub(super) const LIFE_MS: f64 = 3_600_000.0;
/// Stale objects that nobody holds are let go of when so many are kept.
const TIDY_AT: usize = 4096;

#[derive(Default)]
pub(super) struct Cache {
    objects: RefCell<HashMap<Place, Kept>>,
}

struct Kept {
    state: Rc<RefCell<State>>,
    /// When the whole object first came; `None` until then.
    since_ms: Option<f64>,
}

impl Kept {
    fn is_fresh(&self, now_ms: f64) -> bool {
        self.since_ms.is_some_and(|since| now_ms - since < LIFE_MS)
    }
}

impl Cache {
    /// The object of a URI, whether anything of it is known or not.
    pub(super) fn object(&self, place: &Place, uri: &str) -> Rc<RefCell<State>> {
        let mut objects = self.objects.borrow_mut();
        let new = || Kept { state: Rc::new(RefCell::new(State::unknown(uri))), since_ms: None };
        objects.entry(place.clone()).or_insert_with(new).state.clone()
    }

    /// Whether it came less than an hour ago.
    pub(super) fn is_fresh(&self, place: &Place, now_ms: f64) -> bool {
        self.objects.borrow().get(place).is_some_and(|kept| kept.is_fresh(now_ms))
    }

    /// Notes that an object came whole.
    pub(super) fn arrived(&self, place: &Place, now_ms: f64) {
        let mut objects = self.objects.borrow_mut();
        if let Some(kept) = objects.get_mut(place)
            && !kept.is_fresh(now_ms)
        {
            kept.since_ms = Some(now_ms);
        }
        if objects.len() > TIDY_AT {
            objects.retain(|_, kept| kept.is_fresh(now_ms) || Rc::strong_count(&kept.state) > 1);
        }
    }

    /// An object is gone: whoever holds it keeps what it was.
    pub(super) fn remove(&self, place: &Place) {
        self.objects.borrow_mut().remove(place);
    }

    /// Lets go of all objects; those that someone holds are asked for again when they are next wanted.
    pub(super) fn clear(&self) {
        let mut objects = self.objects.borrow_mut();
        objects.retain(|_, kept| Rc::strong_count(&kept.state) > 1);
        objects.values_mut().for_each(|kept| kept.since_ms = None);
    }
}

/// The fields of an object and, of those that embed another object, what those are.
pub(super) struct Parted {
    pub(super) fields: Map<String, Value>,
    pub(super) embedded: Vec<Map<String, Value>>,
}

/// Takes embedded objects out of their fields, which keep the URIs.
pub(super) fn part(fields: Map<String, Value>, links: impl Fn(&str) -> bool) -> Parted {
    let mut parted = Parted { fields: Map::new(), embedded: Vec::new() };
    for (name, value) in fields {
        match value {
            Value::Object(object) if links(&name) && Object::uri_of(&object).is_some() => {
                let uri = object.get("resource_uri").cloned().unwrap_or_default();
                parted.fields.insert(name, uri);
                parted.embedded.push(object);
            }
            value => drop(parted.fields.insert(name, value)),
        }
    }
    parted
}

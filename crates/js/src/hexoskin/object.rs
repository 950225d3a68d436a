//! Objects of the server: one JavaScript object for each, whoever asks for it.

use std::rc::Rc;

use js_sys::{Array, Map as JsMap, Promise};
use streamscope_client::Result as Answered;
use streamscope_client::hexoskin::{Field, Object};
use wasm_bindgen::prelude::*;

use super::given::HexoskinFields;
use super::{Link, calls, nothing};
use crate::options;
use crate::value::as_served;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A field of an object: plain JSON, or the object that it links to. */
export type HexoskinValue = string | number | boolean | null | HexoskinObject | readonly unknown[] | { readonly [name: string]: unknown };
"#;

#[wasm_bindgen(module = "/src/hexoskin/face.js")]
extern "C" {
    fn known(held: &JsMap, key: &str) -> JsValue;
    fn keep(held: &JsMap, key: &str, object: JsValue) -> JsValue;
}

/// The JavaScript objects of a connection, by what they name.
#[derive(Clone)]
pub(crate) struct Held(Rc<JsMap>);

impl Default for Held {
    fn default() -> Self {
        Self(Rc::new(JsMap::new()))
    }
}

/// What an object is kept under: older and newer URIs of one name the same.
fn key(object: &Object) -> String {
    format!("{}/{}", object.resource(), object.id())
}

impl Link {
    /// The JavaScript object of an object: always the same one.
    pub(super) fn object(&self, object: &Object) -> JsValue {
        let key = key(object);
        let there = known(&self.held.0, &key);
        if !there.is_undefined() {
            return there;
        }
        keep(&self.held.0, &key, HexoskinObject(self.clone(), object.clone()).into())
    }

    pub(super) fn objects<'a>(&self, objects: impl IntoIterator<Item = &'a Object>) -> Array {
        objects.into_iter().map(|object| self.object(object)).collect()
    }

    /// What a field holds.
    fn field(&self, field: Field) -> JsValue {
        match field {
            Field::Value(value) => as_served(value),
            Field::Object(object) => self.object(&object),
        }
    }

    /// An object is gone from the server: one that comes later under its name is another.
    pub(super) fn gone(&self, object: &Object) {
        self.held.0.delete(&key(object).into());
    }
}

/// An object of the server, such as a range. There is one for each URI: what is learnt or set shows wherever it is held,
/// and `range.get("user")` of twenty ranges is one user, asked for once.
#[wasm_bindgen]
pub struct HexoskinObject(Link, Object);

#[wasm_bindgen]
impl HexoskinObject {
    /// Its URI, by which it is known.
    #[wasm_bindgen(getter, js_name = resourceUri)]
    pub fn resource_uri(&self) -> String {
        self.1.resource_uri()
    }

    /// Its id: digits mostly, any text for some (devices).
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.1.id().into()
    }

    /// Name of the resource it belongs to (`range`).
    #[wasm_bindgen(getter)]
    pub fn resource(&self) -> String {
        self.1.resource().into()
    }

    /// What is known of it under the server's names, links as URIs. Asks the server for nothing.
    #[wasm_bindgen(getter, unchecked_return_type = "Record<string, unknown>")]
    pub fn fields(&self) -> JsValue {
        as_served(self.1.fields())
    }

    /// Its URI: objects stand for their URIs in what is sent.
    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> String {
        self.1.resource_uri()
    }

    /// Sets a field here, for all who hold the object. `update()` sends it.
    pub fn set(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] field: JsValue,
        #[wasm_bindgen(unchecked_param_type = "unknown")] value: JsValue,
    ) -> Result<(), JsValue> {
        let field = options::text("field", &field)?;
        let named = Array::of1(&Array::of2(&field.as_str().into(), &value));
        let named: JsValue = js_sys::Object::from_entries(&named)?.into();
        let HexoskinFields(fields) = options::argument("value", &named)?;
        fields.into_iter().for_each(|(field, value)| self.1.set(field, value));
        Ok(())
    }
}

impl HexoskinObject {
    fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce((Link, Object), A) -> Answered<JsValue> + 'static,
    ) -> Promise {
        let object = self.1.clone();
        self.0.ask(call, arguments, async move |link, given| make((link, object), given).await)
    }
}

calls! { HexoskinObject;
    /// A field, or the object that it links to. Asks the server for this object when the field is not known yet.
    get get(field: String = "string") -> "Promise<HexoskinValue>",
        async |(link, object), (field,)| object.get(&field).await.map(|field| link.field(field));

    /// Asks the server for it anew. Fields that were set and not sent are lost.
    reload reload() -> "Promise<void>", async |(_, object), ()| object.reload().await.map(nothing);

    /// Sends what was set, and these changes (PATCH). Where the resource allows no PATCH, the whole object is sent.
    update update() [changes: HexoskinFields = "HexoskinFields"] -> "Promise<void>",
        async |(_, object), (changes,)| object.update(changes.unwrap_or_default().0).await.map(nothing);

    /// Sends the whole object (PUT), which is asked for before where only a part is known.
    put put() -> "Promise<void>", async |(_, object), ()| object.put().await.map(nothing);

    /// Deletes it on the server.
    delete delete() -> "Promise<void>",
        async |(link, object), ()| {
            object.delete().await?;
            link.gone(&object);
            Ok(JsValue::UNDEFINED)
        };
}

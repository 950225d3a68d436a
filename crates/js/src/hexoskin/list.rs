//! Lists of objects, page after page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise};
use streamscope_client::hexoskin::{ObjectList, Pages};
use streamscope_client::{Error, ErrorKind, Result as Answered};
use wasm_bindgen::prelude::*;

use super::{Link, calls, told};
use crate::pages::{Next, Paged};

/// Objects of a list, as far as it was loaded.
#[wasm_bindgen]
pub struct HexoskinList(Link, Rc<Loaded>);

struct Loaded {
    list: RefCell<ObjectList>,
    /// Something of it is being waited for.
    busy: Cell<bool>,
}

impl Loaded {
    /// Changes the list, one change at a time. It stays as it was when the change fails or is left.
    async fn change<T>(&self, change: impl AsyncFnOnce(&mut ObjectList) -> Answered<T>) -> Answered<T> {
        if self.busy.replace(true) {
            let words = "something of the list is being waited for already: await it first.";
            return Err(Error::new(ErrorKind::InvalidInput, words));
        }
        // Given back also when the call is aborted, which drops this future.
        let _free = Free(&self.busy);
        let mut list = self.list.borrow().clone();
        let done = change(&mut list).await?;
        self.list.replace(list);
        Ok(done)
    }
}

struct Free<'a>(&'a Cell<bool>);

impl Drop for Free<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl HexoskinList {
    pub(super) fn new(link: Link, list: ObjectList) -> Self {
        Self(link, Rc::new(Loaded { list: RefCell::new(list), busy: Cell::default() }))
    }

    fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce((Link, Rc<Loaded>), A) -> Answered<JsValue> + 'static,
    ) -> Promise {
        let loaded = self.1.clone();
        self.0.ask(call, arguments, async move |link, given| make((link, loaded), given).await)
    }
}

#[wasm_bindgen]
impl HexoskinList {
    /// The objects so far, in the list's order.
    #[wasm_bindgen(getter, unchecked_return_type = "HexoskinObject[]")]
    pub fn objects(&self) -> Array {
        self.0.objects(self.1.list.borrow().objects())
    }

    /// How many there are so far.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.1.list.borrow().objects().len()
    }

    /// What the page that came last said of the list.
    #[wasm_bindgen(getter, unchecked_return_type = "HexoskinMeta")]
    pub fn meta(&self) -> JsValue {
        told(self.1.list.borrow().meta())
    }

    /// URI of the page after these objects; `undefined` when there is none.
    #[wasm_bindgen(getter, js_name = nextUrl)]
    pub fn next_url(&self) -> Option<String> {
        self.1.list.borrow().next_url().map(String::from)
    }

    /// URI of the page before these objects; `undefined` when there is none.
    #[wasm_bindgen(getter, js_name = previousUrl)]
    pub fn previous_url(&self) -> Option<String> {
        self.1.list.borrow().previous_url().map(String::from)
    }
}

calls! { HexoskinList;
    /// Loads the next page and appends it; false when there is none.
    loadNext load_next() -> "Promise<boolean>",
        async |(_, loaded), ()| loaded.change(async |list| list.load_next().await).await.map(JsValue::from);

    /// Loads the page before and puts it in front, in its own order; false when there is none.
    loadPrevious load_previous() -> "Promise<boolean>",
        async |(_, loaded), ()| loaded.change(async |list| list.load_previous().await).await.map(JsValue::from);

    /// Deletes an object of the list, on the server as well.
    delete delete(index: u32 = "number") -> "Promise<void>",
        async |(link, loaded), (index,)| {
            let object = loaded.list.borrow().objects().get(index as usize).cloned();
            loaded.change(async |list| list.delete(index as usize).await).await?;
            object.iter().for_each(|object| link.gone(object));
            Ok(JsValue::UNDEFINED)
        };
}

/// All objects of a list, one by one.
pub(super) struct Every(pub(super) Link, pub(super) Pages);

impl Paged for Every {
    fn next(&mut self) -> Next<'_> {
        Box::pin(async move { Ok(self.1.next().await?.map(|object| self.0.object(&object))) })
    }
}

//! Pages as the server sends them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use streamscope_client::CancelToken;
use streamscope_client::rune::RawPages;
use wasm_bindgen::prelude::*;

use crate::call::Call;
use crate::error::{thrown, type_error};
use crate::read::items;

/// The pages of a query as text, one after the other, for programs that read CSV or JSON themselves:
/// `for await (const text of pages)`. For frames, and for reads that survive expired tokens, there is `data`.
#[wasm_bindgen]
pub struct Pages(Rc<Shared>);

struct Shared {
    pages: RefCell<Option<RawPages>>,
    /// A page is being waited for.
    busy: Cell<bool>,
    call: Call,
    token: CancelToken,
}

impl Pages {
    pub(crate) fn new(
        pages: streamscope_client::Result<RawPages>,
        names: &[&str],
        call: Call,
    ) -> Result<Self, JsValue> {
        let pages = pages.map_err(|error| thrown(&error, names))?;
        let (pages, busy) = (RefCell::new(Some(pages)), Cell::new(false));
        Ok(Self(Rc::new(Shared { pages, busy, call, token: CancelToken::new() })))
    }
}

#[wasm_bindgen]
impl Pages {
    /// Begins at the page with this token instead of the first.
    #[wasm_bindgen(js_name = startAt)]
    pub fn start_at(&self, token: &str) {
        let mut pages = self.0.pages.borrow_mut();
        *pages = pages.take().map(|pages| pages.from_token(token));
    }

    /// The token of the page that comes next; `undefined` before the first page and at the end.
    #[wasm_bindgen(getter)]
    pub fn token(&self) -> Option<String> {
        self.0.pages.borrow().as_ref().and_then(RawPages::token).map(String::from)
    }

    /// The body of the next page; `undefined` at the end. One at a time.
    pub async fn next(&self) -> Result<Option<String>, JsValue> {
        if self.0.busy.get() {
            return Err(type_error("a page is being waited for already: await it first."));
        }
        let Some(mut pages) = self.0.pages.take() else { return Ok(None) };
        self.0.busy.set(true);
        let call = async {
            let page = pages.next_page().await;
            self.0.pages.replace(Some(pages));
            page
        };
        let page = self.0.call.run(&[], &self.0.token, call).await;
        self.0.busy.set(false);
        page
    }

    /// The pages in order. Leaving the loop early cancels the requests.
    #[wasm_bindgen(
        js_name = "[Symbol.asyncIterator]",
        unchecked_return_type = "AsyncGenerator<string, void, undefined>"
    )]
    pub fn pages(&self) -> JsValue {
        items(Self(self.0.clone()).into())
    }

    /// Cancels the request under way.
    pub fn stop(&self) {
        self.0.token.cancel();
    }
}

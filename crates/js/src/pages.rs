//! What comes page after page, as async generators.

use std::cell::RefCell;

use futures_util::future::LocalBoxFuture;
use streamscope_client::CancelToken;
use wasm_bindgen::prelude::*;

use crate::call::Call;
use crate::error::type_error;
use crate::read::items;

/// The next page of anything, as JavaScript.
pub(crate) type Next<'a> = LocalBoxFuture<'a, streamscope_client::Result<Option<JsValue>>>;

/// Anything that comes page after page.
pub(crate) trait Paged {
    fn next(&mut self) -> Next<'_>;
}

/// An async generator over pages.
pub(crate) fn generator(pages: impl Paged + 'static, call: Call) -> JsValue {
    let pages: Box<dyn Paged> = Box::new(pages);
    items(AnyPages { pages: RefCell::new(Some(pages)), call, token: CancelToken::new() }.into())
}

/// Pages under way, for the generator that goes through them.
#[wasm_bindgen(skip_typescript)]
pub struct AnyPages {
    /// `None` while a page is being waited for.
    pages: RefCell<Option<Box<dyn Paged>>>,
    call: Call,
    token: CancelToken,
}

#[wasm_bindgen]
impl AnyPages {
    /// The next page; `undefined` at the end.
    pub async fn next(&self) -> Result<JsValue, JsValue> {
        let pages = self.pages.take();
        let mut pages =
            pages.ok_or_else(|| type_error("a page is being waited for already: await it first."))?;
        let page = self.call.run(&[], &self.token, pages.next()).await;
        self.pages.replace(Some(pages));
        Ok(page?.unwrap_or(JsValue::UNDEFINED))
    }

    /// Cancels the request under way.
    pub fn stop(&self) {
        self.token.cancel();
    }
}

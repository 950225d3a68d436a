//! The sandbox's function for a web worker: the demo recordings of a page that nobody serves.
//!
//! `web/demo/worker.js` takes requests off a message port, asks [`Demo`] and sends back what it says, piece by piece.

use std::sync::Arc;

use js_sys::Date;
use streamscope_sandbox::{Body, MemoryStore, Options, Request, Sandbox, demo};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A sandbox with the demo recordings.
#[wasm_bindgen]
pub struct Demo {
    sandbox: Sandbox,
}

#[wasm_bindgen]
impl Demo {
    /// Makes the recordings.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, JsError> {
        let store = MemoryStore::default();
        demo::ensure(&store, demo::Size::Small, &mut |_| {})?;
        // Nobody else is served, so that no rate is to be kept.
        let options = Options { hexoskin_rate: None, ..Options::default() };
        Ok(Self { sandbox: Sandbox::open(Arc::new(store), &options)? })
    }

    /// Answers a request. `target` is its path and query; `headers` are names and values in turn.
    pub fn answer(&self, method: String, target: &str, headers: Vec<String>, body: Vec<u8>) -> Answer {
        let headers = headers.chunks_exact(2).filter_map(|pair| match pair {
            [name, value] => Some((name.clone(), value.clone())),
            _ => None,
        });
        let request = Request { method, headers: headers.collect(), body, ..Request::get(target) };
        let response = self.sandbox.handle(&request, (Date::now() / 1e3) as i64);
        let headers = response.headers.into_iter().flat_map(|(name, value)| [name.to_string(), value]);
        Answer { status: response.status, headers: headers.collect(), body: response.body }
    }
}

/// The answer to a request.
#[wasm_bindgen]
pub struct Answer {
    status: u16,
    headers: Vec<String>,
    body: Body,
}

#[wasm_bindgen]
impl Answer {
    /// HTTP status.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Names and values in turn.
    #[wasm_bindgen(getter)]
    pub fn headers(&self) -> Vec<String> {
        self.headers.clone()
    }

    /// Whether the body never ends: where it has nothing for now, it is to be asked again.
    #[wasm_bindgen(getter)]
    pub fn live(&self) -> bool {
        matches!(self.body, Body::Live(_))
    }

    /// The next piece of the body; `undefined` at its end.
    pub fn piece(&mut self) -> Result<Option<Vec<u8>>, JsError> {
        Ok(match &mut self.body {
            Body::Whole(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()),
            Body::Pieces(pieces) => pieces.next().transpose()?,
            Body::Live(due) => Some(due((Date::now() * 1e3) as i64)),
        })
    }
}

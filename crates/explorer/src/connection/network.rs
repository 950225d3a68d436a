//! What the page asks its questions through: the browser's fetch. Questions to the demo in the page itself go to the
//! worker that holds it, which is loaded by the first of them.

use std::rc::Rc;

use streamscope_client::Transport;

/// Where the demo in the page answers, as a sandbox tells its address: no host on any network has such a name.
pub const IN_PAGE: &str = "http://demo.streamscope.invalid/";

/// The page's transport.
#[cfg(target_arch = "wasm32")]
pub fn transport() -> Rc<dyn Transport> {
    Rc::new(browser::Network)
}

/// Whether this page brings a demo along.
#[cfg(target_arch = "wasm32")]
pub fn has_demo() -> bool {
    browser::has_demo()
}

/// Elsewhere the page does not run; its pure parts are tested.
#[cfg(not(target_arch = "wasm32"))]
pub fn transport() -> Rc<dyn Transport> {
    use streamscope_client::{Canned, MemoryTransport};
    Rc::new(MemoryTransport::new(|_: &_| Canned::failure("there is no browser")))
}

/// Elsewhere there is no worker.
#[cfg(not(target_arch = "wasm32"))]
pub fn has_demo() -> bool {
    false
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::time::Duration;

    use futures_util::future::LocalBoxFuture;
    use js_sys::{Promise, Reflect};
    use streamscope_client::{
        FetchTransport, Inflate, PortTransport, Request, Response, Transport, TransportError,
    };
    use wasm_bindgen::prelude::wasm_bindgen;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::MessagePort;

    #[wasm_bindgen]
    extern "C" {
        /// Loads the worker once, and gives a port to it. `web/assets/loader.js` knows where it lies.
        #[wasm_bindgen(catch, js_name = streamscopeDemo)]
        fn demo() -> Result<Promise, JsValue>;
    }

    pub(super) fn has_demo() -> bool {
        Reflect::has(&js_sys::global(), &"streamscopeDemo".into()).unwrap_or_default()
    }

    async fn demo_port() -> Result<MessagePort, JsValue> {
        JsFuture::from(demo()?).await?.dyn_into()
    }

    pub(super) struct Network;

    impl Transport for Network {
        fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, TransportError>> {
            if !request.url.starts_with(super::IN_PAGE) {
                return FetchTransport.send(request);
            }
            Box::pin(async {
                let port = demo_port().await;
                let port = port.map_err(|_| TransportError::new("the demo's program could not be loaded"))?;
                PortTransport::new(port).send(request).await
            })
        }

        fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
            FetchTransport.sleep(duration)
        }

        fn now_ms(&self) -> f64 {
            FetchTransport.now_ms()
        }

        fn unix_ms(&self) -> f64 {
            FetchTransport.unix_ms()
        }

        fn inflate(&self) -> Result<Box<dyn Inflate>, TransportError> {
            FetchTransport.inflate()
        }
    }
}

//! What every call takes besides its arguments.

use std::future::Future;

use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Promise};
use serde::Deserialize;
use serde_wasm_bindgen::preserve;
use streamscope_client::CancelToken;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::error::{thrown, type_error};
use crate::options;
use crate::read::settled;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What every call that fetches takes besides its arguments. */
export interface Call {
    /** Aborts the call: its requests are cancelled, and it throws the signal's reason (an `AbortError`). */
    signal?: AbortSignal;
}

/** What a read takes besides its query. */
export interface ReadCall extends Call {
    /**
     * Called after every frame. What it throws ends the read: the frame is delivered, and the next turn throws it.
     */
    onProgress?: (progress: Progress) => void;
}
"#;

/// The options of a call, as they were given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    #[serde(default, with = "preserve")]
    signal: JsValue,
    #[serde(default, with = "preserve")]
    on_progress: JsValue,
}

#[cfg(not(feature = "tools"))]
crate::options::given!(Given {
    signal: "signal" "any",
    on_progress: "onProgress" "any",
});

/// The options of a call.
#[derive(Clone, Default)]
pub(crate) struct Call {
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) on_progress: Option<Function>,
}

impl Call {
    pub(crate) fn read(given: JsValue) -> Result<Self, JsValue> {
        let given: Given = options::read("the call", given)?;
        Ok(Self {
            signal: class(given.signal, "the call, option `signal`: is not an AbortSignal.")?,
            on_progress: class(given.on_progress, "the call, option `onProgress`: is not a function.")?,
        })
    }

    /// Runs a platform's call until it ends or the signal aborts it. `options` are the names of the query's options.
    pub(crate) async fn run<T>(
        &self,
        options: &[&str],
        token: &CancelToken,
        call: impl Future<Output = streamscope_client::Result<T>>,
    ) -> Result<T, JsValue> {
        let Some(signal) = &self.signal else {
            return token.run(call).await.map_err(|error| thrown(&error, options));
        };
        if signal.aborted() {
            return Err(signal.reason());
        }
        let abort = Closure::<dyn Fn()>::new({
            let token = token.clone();
            move || token.cancel()
        });
        let listener = abort.as_ref().unchecked_ref();
        signal.add_event_listener_with_callback("abort", listener)?;
        let ended = token.run(call).await;
        signal.remove_event_listener_with_callback("abort", listener)?;
        ended.map_err(|error| if signal.aborted() { signal.reason() } else { thrown(&error, options) })
    }
}

fn class<T: JsCast>(value: JsValue, refusal: &str) -> Result<Option<T>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| type_error(refusal))
}

/// A call under way, its result as JavaScript.
pub(crate) type Asked = LocalBoxFuture<'static, streamscope_client::Result<JsValue>>;

/// The promise of a call. `names` are the options that messages may speak of.
pub(crate) fn promise(
    call: JsValue,
    names: &'static [&'static str],
    asked: Result<Asked, JsValue>,
) -> Promise {
    settled(async move { Call::read(call)?.run(names, &CancelToken::new(), asked?).await })
}

//! Hexoskin: people who sign in, the server's objects, and the samples of records.

mod auth;
mod data;
mod given;
mod list;
mod object;
mod resource;
mod samples;
mod sign_in;

use std::rc::Rc;

use js_sys::Promise;
use serde::Deserialize;
use streamscope_client::hexoskin::{self, Config};
use streamscope_client::{FetchTransport, Result as Answered};
use wasm_bindgen::prelude::*;

use crate::call::{Asked, promise};
use crate::error::thrown;
use crate::options;
use crate::value::Spelling;
use auth::HexoskinAuth;
use object::Held;

/// Options that messages of the client speak of.
const NAMES: &[&str] = &["url", "serverUrl", "key", "secret", "auth", "apiVersion", "redirectUri"];

/// What the server names keeps its names.
const SPELLING: Spelling = Spelling { verbatim: "fields filtering more", exact: false };

/// The client's types as JavaScript.
fn told(value: impl serde::Serialize) -> JsValue {
    SPELLING.told(&value)
}

/// Nothing, as JavaScript has it.
fn nothing((): ()) -> JsValue {
    JsValue::UNDEFINED
}

/// Where Hexoskin is, and who asks. Credentials stay in memory.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HexoskinConfig {
    /// Base URL: the server's address, or a relay's in front of it. Hexoskin's own unless given. `/api/v1` at its end asks
    /// for the older URLs.
    url: Option<String>,
    /// The server's own address, where requests go through a relay: signatures hold the URL that the server sees.
    server_url: Option<String>,
    /// The API key, or the id of the OAuth client.
    key: Option<String>,
    /// Its secret. A page has none to itself: whoever opens the page can read it.
    secret: Option<String>,
    /// Who asks; nobody until someone signs in.
    auth: Option<HexoskinAuth>,
    /// Version of the API to ask for (`X-HexoAPIVersion`), such as `3.3.x`.
    api_version: Option<String>,
}

impl From<HexoskinConfig> for Config {
    fn from(given: HexoskinConfig) -> Self {
        Self {
            url: given.url.unwrap_or_else(|| hexoskin::SERVER.into()),
            server_url: given.server_url,
            key: given.key,
            secret: given.secret,
            credentials: given.auth.map(|HexoskinAuth(credentials)| credentials),
            api_version: given.api_version,
        }
    }
}

/// A connection, and the JavaScript objects that its objects are known by.
#[derive(Clone)]
pub(crate) struct Link {
    api: hexoskin::Hexoskin,
    held: Held,
}

impl Link {
    fn new(api: hexoskin::Hexoskin) -> Self {
        Self { api, held: Held::default() }
    }

    /// Makes a call whose arguments may have been refused.
    fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce(Link, A) -> Answered<JsValue> + 'static,
    ) -> Promise {
        let link = self.clone();
        let asked = |arguments| -> Asked { Box::pin(make(link, arguments)) };
        promise(call, NAMES, arguments().map(asked))
    }
}

/// Makes calls of a class: each takes arguments of these types, then one that may be left out, and gives a promise.
macro_rules! calls {
    ($class:ident; $(
        $(#[$doc:meta])*
        $js:ident $rust:ident ($($arg:ident: $type:ty = $ts:tt),*) $([$opt:ident: $optional:ty = $opt_ts:tt])?
            -> $ret:tt, $body:expr;
    )*) => {
        #[wasm_bindgen]
        impl $class {$(
            $(#[$doc])*
            #[wasm_bindgen(js_name = $js, unchecked_return_type = $ret)]
            pub fn $rust(
                &self,
                $(#[wasm_bindgen(unchecked_param_type = $ts)] $arg: JsValue,)*
                $(#[wasm_bindgen(unchecked_optional_param_type = $opt_ts)] $opt: JsValue,)?
                #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
            ) -> js_sys::Promise {
                let given = || Ok((
                    $(crate::options::argument::<$type>(stringify!($arg), &$arg)?,)*
                    $(crate::options::optional::<$optional>(stringify!($opt), &$opt)?,)?
                ));
                self.ask(call, given, $body)
            }
        )*}
    };
}
use calls;

/// The S256 challenge of a PKCE verifier (RFC 7636): BASE64URL(SHA256(verifier)), without padding.
#[wasm_bindgen(js_name = hexoskinCodeChallenge)]
pub fn hexoskin_code_challenge(verifier: &str) -> String {
    hexoskin::code_challenge(verifier)
}

/// A connection to Hexoskin: `api.resource("range").list({ user: 99 })`, `api.dataList({ record: 7, datatype: 19 })`.
#[wasm_bindgen]
pub struct Hexoskin(Link);

#[wasm_bindgen]
impl Hexoskin {
    /// A connection with this address, key and credentials. Throws when they contradict each other; nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "HexoskinConfig")] config: JsValue,
    ) -> Result<Hexoskin, JsValue> {
        let config: HexoskinConfig = options::read("the configuration", config)?;
        let made = hexoskin::Hexoskin::new(&config.into(), Rc::new(FetchTransport::new()));
        made.map(|api| Self(Link::new(api))).map_err(|error| thrown(&error, NAMES))
    }

    /// Lets go of all objects, so that the next request for each is sent. They are else asked for once an hour.
    #[wasm_bindgen(js_name = clearObjectCache)]
    pub fn clear_object_cache(&self) {
        self.0.api.clear_object_cache();
    }

    /// Lets go of the list of resources and their schemas, which are asked for again when next needed.
    #[wasm_bindgen(js_name = clearResourceCache)]
    pub fn clear_resource_cache(&self) {
        self.0.api.clear_resource_cache();
    }
}

impl Hexoskin {
    fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce(Link, A) -> Answered<JsValue> + 'static,
    ) -> Promise {
        self.0.ask(call, arguments, make)
    }
}

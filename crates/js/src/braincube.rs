//! Braincube: braincubes, memory bases and what they hold, and the data of variables.

mod data;
mod filter;
mod given;
mod resources;

use std::rc::Rc;

use serde::Deserialize;
use streamscope_client::braincube::{self, Settings};
use streamscope_client::{FetchTransport, Result as Answered};
use wasm_bindgen::prelude::*;

use crate::call::{Asked, promise};
use crate::error::thrown;
use crate::options;
use crate::value::Spelling;

/// Options that messages of the client speak of.
const NAMES: &[&str] = &[
    "domain",
    "ssoBaseUrl",
    "braincubeBaseUrl",
    "apiKey",
    "oauth2Token",
    "pageSize",
    "variables",
    "braincube",
];

/// What a server describes keeps its names. Instants are `bigint`.
const SPELLING: Spelling = Spelling { verbatim: "metadata categories types", exact: true };

/// A service's types as JavaScript.
fn told(value: impl serde::Serialize) -> JsValue {
    SPELLING.told(&value)
}

/// Where Braincube is, and who asks: what the official client's configuration says, in camelCase.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BraincubeConfig {
    /// Domain of the account, such as `mybraincube.com`. Not needed where both base URLs are given.
    domain: Option<String>,
    /// Base URL of the sign-on service, instead of the domain's.
    sso_base_url: Option<String>,
    /// Base URL of metadata and data, instead of the domain's. `{braincube-name}` in it is replaced by the name of the
    /// braincube that is asked.
    braincube_base_url: Option<String>,
    /// A personal access token, with the scopes BRAINCUBE and SSO_READ.
    api_key: Option<String>,
    /// An OAuth2 token, used where there is no `apiKey`.
    oauth2_token: Option<String>,
    /// Must not be false: a page cannot leave out the check of certificates.
    verify: Option<bool>,
}

impl From<BraincubeConfig> for braincube::Config {
    fn from(given: BraincubeConfig) -> Self {
        Self {
            domain: given.domain,
            sso_base_url: given.sso_base_url,
            braincube_base_url: given.braincube_base_url,
            api_key: given.api_key,
            oauth2_token: given.oauth2_token,
            verify: given.verify,
        }
    }
}

/// How things are listed and named.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BraincubeSettings {
    /// Items asked for at a time in lists; 150 unless given.
    page_size: Option<u32>,
    /// Member that holds a variable's name: `standard` (unless given), `tag` or `local`.
    variable_name_key: Option<String>,
    /// Member that holds a variable's id; `bcId` unless given.
    variable_id_key: Option<String>,
    /// Member that holds the name of anything else; `name` unless given.
    name_key: Option<String>,
    /// Member that holds the id of anything else; `bcId` unless given.
    id_key: Option<String>,
}

impl From<BraincubeSettings> for Settings {
    fn from(given: BraincubeSettings) -> Self {
        let usual = Self::default();
        Self {
            page_size: given.page_size.unwrap_or(usual.page_size),
            variable_name_key: given.variable_name_key.unwrap_or(usual.variable_name_key),
            variable_id_key: given.variable_id_key.unwrap_or(usual.variable_id_key),
            name_key: given.name_key.unwrap_or(usual.name_key),
            id_key: given.id_key.unwrap_or(usual.id_key),
        }
    }
}

/// A connection to the services of one Braincube domain. Several may stand side by side.
#[wasm_bindgen]
pub struct Braincube(pub(crate) Rc<braincube::Braincube>);

#[wasm_bindgen]
impl Braincube {
    /// A connection with this configuration. Throws when it is incomplete; nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "BraincubeConfig")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "BraincubeSettings")] settings: JsValue,
    ) -> Result<Braincube, JsValue> {
        let config: BraincubeConfig = options::read("the configuration", config)?;
        Self::made(&config.into(), settings)
    }

    /// A connection with the configuration in a file of the official client (`config.json`): its text, on one line or
    /// many.
    #[wasm_bindgen(js_name = fromJson)]
    pub fn from_json(
        text: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "BraincubeSettings")] settings: JsValue,
    ) -> Result<Braincube, JsValue> {
        let config = braincube::Config::from_json(text).map_err(|error| thrown(&error, NAMES))?;
        Self::made(&config, settings)
    }
}

impl Braincube {
    fn made(config: &braincube::Config, settings: JsValue) -> Result<Self, JsValue> {
        let settings: BraincubeSettings = options::read("the settings", settings)?;
        let made = braincube::Braincube::new(config, Rc::new(FetchTransport::new()));
        let made = made.map_err(|error| thrown(&error, NAMES))?;
        Ok(Self(Rc::new(made.with_settings(settings.into()))))
    }

    /// Makes a call whose arguments may have been refused.
    pub(crate) fn ask<A: 'static>(
        &self,
        call: JsValue,
        arguments: impl FnOnce() -> Result<A, JsValue>,
        make: impl AsyncFnOnce(braincube::Braincube, A) -> Answered<JsValue> + 'static,
    ) -> js_sys::Promise {
        let connection = braincube::Braincube::clone(&self.0);
        let asked = |arguments| -> Asked { Box::pin(make(connection, arguments)) };
        promise(call, NAMES, arguments().map(asked))
    }
}

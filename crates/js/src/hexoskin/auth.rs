//! Credentials in and out.

use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer};
use serde_wasm_bindgen::{from_value, preserve};
use streamscope_client::hexoskin::{Credentials, Tokens};
use wasm_bindgen::prelude::*;

use super::{Hexoskin, Link};
use crate::options::{Strict, argument};
use crate::value::told;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/**
 * Who asks: `"user:password"` (the first colon divides), what an OAuth2 sign-in gave, or what an OAuth1 sign-in gave. With
 * a key and its secret, requests of a user are signed; without, they are plain HTTP Basic.
 */
export type HexoskinAuth = string | HexoskinTokens | HexoskinOAuth1;
"#;

/// What an OAuth2 sign-in gave. Where there is a refresh token, fresh ones are asked for before it expires.
#[derive(Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HexoskinTokens {
    /// The access token.
    access_token: String,
    /// What fresh tokens are asked for with.
    refresh_token: Option<String>,
    /// When it expires, ms since the Unix epoch, where the server says so.
    expires_at_ms: Option<f64>,
    /// What the server allows, as it writes it.
    scope: Option<String>,
}

/// What an OAuth1 sign-in gave.
#[derive(Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HexoskinOAuth1 {
    /// The access token.
    token: String,
    /// Its secret.
    token_secret: String,
}

impl From<Tokens> for HexoskinTokens {
    fn from(tokens: Tokens) -> Self {
        let Tokens { access_token, refresh_token, expires_at_ms, scope } = tokens;
        Self { access_token, refresh_token, expires_at_ms, scope }
    }
}

/// Credentials as programs give them.
pub(crate) struct HexoskinAuth(pub(crate) Credentials);

impl<'de> Deserialize<'de> for HexoskinAuth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const REFUSAL: &str = "is not \"user:password\", nor what an OAuth sign-in gave";
        let value: JsValue = preserve::deserialize(deserializer)?;
        let refused = |_: serde_wasm_bindgen::Error| -> D::Error { de::Error::custom(REFUSAL) };
        if let Some(text) = value.as_string() {
            return Credentials::user(&text).map(Self).map_err(|_| de::Error::custom(REFUSAL));
        }
        let has = |name: &str| js_sys::Reflect::has(&value, &name.into()).unwrap_or_default();
        let credentials = if has("accessToken") {
            let Strict(HexoskinTokens { access_token, refresh_token, expires_at_ms, scope }) =
                from_value(value).map_err(refused)?;
            Credentials::OAuth2(Tokens { access_token, refresh_token, expires_at_ms, scope })
        } else {
            let Strict(HexoskinOAuth1 { token, token_secret }) = from_value(value).map_err(refused)?;
            Credentials::OAuth1 { token, token_secret }
        };
        Ok(Self(credentials))
    }
}

/// Credentials as programs get them.
pub(crate) fn shown(credentials: Credentials) -> JsValue {
    match credentials {
        Credentials::User { user, password } => JsValue::from(format!("{user}:{password}")),
        Credentials::OAuth2(tokens) => told(&HexoskinTokens::from(tokens)),
        Credentials::OAuth1 { token, token_secret } => told(&HexoskinOAuth1 { token, token_secret }),
    }
}

#[wasm_bindgen]
impl Hexoskin {
    /// Who asks now; `null` when nobody is signed in. A sign-in sets it.
    #[wasm_bindgen(getter, unchecked_return_type = "HexoskinAuth | null")]
    pub fn auth(&self) -> JsValue {
        self.0.api.auth().map_or(JsValue::NULL, shown)
    }

    /// Makes this connection ask for someone else, or for nobody (`null`). Objects that came for others are let go of.
    #[wasm_bindgen(js_name = setAuth)]
    pub fn set_auth(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HexoskinAuth | null")] auth: JsValue,
    ) -> Result<(), JsValue> {
        let auth = if auth.is_null() { None } else { Some(argument::<HexoskinAuth>("auth", &auth)?.0) };
        self.0.api.set_auth(auth);
        Ok(())
    }

    /// The same address and key for someone else, with objects of their own: for single calls.
    #[wasm_bindgen(js_name = withAuth)]
    pub fn with_auth(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HexoskinAuth")] auth: JsValue,
    ) -> Result<Hexoskin, JsValue> {
        let HexoskinAuth(credentials) = argument("auth", &auth)?;
        Ok(Self(Link::new(self.0.api.with_auth(credentials))))
    }
}

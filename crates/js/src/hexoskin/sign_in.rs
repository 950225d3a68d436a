//! Signing in with OAuth: where people are sent, and what they come back with.

use serde::{Deserialize, Serialize};
use streamscope_client::hexoskin::{Grant as HexoskinGrant, Pending, Scope as HexoskinScope, SignIn};
use streamscope_client::{Error, ErrorKind};
use wasm_bindgen::prelude::*;

use super::auth::{HexoskinTokens, shown};
use super::{Hexoskin, NAMES, calls};
use crate::error::thrown;
use crate::options::{self, Strict, optional};
use crate::value::told;

/// How a person signs in.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct HexoskinSignInOptions {
    /// How the token comes back; a client is registered for one way. `authorization_code` (with PKCE) unless given.
    grant_type: Option<HexoskinGrant>,
    /// What the program may do; `readonly` unless given.
    scope: Option<HexoskinScope>,
}

/// What a program may do that is given a password.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct HexoskinScopeOptions {
    /// What the program may do; `readonly` unless given.
    scope: Option<HexoskinScope>,
}

/// Where to send a person to sign in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HexoskinSignIn {
    /// The address to open.
    url: String,
    /// What the second step needs: a one-use state and verifier, no token. A page that is left keeps it in
    /// `sessionStorage` until the person is back.
    pending: String,
}

impl From<SignIn> for HexoskinSignIn {
    fn from(SignIn { url, pending }: SignIn) -> Self {
        Self { url, pending: serde_json::to_string(&pending).unwrap_or_default() }
    }
}

fn read_pending(text: &str) -> Result<Pending, Error> {
    serde_json::from_str(text).map_err(|_| {
        Error::new(ErrorKind::InvalidInput, "pending is not what the first step of the sign-in gave.")
    })
}

#[wasm_bindgen]
impl Hexoskin {
    /// Where to send a person to sign in with OAuth2. `redirectUri` is exactly one of those that the client is registered
    /// with; the server sends the person back there. Nothing is sent.
    #[wasm_bindgen(js_name = oauth2GetRequestTokenUrl, unchecked_return_type = "HexoskinSignIn")]
    pub fn oauth2_get_request_token_url(
        &self,
        #[wasm_bindgen(js_name = redirectUri, unchecked_param_type = "string")] redirect_uri: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "HexoskinSignInOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let redirect_uri = options::text("redirectUri", &redirect_uri)?;
        let options: Option<Strict<HexoskinSignInOptions>> = optional("options", &options)?;
        let Strict(HexoskinSignInOptions { grant_type, scope }) =
            options.unwrap_or(Strict(HexoskinSignInOptions::default()));
        let grant = grant_type.unwrap_or(HexoskinGrant::AuthorizationCode);
        let made = self.0.api.oauth2_get_request_token_url(&redirect_uri, grant, scope.unwrap_or_default());
        made.map(|made| told(&HexoskinSignIn::from(made))).map_err(|error| thrown(&error, NAMES))
    }
}

calls! { Hexoskin;
    /// Takes the address that the server sent the person back to, and signs in with what it holds. An address without the
    /// state that the sign-in began with is refused.
    oauth2GetAccessToken oauth2_get_access_token(callback: String = "string", pending: String = "string")
        -> "Promise<HexoskinTokens>",
        async |link, (callback, kept)| {
            let tokens = link.api.oauth2_get_access_token(&callback, &read_pending(&kept)?).await?;
            Ok(told(&HexoskinTokens::from(tokens)))
        };

    /// Signs in with a user's name and password, which works for the owner of the OAuth client only.
    oauth2GetAccessTokenWithPassword oauth2_get_access_token_with_password(user: String = "string", password: String = "string")
        [options: Strict<HexoskinScopeOptions> = "HexoskinScopeOptions"] -> "Promise<HexoskinTokens>",
        async |link, (user, password, options)| {
            let scope = options.and_then(|Strict(options)| options.scope).unwrap_or_default();
            let tokens = link.api.oauth2_get_access_token_with_password(&user, &password, scope).await?;
            Ok(told(&HexoskinTokens::from(tokens)))
        };

    /// Asks for an OAuth1 request token: where to send a person to sign in. Keep `pending` in memory: it holds the secret
    /// of that token, which works once.
    oauth1GetRequestTokenUrl oauth1_get_request_token_url(callback: String = "string") -> "Promise<HexoskinSignIn>",
        async |link, (callback,)| {
            Ok(told(&HexoskinSignIn::from(link.api.oauth1_get_request_token_url(&callback).await?)))
        };

    /// Takes the address that the server sent the person back to, and signs in with OAuth1.
    oauth1GetAccessToken oauth1_get_access_token(callback: String = "string", pending: String = "string")
        -> "Promise<HexoskinOAuth1>",
        async |link, (callback, kept)| {
            link.api.oauth1_get_access_token(&callback, &read_pending(&kept)?).await.map(shown)
        };
}

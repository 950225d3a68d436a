//! Who may come in: a personal access token, or an OAuth2 token that is exchanged for a session.

use serde_json::{Value, json};

use super::catalogue::Site;
use super::refusal::{Refusal, Result};
use super::reply;
use crate::{Request, Response};

/// The demo's personal access token.
pub(super) const API_KEY: &str = "demo-braincube";
/// The demo's OAuth2 token.
pub(super) const OAUTH2_TOKEN: &str = "demo-braincube-oauth2";
/// What the OAuth2 token is exchanged for.
const SESSION: &str = "demo-braincube-session";

/// `GET sso-server/ws/oauth2/session`: a session for an OAuth2 token.
pub(super) fn session(request: &Request) -> Result<Response> {
    let given = request.header("Authorization").and_then(|value| value.strip_prefix("Bearer "));
    match given {
        Some(OAUTH2_TOKEN) => Ok(reply::json(&json!({ "token": SESSION }))),
        _ => Err(Refusal::unknown_caller("no session for this OAuth2 token")),
    }
}

/// Refuses a request without a valid key or session, and one that carries both.
pub(super) fn authorize(request: &Request) -> Result<()> {
    match (request.header("X-api-key"), request.header("IPLSSOTOKEN")) {
        (Some(_), Some(_)) => Err(Refusal::bad("send X-api-key or IPLSSOTOKEN, not both")),
        (Some(API_KEY), None) | (None, Some(SESSION)) => Ok(()),
        (Some(_), None) => Err(Refusal::unknown_caller("the access token in X-api-key is not valid")),
        (None, Some(_)) => Err(Refusal::unknown_caller("the session in IPLSSOTOKEN is not valid")),
        (None, None) => {
            Err(Refusal::unknown_caller("sign in with X-api-key (access token) or IPLSSOTOKEN (session)"))
        }
    }
}

/// `GET sso-server/ws/user/me`: the products that the caller may use; braincubes are among them.
pub(super) fn me(site: &Site) -> Response {
    let product = |id: &str, name: &str, kind: &str| -> Value {
        json!({ "product": { "productId": id, "name": name, "type": kind } })
    };
    let granted = site.braincubes.iter().filter(|braincube| braincube.granted);
    let braincubes = granted.map(|braincube| product(&braincube.uuid, braincube.name, "braincube"));
    let other = product("9d1f6b0a-5f0e-4f7b-8a65-3d2c1b0a9e8f", "Reports", "application");
    reply::json(&json!({ "accessList": braincubes.chain([other]).collect::<Vec<_>>() }))
}

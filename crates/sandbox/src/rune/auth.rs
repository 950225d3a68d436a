//! The demo credentials, and the refusal of all others.

use serde_json::{Value, json};

use super::cognito::{self, Cognito};
use super::refusal::Refusal;
use crate::{Request, Response};

const TOKEN: [&str; 2] = ["demo", "demo-secret"];
const CLIENT: [&str; 2] = ["demo-client", "demo-client-secret"];
const JWT: &str = "demo-jwt";

/// The credentials under the names that clients are configured with.
pub(crate) fn credentials() -> Value {
    json!({
        "access_token_id": TOKEN[0],
        "access_token_secret": TOKEN[1],
        "client_key_id": CLIENT[0],
        "client_access_key": CLIENT[1],
        "jwt": JWT,
        "cognito_client_id": cognito::CLIENT_ID,
        "cognito_refresh_token": cognito::REFRESH_TOKEN,
    })
}

/// Whether a request carries one of the credentials, whole.
pub(super) fn accepts(cognito: &Cognito, request: &Request) -> bool {
    let pair = |id: &str, secret: &str| [request.header(id), request.header(secret)];
    pair("X-Rune-User-Access-Token-Id", "X-Rune-User-Access-Token-Secret") == TOKEN.map(Some)
        || pair("X-Rune-Client-Key-Id", "X-Rune-Client-Access-Key") == CLIENT.map(Some)
        || request
            .header("X-Rune-User-Access-Token")
            .is_some_and(|token| token == JWT || cognito.accepts(token))
}

/// The answer to a request without them.
pub(super) fn refusal() -> Response {
    Refusal::new(401, "InvalidAuthentication", "the credentials are missing or not valid").into()
}

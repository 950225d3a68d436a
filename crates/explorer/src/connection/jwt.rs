//! What a JSON Web Token says about itself, read before it is sent: an expired one is explained, not tried.

use js_sys::Date;
use serde_json::Value;

use crate::moment;
use streamscope_signal::SECOND;

/// Why a token cannot work; `None` if nothing speaks against it. Tokens that cannot be read are the server's to judge.
pub fn problem(token: &str) -> Option<String> {
    let payload = token.trim().split('.').nth(1)?;
    let plain = leptos::prelude::window().atob(&standard(payload)).ok()?;
    let claims: Value = serde_json::from_str(&plain).ok()?;
    let expires = claims.get("exp")?.as_i64()?;
    (expires as f64 * 1000.0 < Date::now()).then(|| {
        let when = moment::utc_text(expires.saturating_mul(SECOND));
        format!("This JWT expired at {when}. Get a new one from the platform's site.")
    })
}

/// The alphabet and padding that browsers decode.
fn standard(url_safe: &str) -> String {
    let mut text = url_safe.replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

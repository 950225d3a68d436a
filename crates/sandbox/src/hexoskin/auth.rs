//! Who asks: a signed API key, a login alone, OAuth1 or OAuth2.

mod consent;
mod oauth1;
mod oauth2;
mod signature;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::reply::{Refusal, Result};
use crate::{Request, Response};

/// The API key, which is an OAuth1 consumer and an OAuth2 client as well.
const KEY: [&str; 2] = ["demo-hexo", "demo-hexo-secret"];

/// How far a client's clock may be off, s.
const SKEW: i64 = 300;

/// Somebody who can log in.
#[derive(Debug)]
struct Account {
    email: &'static str,
    password: &'static str,
    user: i64,
    /// The users whose data this one may read, its own first.
    sees: &'static [i64],
}

const ACCOUNTS: [Account; 2] = [
    Account { email: "demo@example.org", password: "demo-password", user: 99, sees: &[99, 123, 5437] },
    Account { email: "runner@example.org", password: "demo:password", user: 123, sees: &[123] },
];

/// Who asks, and what for.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) user: i64,
    pub(super) sees: &'static [i64],
    /// Whether changes are allowed.
    pub(super) writes: bool,
    /// By what requests are counted.
    pub(super) credentials: String,
}

impl Caller {
    fn new(account: &Account, writes: bool, credentials: String) -> Self {
        Self { user: account.user, sees: account.sees, writes, credentials }
    }
}

/// Every way in.
#[derive(Default)]
pub(super) struct Auth {
    oauth1: oauth1::OAuth1,
    oauth2: oauth2::OAuth2,
}

impl Auth {
    /// Answers the paths where tokens are given; `None` for other paths. `path` is relative to the platform's base.
    pub(super) fn door(&self, path: &str, request: &Request, now: i64) -> Option<Response> {
        match path {
            "/api/connect/oauth2/auth/" => Some(self.oauth2.authorize(request, now)),
            "/api/connect/oauth2/token/" => Some(self.oauth2.token(request, now)),
            "/oauth/request_token" => Some(self.oauth1.request_token(request, now)),
            "/oauth/authorize" => Some(self.oauth1.authorize(request)),
            "/oauth/access_token" => Some(self.oauth1.access_token(request, now)),
            _ => None,
        }
    }

    /// Who sent a request, at a Unix time in s.
    pub(super) fn caller(&self, request: &Request, now: i64) -> Result<Caller> {
        let (scheme, rest) =
            request.header("Authorization").and_then(|value| value.split_once(' ')).unwrap_or_default();
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => self.oauth2.caller(rest.trim(), now),
            "oauth" => self.oauth1.caller(request, now),
            "basic" => {
                signature::check(request, now)?;
                let (user, password) = basic(request).ok_or_else(Refusal::no_login)?;
                let account = login(&user, &password).ok_or_else(Refusal::no_login)?;
                Ok(Caller::new(account, true, user))
            }
            _ => Err(Refusal::no_login()),
        }
    }

    /// Makes all access tokens of OAuth2 expire.
    #[cfg(feature = "server")]
    pub(super) fn expire_access(&self) {
        self.oauth2.expire_access();
    }
}

/// The credentials under the names that clients are configured with.
pub(super) fn credentials() -> Value {
    let account = &ACCOUNTS[0];
    json!({
        "api_key": KEY[0],
        "api_secret": KEY[1],
        "username": account.email,
        "password": account.password,
        "oauth2_clients": oauth2::clients(),
    })
}

/// The account of a login.
fn login(user: &str, password: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.email == user && account.password == password)
}

fn account(user: i64) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.user == user)
}

/// User and password of HTTP Basic; the password may have colons.
fn basic(request: &Request) -> Option<(String, String)> {
    let (scheme, rest) = request.header("Authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

/// The request's URL without its query as the client may have written it: the scheme is not known here.
fn urls(request: &Request) -> [String; 2] {
    let host = request.header("Host").unwrap_or_default();
    ["http", "https"].map(|scheme| format!("{scheme}://{host}{}", request.path))
}

/// A text that nobody has been given before.
fn secret(kind: &str, number: u64) -> String {
    format!("{kind}-{number}-{:016x}", crate::query::fnv([kind, &number.to_string()].into_iter()))
}

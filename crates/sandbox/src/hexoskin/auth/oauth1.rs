//! OAuth1 with HMAC-SHA1 (RFC 5849).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;

use super::consent::{self, Consent, consent};
use super::{Caller, KEY, SKEW, account, secret, urls};
use crate::hexoskin::reply::{Refusal, Result};
use crate::query::Query;
use crate::{Body, Request, Response};

/// A token that is not exchanged yet.
#[derive(Debug)]
struct Pending {
    secret: String,
    callback: String,
    /// What the callback brought, and who logged in; `None` until the person has said yes.
    granted: Option<(String, i64)>,
}

#[derive(Default)]
struct Given {
    count: u64,
    pending: HashMap<String, Pending>,
    /// Secrets and users of tokens.
    access: HashMap<String, (String, i64)>,
    /// Times and nonces that were used, as far back as times are accepted.
    used: HashSet<(i64, String)>,
}

impl Given {
    fn secret(&mut self, kind: &str) -> String {
        self.count += 1;
        secret(kind, self.count)
    }
}

/// The tokens that were given.
#[derive(Default)]
pub(super) struct OAuth1 {
    given: Mutex<Given>,
}

impl OAuth1 {
    fn lock(&self) -> MutexGuard<'_, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a token to send a person with to the page.
    pub(super) fn request_token(&self, request: &Request, now: i64) -> Response {
        let answer = || {
            let header = self.verified(request, "", now)?;
            let callback = header.get("oauth_callback").filter(|uri| consent::may_return_to(request, uri));
            let callback =
                callback.ok_or_else(|| Refusal::unauthorized("the oauth_callback is not registered"))?;
            let mut given = self.lock();
            let (token, secret) = (given.secret("request"), given.secret("request-secret"));
            let pending = Pending { secret: secret.clone(), callback: callback.clone(), granted: None };
            given.pending.insert(token.clone(), pending);
            Ok(form(&[
                ("oauth_token", &token),
                ("oauth_token_secret", &secret),
                ("oauth_callback_confirmed", "true"),
            ]))
        };
        posted(request, answer)
    }

    /// The page, and what follows from it.
    pub(super) fn authorize(&self, request: &Request) -> Response {
        let query = Query::parse(&request.query);
        let token = query.get("oauth_token").unwrap_or_default();
        if !self.lock().pending.contains_key(token) {
            return consent::refusal("The oauth_token is not known.");
        }
        let said = consent(request, KEY[0], "readwrite");
        let mut given = self.lock();
        let verifier = given.secret("verifier");
        let Some(pending) = given.pending.get_mut(token) else {
            return consent::refusal("The oauth_token is not known.");
        };
        let back = pending.callback.clone();
        match said {
            Consent::Ask(page) => page,
            Consent::Denied => consent::send_back(&back, '?', &[("oauth_token", token), ("denied", "true")]),
            Consent::Allowed(account) => {
                pending.granted = Some((verifier.clone(), account.user));
                consent::send_back(&back, '?', &[("oauth_token", token), ("oauth_verifier", &verifier)])
            }
        }
    }

    /// Exchanges a token that a person has let in.
    pub(super) fn access_token(&self, request: &Request, now: i64) -> Response {
        let answer = || {
            let failed = || Refusal::unauthorized("the oauth_token or the oauth_verifier is not valid");
            let token = header(request).remove("oauth_token").ok_or_else(failed)?;
            let secret = self.lock().pending.get(&token).map(|pending| pending.secret.clone());
            let header = self.verified(request, &secret.ok_or_else(failed)?, now)?;
            let mut given = self.lock();
            let granted = given.pending.get(&token).and_then(|pending| pending.granted.clone());
            let (verifier, user) = granted.ok_or_else(failed)?;
            if header.get("oauth_verifier") != Some(&verifier) {
                return Err(failed());
            }
            given.pending.remove(&token);
            let (token, secret) = (given.secret("oauth1"), given.secret("oauth1-secret"));
            given.access.insert(token.clone(), (secret.clone(), user));
            Ok(form(&[("oauth_token", &token), ("oauth_token_secret", &secret)]))
        };
        posted(request, answer)
    }

    /// Who a signed request comes from.
    pub(super) fn caller(&self, request: &Request, now: i64) -> Result<Caller> {
        let failed = || Refusal::unauthorized("the oauth_token is not valid");
        let token = header(request).remove("oauth_token").ok_or_else(failed)?;
        let (secret, user) = self.lock().access.get(&token).cloned().ok_or_else(failed)?;
        self.verified(request, &secret, now)?;
        Ok(Caller::new(account(user).ok_or_else(failed)?, true, token))
    }

    /// The header of a request whose signature is right, whose time is near and whose nonce is new.
    fn verified(&self, request: &Request, token_secret: &str, now: i64) -> Result<BTreeMap<String, String>> {
        let header = header(request);
        let get = |name: &str| header.get(name).map(String::as_str).unwrap_or_default();
        if get("oauth_consumer_key") != KEY[0] || get("oauth_signature_method") != "HMAC-SHA1" {
            return Err(Refusal::unauthorized(
                "the oauth_consumer_key or the oauth_signature_method is not known",
            ));
        }
        let time = get("oauth_timestamp").parse::<i64>().ok();
        let time = time.filter(|time| time.abs_diff(now) <= SKEW.unsigned_abs());
        let time = time.ok_or_else(|| Refusal::unauthorized("the oauth_timestamp is too far from now"))?;
        let signature = BASE64_STANDARD.decode(get("oauth_signature")).unwrap_or_default();
        let right = urls(request).iter().any(|url| signed(request, url, &header, token_secret, &signature));
        if !right {
            return Err(Refusal::unauthorized("the oauth_signature is not right"));
        }
        let mut given = self.lock();
        given.used.retain(|(used, _)| used.abs_diff(now) <= SKEW.unsigned_abs());
        let fresh = given.used.insert((time, format!("{} {}", get("oauth_token"), get("oauth_nonce"))));
        if fresh { Ok(header) } else { Err(Refusal::unauthorized("the oauth_nonce was used before")) }
    }
}

/// What RFC 3986 leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Whether a signature is that of a request to a URL.
fn signed(
    request: &Request,
    url: &str,
    header: &BTreeMap<String, String>,
    token_secret: &str,
    signature: &[u8],
) -> bool {
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
    let posted = request
        .header("Content-Type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if posted {
        pairs.extend(form_urlencoded::parse(&request.body).into_owned());
    }
    let own = header.iter().filter(|(name, _)| *name != "realm" && *name != "oauth_signature");
    pairs.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    let mut pairs: Vec<_> = pairs.iter().map(|(name, value)| (encoded(name), encoded(value))).collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let base = [request.method.as_str(), url, &pairs.join("&")].map(encoded).join("&");
    let key = [KEY[1], token_secret].map(encoded).join("&");
    let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).map(|mac| mac.chain_update(base));
    mac.is_ok_and(|mac| mac.verify_slice(signature).is_ok())
}

/// The parameters of the `Authorization` header, decoded.
fn header(request: &Request) -> BTreeMap<String, String> {
    let header = request.header("Authorization").and_then(|value| value.split_once(' '));
    let pairs = header.map(|(_, pairs)| pairs).unwrap_or_default().split(',');
    let pair = |pair: &str| {
        let (name, value) = pair.trim().split_once('=')?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
        Some((decode(name)?, decode(value.trim_matches('"'))?))
    };
    pairs.filter_map(pair).collect()
}

/// Tokens as the endpoints write them.
fn form(pairs: &[(&str, &str)]) -> Response {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Response::new(200, "application/x-www-form-urlencoded", Body::Whole(text.into_bytes()))
}

fn posted(request: &Request, answer: impl FnOnce() -> Result<Response>) -> Response {
    let answer = if request.method == "POST" { answer() } else { Err(Refusal::method(&["post"])) };
    answer.unwrap_or_else(Response::from)
}

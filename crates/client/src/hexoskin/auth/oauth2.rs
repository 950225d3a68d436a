//! OAuth2: authorization code with S256 PKCE, implicit, password, refresh; and the two steps of OAuth1.
//!
//! A page that sends people away to sign in keeps one [`Pending`] until they come back. It holds nothing but a one-use
//! verifier and a one-use state, so that it may stand in the tab's storage; tokens stay in memory.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::key::basic;
use super::pkce::{code_challenge, unguessable};
use super::{Signer, oauth1, pairs, unaccepted};
use crate::hexoskin::Hexoskin;
use crate::hexoskin::config::{Credentials, refuse};
use crate::http::Http;
use crate::registry::{self, Kept};
use crate::transport::{Header, Method, Request};
use crate::{Error, Result, url};

const AUTHORISE: &str = "/api/connect/oauth2/auth/";
const TOKEN: &str = "/api/connect/oauth2/token/";
/// Tokens are renewed so long before they expire: an answer takes time, and clocks differ.
const MARGIN_MS: f64 = 30_000.0;

/// What a client may do for the person who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Look.
    #[default]
    Readonly,
    /// Look and change.
    Readwrite,
}

impl Scope {
    /// As it stands in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Readonly => "readonly",
            Self::Readwrite => "readwrite",
        }
    }
}

/// How a token comes back from the page where people sign in. A client has one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// A code, exchanged for a token: the way to use.
    AuthorizationCode,
    /// The token itself in the address: the older way, for clients that were registered so.
    Implicit,
}

/// What is kept while a person signs in. Used once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    redirect_uri: String,
    #[serde(default)]
    state: String,
    grant: Option<Grant>,
    /// PKCE's verifier; of OAuth1, the secret of the request token.
    #[serde(default)]
    verifier: String,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { redirect_uri, grant, .. } = self;
        f.debug_struct("Pending")
            .field("redirect_uri", redirect_uri)
            .field("grant", grant)
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// A sign-in of OAuth2 that a page was left for.
    pub(in crate::hexoskin) fn of(redirect_uri: &str, grant: Grant, kept: &Kept) -> Self {
        let Kept { state, verifier } = kept.clone();
        Self { redirect_uri: redirect_uri.into(), state, grant: Some(grant), verifier }
    }

    /// What of it works once and is not known otherwise.
    pub(in crate::hexoskin) fn kept(self) -> Kept {
        Kept { state: self.state, verifier: self.verifier }
    }
}

/// Where to send a person to sign in, and what to keep until they come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The address to open.
    pub url: String,
    /// What the second step needs.
    pub pending: Pending,
}

/// An access token and what belongs to it. `Debug` prints no secret.
#[derive(Clone, PartialEq)]
pub struct Tokens {
    /// The token, sent as `Authorization: Bearer`.
    pub access_token: String,
    /// What fresh tokens are asked for with.
    pub refresh_token: Option<String>,
    /// When it expires, ms since the Unix epoch, where the server says so.
    pub expires_at_ms: Option<f64>,
    /// What the server allows, as it writes it.
    pub scope: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expires_at_ms, scope, .. } = self;
        f.debug_struct("Tokens")
            .field("expires_at_ms", expires_at_ms)
            .field("scope", scope)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    access_token: String,
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Option<Lifetime>,
    refresh_token: Option<String>,
    scope: Option<String>,
}

/// Seconds; in a fragment they come as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lifetime {
    Number(f64),
    Text(String),
}

impl Tokens {
    pub(super) fn header(&self) -> Header {
        ("Authorization".into(), format!("Bearer {}", self.access_token))
    }

    pub(in crate::hexoskin) fn secrets(&self) -> Vec<String> {
        [Some(&self.access_token), self.refresh_token.as_ref()].into_iter().flatten().cloned().collect()
    }

    /// Whether they expire before an answer could be there.
    pub(super) fn expire_before(&self, now_ms: f64) -> bool {
        self.expires_at_ms.is_some_and(|end| end - MARGIN_MS <= now_ms)
    }

    /// The same, with the refresh token and scope of those before where the server sent none.
    pub(super) fn after(self, stale: &Self) -> Self {
        Self {
            refresh_token: self.refresh_token.or_else(|| stale.refresh_token.clone()),
            scope: self.scope.or_else(|| stale.scope.clone()),
            ..self
        }
    }
}

impl Answer {
    fn tokens(self, now_ms: f64) -> Result<Tokens> {
        let usable = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !usable(&self.access_token) {
            return Err(Error::protocol("The answer holds no access token."));
        }
        if let Some(kind) = self.token_type.filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(Error::protocol(format!(
                "The token is of type {kind}; only bearer tokens are known."
            )));
        }
        let seconds = self.expires_in.and_then(|life| match life {
            Lifetime::Number(seconds) => Some(seconds),
            Lifetime::Text(text) => text.trim().parse().ok(),
        });
        Ok(Tokens {
            access_token: self.access_token,
            refresh_token: self.refresh_token.filter(|token| usable(token)),
            expires_at_ms: seconds
                .filter(|seconds| seconds.is_finite())
                .map(|seconds| now_ms + seconds * 1e3),
            scope: self.scope,
        })
    }
}

/// A request for tokens: a form, with the client's id and secret as HTTP Basic, or its id alone in the form. A POST, so
/// it is not repeated: a code and a refresh token are used up by the first answer.
fn token_request(signer: &Signer, form: &[(&str, &str)]) -> Result<Request> {
    let id = signer.client_id()?;
    let mut pairs = form.to_vec();
    let mut request = Request::new(Method::Post, signer.base.url(TOKEN));
    request.headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    match &signer.secret {
        Some(secret) => request.headers.push(basic(id, secret)),
        None => pairs.push(("client_id", id)),
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", url::encode(value))).collect();
    request.body = Some(pairs.join("&").into_bytes());
    Ok(request)
}

/// The request for fresh tokens, where there is what it takes.
pub(super) fn refresh(signer: &Signer, stale: &Tokens) -> Result<Option<Request>> {
    let Some(token) = &stale.refresh_token else { return Ok(None) };
    token_request(signer, &[("grant_type", "refresh_token"), ("refresh_token", token)]).map(Some)
}

/// Sends a request for tokens.
pub(super) async fn exchange(http: &Http, request: &Request) -> Result<Tokens> {
    let body = http.fetch(request).await.map_err(|error| match error.status {
        // A code, password or refresh token that is not (any more) good is answered with 400.
        Some(400) => Error { kind: crate::ErrorKind::Unauthorized, ..error },
        _ => error,
    })?;
    let answer =
        serde_json::from_slice::<Answer>(&body).map_err(|_| Error::protocol("The answer holds no token."));
    let tokens = answer.and_then(|answer| answer.tokens(http.transport.unix_ms()));
    tokens.map_err(|error| http.about(error, request))
}

/// What came back in the address: the query, and for implicit the fragment.
fn returned(callback: &str, grant: Option<Grant>) -> Vec<(String, String)> {
    let (before, fragment) = callback.split_once('#').unwrap_or((callback, ""));
    let query = before.split_once('?').map_or("", |(_, query)| query);
    pairs(if grant == Some(Grant::Implicit) && !fragment.is_empty() { fragment } else { query })
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Fails when the person, or the server, said no, or when the address is not the answer to what was asked.
fn check(returned: &[(String, String)], pending: &Pending) -> Result<()> {
    // The state first: an address that someone else made up says nothing.
    if value(returned, "state") != Some(&pending.state) {
        return Err(unaccepted(
            "The address does not hold the state that the sign-in began with: it may come from someone else. Sign in \
             again.",
        ));
    }
    let Some(error) = value(returned, "error") else { return Ok(()) };
    let words = value(returned, "error_description").unwrap_or(error);
    Err(Error {
        server_message: Some(words.into()),
        ..unaccepted(format!("Signing in ended with: {words}."))
    })
}

impl Hexoskin {
    /// Where to send a person to sign in with OAuth2. `redirect_uri` is exactly one of those that the client is
    /// registered with; the server sends the person back there.
    pub fn oauth2_get_request_token_url(
        &self,
        redirect_uri: &str,
        grant: Grant,
        scope: Scope,
    ) -> Result<SignIn> {
        self.oauth2_sign_in(redirect_uri, grant, scope, "")
    }

    /// The same with a text that comes back in the state.
    pub(in crate::hexoskin) fn oauth2_sign_in(
        &self,
        redirect_uri: &str,
        grant: Grant,
        scope: Scope,
        carried: &str,
    ) -> Result<SignIn> {
        let state = registry::state(&unguessable()?, carried);
        let verifier = if grant == Grant::AuthorizationCode { unguessable()? } else { String::new() };
        let challenge = code_challenge(&verifier);
        let response_type = if grant == Grant::AuthorizationCode { "code" } else { "token" };
        let mut pairs = vec![
            ("response_type", response_type),
            ("client_id", self.signer.client_id()?),
            ("redirect_uri", redirect_uri),
            ("scope", scope.name()),
            ("state", &state),
        ];
        if grant == Grant::AuthorizationCode {
            pairs.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
        }
        // A person goes there, so a relay is no help.
        let url = url::with_query(&self.signer.base.server_url(AUTHORISE), pairs);
        let pending = Pending { redirect_uri: redirect_uri.into(), state, grant: Some(grant), verifier };
        Ok(SignIn { url, pending })
    }

    /// Takes the address that the server sent the person back to, and signs in with what it holds.
    pub async fn oauth2_get_access_token(&self, callback_url: &str, pending: &Pending) -> Result<Tokens> {
        let returned = returned(callback_url, pending.grant);
        check(&returned, pending)?;
        let tokens = match pending.grant {
            Some(Grant::AuthorizationCode) => {
                let code =
                    value(&returned, "code").ok_or_else(|| unaccepted("The address holds no code."))?;
                let form = [
                    ("grant_type", "authorization_code"),
                    ("code", code),
                    ("redirect_uri", &pending.redirect_uri),
                    ("code_verifier", &pending.verifier),
                ];
                exchange(&self.signer.unsigned, &token_request(&self.signer, &form)?).await?
            }
            Some(Grant::Implicit) => implicit(&returned)?.tokens(self.signer.now_ms())?,
            None => return Err(refuse("This sign-in was begun with OAuth1.")),
        };
        self.signed_in(Credentials::OAuth2(tokens.clone()));
        Ok(tokens)
    }

    /// Signs in with a user's name and password, which works for the owner of the OAuth client only.
    pub async fn oauth2_get_access_token_with_password(
        &self,
        user: &str,
        password: &str,
        scope: Scope,
    ) -> Result<Tokens> {
        let form =
            [("grant_type", "password"), ("username", user), ("password", password), ("scope", scope.name())];
        let tokens = exchange(&self.signer.unsigned, &token_request(&self.signer, &form)?).await?;
        self.signed_in(Credentials::OAuth2(tokens.clone()));
        Ok(tokens)
    }

    /// Asks for an OAuth1 request token: where to send a person to sign in.
    pub async fn oauth1_get_request_token_url(&self, callback_url: &str) -> Result<SignIn> {
        let answer = self.oauth1("/oauth/request_token", ("", ""), ("oauth_callback", callback_url)).await?;
        let (token, verifier) = answer;
        let url = self.signer.base.server_url("/oauth/authorize");
        let url = url::with_query(&url, [("oauth_token", token.as_str())]);
        let pending = Pending { redirect_uri: callback_url.into(), state: token, grant: None, verifier };
        Ok(SignIn { url, pending })
    }

    /// Takes the address that the server sent the person back to, and signs in with OAuth1.
    pub async fn oauth1_get_access_token(
        &self,
        callback_url: &str,
        pending: &Pending,
    ) -> Result<Credentials> {
        let returned = returned(callback_url, None);
        if pending.grant.is_some() {
            return Err(refuse("This sign-in was begun with OAuth2."));
        }
        if value(&returned, "oauth_token").is_some_and(|token| token != pending.state) {
            return Err(unaccepted("The address belongs to another sign-in. Sign in again."));
        }
        let verifier = value(&returned, "oauth_verifier")
            .ok_or_else(|| unaccepted("The address holds no oauth_verifier: the person may have said no."))?;
        let temporary = (pending.state.as_str(), pending.verifier.as_str());
        let (token, token_secret) =
            self.oauth1("/oauth/access_token", temporary, ("oauth_verifier", verifier)).await?;
        let credentials = Credentials::OAuth1 { token, token_secret };
        self.signed_in(credentials.clone());
        Ok(credentials)
    }

    /// One step of OAuth1: the token and its secret.
    async fn oauth1(&self, path: &str, of: (&str, &str), more: (&str, &str)) -> Result<(String, String)> {
        let signer = &self.signer;
        let Some((key, secret)) = signer.key.as_deref().zip(signer.secret.as_deref()) else {
            return Err(refuse("OAuth1 signs with key and secret of the client: give both."));
        };
        let url = signer.base.url(path);
        let signing = oauth1::Signing { key, secret, token: of.0, token_secret: of.1 };
        let now = signer.now_ms();
        let seen = signer.base.seen_by_server(&url);
        let header = signing.header(Method::Post, &seen, now, &signer.nonce(now), &[more]);
        let request = Request { headers: vec![header], ..Request::new(Method::Post, url) };
        let body = signer.unsigned.fetch(&request).await?;
        let answer = pairs(&String::from_utf8_lossy(&body));
        let text = |name| value(&answer, name).filter(|text| !text.is_empty()).map(str::to_string);
        text("oauth_token")
            .zip(text("oauth_token_secret"))
            .ok_or_else(|| signer.unsigned.about(Error::protocol("The answer holds no token."), &request))
    }
}

/// The token in a fragment.
fn implicit(returned: &[(String, String)]) -> Result<Answer> {
    let text = |name| value(returned, name).map(str::to_string);
    let access_token =
        text("access_token").ok_or_else(|| unaccepted("The address holds no access token."))?;
    Ok(Answer {
        access_token,
        token_type: text("token_type"),
        expires_in: text("expires_in").map(Lifetime::Text),
        refresh_token: None,
        scope: text("scope"),
    })
}

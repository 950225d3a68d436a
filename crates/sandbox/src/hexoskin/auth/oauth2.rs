//! OAuth2: authorization code with S256 PKCE, implicit, password and refresh. A client has one kind of grant.

mod state;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use self::state::{Code, Grant, State};
use super::consent::{self, Consent, consent};
use super::{Account, Caller, KEY, account, basic, login};
use crate::hexoskin::reply::{Refusal, Result};
use crate::query::Query;
use crate::{Request, Response};

/// An application that is registered.
#[derive(Debug)]
struct Client {
    id: &'static str,
    /// `None` for an application that cannot keep one; it must use PKCE.
    secret: Option<&'static str>,
    grant: &'static str,
    /// What it asks for at the page; empty when it has no page.
    response_type: &'static str,
}

impl Client {
    /// Whether the page is opened for what is asked; the error is the word that goes back.
    fn may_ask(&self, query: &Query, scope: &str) -> std::result::Result<(), &'static str> {
        let kind = query.get("response_type").unwrap_or_default();
        let (challenge, method) = (query.get("code_challenge"), query.get("code_challenge_method"));
        let wants_pkce = kind == "code" && self.secret.is_none();
        if kind.is_empty() || kind != self.response_type {
            Err("unauthorized_client")
        } else if !scope.split(' ').all(|scope| SCOPES.contains(&scope)) {
            Err("invalid_scope")
        } else if (challenge.is_none() && wants_pkce) || (challenge.is_some() && method != Some("S256")) {
            Err("invalid_request")
        } else {
            Ok(())
        }
    }
}

const CLIENTS: [Client; 4] = [
    Client { id: KEY[0], secret: Some(KEY[1]), grant: "authorization_code", response_type: "code" },
    Client { id: "demo-hexo-public", secret: None, grant: "authorization_code", response_type: "code" },
    Client { id: "demo-hexo-implicit", secret: None, grant: "implicit", response_type: "token" },
    Client {
        id: "demo-hexo-password",
        secret: Some("demo-hexo-password-secret"),
        grant: "password",
        response_type: "",
    },
];

const SCOPES: [&str; 2] = ["readonly", "readwrite"];
/// How long an access token lives, s.
const LIFE: i64 = 3600;

/// The clients as `info.json` lists them.
pub(super) fn clients() -> Value {
    let client = |client: &Client| json!({ "client_id": client.id, "client_secret": client.secret, "grant_type": client.grant });
    CLIENTS.iter().map(client).collect()
}

/// The tokens that were given.
#[derive(Default)]
pub(super) struct OAuth2 {
    state: State,
}

/// An error as the token endpoint writes it.
fn failure(status: u16, error: &str) -> Response {
    Response::json(status, &json!({ "error": error }))
}

impl OAuth2 {
    /// The page, and what follows from it.
    pub(super) fn authorize(&self, request: &Request, now: i64) -> Response {
        let query = Query::parse(&request.query);
        let get = |name: &str| query.get(name).unwrap_or_default();
        let Some(client) = CLIENTS.iter().find(|client| client.id == get("client_id")) else {
            return consent::refusal("The client_id is not known.");
        };
        let back = get("redirect_uri");
        if !consent::may_return_to(request, back) {
            return consent::refusal("The redirect_uri is not registered for this client.");
        }
        let separator = if get("response_type") == "token" { '#' } else { '?' };
        let refuse =
            |error: &str| consent::send_back(back, separator, &[("error", error), ("state", get("state"))]);
        let scope = query.get("scope").unwrap_or("readonly");
        if let Err(error) = client.may_ask(&query, scope) {
            return refuse(error);
        }
        let account = match consent(request, client.id, scope) {
            Consent::Ask(page) => return page,
            Consent::Denied => return refuse("access_denied"),
            Consent::Allowed(account) => account,
        };
        let grant = Grant { client: client.id, user: account.user, scope: scope.into() };
        if client.response_type == "token" {
            let token = self.state.access(grant, now);
            let life = LIFE.to_string();
            let pairs = [
                ("access_token", token.as_str()),
                ("token_type", "Bearer"),
                ("expires_in", &life),
                ("scope", scope),
            ];
            return consent::send_back(back, '#', &[&pairs[..], &[("state", get("state"))]].concat());
        }
        let challenge = query.get("code_challenge").map(str::to_owned);
        let code = Code { grant, back: back.into(), challenge, made: now };
        let code = self.state.code(code);
        consent::send_back(back, '?', &[("code", &code), ("state", get("state"))])
    }

    /// Gives tokens for a code, a login or a refresh token.
    pub(super) fn token(&self, request: &Request, now: i64) -> Response {
        if request.method != "POST" {
            return Refusal::method(&["post"]).into();
        }
        let form = Query::parse(&String::from_utf8_lossy(&request.body));
        let Some(client) = client(request, &form) else { return failure(401, "invalid_client") };
        let grant = match form.get("grant_type") {
            Some("refresh_token") => {
                form.get("refresh_token").and_then(|token| self.state.redeem_refresh(token, client.id))
            }
            Some(kind) if kind != client.grant => return failure(400, "unauthorized_client"),
            Some("authorization_code") => self.redeem(&form, client, now),
            Some("password") => password(&form, client),
            _ => return failure(400, "unsupported_grant_type"),
        };
        let Some(grant) = grant else { return failure(400, "invalid_grant") };
        let scope = grant.scope.clone();
        let refresh = self.state.refresh(grant.clone());
        let access = self.state.access(grant, now);
        Response::json(
            200,
            &json!({
                "access_token": access, "token_type": "Bearer", "expires_in": LIFE, "refresh_token": refresh, "scope": scope,
            }),
        )
    }

    /// What a code was given for, when everything fits.
    fn redeem(&self, form: &Query, client: &Client, now: i64) -> Option<Grant> {
        let code = self.state.redeem_code(form.get("code")?, now)?;
        let proven = match (&code.challenge, form.get("code_verifier")) {
            (Some(challenge), Some(verifier)) => {
                BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *challenge
            }
            (None, None) => true,
            _ => false,
        };
        let fits = code.grant.client == client.id && form.get("redirect_uri") == Some(code.back.as_str());
        (proven && fits).then_some(code.grant)
    }

    /// Who an access token belongs to.
    pub(super) fn caller(&self, token: &str, now: i64) -> Result<Caller> {
        let grant = self.state.accepted(token, now);
        let known = grant.and_then(|grant| Some((account(grant.user)?, grant)));
        let (account, grant) =
            known.ok_or_else(|| Refusal::unauthorized("the token is not valid or has expired"))?;
        let writes = grant.scope.split(' ').any(|scope| scope == "readwrite");
        Ok(Caller::new(account, writes, token.to_owned()))
    }

    #[cfg(feature = "server")]
    pub(super) fn expire_access(&self) {
        self.state.expire_access();
    }
}

/// The client that a token request comes from: by HTTP Basic, or by the form.
fn client(request: &Request, form: &Query) -> Option<&'static Client> {
    let text = |name: &str| form.get(name).map(str::to_owned);
    let (id, secret) = match basic(request) {
        Some((id, secret)) => (id, Some(secret).filter(|secret| !secret.is_empty())),
        None => (text("client_id")?, text("client_secret")),
    };
    CLIENTS.iter().find(|client| client.id == id && client.secret == secret.as_deref())
}

fn password(form: &Query, client: &Client) -> Option<Grant> {
    let account: &Account = login(form.get("username")?, form.get("password")?)?;
    let scope = form.get("scope").unwrap_or("readonly");
    // The client belongs to the demo's own user.
    let own = super::ACCOUNTS.first().is_some_and(|owner| owner.user == account.user);
    (own && SCOPES.contains(&scope)).then(|| Grant {
        client: client.id,
        user: account.user,
        scope: scope.into(),
    })
}

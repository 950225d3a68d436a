//! JSON Web Tokens from AWS Cognito: a refresh token is exchanged for one with `InitiateAuth`, before the first request
//! and again when a token is no longer accepted. Tokens stay in memory; the refresh token itself never changes.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use serde::Deserialize;
use serde_json::json;

use super::signature::{JWT, sendable, value};
use super::{Config, refuse, set};
use crate::http::{Auth, Http};
use crate::transport::{Header, Method, Request, Transport};
use crate::{Error, ErrorKind, Platform, Result};

const REGION: &str = "us-west-2";

type Exchange = Shared<LocalBoxFuture<'static, Result<String>>>;

/// Signs with a JSON Web Token that is renewed.
pub(super) struct Cognito {
    http: Http,
    request: Request,
    refresh_token: String,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    token: Option<String>,
    /// The token before: an answer that is still on its way may hold it.
    former: Option<String>,
    /// All that need a token at one time wait for the same exchange.
    under_way: Option<Exchange>,
}

/// What the exchange itself is signed with: nothing, for the refresh token is in its body.
struct Unsigned {
    refresh_token: String,
}

impl Auth for Unsigned {
    fn headers(&self) -> Vec<Header> {
        Vec::new()
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.refresh_token.clone()]
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    authentication_result: Option<Tokens>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tokens {
    access_token: Option<String>,
}

impl Cognito {
    pub(super) fn new(config: &Config, transport: Rc<dyn Transport>) -> Result<Self> {
        let client_id = value("cognito_client_id", &config.cognito_client_id)?;
        let refresh_token = value("cognito_refresh_token", &config.cognito_refresh_token)?;
        let token = set(&config.jwt).map(|jwt| sendable("jwt", jwt)).transpose()?;
        let body = json!({
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": refresh_token },
            "ClientId": client_id,
        });
        let headers = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth"),
        ];
        let request = Request {
            method: Method::Post,
            url: format!("{}/", address(config)?),
            headers: headers.map(|(name, value)| (name.to_string(), value.to_string())).into(),
            body: Some(body.to_string().into_bytes()),
        };
        let unsigned = Rc::new(Unsigned { refresh_token: refresh_token.clone() });
        let http = Http::new(transport, Platform::Rune, unsigned);
        Ok(Self { http, request, refresh_token, state: RefCell::new(State { token, ..State::default() }) })
    }

    async fn exchange(&self) -> Result<()> {
        let begin = || exchange(self.http.clone(), self.request.clone()).boxed_local().shared();
        let exchange = self.state.borrow_mut().under_way.get_or_insert_with(begin).clone();
        let token = exchange.clone().await;
        let mut state = self.state.borrow_mut();
        // Whoever comes first takes the outcome; for the others it is in place already.
        if state.under_way.as_ref().is_some_and(|current| current.ptr_eq(&exchange)) {
            state.under_way = None;
            if let Ok(token) = &token {
                state.former = state.token.replace(token.clone());
            }
        }
        token.map(drop)
    }
}

/// Where Cognito is, without a last slash.
fn address(config: &Config) -> Result<String> {
    if let Some(url) = set(&config.cognito_url) {
        return Config::base_url("cognito_url", url);
    }
    let region = set(&config.cognito_region_name).unwrap_or(REGION);
    let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !region.bytes().all(usual) {
        let message = format!("cognito_region_name is \"{region}\"; give an AWS region, such as {REGION}.");
        return Err(refuse(message));
    }
    Ok(format!("https://cognito-idp.{region}.amazonaws.com"))
}

async fn exchange(http: Http, request: Request) -> Result<String> {
    let body = http.fetch(&request).await.map_err(|error| match error.kind {
        // Cognito answers 400 to a token that has expired or was revoked.
        ErrorKind::Refused | ErrorKind::Unauthorized => Error {
            kind: ErrorKind::Unauthorized,
            message: format!(
                "{} Get a new cognito_refresh_token, and check cognito_client_id.",
                error.message
            ),
            ..error
        },
        _ => error,
    })?;
    let token = serde_json::from_slice(&body).ok().and_then(|answer: Answer| answer.authentication_result);
    let token = token.and_then(|tokens| tokens.access_token).filter(|token| !token.is_empty());
    let token = token.and_then(|token| sendable("AccessToken", &token).ok());
    token.ok_or_else(|| http.about(Error::protocol("Cognito's answer holds no access token."), &request))
}

impl Auth for Cognito {
    fn headers(&self) -> Vec<Header> {
        let token = self.state.borrow().token.clone();
        token.map(|token| (JWT.to_string(), token)).into_iter().collect()
    }

    fn secrets(&self) -> Vec<String> {
        let state = self.state.borrow();
        let tokens = [&state.token, &state.former].into_iter().flatten();
        tokens.chain([&self.refresh_token]).cloned().collect()
    }

    fn prepare(&self) -> LocalBoxFuture<'_, Result<()>> {
        async {
            let ready = self.state.borrow().token.is_some();
            if ready { Ok(()) } else { self.exchange().await }
        }
        .boxed_local()
    }

    fn refresh<'a>(&'a self, refused: &'a [Header]) -> LocalBoxFuture<'a, Result<bool>> {
        async move {
            // Of several requests that were refused together, the first renews the token for all.
            if self.headers() == refused {
                self.exchange().await?;
            }
            Ok(true)
        }
        .boxed_local()
    }
}

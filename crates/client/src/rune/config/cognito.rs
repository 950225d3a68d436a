//! JSON Web Tokens from AWS Cognito: a refresh token is exchanged for one with `InitiateAuth`, before the first request
//! and again when a token is no longer accepted. Tokens stay in memory; the refresh token itself never changes.

use std::rc::Rc;

use futures_util::FutureExt;
use serde::Deserialize;
use serde_json::json;

use super::signature::{JWT, sendable, value};
use super::{Config, refuse, set};
use crate::http::{Auth, Exchanged, Http};
use crate::rune::PLATFORM;
use crate::transport::{Header, Method, Request, Transport};
use crate::{Error, ErrorKind, Result, url};

const REGION: &str = "us-west-2";

/// What the exchange itself is signed with: nothing, for the refresh token is in its body.
struct Unsigned {
    refresh_token: String,
}

impl Auth for Unsigned {
    fn sign(&self, _request: &Request, _unix_ms: f64) -> Vec<Header> {
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

/// Signs with a JSON Web Token that is renewed.
pub(super) fn cognito(config: &Config, transport: Rc<dyn Transport>) -> Result<Exchanged> {
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
        headers: headers.map(|(name, value)| (name.to_string(), value.to_string())).into(),
        body: Some(body.to_string().into_bytes()),
        // An exchange leaves the refresh token as it is.
        repeatable: true,
        ..Request::new(Method::Post, format!("{}/", address(config)?))
    };
    let unsigned = Rc::new(Unsigned { refresh_token: refresh_token.clone() });
    let http = Http::new(transport, PLATFORM, unsigned);
    let begin = move || exchange(http.clone(), request.clone()).boxed_local();
    Ok(Exchanged::new(JWT, refresh_token, token, begin))
}

/// Where Cognito is, without a last slash.
fn address(config: &Config) -> Result<String> {
    if let Some(given) = set(&config.cognito_url) {
        return url::base(PLATFORM, "cognito_url", given);
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

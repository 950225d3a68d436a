//! A stand-in for AWS Cognito: a refresh token is exchanged for access tokens, which the platform accepts as JSON Web
//! Tokens.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::{Request, Response};

pub(super) const PATH: &str = "/cognito/";

pub(super) const CLIENT_ID: &str = "demo-cognito-client";
pub(super) const REFRESH_TOKEN: &str = "demo-refresh-token";

/// What access tokens begin with; a number follows.
const ACCESS: &str = "demo-access-";

/// The access tokens that were issued.
#[derive(Debug, Default)]
pub(super) struct Cognito {
    issued: AtomicU64,
    /// Tokens with lower numbers have expired.
    valid_from: AtomicU64,
}

impl Cognito {
    /// Answers `InitiateAuth` with a refresh token; nothing else is offered.
    pub(super) fn handle(&self, request: &Request) -> Response {
        if request.method != "POST" {
            return refusal("UnknownOperationException", "operations are sent with POST");
        }
        if request.header("X-Amz-Target") != Some("AWSCognitoIdentityProviderService.InitiateAuth") {
            return refusal("UnknownOperationException", "X-Amz-Target names no operation known here");
        }
        if !request.header("Content-Type").is_some_and(|kind| kind.starts_with("application/x-amz-json-1.1"))
        {
            return refusal("SerializationException", "the Content-Type is not application/x-amz-json-1.1");
        }
        let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
            return refusal("SerializationException", "the body is not JSON");
        };
        if body["AuthFlow"] != "REFRESH_TOKEN_AUTH" && body["AuthFlow"] != "REFRESH_TOKEN" {
            return refusal("InvalidParameterException", "AuthFlow must be REFRESH_TOKEN_AUTH");
        }
        if body["ClientId"] != CLIENT_ID {
            return refusal("ResourceNotFoundException", "User pool client does not exist.");
        }
        if body["AuthParameters"]["REFRESH_TOKEN"] != REFRESH_TOKEN {
            return refusal("NotAuthorizedException", "Invalid Refresh Token");
        }
        let token = format!("{ACCESS}{}", self.issued.fetch_add(1, Ordering::Relaxed));
        let tokens = json!({ "AccessToken": token, "ExpiresIn": 3600, "TokenType": "Bearer" });
        let answer = json!({ "AuthenticationResult": tokens, "ChallengeParameters": {} });
        let mut response = Response::json(200, &answer);
        response.headers = vec![("Content-Type", "application/x-amz-json-1.1".into())];
        response
    }

    /// Whether a token was issued here and has not expired.
    pub(super) fn accepts(&self, token: &str) -> bool {
        let number = token.strip_prefix(ACCESS).and_then(|number| number.parse().ok());
        let valid = self.valid_from.load(Ordering::Relaxed)..self.issued.load(Ordering::Relaxed);
        number.is_some_and(|number: u64| valid.contains(&number))
    }

    /// Makes all tokens issued so far expire.
    #[cfg(feature = "server")]
    pub(super) fn expire(&self) {
        self.valid_from.store(self.issued.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// An error as AWS writes it: always 400, the kind in the body.
fn refusal(kind: &str, message: &str) -> Response {
    Response::json(400, &json!({ "__type": kind, "message": message }))
}

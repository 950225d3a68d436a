//! What signs requests: a personal access token, or a session token that an OAuth2 token is exchanged for.

use std::rc::Rc;

use futures_util::FutureExt;
use serde::Deserialize;

use super::PLATFORM;
use super::address::Address;
use crate::http::{Auth, Exchanged, Http};
use crate::transport::{Header, Request, Transport};
use crate::{Error, Result};

/// Signs with a personal access token.
pub(super) struct Key(String);

impl Key {
    pub(super) fn new(token: String) -> Self {
        Self(token)
    }
}

impl Auth for Key {
    fn sign(&self, _request: &Request, _unix_ms: f64) -> Vec<Header> {
        vec![("X-api-key".into(), self.0.clone())]
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.0.clone()]
    }
}

/// Signs the exchange itself.
struct Bearer(String);

impl Auth for Bearer {
    fn sign(&self, _request: &Request, _unix_ms: f64) -> Vec<Header> {
        vec![("Authorization".into(), format!("Bearer {}", self.0))]
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.0.clone()]
    }
}

#[derive(Deserialize)]
struct Answer {
    token: String,
}

/// Signs with a session token that the OAuth2 token is exchanged for.
pub(super) fn session(oauth2_token: String, address: &Address, transport: Rc<dyn Transport>) -> Exchanged {
    let http = Http::new(transport, PLATFORM, Rc::new(Bearer(oauth2_token.clone())));
    let request = Request::get(address.sso("sso-server/ws/oauth2/session"));
    let begin = move || exchange(http.clone(), request.clone()).boxed_local();
    Exchanged::new("IPLSSOTOKEN", oauth2_token, None, begin)
}

async fn exchange(http: Http, request: Request) -> Result<String> {
    let body = http.fetch(&request).await?;
    let token = serde_json::from_slice(&body).ok().map(|answer: Answer| answer.token);
    let fit = |token: &String| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    token
        .filter(fit)
        .ok_or_else(|| http.about(Error::protocol("The sign-on's answer holds no token."), &request))
}

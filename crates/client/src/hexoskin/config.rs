//! Where the platform is, and who asks.

use std::fmt;

use super::PLATFORM;
use super::auth::Tokens;
use crate::{Error, ErrorKind, Result};

/// The platform's own address.
pub const SERVER: &str = "https://api.hexoskin.com";

/// Who a request is made for.
#[derive(Clone, PartialEq)]
pub enum Credentials {
    /// A user with a password. With an API key in the [`Config`] each request is signed over its URL; without one it is
    /// plain HTTP Basic.
    User {
        /// User name, mostly an e-mail address.
        user: String,
        /// Password; any characters, colons among them.
        password: String,
    },
    /// What an OAuth2 sign-in gave.
    OAuth2(Tokens),
    /// What an OAuth1 sign-in gave.
    OAuth1 {
        /// The access token.
        token: String,
        /// Its secret.
        token_secret: String,
    },
}

impl Credentials {
    /// A user from `user:password`: the first colon divides, so that a password may hold more of them.
    pub fn user(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some((user, password)) if !user.trim().is_empty() => {
                Ok(Self::User { user: user.trim().into(), password: password.into() })
            }
            _ => Err(refuse(
                "auth is not user:password: give the user's name and password with a colon between.",
            )),
        }
    }

    pub(super) fn secrets(&self) -> Vec<String> {
        match self {
            Self::User { password, .. } => vec![password.clone()],
            Self::OAuth2(tokens) => tokens.secrets(),
            Self::OAuth1 { token, token_secret } => vec![token.clone(), token_secret.clone()],
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User { .. } => "User(REDACTED)",
            Self::OAuth2(_) => "OAuth2(REDACTED)",
            Self::OAuth1 { .. } => "OAuth1(REDACTED)",
        })
    }
}

/// What a [`Hexoskin`](super::Hexoskin) is made from. `Debug` prints no secret.
#[derive(Clone, PartialEq)]
pub struct Config {
    /// Base URL: the server's address, or a relay's in front of it. A path in it is kept; `/api` at its end is taken off,
    /// and `/api/v1` asks for the older URLs.
    pub url: String,
    /// The server's own address, where requests go through a relay: signatures hold the URL that the server sees.
    pub server_url: Option<String>,
    /// The API key, or the id of the OAuth client.
    pub key: Option<String>,
    /// Its secret. A page has none to itself: whoever opens the page can read it.
    pub secret: Option<String>,
    /// Who asks; `None` until someone signs in.
    pub credentials: Option<Credentials>,
    /// Version of the API to ask for (`X-HexoAPIVersion`, "3.3.x").
    pub api_version: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            url: SERVER.into(),
            server_url: None,
            key: None,
            secret: None,
            credentials: None,
            api_version: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("url", &crate::redact::url(&self.url))
            .field("server_url", &self.server_url.as_deref().map(crate::redact::url))
            .field("credentials", &self.credentials)
            .field("api_version", &self.api_version)
            .finish_non_exhaustive()
    }
}

pub(super) fn refuse(message: impl Into<String>) -> Error {
    Error { platform: Some(PLATFORM), ..Error::new(ErrorKind::Configuration, message) }
}

/// A value that is there: not absent, not blank; without the spaces that come with copying.
pub(super) fn set(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

impl Config {
    /// The key with its secret, where both are there. Half a pair is refused.
    pub(super) fn key_pair(&self) -> Result<Option<(&str, &str)>> {
        match (set(&self.key), set(&self.secret)) {
            (Some(key), Some(secret)) => Ok(Some((key, secret))),
            (None, Some(_)) => Err(refuse("secret is given without key: give both, or neither.")),
            _ => Ok(None),
        }
    }
}

//! Where Rune is and who asks: URLs and credentials, with the official client's rules for which credentials are meant.

use std::fmt;
use std::str::FromStr;

use crate::http::Auth;
use crate::transport::Header;
use crate::{Error, ErrorKind, Platform, Result};

/// How requests are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// A user access token: id and secret.
    AccessToken,
    /// A client key, which reaches one patient: id and access key.
    ClientKeys,
    /// A JSON Web Token.
    Jwt,
}

impl AuthMethod {
    /// The method's name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::ClientKeys => "client_keys",
            Self::Jwt => "jwt",
        }
    }
}

impl FromStr for AuthMethod {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let all = [Self::AccessToken, Self::ClientKeys, Self::Jwt];
        all.into_iter().find(|method| method.name() == name).ok_or_else(|| {
            let names = all.map(Self::name).join(", ");
            refuse(format!("There is no auth_method \"{name}\": use one of {names}."))
        })
    }
}

/// What a [`Rune`](super::Rune) is made from. `Debug` prints no secret.
///
/// Empty texts count as not set; spaces around values (they come with copying) are taken off.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// Base URL of the GraphQL API; `/graphql` is appended. A path in it is kept.
    pub graph_url: String,
    /// Base URL of the Stream API; `/v2/…` is appended. A path in it is kept.
    pub stream_url: String,
    /// Which credentials to use; needed only when several are given.
    pub auth_method: Option<AuthMethod>,
    /// Id of a user access token.
    pub access_token_id: Option<String>,
    /// Secret of a user access token.
    pub access_token_secret: Option<String>,
    /// Id of a client key.
    pub client_key_id: Option<String>,
    /// Access key (the secret) of a client key.
    pub client_access_key: Option<String>,
    /// A JSON Web Token.
    pub jwt: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            graph_url: "https://graph.runelabs.io".into(),
            stream_url: "https://stream.runelabs.io".into(),
            auth_method: None,
            access_token_id: None,
            access_token_secret: None,
            client_key_id: None,
            client_access_key: None,
            jwt: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| if set(value).is_some() { "REDACTED" } else { "not set" };
        f.debug_struct("Config")
            .field("graph_url", &crate::redact::url(&self.graph_url))
            .field("stream_url", &crate::redact::url(&self.stream_url))
            .field("auth_method", &self.auth_method)
            .field("access_token_id", &shown(&self.access_token_id))
            .field("access_token_secret", &shown(&self.access_token_secret))
            .field("client_key_id", &shown(&self.client_key_id))
            .field("client_access_key", &shown(&self.client_access_key))
            .field("jwt", &shown(&self.jwt))
            .finish()
    }
}

fn refuse(message: impl Into<String>) -> Error {
    Error { platform: Some(Platform::Rune), ..Error::new(ErrorKind::Configuration, message) }
}

/// A value that is there: not absent, not blank.
fn set(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

impl Config {
    /// The method given, or the one that the credentials show. Counts a half-set pair as meant, as the official client
    /// does: it makes other credentials ambiguous.
    pub fn auth_method(&self) -> Result<AuthMethod> {
        if let Some(method) = self.auth_method {
            return Ok(method);
        }
        let token = [set(&self.access_token_id), set(&self.access_token_secret)];
        let key = [set(&self.client_key_id), set(&self.client_access_key)];
        let jwt = [set(&self.jwt)];
        let groups: [(AuthMethod, &[Option<&str>]); 3] =
            [(AuthMethod::AccessToken, &token), (AuthMethod::ClientKeys, &key), (AuthMethod::Jwt, &jwt)];
        let mut meant = groups.into_iter().filter(|(_, values)| values.iter().any(Option::is_some));
        match (meant.next(), meant.next()) {
            (Some(_), Some(_)) => Err(refuse(
                "Cannot tell which credentials to use: several kinds were given. Set auth_method to access_token, \
                 client_keys or jwt, or leave only one kind.",
            )),
            (Some((method, values)), None) if values.iter().all(Option::is_some) => Ok(method),
            _ => Err(refuse(
                "Cannot tell which credentials to use: no complete set was given. Give access_token_id and \
                 access_token_secret, or client_key_id and client_access_key, or jwt.",
            )),
        }
    }

    /// The headers that sign a request.
    pub(super) fn signature(&self) -> Result<Signature> {
        let (names, values): (&[_], _) = match self.auth_method()? {
            AuthMethod::AccessToken => (
                &[
                    ("access_token_id", "X-Rune-User-Access-Token-Id"),
                    ("access_token_secret", "X-Rune-User-Access-Token-Secret"),
                ],
                vec![&self.access_token_id, &self.access_token_secret],
            ),
            AuthMethod::ClientKeys => (
                &[
                    ("client_key_id", "X-Rune-Client-Key-ID"),
                    ("client_access_key", "X-Rune-Client-Access-Key"),
                ],
                vec![&self.client_key_id, &self.client_access_key],
            ),
            AuthMethod::Jwt => (&[("jwt", "X-Rune-User-Access-Token")], vec![&self.jwt]),
        };
        let mut headers = Vec::new();
        for ((name, header), value) in names.iter().zip(values) {
            let value = set(value).ok_or_else(|| refuse(format!("{name} is not set.")))?;
            if !value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
                return Err(refuse(format!("{name} holds a character that cannot be part of a credential.")));
            }
            headers.push((header.to_string(), value.to_string()));
        }
        Ok(Signature(headers))
    }

    /// A base URL without its last slash.
    pub(super) fn base_url(name: &str, url: &str) -> Result<String> {
        let url = url.trim().trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let problem = if host.is_empty() {
            "must begin with https:// or http:// and name a host"
        } else if host.contains('@') {
            "must not hold a user name or password: give credentials in their own fields"
        } else if url.contains(['?', '#']) {
            "must not hold a query or a fragment"
        } else if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            "must not hold spaces"
        } else {
            return Ok(url.to_string());
        };
        Err(refuse(format!("{name} {problem}.")))
    }
}

/// Credentials as headers. The ids among them are no secrets, yet nothing prints them.
pub(super) struct Signature(Vec<Header>);

impl Auth for Signature {
    fn headers(&self) -> Vec<Header> {
        self.0.clone()
    }

    fn secrets(&self) -> Vec<String> {
        // The last header holds the secret half (or all there is).
        self.0.last().map(|(_, value)| value.clone()).into_iter().collect()
    }
}

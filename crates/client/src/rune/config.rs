//! Where Rune is and who asks: URLs and credentials, with the official client's rules for which credentials are meant.

mod cognito;
mod signature;
mod yaml;

use std::fmt;
use std::str::FromStr;

use crate::rune::PLATFORM;
use crate::transport::Header;
use crate::{Error, ErrorKind, Result};

/// How requests are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// A user access token: id and secret.
    AccessToken,
    /// A client key, which reaches one patient: id and access key.
    ClientKeys,
    /// A JSON Web Token.
    Jwt,
    /// A refresh token of AWS Cognito, exchanged for a JSON Web Token.
    CognitoRefresh,
    /// Headers of the person's own.
    Custom,
}

impl AuthMethod {
    /// All methods.
    pub const ALL: [Self; 5] =
        [Self::AccessToken, Self::ClientKeys, Self::Jwt, Self::CognitoRefresh, Self::Custom];

    /// The method's name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::ClientKeys => "client_keys",
            Self::Jwt => "jwt",
            Self::CognitoRefresh => "cognito_refresh",
            Self::Custom => "custom",
        }
    }
}

impl FromStr for AuthMethod {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            // It is not quoted: where a line was mistyped, it may be a secret.
            refuse(format!("This auth_method is not known: use one of {names}."))
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
    /// Base URL of the Strive API (sleep); `/api/…` is appended. A path in it is kept.
    pub strive_url: String,
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
    /// Id of the Cognito client that the refresh token was issued to.
    pub cognito_client_id: Option<String>,
    /// A Cognito refresh token. With `jwt`, it renews the JWT when that is no longer accepted.
    pub cognito_refresh_token: Option<String>,
    /// AWS region of Cognito; `us-west-2` when not set.
    pub cognito_region_name: Option<String>,
    /// Where Cognito is, instead of AWS's address for the region: for stand-ins and proxies.
    pub cognito_url: Option<String>,
    /// Headers that sign requests, sent as they are: name and value.
    pub custom_auth_headers: Vec<Header>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            graph_url: "https://graph.runelabs.io".into(),
            stream_url: "https://stream.runelabs.io".into(),
            strive_url: "https://strivepd.runelabs.io".into(),
            auth_method: None,
            access_token_id: None,
            access_token_secret: None,
            client_key_id: None,
            client_access_key: None,
            jwt: None,
            cognito_client_id: None,
            cognito_refresh_token: None,
            cognito_region_name: None,
            cognito_url: None,
            custom_auth_headers: Vec::new(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| if set(value).is_some() { "REDACTED" } else { "not set" };
        let headers: Vec<&str> = self.custom_auth_headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Config")
            .field("graph_url", &crate::redact::url(&self.graph_url))
            .field("stream_url", &crate::redact::url(&self.stream_url))
            .field("strive_url", &crate::redact::url(&self.strive_url))
            .field("auth_method", &self.auth_method)
            .field("access_token_id", &shown(&self.access_token_id))
            .field("access_token_secret", &shown(&self.access_token_secret))
            .field("client_key_id", &shown(&self.client_key_id))
            .field("client_access_key", &shown(&self.client_access_key))
            .field("jwt", &shown(&self.jwt))
            .field("cognito_client_id", &shown(&self.cognito_client_id))
            .field("cognito_refresh_token", &shown(&self.cognito_refresh_token))
            .field("cognito_region_name", &self.cognito_region_name)
            .field("cognito_url", &self.cognito_url.as_deref().map(crate::redact::url))
            .field("custom_auth_headers", &headers)
            .finish()
    }
}

fn refuse(message: impl Into<String>) -> Error {
    Error { platform: Some(PLATFORM), ..Error::new(ErrorKind::Configuration, message) }
}

/// A value that is there: not absent, not blank.
fn set(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

impl Config {
    /// The configuration in a file of the official client (`~/.rune/config`): a YAML map whose keys are named like the
    /// fields here, and `cognito_url` as well. Unknown keys are ignored, as the official client does; a file that is
    /// not such a map is refused with the line at fault.
    pub fn from_yaml(text: &str) -> Result<Self> {
        yaml::read(text)
    }

    /// The method given, or the one that the credentials show. Counts a half-set pair as meant, as the official client
    /// does: it makes other credentials ambiguous. Half a Cognito pair does not count, again as there.
    pub fn auth_method(&self) -> Result<AuthMethod> {
        if let Some(method) = self.auth_method {
            return Ok(method);
        }
        let token = [set(&self.access_token_id), set(&self.access_token_secret)];
        let key = [set(&self.client_key_id), set(&self.client_access_key)];
        let cognito = [set(&self.cognito_client_id), set(&self.cognito_refresh_token)];
        let any = |pair: [Option<&str>; 2]| pair.iter().any(Option::is_some);
        let all = |pair: [Option<&str>; 2]| pair.iter().all(Option::is_some);
        let jwt = set(&self.jwt).is_some();
        let custom = !self.custom_auth_headers.is_empty();
        let groups = [
            (AuthMethod::AccessToken, any(token), all(token)),
            (AuthMethod::ClientKeys, any(key), all(key)),
            (AuthMethod::Jwt, jwt, jwt),
            (AuthMethod::CognitoRefresh, all(cognito), all(cognito)),
            (AuthMethod::Custom, custom, custom),
        ];
        let mut meant = groups.into_iter().filter(|(_, meant, _)| *meant);
        match (meant.next(), meant.next()) {
            (Some(_), Some(_)) => Err(refuse(format!(
                "Cannot tell which credentials to use: several kinds were given. Set auth_method to one of {}, or \
                 leave only one kind.",
                AuthMethod::ALL.map(AuthMethod::name).join(", ")
            ))),
            (Some((method, _, true)), None) => Ok(method),
            _ => Err(refuse(
                "Cannot tell which credentials to use: no complete set was given. Give access_token_id and \
                 access_token_secret, or client_key_id and client_access_key, or jwt, or cognito_client_id and \
                 cognito_refresh_token, or custom_auth_headers.",
            )),
        }
    }
}

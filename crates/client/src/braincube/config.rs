//! Where Braincube is and who asks: the keys of the official client's configuration, with its rules for which one counts.

use std::fmt;
use std::rc::Rc;

use serde::Deserialize;

use super::PLATFORM;
use super::address::Address;
use super::auth::{Key, session};
use crate::http::Auth;
use crate::transport::Transport;
use crate::{Error, ErrorKind, Result, redact};

/// What a [`Braincube`](super::Braincube) is made from. `Debug` prints no secret.
///
/// Empty texts count as not set; spaces around values (they come with copying) are taken off.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Domain of the account ("mybraincube.com"): sign-on is at `https://DOMAIN`, all else at `https://api.DOMAIN`. Not
    /// needed where both base URLs are given.
    pub domain: Option<String>,
    /// Base URL of the sign-on service, instead of the domain's. A path in it is kept.
    pub sso_base_url: Option<String>,
    /// Base URL of metadata and data, instead of the domain's. A path in it is kept, and `{braincube-name}` in it is
    /// replaced by the name of the braincube that is asked.
    pub braincube_base_url: Option<String>,
    /// A personal access token, with the scopes BRAINCUBE and SSO_READ.
    pub api_key: Option<String>,
    /// An OAuth2 token, used where there is no `api_key`. It is exchanged for a session token.
    pub oauth2_token: Option<String>,
    /// Must not be false: a page in a browser cannot leave out the check of certificates.
    pub verify: Option<bool>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| if set(value).is_some() { "REDACTED" } else { "not set" };
        f.debug_struct("Config")
            .field("domain", &self.domain)
            .field("sso_base_url", &self.sso_base_url.as_deref().map(redact::url))
            .field("braincube_base_url", &self.braincube_base_url.as_deref().map(redact::url))
            .field("api_key", &shown(&self.api_key))
            .field("oauth2_token", &shown(&self.oauth2_token))
            .finish_non_exhaustive()
    }
}

/// A value that is there: not absent, not blank.
fn set(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

fn refuse(message: impl Into<String>) -> Error {
    Error { platform: Some(PLATFORM), ..Error::new(ErrorKind::Configuration, message) }
}

impl Config {
    /// The configuration in a file of the official client (`config.json`), on one line or many. Keys that are not named
    /// here are passed over, as there: `client_id` and `client_secret` are for getting tokens.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            // What the parser quotes may be a secret.
            let place = format!("line {}, column {}", error.line(), error.column());
            refuse(format!("The file is no configuration of Braincube: its JSON cannot be read at {place}."))
        })
    }

    /// Refuses what no page can do.
    pub(super) fn check(&self) -> Result<()> {
        match self.verify {
            Some(false) => Err(refuse(
                "verify is false: certificates are always checked here, for a page in a browser cannot leave that out. \
                 Take verify out of the configuration.",
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn address(&self) -> Result<Address> {
        self.check()?;
        let domain = set(&self.domain).map(host).transpose()?;
        let missing = |name: &str| {
            refuse(format!(
                "Neither domain nor {name} is set: give the account's domain, such as mybraincube.com."
            ))
        };
        let base = |name: &str, given: &Option<String>, prefix: &str| match (set(given), domain) {
            (Some(url), _) => absolute(name, url),
            (None, Some(domain)) => Ok(format!("https://{prefix}{domain}")),
            (None, None) => Err(missing(name)),
        };
        let sso = base("sso_base_url", &self.sso_base_url, "")?;
        let api = base("braincube_base_url", &self.braincube_base_url, "api.")?;
        Ok(Address::new(&sso, &api))
    }

    /// The credentials that count: the personal access token where there is one.
    pub(super) fn auth(&self, address: &Address, transport: Rc<dyn Transport>) -> Result<Rc<dyn Auth>> {
        if let Some(key) = set(&self.api_key) {
            return Ok(Rc::new(Key::new(sendable("api_key", key)?)));
        }
        let token = set(&self.oauth2_token).ok_or_else(|| {
            refuse("Neither api_key nor oauth2_token is set: give a personal access token as api_key.")
        })?;
        Ok(Rc::new(session(sendable("oauth2_token", token)?, address, transport)))
    }
}

/// The host in a domain, which people give with or without a scheme.
fn host(domain: &str) -> Result<&str> {
    let host = domain.split_once("://").map_or(domain, |(_, rest)| rest).trim_matches('/');
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
    if host.is_empty() || !host.bytes().all(fit) {
        return Err(refuse(format!(
            "domain is \"{domain}\": give the account's domain, such as mybraincube.com."
        )));
    }
    Ok(host)
}

fn absolute(name: &str, url: &str) -> Result<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/') || rest.contains(['?', '#', '@'])) {
        let words = "is not an absolute URL without a query: give one such as https://api.mybraincube.com";
        return Err(refuse(format!("{name} {words}.")));
    }
    Ok(url.into())
}

/// A value that a header can carry.
fn sendable(name: &str, value: &str) -> Result<String> {
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refuse(format!("{name} holds characters that no header can carry: copy it again.")));
    }
    Ok(value.into())
}

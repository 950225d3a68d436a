//! Where a node is, and its API key.

use std::fmt;

use crate::http::Auth;
use crate::joule::PLATFORM;
use crate::transport::{Header, Request};
use crate::{Error, ErrorKind, Result};

/// What a [`Joule`](super::Joule) is made from. `Debug` prints no secret.
///
/// Spaces around the values (they come with copying) are taken off.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Base URL of the node. A path in it is kept: behind the node's own web server it ends in `/joule`, behind a relay
    /// in the relay's path.
    pub url: String,
    /// The API key, as `joule master add` or `joule admin authorize` printed it; sent as `X-API-KEY`.
    pub api_key: String,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("url", &crate::redact::url(&self.url)).finish_non_exhaustive()
    }
}

impl Config {
    pub(super) fn key(&self) -> Result<Key> {
        let key = self.api_key.trim();
        if key.is_empty() {
            return Err(refuse("api_key is empty: give the node's API key."));
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse("api_key holds characters that no header can carry: copy it again."));
        }
        Ok(Key(key.into()))
    }
}

fn refuse(message: &str) -> Error {
    let mut error = Error::new(ErrorKind::Configuration, message);
    error.platform = Some(PLATFORM);
    error
}

/// Signs requests with an API key.
pub(super) struct Key(String);

impl Auth for Key {
    fn sign(&self, _request: &Request, _unix_ms: f64) -> Vec<Header> {
        vec![("X-API-KEY".into(), self.0.clone())]
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.0.clone()]
    }
}

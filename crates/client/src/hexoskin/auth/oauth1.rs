//! OAuth1: a request signed with HMAC-SHA1 over method, URL and parameters (RFC 5849).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::{Digest, Sha1};

use super::key::hex;
use crate::transport::{Header, Method};
use crate::url::encode;

/// Who signs: the client and, once there is one, the token.
pub(super) struct Signing<'a> {
    pub(super) key: &'a str,
    pub(super) secret: &'a str,
    pub(super) token: &'a str,
    pub(super) token_secret: &'a str,
}

impl Signing<'_> {
    /// The header for a request. `more` are further parameters of the protocol (`oauth_callback`); `nonce` must not come
    /// twice within a second.
    pub(super) fn header(
        &self,
        method: Method,
        url: &str,
        unix_ms: f64,
        nonce: &str,
        more: &[(&str, &str)],
    ) -> Header {
        let seconds = (unix_ms / 1e3).floor().to_string();
        let mut protocol = vec![
            ("oauth_consumer_key", self.key),
            ("oauth_nonce", nonce),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", seconds.as_str()),
            ("oauth_version", "1.0"),
        ];
        if !self.token.is_empty() {
            protocol.push(("oauth_token", self.token));
        }
        protocol.extend(more);
        let signature = self.signature(&base(method, url, &protocol));
        protocol.push(("oauth_signature", &signature));
        let shown: Vec<_> =
            protocol.iter().map(|(name, value)| format!("{name}=\"{}\"", encode(value))).collect();
        ("Authorization".into(), format!("OAuth {}", shown.join(", ")))
    }

    fn signature(&self, base: &str) -> String {
        let key = format!("{}&{}", encode(self.secret), encode(self.token_secret));
        // Keys of HMAC are of any length.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else { return String::new() };
        mac.update(base.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// The text that is signed: method, URL without its query, and all parameters in the order of their encoded names.
fn base(method: Method, url: &str, protocol: &[(&str, &str)]) -> String {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let mut pairs: Vec<(String, String)> = super::pairs(query)
        .iter()
        .map(|(name, value)| (encode(name), encode(value)))
        .chain(protocol.iter().map(|(name, value)| (encode(name), encode(value))))
        .collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}&{}&{}", method.as_str(), encode(place), encode(&pairs.join("&")))
}

/// A text that does not come twice: of the secret, the time and a number that grows.
pub(super) fn nonce(secret: &str, unix_ms: f64, number: u64) -> String {
    hex(&Sha1::digest(format!("{secret} {unix_ms} {number}")))
}

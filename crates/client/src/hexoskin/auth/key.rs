//! A user's password, with or without an API key that signs each request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use crate::transport::Header;

/// HTTP Basic of a user and a password.
pub(super) fn basic(user: &str, password: &str) -> Header {
    ("Authorization".into(), format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// The three headers of a signed request. The signature is the SHA-1 of secret, time and URL, one after the other; the
/// time is whole Unix seconds, not the ticks that data have.
pub(super) fn signature(key: &str, secret: &str, url: &str, unix_ms: f64) -> [Header; 3] {
    let seconds = (unix_ms / 1e3).floor().to_string();
    let signed = Sha1::digest(format!("{secret}{seconds}{url}"));
    [
        ("X-HEXOTIMESTAMP".into(), seconds),
        ("X-HEXOAPIKEY".into(), key.into()),
        ("X-HEXOAPISIGNATURE".into(), hex(&signed)),
    ]
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

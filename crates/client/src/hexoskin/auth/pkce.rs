//! Proof that who exchanges a code is who asked for it (RFC 7636), and other unguessable texts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::super::config::refuse;
use crate::Result;

/// The S256 challenge of a code verifier: BASE64URL(SHA256(verifier)), without padding.
pub fn code_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// 43 characters out of 32 bytes that nobody can guess.
pub(super) fn unguessable() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|_| refuse("This system gives no random numbers, which signing in needs."))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

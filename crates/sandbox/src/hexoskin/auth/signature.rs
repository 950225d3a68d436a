//! The signature of an API key: SHA-1 over the secret, the time and the whole URL.

use sha1::{Digest, Sha1};

use super::{KEY, SKEW, urls};
use crate::Request;
use crate::hexoskin::reply::{Refusal, Result};

/// Refuses a request whose key headers are not whole and right. One without any of them passes: a login is enough.
pub(super) fn check(request: &Request, now: i64) -> Result<()> {
    let headers = ["X-HEXOAPIKEY", "X-HEXOTIMESTAMP", "X-HEXOAPISIGNATURE"].map(|name| request.header(name));
    if headers == [None; 3] {
        return Ok(());
    }
    let failed = || Refusal::unauthorized("API signature failed.");
    let [Some(key), Some(timestamp), Some(signature)] = headers else { return Err(failed()) };
    let recent = timestamp.parse::<i64>().is_ok_and(|time| time.abs_diff(now) <= SKEW.unsigned_abs());
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let right = urls(request).iter().any(|url| {
        let digest = Sha1::digest(format!("{}{timestamp}{url}{query}", KEY[1]));
        hex(&digest) == signature
    });
    if key == KEY[0] && recent && right { Ok(()) } else { Err(failed()) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

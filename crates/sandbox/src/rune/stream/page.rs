//! Pages of a response, and the tokens that lead from one to the next.
//!
//! A token carries the position, the rows that `limit` still allows, the instant from which it is refused and a
//! fingerprint of the query, with a check sum over all of it: an altered token or another query is refused.
//! It is plain base64 with `+`, `/` and `=`, so a client that puts it into a URL as it is will find out.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::parameters::integer;
use super::{Call, Result};
use crate::query::fnv;
use crate::rune::refusal::Refusal;

/// How long a token is valid, s.
const TOKEN_LIFE: i64 = 300;
const NO_LIMIT: u64 = u64::MAX;

/// What a response holds of the rows (or windows) that were asked for.
pub(super) struct Page {
    /// Their numbers.
    pub(super) rows: Range<u64>,
    /// The token of the next page; `None` on the last.
    pub(super) next: Option<String>,
}

/// The page of `all` rows that a request of the V1 API asks for, by token or by number. Its token is made in either
/// case; says whether it was asked for by one.
pub(super) fn v1(call: &Call, number: u64, all: Range<u64>) -> Result<(Page, bool)> {
    let fingerprint = call.query.fingerprint(call.path, &["next_page_token", "page"]);
    let token = call.query.get("next_page_token");
    let start = match token {
        Some(text) => read(text, fingerprint, call.now)?.0,
        None => all.start.saturating_add(number.saturating_mul(call.rune.page_rows)).min(all.end),
    };
    if !(all.start..=all.end).contains(&start) {
        return Err(refused("is not valid for this query"));
    }
    let end = start.saturating_add(call.rune.page_rows).min(all.end);
    let next = (end < all.end).then(|| write(end, NO_LIMIT, fingerprint, call.now + TOKEN_LIFE));
    Ok((Page { rows: start..end, next }, token.is_some()))
}

/// The page of `all` rows that a request asks for.
pub(super) fn page(call: &Call, all: Range<u64>) -> Result<Page> {
    let fingerprint = call.query.fingerprint(call.path, &["page_token"]);
    let limit = match integer(&call.query, "limit", 0..=i64::MAX)? {
        None | Some(0) => NO_LIMIT,
        Some(limit) => limit.unsigned_abs(),
    };
    let (start, left) = match call.query.get("page_token") {
        Some(text) => read(text, fingerprint, call.now)?,
        None => (all.start, limit),
    };
    if start > all.end {
        return Err(refused("is not valid for this query"));
    }
    let rows = (all.end - start).min(call.rune.page_rows).min(left);
    let end = start + rows;
    let left = if left == NO_LIMIT { NO_LIMIT } else { left - rows };
    let next = (end < all.end && left > 0).then(|| write(end, left, fingerprint, call.now + TOKEN_LIFE));
    Ok(Page { rows: start..end, next })
}

fn write(position: u64, left: u64, fingerprint: u64, expires: i64) -> String {
    let mut numbers = vec![position, left, expires as u64, fingerprint];
    numbers.push(check(&numbers));
    STANDARD.encode(numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>())
}

fn read(text: &str, fingerprint: u64, now: i64) -> Result<(u64, u64)> {
    let bytes = STANDARD.decode(text).unwrap_or_default();
    let numbers: Vec<u64> = bytes.as_chunks().0.iter().map(|&number| u64::from_le_bytes(number)).collect();
    let [position, left, expires, query, sum] = numbers[..] else {
        return Err(refused("is not valid"));
    };
    if sum != check(&[position, left, expires, query]) {
        return Err(refused("is not valid"));
    }
    if query != fingerprint {
        return Err(refused("belongs to another query"));
    }
    if now >= expires as i64 {
        return Err(refused("has expired"));
    }
    Ok((position, left))
}

fn check(numbers: &[u64]) -> u64 {
    let texts: Vec<_> = numbers.iter().map(u64::to_string).collect();
    fnv(texts.iter().map(String::as_str))
}

fn refused(why: &str) -> Refusal {
    Refusal::new(400, "InvalidPageToken", format!("the page token {why}"))
}

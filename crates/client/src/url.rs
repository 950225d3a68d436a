//! URLs from parts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, ErrorKind, Platform, Result};

/// Everything but the characters that are safe in every part of a URL.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One path segment or query value.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// A URL with a query, or with more of it. `pairs` hold names that need no encoding.
pub(crate) fn with_query<'a>(url: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut whole = url.to_string();
    for (name, value) in pairs {
        whole.push(if whole.contains('?') { '&' } else { '?' });
        whole.extend([name, "=", &encode(value)]);
    }
    whole
}

/// The base URL in a configuration, without spaces around it and slashes at its end. `name` is the setting's. What is
/// wrong with it is told without quoting it: it may hold a secret.
pub(crate) fn base(platform: Platform, name: &str, given: &str) -> Result<String> {
    let url = given.trim().trim_end_matches('/');
    match problem(url) {
        None => Ok(url.to_string()),
        Some(problem) => {
            let error = Error::new(ErrorKind::Configuration, format!("{name} {problem}."));
            Err(Error { platform: Some(platform), ..error })
        }
    }
}

fn problem(url: &str) -> Option<&'static str> {
    // Browsers take both as slashes. An @ may follow a password that holds a slash, so none is let through.
    if url.contains(['@', '\\']) {
        return Some(
            "must not hold a user name or password (an @ or a backslash): give credentials in their own fields",
        );
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    // In an IPv6 address, colons stand inside brackets.
    let after = host.rsplit_once(']').map_or(host, |(_, after)| after);
    let port = after.split_once(':').map(|(_, port)| port);
    if host.is_empty() || host.starts_with(':') {
        Some("must begin with https:// or http:// and name a host")
    } else if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        Some("must name a port by its number after the colon")
    } else if url.contains(['?', '#']) {
        Some("must not hold a query or a fragment")
    } else if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        Some("must not hold spaces")
    } else {
        None
    }
}

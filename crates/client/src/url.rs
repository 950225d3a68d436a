//! URLs from parts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

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

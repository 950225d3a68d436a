//! Keeps secrets out of everything people and logs see.

const REDACTED: &str = "REDACTED";

/// Shorter values are not secrets anyone relies on, and striking them out would garble the text around them.
const SHORTEST_SECRET: usize = 4;

/// Parts of query names whose values are struck out.
const SECRET_NAMES: [&str; 7] = ["token", "secret", "key", "password", "jwt", "auth", "signature"];

/// A URL with the values of secret-looking query parameters and any user information struck out.
pub(crate) fn url(url: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut shown = without_user(base);
    for (place, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        shown.push(if place == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) if is_secret(name) => shown.extend([name, "=", REDACTED]),
            _ => shown.push_str(pair),
        }
    }
    shown
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|part| name.contains(part))
}

fn without_user(base: &str) -> String {
    let Some((scheme, rest)) = base.split_once("://") else { return base.to_string() };
    let (authority, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match path {
        Some(path) => format!("{scheme}://{host}/{path}"),
        None => format!("{scheme}://{host}"),
    }
}

/// A text with every known secret struck out.
pub(crate) fn text(text: &str, secrets: &[String]) -> String {
    let mut shown = text.to_string();
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET) {
        shown = shown.replace(secret.as_str(), REDACTED);
    }
    shown
}

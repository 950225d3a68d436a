//! What an answer that is not 2xx says.

use std::time::Duration;

use serde_json::Value;

use super::Http;
use super::backoff::LONGEST_RETRY_AFTER;
use crate::transport::Response;
use crate::{Error, ErrorKind};

/// Of an error body, this much is read.
const LONGEST_ERROR: usize = 64 << 10;
/// Of a server's words, this many characters are kept.
const LONGEST_WORDS: usize = 300;

pub(super) fn kind(status: u16) -> ErrorKind {
    match status {
        401 | 403 => ErrorKind::Unauthorized,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::RateLimited,
        500.. => ErrorKind::Server,
        400..500 => ErrorKind::Refused,
        _ => ErrorKind::Protocol,
    }
}

/// What the person can do.
pub(super) fn advice(
    kind: ErrorKind,
    status: u16,
    wait: Option<Duration>,
    location: Option<&str>,
) -> Option<String> {
    match (kind, wait, location) {
        (ErrorKind::Unauthorized, _, _) => {
            Some("Check the credentials: they may be mistyped, expired or without access to this.".into())
        }
        (ErrorKind::RateLimited | ErrorKind::Server, Some(LONGEST_RETRY_AFTER), _) => {
            Some("It asks to try again in a day or later.".into())
        }
        (ErrorKind::RateLimited | ErrorKind::Server, Some(wait), _) => {
            Some(format!("It asks to try again in {} s.", whole_seconds(wait)))
        }
        (ErrorKind::Protocol, _, Some(location)) if (300..400).contains(&status) => Some(format!(
            "It redirects to {location}, which is not followed because the credentials would go there as well. If that \
             is the right server, give its address."
        )),
        _ => None,
    }
}

/// Rounded up: who waits so long is not too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The server's own words, whatever their wrapping; `None` when there are none (or the body breaks).
pub(super) async fn words(http: &Http, response: &mut Response) -> Option<String> {
    let mut body = Vec::new();
    while body.len() < LONGEST_ERROR {
        match response.body.read(&mut body).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let body = body.get(..LONGEST_ERROR).unwrap_or(&body);
    let words = match serde_json::from_slice(body) {
        Ok(json) => from_json(&json),
        Err(_) => from_text(&String::from_utf8_lossy(body)),
    };
    // Cleaned before it is cut: half a secret is one, too.
    words.map(|words| shorten(&http.clean(&words))).filter(|words| !words.is_empty())
}

/// Words of an error in JSON: `error` as text or object, GraphQL's `errors`, or one of the usual names.
pub(crate) fn from_json(json: &Value) -> Option<String> {
    if let Value::String(text) = json {
        return Some(text.clone());
    }
    if let Some(errors) = json.get("errors").and_then(Value::as_array) {
        let messages: Vec<String> = errors.iter().filter_map(from_json).collect();
        return Some(messages.join("; ")).filter(|joined| !joined.is_empty());
    }
    if let Some(error) = json.get("error").filter(|error| !error.is_null()) {
        return from_json(error).or_else(|| serde_json::to_string(error).ok());
    }
    let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_string);
    let message = text("message").or_else(|| text("detail")).or_else(|| text("description"));
    match (message, text("type")) {
        (Some(message), Some(kind)) => Some(format!("{message} ({kind})")),
        (message, kind) => message.or(kind),
    }
}

/// Words of a text; of a web page, its title; of a failed Python program, what it says before it tells its insides.
fn from_text(text: &str) -> Option<String> {
    let text = text.split("Traceback (most recent call last)").next().unwrap_or_default().trim();
    if !text.starts_with('<') {
        return Some(text.to_string());
    }
    let (_, after) = text.split_once("<title>")?;
    after.split_once("</title>").map(|(title, _)| title.to_string())
}

/// Whether JSON ends before it should. What is no JSON is not cut.
pub(super) fn is_cut(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let (mut open, mut quoted, mut escaped) = (0_i64, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open += 1,
            b'}' | b']' if !quoted => open -= 1,
            _ => {}
        }
    }
    !body.starts_with(b"<") && (body.is_empty() || quoted || open > 0)
}

/// The error for an answer that is not the JSON that was asked for.
pub(super) fn unexpected(body: &[u8], error: &serde_json::Error) -> Error {
    let other = || Error::protocol(format!("The answer is not what was asked for: {error}."));
    web_page(body).unwrap_or_else(other)
}

/// The error for an answer that is a web page; `None` for all others.
pub(super) fn web_page(body: &[u8]) -> Option<Error> {
    let text = String::from_utf8_lossy(body.get(..LONGEST_ERROR).unwrap_or(body));
    let text = Some(text.trim()).filter(|text| text.starts_with('<'))?;
    let title = from_text(text).map(|title| format!(" (\"{}\")", shorten(&title))).unwrap_or_default();
    Some(Error::protocol(format!(
        "The answer is a web page{title}, not the server's own: is the address right, or does a sign-in page stand in between?"
    )))
}

/// One line of a readable length.
pub(super) fn shorten(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_WORDS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

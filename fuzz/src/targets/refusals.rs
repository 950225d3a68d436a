//! Whatever a server says when it refuses, however it gives a secret back, no error holds it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::input::Input;
use crate::script::{SECRET, assert_clean, connect, connector, server};

/// The input is what a server says; where it says `$`, it says the secret.
pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let body = input.text().replace('$', &dressed(input.choice >> 2));
    let transport = server(&Input { body: body.as_bytes(), ..input });
    let platform = ["rune", "joule", "braincube", "hexoskin"][usize::from(input.choice & 3)];
    let source = connect(&*connector(platform), &transport).source;
    let page = transport.run(async { source.subjects(None).next().await });
    if let Some(Some(Err(error))) = page {
        assert_clean(&error);
    }
    for request in transport.requests() {
        assert!(!format!("{request:?}").contains(&SECRET[..8]), "a request shows a secret");
    }
}

/// The secret in other clothes.
fn dressed(clothes: u8) -> String {
    let json = || serde_json::to_string(SECRET).unwrap_or_default().trim_matches('"').to_string();
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    match clothes % 8 {
        0 => SECRET.into(),
        1 => json(),
        2 => escaped(SECRET),
        3 => escaped(&escaped(SECRET)),
        4 => STANDARD.encode(SECRET),
        5 => SECRET.to_uppercase(),
        6 => SECRET.replace('&', "&amp;").replace('"', "&quot;"),
        _ => SECRET.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect(),
    }
}

//! Keeps secrets out of everything people and logs see.
//!
//! What comes from outside may give a secret back in other clothes: percent-encoded, escaped as in JSON or HTML, in
//! base64, in another case, or cut. So a text is also looked at with its escapes undone, twice, and letters count
//! without their case.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const REDACTED: &str = "REDACTED";

/// Shorter values are not secrets anyone relies on, and striking them out would garble the text around them.
const SHORTEST_SECRET: usize = 4;
/// So many first characters of a secret are struck out wherever they stand: the rest may have been cut off.
const TELLING: usize = 8;

/// Parts of query names whose values are struck out.
const SECRET_NAMES: [&str; 7] = ["token", "secret", "key", "password", "jwt", "auth", "signature"];

/// A URL with the values of secret-looking query parameters and any user information struck out.
pub(crate) fn url(url: &str) -> String {
    let url = without_users(url);
    let (base, query) = url.split_once('?').unwrap_or((&url, ""));
    let mut shown = base.to_string();
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

/// A text whose addresses name no user.
fn without_users(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let ends = part.find(|c: char| c.is_whitespace() || "\"'<>".contains(c)).unwrap_or(part.len());
        let (address, after) = part.split_at_checked(ends).unwrap_or((part, ""));
        // A password may hold what should have been escaped, such as a slash.
        let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
        shown.extend(["://", host, after]);
    }
    shown
}

/// A text with every known secret struck out, and the users that addresses name.
pub(crate) fn text(text: &str, secrets: &[String]) -> String {
    let forms: Vec<Vec<char>> = secrets
        .iter()
        .filter(|secret| secret.len() >= SHORTEST_SECRET)
        .flat_map(|secret| forms(secret))
        .collect();
    let mut hidden = Vec::new();
    let mut seen: Vec<Seen> =
        text.char_indices().map(|(at, char)| Seen { char, place: at..at + char.len_utf8() }).collect();
    for _ in 0..3 {
        forms.iter().for_each(|form| find(&seen, form, &mut hidden));
        seen = unescaped(&seen);
    }
    without_users(&strike(text, hidden))
}

/// A character, and where it stands in the text that is shown.
#[derive(Clone)]
struct Seen {
    char: char,
    place: Range<usize>,
}

/// A secret as it may be given back, escapes aside.
fn forms(secret: &str) -> Vec<Vec<char>> {
    let mut forms = vec![secret.to_string()];
    // In base64 a text looks different with each number of bytes before it. Characters that others share are left out.
    for (before, shared) in [(0, 0), (1, 2), (2, 3)] {
        let encoded = STANDARD_NO_PAD.encode([&[0_u8; 2][..before], secret.as_bytes()].concat());
        let own = encoded.get(shared..(before + secret.len()) * 4 / 3).unwrap_or_default();
        forms.extend([own.to_string(), own.replace('+', "-").replace('/', "_")]);
    }
    forms.iter().map(|form| form.to_ascii_lowercase().chars().collect()).collect()
}

/// Notes where a form of a secret stands, or so much of it that it tells.
fn find(seen: &[Seen], form: &[char], hidden: &mut Vec<Range<usize>>) {
    // What several words begin with ("Bearer …") tells nothing; the last of them is a secret of its own.
    let words = form.contains(&' ');
    let telling = if words { form.len() } else { form.len().min(TELLING) };
    let end = seen.iter().rposition(|seen| seen.char.is_alphanumeric()).map_or(0, |last| last + 1);
    for start in 0..seen.len() {
        let rest = seen.get(start..).unwrap_or_default();
        let pairs = rest.iter().zip(form);
        let same = pairs.take_while(|(seen, wanted)| seen.char.to_ascii_lowercase() == **wanted).count();
        // At the end of a text it may be cut anywhere.
        let cut = start + same >= end && same >= SHORTEST_SECRET && !words;
        if (same >= telling || cut)
            && let Some((first, last)) = rest.first().zip(rest.get(same.saturating_sub(1)))
        {
            hidden.push(first.place.start..last.place.end);
        }
    }
}

/// The characters with one layer of escapes undone: `%2F`, `\/`, `\u002f`, `&#x2F;`, `&#47;`, `&amp;`.
fn unescaped(seen: &[Seen]) -> Vec<Seen> {
    let mut plain = Vec::with_capacity(seen.len());
    let mut rest = seen;
    while let Some(first) = rest.first() {
        let escaped = matches!(first.char, '%' | '\\' | '&');
        let ahead =
            if escaped { rest.iter().take(10).map(|seen| seen.char).collect() } else { String::new() };
        let (char, length) = escape(&ahead).unwrap_or((first.char, 1));
        let last = rest.get(length - 1).unwrap_or(first);
        plain.push(Seen { char, place: first.place.start..last.place.end });
        rest = rest.get(length..).unwrap_or_default();
    }
    plain
}

/// The escape that a text begins with: what it stands for, and its length in characters.
fn escape(text: &str) -> Option<(char, usize)> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match text.as_bytes() {
        [b'%', ..] => Some((number(text.get(1..3)?, 16)?, 3)),
        [b'\\', b'u', ..] => Some((number(text.get(2..6)?, 16)?, 6)),
        [b'\\', b'x', ..] => Some((number(text.get(2..4)?, 16)?, 4)),
        [b'\\', ..] => Some((text.chars().nth(1)?, 2)),
        [b'&', ..] => {
            let (name, _) = text.get(1..)?.split_once(';')?;
            let char = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
                    Some(digits) => number(digits, 16)?,
                    None => number(name.strip_prefix('#')?, 10)?,
                },
            };
            Some((char, name.len() + 2))
        }
        _ => None,
    }
}

/// The text without these places, which may overlap.
fn strike(text: &str, mut hidden: Vec<Range<usize>>) -> String {
    hidden.sort_unstable_by_key(|place| place.start);
    let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
    for place in hidden {
        if place.start >= at {
            shown.push_str(text.get(at..place.start).unwrap_or_default());
            shown.push_str(REDACTED);
        }
        at = at.max(place.end);
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    shown
}

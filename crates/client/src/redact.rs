//! Keeps secrets out of everything people and logs see.
//!
//! What comes from outside may give a secret back in other clothes: percent-encoded, escaped as in JSON or HTML, in
//! base64 or hexadecimal, in another case, or cut at either end. So a text is also looked at with its escapes undone,
//! twice, and letters count without their case.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const REDACTED: &str = "REDACTED";

/// Shorter values are not secrets anyone relies on, and striking them out would garble the text around them.
const SHORTEST_SECRET: usize = 4;
/// So many first characters of a secret are struck out wherever they stand: the rest may have been cut off.
const TELLING: usize = 8;
/// So many characters of its midst or its end are struck out: what is before them may have been cut off.
const TELLING_INSIDE: usize = 12;
/// Of those, every run holds a block of so many that begins at a multiple of it.
const BLOCK: usize = TELLING_INSIDE / 2;

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
    let forms: Vec<Form> = secrets
        .iter()
        .filter(|secret| secret.len() >= SHORTEST_SECRET)
        .flat_map(|secret| forms(secret))
        .collect();
    let blocks = blocks(&forms);
    let mut hidden = Vec::new();
    let mut seen: Vec<Seen> =
        text.char_indices().map(|(at, char)| Seen { char, place: at..at + char.len_utf8() }).collect();
    for _ in 0..3 {
        forms.iter().for_each(|form| find(&seen, form, &mut hidden));
        find_inside(&seen, &blocks, &mut hidden);
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
struct Form {
    /// Its letters, without their case.
    chars: Vec<char>,
    /// Letters of the first of several words, and the space. It tells nothing by itself ("Bearer …").
    word: usize,
}

fn forms(secret: &str) -> Vec<Form> {
    let word = secret.chars().position(|char| char == ' ').map_or(0, |space| space + 1);
    let form = |word: usize| move |text: String| Form { chars: text.chars().map(lower).collect(), word };
    // Forms on web pages write a space as a plus.
    let plain = [secret.to_string(), secret.replace(' ', "+")].map(form(word));
    let mut forms = Vec::new();
    // In base64 a text looks different with each number of bytes before it. Characters that others share are left out.
    for (before, shared) in [(0, 0), (1, 2), (2, 3)] {
        let encoded = STANDARD_NO_PAD.encode([&[0_u8; 2][..before], secret.as_bytes()].concat());
        let own = encoded.get(shared..(before + secret.len()) * 4 / 3).unwrap_or_default();
        forms.extend([own.to_string(), own.replace('+', "-").replace('/', "_")]);
    }
    forms.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
    plain.into_iter().chain(forms.into_iter().map(form(0))).collect()
}

/// A letter without its case. Of a letter that becomes several, the first.
fn lower(char: char) -> char {
    char.to_lowercase().next().unwrap_or(char)
}

/// Notes where a form of a secret stands, or so much of it that it tells.
fn find(seen: &[Seen], form: &Form, hidden: &mut Vec<Range<usize>>) {
    let Form { chars: form, word } = form;
    let telling = form.len().min(TELLING.max(word + SHORTEST_SECRET));
    let least = SHORTEST_SECRET.max(word + 1);
    let end = seen.iter().rposition(|seen| seen.char.is_alphanumeric()).map_or(0, |last| last + 1);
    for start in 0..seen.len() {
        let rest = seen.get(start..).unwrap_or_default();
        let pairs = rest.iter().zip(form);
        let same = pairs.take_while(|(seen, wanted)| lower(seen.char) == **wanted).count();
        // At the end of a text it may be cut anywhere.
        let cut = start + same >= end && same >= least;
        if (same >= telling || cut)
            && let Some((first, last)) = rest.first().zip(rest.get(same.saturating_sub(1)))
        {
            hidden.push(first.place.start..last.place.end);
        }
    }
}

/// A block of a form's midst: the block, the form, and where in it the block begins.
type Block<'a> = (&'a [char], &'a [char], usize);

/// All blocks, in their own order, so that one is found at once.
fn blocks(forms: &[Form]) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = forms
        .iter()
        .flat_map(|form| {
            let inside = form.chars.chunks_exact(BLOCK).enumerate().skip(1);
            inside.map(|(number, block)| (block, form.chars.as_slice(), number * BLOCK))
        })
        .collect();
    blocks.sort_unstable();
    blocks
}

/// Notes where so much of a form's midst or end stands that it tells.
fn find_inside(seen: &[Seen], blocks: &[Block<'_>], hidden: &mut Vec<Range<usize>>) {
    let plain: Vec<char> = seen.iter().map(|seen| lower(seen.char)).collect();
    let alike = |(one, other): &(&char, &char)| one == other;
    for (start, window) in plain.windows(BLOCK).enumerate() {
        let first = blocks.partition_point(|(block, ..)| *block < window);
        let same = blocks.iter().skip(first).take_while(|(block, ..)| *block == window);
        for (_, form, place) in same {
            let ((before, after), (ahead, rest)) = (form.split_at(*place), plain.split_at(start));
            let ends = start + rest.iter().zip(after).take_while(alike).count();
            let begins = start - ahead.iter().rev().zip(before.iter().rev()).take_while(alike).count();
            if ends - begins >= TELLING_INSIDE
                && let Some((first, last)) = seen.get(begins).zip(seen.get(ends - 1))
            {
                hidden.push(first.place.start..last.place.end);
            }
        }
    }
}

/// The characters with one layer of escapes undone: `%2F`, `\/`, `\u002f`, `&#x2F;`, `&#47;`, `&amp;`.
fn unescaped(seen: &[Seen]) -> Vec<Seen> {
    let mut plain = Vec::with_capacity(seen.len());
    let mut rest = seen;
    while let Some(first) = rest.first() {
        let escaped = matches!(first.char, '%' | '\\' | '&');
        let ahead = if escaped {
            rest.iter().take(LONGEST_ESCAPE).map(|seen| seen.char).collect()
        } else {
            String::new()
        };
        let (char, length) = escape(&ahead).unwrap_or((first.char, 1));
        let last = rest.get(length - 1).unwrap_or(first);
        plain.push(Seen { char, place: first.place.start..last.place.end });
        rest = rest.get(length..).unwrap_or_default();
    }
    plain
}

/// Characters of an escape: four bytes of `\xF0`.
const LONGEST_ESCAPE: usize = 16;

/// The escape that a text begins with: what it stands for, and its length in characters.
fn escape(text: &str) -> Option<(char, usize)> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match text.as_bytes() {
        [b'%', ..] => bytes(text, "%"),
        [b'\\', b'u', ..] => utf16(text),
        [b'\\', b'x', ..] => bytes(text, "\\x"),
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

/// The character whose bytes stand behind marks: `%C3%A4`. What is no UTF-8 is Latin-1.
fn bytes(text: &str, mark: &str) -> Option<(char, usize)> {
    let width = mark.len() + 2;
    let byte = |number: usize| {
        let digits = text.get(number * width..(number + 1) * width)?.strip_prefix(mark)?;
        u8::from_str_radix(digits, 16).ok()
    };
    let first = byte(0)?;
    let length = (first.leading_ones() as usize).clamp(1, 4);
    let all: Option<Vec<u8>> = (0..length).map(byte).collect();
    let whole = all.and_then(|all| String::from_utf8(all).ok()?.chars().next());
    Some(whole.map_or((char::from(first), width), |char| (char, length * width)))
}

/// The character that stands as one or two units of UTF-16: `\ud83d\ude00`.
fn utf16(text: &str) -> Option<(char, usize)> {
    const WIDTH: usize = 6;
    let unit = |number: usize| {
        let digits = text.get(number * WIDTH..(number + 1) * WIDTH)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let units = [Some(unit(0)?), unit(1)];
    let first = char::decode_utf16(units.into_iter().flatten()).next()?.ok()?;
    Some((first, first.len_utf16() * WIDTH))
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

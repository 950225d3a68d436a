//! The official client's configuration file.
//!
//! It is a flat YAML map of texts (the official client writes no other), so that only this much of YAML is read: plain
//! and quoted scalars, comments, and one map of scalars, indented, for `custom_auth_headers`. YAML in full would cost
//! the browser tens of kilobytes. Whatever else YAML offers is refused, with the line, never misread; credentials are
//! never shown.

use std::collections::BTreeSet;

use super::{Config, refuse};
use crate::{Error, Result};

const HEADERS: &str = "custom_auth_headers";

/// A line that holds something.
struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a str,
}

pub(super) fn read(text: &str) -> Result<Config> {
    let mut config = Config::default();
    let mut lines = lines(text)?.into_iter().peekable();
    let base = lines.peek().map_or(0, |line| line.indent);
    let mut seen = BTreeSet::new();
    while let Some(line) = lines.next() {
        if line.indent != base {
            return Err(line.refused("it is indented unlike the lines before; put each setting on one line"));
        }
        let (key, value) = line.entry()?;
        if seen.contains(&key) {
            // What is no setting's name may be a secret on the wrong side of a colon.
            let name = if key == HEADERS || is_known(&key) { &key } else { "a name that is no setting" };
            return Err(line.refused(&format!("{name} stands there a second time; leave one of them out")));
        }
        let nested = |next: &Line| next.indent > base;
        if key == HEADERS {
            if !value.is_empty() {
                return Err(line.refused("custom_auth_headers is a map: one indented line for each header"));
            }
            config.custom_auth_headers.clear();
            let inner = lines.peek().map_or(0, |next| next.indent);
            while let Some(header) = lines.next_if(nested) {
                if header.indent != inner {
                    return Err(header.refused("it is indented unlike the header before"));
                }
                let (name, value) = header.entry()?;
                config.custom_auth_headers.push((name, header.scalar(value)?.unwrap_or_default()));
            }
        } else if is_known(&key) {
            let value = line.scalar(value)?;
            if let Some(next) = lines.next_if(nested) {
                return Err(next.refused(&format!("{key} goes on over several lines; put it on one")));
            }
            config.put(&key, value).map_err(|error| line.refused(error.message.trim_end_matches('.')))?;
        } else {
            // Unknown: skipped with all that belongs to it (a list may stand at its own indentation).
            while lines.next_if(|next| nested(next) || next.text.starts_with("- ")).is_some() {}
        }
        seen.insert(key);
    }
    Ok(config)
}

fn lines(text: &str) -> Result<Vec<Line<'_>>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    for (place, raw) in text.lines().enumerate() {
        let text = raw.trim_start_matches(' ');
        let line = Line { number: place + 1, indent: raw.len() - text.len(), text: text.trim_end() };
        match line.text {
            "" => {}
            comment if comment.starts_with('#') => {}
            "---" if lines.is_empty() => {}
            "---" | "..." => return Err(line.refused("there is more than one document")),
            _ if text.starts_with('\t') => return Err(line.refused("it is indented with a tab; use spaces")),
            _ => lines.push(line),
        }
    }
    Ok(lines)
}

impl<'a> Line<'a> {
    fn refused(&self, why: &str) -> Error {
        refuse(format!("The configuration cannot be read. Line {}: {why}.", self.number))
    }

    /// Key and the text of the value, which may be empty.
    fn entry(&self) -> Result<(String, &'a str)> {
        let no_entry = || self.refused("it is not of the form `name: value`");
        let (key, rest) = match self.text.chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(self.text, quote)?,
            Some('{' | '[' | '-' | '?' | '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`') | None => {
                return Err(no_entry());
            }
            _ => {
                let end = self.text.find(": ").or_else(|| self.text.strip_suffix(':').map(str::len));
                let (key, rest) =
                    self.text.split_at_checked(end.ok_or_else(no_entry)?).ok_or_else(no_entry)?;
                (key.trim_end().to_string(), rest)
            }
        };
        let value = rest.trim_start().strip_prefix(':').ok_or_else(no_entry)?.trim_start();
        // A comment where the value would be.
        Ok((key, if value.starts_with('#') { "" } else { value }))
    }

    /// A value: text, or none for null.
    fn scalar(&self, value: &str) -> Result<Option<String>> {
        let first = value.chars().next();
        if let Some(quote @ ('"' | '\'')) = first {
            let (text, rest) = self.quoted(value, quote)?;
            let comment = rest.starts_with(char::is_whitespace) && rest.trim_start().starts_with('#');
            return if rest.is_empty() || comment {
                Ok(Some(text))
            } else {
                Err(self.refused("something follows the closing quote"))
            };
        }
        if first.is_some_and(|first| "&*!|>%@`[]{},".contains(first)) {
            let why =
                format!("a value cannot begin with {} here; put it in quotes", first.unwrap_or_default());
            return Err(self.refused(&why));
        }
        let plain = value.find(" #").and_then(|end| value.get(..end)).unwrap_or(value).trim_end();
        match plain {
            "" | "~" | "null" | "Null" | "NULL" => Ok(None),
            _ if plain.contains(": ") || plain.ends_with(':') => {
                Err(self.refused("the value holds a colon; put it in quotes"))
            }
            _ => Ok(Some(plain.to_string())),
        }
    }

    /// A text in quotes at the beginning of `text`, and what follows it.
    fn quoted<'b>(&self, text: &'b str, quote: char) -> Result<(String, &'b str)> {
        let mut inside = String::new();
        let mut chars = text.char_indices().skip(1).peekable();
        while let Some((place, char)) = chars.next() {
            match char {
                '\'' if quote == '\'' && chars.next_if(|(_, next)| *next == '\'').is_some() => {
                    inside.push('\'')
                }
                _ if char == quote => {
                    return Ok((inside, text.get(place + quote.len_utf8()..).unwrap_or_default()));
                }
                '\\' if quote == '"' => {
                    let escaped = chars.next().and_then(|(_, escape)| match escape {
                        'n' => Some('\n'),
                        't' => Some('\t'),
                        '"' | '\\' | '/' | ' ' => Some(escape),
                        'x' | 'u' | 'U' => {
                            let digits =
                                [('x', 2), ('u', 4), ('U', 8)].iter().find(|(name, _)| *name == escape);
                            let digits = digits.map_or(0, |(_, digits)| *digits);
                            let code =
                                (0..digits).filter_map(|_| chars.next().map(|(_, digit)| digit)).collect();
                            let code: String = code;
                            u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)
                        }
                        _ => None,
                    });
                    inside
                        .push(escaped.ok_or_else(|| {
                            self.refused("a backslash stands before what it cannot escape")
                        })?);
                }
                _ => inside.push(char),
            }
        }
        Err(self.refused("a quote is not closed"))
    }
}

/// Whether a key is the name of a setting.
fn is_known(key: &str) -> bool {
    matches!(key, "auth_method" | "graph_url" | "stream_url" | "strive_url")
        || Config::default().text(key).is_some()
}

impl Config {
    /// A setting that may be absent, by its name.
    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "access_token_id" => &mut self.access_token_id,
            "access_token_secret" => &mut self.access_token_secret,
            "client_key_id" => &mut self.client_key_id,
            "client_access_key" => &mut self.client_access_key,
            "jwt" => &mut self.jwt,
            "cognito_client_id" => &mut self.cognito_client_id,
            "cognito_refresh_token" => &mut self.cognito_refresh_token,
            "cognito_region_name" => &mut self.cognito_region_name,
            "cognito_url" => &mut self.cognito_url,
            _ => return None,
        })
    }

    /// Puts a value in its place; null leaves what is there.
    fn put(&mut self, name: &str, value: Option<String>) -> Result<()> {
        let Some(value) = value else { return Ok(()) };
        match name {
            "auth_method" => self.auth_method = Some(value.trim().parse()?),
            "graph_url" => self.graph_url = value,
            "stream_url" => self.stream_url = value,
            "strive_url" => self.strive_url = value,
            _ => {
                if let Some(place) = self.text(name) {
                    *place = Some(value);
                }
            }
        }
        Ok(())
    }
}

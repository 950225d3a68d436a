//! "Reproduce this": a request of the explorer as a program for elsewhere. Each platform writes its own; here stands
//! what they share: the languages, and how texts are quoted in them.

use std::fmt::Write;

/// A language that a request is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Python, with the official client.
    #[default]
    Python,
    /// JavaScript, with the npm package.
    JavaScript,
    /// A shell command.
    Curl,
}

impl Language {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Python, Self::JavaScript, Self::Curl];

    /// The tab's label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::Curl => "curl",
        }
    }
}

/// What a view of the explorer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Every sample.
    Rows,
    /// Which data exist.
    Availability,
    /// The average day.
    DailyAggregate,
}

/// A text as one word of a POSIX shell, whatever it holds.
pub(crate) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text as a string of Python or JavaScript: both read these escapes alike.
pub(crate) fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            // Marks of direction would turn the line around; U+2028 ends it in old JavaScript.
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_quotes() {
        assert_eq!(shell("/x'$(touch p)'"), r"'/x'\''$(touch p)'\'''");
        assert_eq!(string("a\"b\\c\n\u{202e}\0"), r#""a\"b\\c\n\u202e\u0000""#);
    }
}

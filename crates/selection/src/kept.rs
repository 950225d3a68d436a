//! Tracks that stay when another subject is turned to, as a link holds them: `lab%7Ep1,a` keeps stream `a` of `lab~p1`.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The subject of each stream that stays.
pub type Kept = BTreeMap<String, String>;

/// A stream that stays as a link writes it.
pub(crate) fn write((stream, subject): (&String, &String)) -> String {
    format!("{},{stream}", utf8_percent_encode(subject, NON_ALPHANUMERIC))
}

/// A stream and its subject; `None` where the text names none.
pub(crate) fn read(text: &str) -> Option<(String, String)> {
    let (subject, stream) = text.split_once(',')?;
    let subject = percent_decode_str(subject).decode_utf8().ok()?;
    (!subject.is_empty() && !stream.is_empty()).then(|| (stream.to_string(), subject.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_read_as_it_was_written() {
        for (stream, subject) in [("a,b=c", "p1"), ("lab~/site A/mains", "lab~/site, A%")] {
            let pair = (stream.to_string(), subject.to_string());
            assert_eq!(read(&write((&pair.0, &pair.1))), Some(pair));
        }
        for text in ["", "x", ",a", "x,", "%ff,a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

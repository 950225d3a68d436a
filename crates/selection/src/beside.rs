//! What a link says of a stream beside its id, as a pair: `acc%5Fx,a` is `acc_x` of stream `a`. Of this form are hidden
//! dimensions, and the subjects of tracks that are kept.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Streams and the names of their dimensions that are not drawn.
pub type Hidden = BTreeSet<(String, String)>;

/// The subject of each stream that stays when another subject is turned to.
pub type Kept = BTreeMap<String, String>;

/// A stream and what is said of it, as a link writes it.
pub(crate) fn write(stream: &str, said: &str) -> String {
    format!("{},{stream}", utf8_percent_encode(said, NON_ALPHANUMERIC))
}

/// A stream and what is said of it; `None` where the text names none.
pub(crate) fn read(text: &str) -> Option<(String, String)> {
    let (said, stream) = text.split_once(',')?;
    let said = percent_decode_str(said).decode_utf8().ok()?;
    (!said.is_empty() && !stream.is_empty()).then(|| (stream.to_string(), said.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_read_as_it_was_written() {
        for (stream, said) in [("a,b=c", "acc x, %25"), ("lab~/site A/mains", "P·t"), ("a", "lab~/site, A%")]
        {
            assert_eq!(read(&write(stream, said)), Some((stream.to_string(), said.to_string())));
        }
        for text in ["", "x", ",a", "x,", "%ff,a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

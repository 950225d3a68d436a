//! Dimensions that tracks do not draw, as a link holds them: `acc%5Fx,a` hides `acc_x` of stream `a`.

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Streams and the names of their dimensions that are not drawn.
pub type Hidden = BTreeSet<(String, String)>;

/// A hidden dimension as a link writes it.
pub(crate) fn write((stream, dimension): &(String, String)) -> String {
    format!("{},{stream}", utf8_percent_encode(dimension, NON_ALPHANUMERIC))
}

/// A stream and a dimension; `None` where the text names none.
pub(crate) fn read(text: &str) -> Option<(String, String)> {
    let (dimension, stream) = text.split_once(',')?;
    let dimension = percent_decode_str(dimension).decode_utf8().ok()?;
    (!dimension.is_empty() && !stream.is_empty()).then(|| (stream.to_string(), dimension.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dimension_is_read_as_it_was_written() {
        for (stream, dimension) in [("a,b=c", "acc x, %25"), ("/site A/mains", "P·t")] {
            let pair = (stream.to_string(), dimension.to_string());
            assert_eq!(read(&write(&pair)), Some(pair));
        }
        for text in ["", "x", ",a", "x,", "%ff,a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

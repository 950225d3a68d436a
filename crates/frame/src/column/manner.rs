//! How cells are written where no API says so: spaces around them, words for "no value", a comma before decimals.

use std::borrow::Cow;

use crate::number;

/// Words that stand for "no value" in a column of numbers, times or truth values, in any case of letters.
pub(crate) const NULLS: [&str; 12] =
    ["null", "na", "n/a", "#n/a", "<na>", "nat", "none", "nil", "-", "--", "unavailable", "unknown"];

/// How cells are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manner {
    /// Whether this is a file, in which spaces around a cell mean nothing and [words](NULLS) stand for null. Pages of a
    /// server have neither.
    file: bool,
    pub(crate) decimal_comma: bool,
    /// The file's own words for null, which count in columns of text as well; they replace the usual ones.
    nulls: Option<Vec<String>>,
    /// Whether a word for null is a number, such as -999.
    number_is_null: bool,
}

impl Manner {
    /// As files are written.
    pub(crate) fn of_file(nulls: Option<Vec<String>>) -> Self {
        let is_number = |word: &String| number::float(word.trim().as_bytes(), 0, word.trim().len()).is_some();
        let number_is_null = nulls.iter().flatten().any(is_number);
        Self { file: true, decimal_comma: false, nulls, number_is_null }
    }

    /// Numbers with a comma before their decimals, and nothing else of a file.
    pub(crate) fn with_comma() -> Self {
        Self { decimal_comma: true, ..Self::default() }
    }

    pub(crate) fn is_file(&self) -> bool {
        self.file
    }

    /// Whether a cell that can be read as a number may still mean something else.
    pub(crate) fn misleads(&self) -> bool {
        self.decimal_comma || self.number_is_null
    }

    /// A cell without what stands around it.
    #[inline]
    pub(crate) fn trim<'a>(&self, cell: &'a [u8]) -> &'a [u8] {
        if self.file { cell.trim_ascii() } else { cell }
    }

    /// Whether a text that is not empty stands for null in a column of numbers, times or truth values.
    pub(crate) fn is_null(&self, text: &[u8]) -> bool {
        match &self.nulls {
            Some(words) => words.iter().any(|word| word.trim().as_bytes() == text),
            None => self.file && Self::is_usual_null(text),
        }
    }

    /// Whether a text is one of the words that usually stand for null.
    pub(crate) fn is_usual_null(text: &[u8]) -> bool {
        NULLS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(text))
    }

    /// Whether a text stands for null in a column of text.
    pub(crate) fn is_null_text(&self, text: &[u8]) -> bool {
        self.nulls.is_some() && self.is_null(text)
    }

    /// A number's text with a point before its decimals. `None` when it has a point where a comma is due.
    pub(crate) fn pointed<'a>(&self, text: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        if !self.decimal_comma {
            return Some(Cow::Borrowed(text));
        }
        if text.contains(&b'.') {
            return None;
        }
        let point = |&byte: &u8| if byte == b',' { b'.' } else { byte };
        Some(Cow::Owned(text.iter().map(point).collect()))
    }

    /// The number that a text spells.
    pub(crate) fn float(&self, text: &[u8]) -> Option<f64> {
        let text = self.pointed(text)?;
        number::float(&text, 0, text.len())
    }

    /// The same, but none where a double would not be exactly the whole number that the text is.
    pub(crate) fn exact_float(&self, text: &[u8]) -> Option<f64> {
        let text = self.pointed(text)?;
        number::exact_float(&text, 0, text.len())
    }
}

/// Whether a text is "not a number", in any case of letters.
pub(crate) fn is_nan(text: &[u8]) -> bool {
    text.eq_ignore_ascii_case(b"nan")
}

//! JSON as it arrives: tokens of a document that is never held whole.
//!
//! Checks the grammar of brackets, commas, colons and strings; what stands bare between them is the reader's to judge.

use crate::ParseErrorKind;
use crate::swar::load8;

/// Brackets open at a time. Answers need five.
const DEEPEST: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Object,
    Array,
}

/// Where a text lies in the bytes, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it holds a backslash.
    pub(super) escaped: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Token {
    Open(Bracket),
    Close,
    Key(Span),
    Text(Span),
    /// A number, `true`, `false`, `null`, or something that no JSON has.
    Bare(Span),
}

impl Token {
    /// Where it begins, when it ends before `end`.
    pub(super) fn start(self, end: usize) -> usize {
        match self {
            Self::Open(_) | Self::Close => end - 1,
            Self::Key(span) | Self::Text(span) => span.start - 1,
            Self::Bare(span) => span.start,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    Value,
    FirstValueOrEnd,
    Key,
    FirstKeyOrEnd,
    Colon,
    CommaOrEnd,
    Nothing,
}

/// Where in the grammar the document stands.
pub(super) struct Syntax {
    open: Vec<Bracket>,
    expects: Expects,
    pub(super) newlines: u64,
    /// What was seen of the token whose end has not come yet.
    begun: Begun,
}

/// The first bytes of a token, in which its end is not: they are not looked at again when more come.
#[derive(Default)]
struct Begun {
    length: usize,
    escaped: bool,
}

impl Syntax {
    pub(super) fn new() -> Self {
        Self { open: Vec::new(), expects: Expects::Value, newlines: 0, begun: Begun::default() }
    }

    /// Brackets open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the document is complete.
    pub(super) fn has_ended(&self) -> bool {
        self.expects == Expects::Nothing
    }

    /// The next cell of an array, when it is a plain text right after a comma, as cells mostly are. `None` says nothing:
    /// [`next`](Self::next) tells.
    #[inline(always)]
    pub(super) fn plain_text(&mut self, bytes: &[u8], at: &mut usize) -> Option<(usize, usize)> {
        if self.expects != Expects::CommaOrEnd || bytes.get(*at..)?.first_chunk::<2>()? != b",\"" {
            return None;
        }
        let start = *at + 2;
        let end = mark(bytes, start)?;
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        *at = end + 1;
        Some((start, end))
    }

    /// The next token from `at` on, which moves behind it; `None` when the bytes end before the token does.
    pub(super) fn next(&mut self, bytes: &[u8], at: &mut usize) -> Result<Option<Token>, ParseErrorKind> {
        use Expects::{Colon, CommaOrEnd, FirstKeyOrEnd, FirstValueOrEnd, Key, Value};
        loop {
            self.skip_space(bytes, at);
            let Some(&byte) = bytes.get(*at) else { return Ok(None) };
            match (self.expects, byte) {
                (Value, _) if self.open.is_empty() && byte != b'{' => {
                    return Err(ParseErrorKind::Malformed("the answer is not a JSON object".into()));
                }
                (CommaOrEnd, b',') => {
                    *at += 1;
                    self.expects = if self.open.last() == Some(&Bracket::Object) { Key } else { Value };
                }
                (Colon, b':') => {
                    *at += 1;
                    self.expects = Value;
                }
                (CommaOrEnd | FirstKeyOrEnd | FirstValueOrEnd, b'}' | b']') => {
                    return self.close(byte, at).map(Some);
                }
                (Key | FirstKeyOrEnd, b'"') => {
                    let Some(span) = self.begun.text(bytes, at) else { return Ok(None) };
                    self.expects = Colon;
                    return Ok(Some(Token::Key(span)));
                }
                (Value | FirstValueOrEnd, b'"') => {
                    let Some(span) = self.begun.text(bytes, at) else { return Ok(None) };
                    self.value_ended();
                    return Ok(Some(Token::Text(span)));
                }
                (Value | FirstValueOrEnd, b'{' | b'[') => return self.open(byte, at).map(Some),
                (Value | FirstValueOrEnd, _) if !matches!(byte, b',' | b':' | b'}' | b']') => {
                    let Some(span) = self.begun.bare(bytes, at) else { return Ok(None) };
                    self.value_ended();
                    return Ok(Some(Token::Bare(span)));
                }
                _ => return Err(self.unexpected(byte)),
            }
        }
    }

    fn skip_space(&mut self, bytes: &[u8], at: &mut usize) {
        while let Some(&byte) = bytes.get(*at)
            && matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
        {
            self.newlines += u64::from(byte == b'\n');
            *at += 1;
        }
    }

    fn open(&mut self, byte: u8, at: &mut usize) -> Result<Token, ParseErrorKind> {
        if self.open.len() == DEEPEST {
            return Err(ParseErrorKind::Malformed(format!("more than {DEEPEST} brackets are open")));
        }
        let bracket = if byte == b'{' { Bracket::Object } else { Bracket::Array };
        self.open.push(bracket);
        self.expects = match bracket {
            Bracket::Object => Expects::FirstKeyOrEnd,
            Bracket::Array => Expects::FirstValueOrEnd,
        };
        *at += 1;
        Ok(Token::Open(bracket))
    }

    fn close(&mut self, byte: u8, at: &mut usize) -> Result<Token, ParseErrorKind> {
        let bracket = if byte == b'}' { Bracket::Object } else { Bracket::Array };
        if self.open.last() != Some(&bracket) {
            return Err(self.unexpected(byte));
        }
        self.open.pop();
        self.value_ended();
        *at += 1;
        Ok(Token::Close)
    }

    fn value_ended(&mut self) {
        self.expects = if self.open.is_empty() { Expects::Nothing } else { Expects::CommaOrEnd };
    }

    fn unexpected(&self, byte: u8) -> ParseErrorKind {
        let expected = match self.expects {
            Expects::Value | Expects::FirstValueOrEnd => "a value",
            Expects::Key | Expects::FirstKeyOrEnd => "a name in quotes",
            Expects::Colon => "a colon",
            Expects::CommaOrEnd => "a comma or a closing bracket",
            Expects::Nothing => "nothing after the end",
        };
        let found = byte.escape_ascii();
        ParseErrorKind::Malformed(format!("expected {expected}, found `{found}`"))
    }
}

impl Begun {
    /// A text in quotes from `at` on; `None` when its end is not there yet.
    fn text(&mut self, bytes: &[u8], at: &mut usize) -> Option<Span> {
        let start = *at + 1;
        let mut from = *at + self.length.max(1);
        loop {
            let end = mark(bytes, from).unwrap_or(bytes.len());
            match bytes.get(end) {
                Some(b'\\') if end + 1 < bytes.len() => {
                    self.escaped = true;
                    from = end + 2;
                }
                Some(b'"') => {
                    let escaped = std::mem::take(self).escaped;
                    *at = end + 1;
                    return Some(Span { start, end, escaped });
                }
                _ => {
                    self.length = end - *at;
                    return None;
                }
            }
        }
    }

    /// What stands bare from `at` on. Its end shows only in what comes after it.
    fn bare(&mut self, bytes: &[u8], at: &mut usize) -> Option<Span> {
        let (start, from) = (*at, *at + self.length);
        let ends = |byte: &u8| {
            matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'{' | b'[')
        };
        let Some(length) = bytes.get(from..)?.iter().position(ends) else {
            self.length = bytes.len() - start;
            return None;
        };
        self.length = 0;
        *at = from + length;
        Some(Span { start, end: *at, escaped: false })
    }
}

/// The first quote or backslash from `from` on.
#[inline(always)]
fn mark(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(word) = load8(bytes, at) {
        let found = zeros(word ^ 0x2222_2222_2222_2222) | zeros(word ^ 0x5C5C_5C5C_5C5C_5C5C);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    rest.map(|place| at + place)
}

/// The high bit of each byte that is zero; bits above the first such byte may be wrong.
#[inline(always)]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080
}
